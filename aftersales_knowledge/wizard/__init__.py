from . import article_contribution
from . import diagnosis_walk

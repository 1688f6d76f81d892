from . import article_contribution

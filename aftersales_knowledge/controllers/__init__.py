from . import portal_article
from . import portal_diagnosis
from . import portal_contribution
from . import public_article
from . import portal_bulletin

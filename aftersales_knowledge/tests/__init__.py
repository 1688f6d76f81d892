from . import test_access_matrix
from . import test_article
from . import test_article_doors
from . import test_portal_article
from . import test_suggestion_rule

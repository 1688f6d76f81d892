from . import test_access_matrix
from . import test_article
from . import test_article_doors
from . import test_article_rule
from . import test_knowledge_rpc
from . import test_portal_article
from . import test_suggestion
from . import test_suggestion_rule

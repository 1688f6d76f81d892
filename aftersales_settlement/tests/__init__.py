from . import test_audit_rule
from . import test_pricing_rule
from . import test_score_rule
from . import test_settle_rule

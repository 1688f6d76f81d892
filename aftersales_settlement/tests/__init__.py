from . import test_pricing_rule

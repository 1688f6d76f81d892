from . import test_plain_rule
from . import test_serial_rule

from . import test_geo_rule
from . import test_plain_rule
from . import test_serial_rule
from . import test_service_level_rule
from . import test_state_rule
from . import test_territory_rule
from . import test_warranty_rule
from . import test_border

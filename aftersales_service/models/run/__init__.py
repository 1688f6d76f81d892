from . import aftersales_run
from . import aftersales_run_unit_import
from . import aftersales_run_unit_check
from . import aftersales_run_table_import
from . import aftersales_run_partner_import

from . import followup_outcome
from . import serial_check_wizard
from . import unit_import_wizard
from . import aftersales_work_order_reason
from . import dispatch_wizard
from . import parts_borrow
from . import report_classify
from . import request_refusal

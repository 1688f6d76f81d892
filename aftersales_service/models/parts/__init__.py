from . import aftersales_work_order_borrow
from . import aftersales_part_return
from . import aftersales_part_return_reminder
from . import aftersales_part_return_line
from . import aftersales_work_order_fitting

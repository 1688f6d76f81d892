from . import aftersales_paid_service_report
from . import aftersales_fee_figures

from . import aftersales_claim
from . import aftersales_claim_line
from . import aftersales_claim_line_words
from . import aftersales_claim_price
from . import aftersales_work_order
from . import aftersales_work_order_authorisation
from . import aftersales_work_order_pay

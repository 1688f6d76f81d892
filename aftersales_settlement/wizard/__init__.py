from . import aftersales_claim_decision
from . import aftersales_settlement_adjustment
from . import aftersales_settlement_start
from . import aftersales_tryout_start
from . import aftersales_settlement_invoice

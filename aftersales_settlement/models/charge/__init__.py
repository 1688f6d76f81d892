from . import res_company_cash
from . import aftersales_charge_rule
from . import aftersales_customer_charge
from . import aftersales_customer_charge_invoice
from . import aftersales_claim_chargeable
from . import account_move_charge
from . import account_move_warranty

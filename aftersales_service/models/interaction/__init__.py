from . import aftersales_interaction_kind
from . import aftersales_interaction_kind_price
from . import aftersales_interaction
from . import aftersales_timeline
from . import aftersales_interaction_timeline
from . import aftersales_interaction_call
from . import aftersales_interaction_card
from . import res_company_dial

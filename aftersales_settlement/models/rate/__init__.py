from . import aftersales_rate_card
from . import aftersales_rate
from . import aftersales_rate_band

from . import aftersales_interaction
from . import discuss_channel
from . import discuss_channel_exchange

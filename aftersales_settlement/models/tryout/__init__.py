from . import aftersales_tryout
from . import aftersales_tryout_run

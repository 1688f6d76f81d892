from . import aftersales_recovery_agreement
from . import aftersales_recovery
from . import aftersales_recovery_claim

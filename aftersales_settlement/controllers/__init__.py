from . import portal_job_pay
from . import portal_settlement
from . import portal_claim
from . import portal_score

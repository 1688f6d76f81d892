from . import helpdesk
from . import portal_job
from . import portal_installation

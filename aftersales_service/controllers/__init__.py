from . import helpdesk
from . import portal_search_words
from . import portal_job
from . import portal_part_return
from . import portal_installation
from . import portal_dealer
from . import verify
from . import portal_customer

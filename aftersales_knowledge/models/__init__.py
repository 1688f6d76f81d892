from . import aftersales_article
from . import helpdesk_ticket
from . import aftersales_work_order

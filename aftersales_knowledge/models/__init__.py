from . import aftersales_article
from . import aftersales_article_version
from . import aftersales_article_review
from . import aftersales_article_contribution
from . import aftersales_article_search
from . import aftersales_article_offer
from . import helpdesk_ticket
from . import aftersales_work_order

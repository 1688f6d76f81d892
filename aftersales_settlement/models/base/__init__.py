from . import res_company
from . import aftersales_draft_mixin
from . import ir_actions_report
from . import ir_attachment
from . import res_users_customer
from . import res_config_settings

from . import aftersales_export_log
from . import res_users_log
from . import aftersales_journal
from . import spreadsheet_dashboard_share

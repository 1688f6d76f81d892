from . import aftersales_territory_mixin
from . import aftersales_site_mixin
from . import aftersales_territory
from . import aftersales_territory_area
from . import res_users
from . import res_city

from . import base
from . import article
from . import diagnosis
from . import chat
from . import bulletin

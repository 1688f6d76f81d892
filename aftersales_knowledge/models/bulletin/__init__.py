from . import aftersales_bulletin
from . import aftersales_bulletin_reader

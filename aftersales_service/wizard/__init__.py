from . import followup_outcome
from . import serial_check_wizard
from . import unit_import_wizard

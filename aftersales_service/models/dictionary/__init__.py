from . import aftersales_fault_code
from . import aftersales_fault_code_import
from . import aftersales_operation

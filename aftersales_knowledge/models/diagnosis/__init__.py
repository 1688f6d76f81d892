from . import aftersales_diagnosis_part_mixin
from . import aftersales_diagnosis
from . import aftersales_diagnosis_question
from . import aftersales_diagnosis_answer
from . import helpdesk_ticket_diagnosis
from . import aftersales_work_order_diagnosis

"""Every public method of this addon that any user can call, and what keeps it.

Whoever has a log-in, a station or a customer too, can call a method without an
underscore of any model. A line below its model is: method | who may call it | what
checks that. ``station`` is the station of the job or its office, by state of the job:
``_check_can`` wants read access first. ``window`` opens something in the client and
changes nothing; ``anyone`` tells nothing of any record. Methods that override Odoo's
are not here: their rights are core's.
"""

REVIEWED = """
aftersales.counterfeit.case
    action_confirm | office | _close: write access
    action_dismiss | office | _close: write access
    action_investigate | office | write access
    action_mark_unit_copied | office | write access to the case, then to the machine
    action_open_checks | window | ids only
    action_open_unit | window | reads unit_id: read access
aftersales.dealer.movement
    action_cancel | office | write access, before sudo
aftersales.dealer.figures
    action_open_record | window | reads the record of the row: read access
aftersales.dispatch.wizard
    action_offer | agent | _check_can_dispatch or _check_can_move
aftersales.dispatch.wizard.line
    action_choose | agent | own wizard only (transient); action_offer decides
aftersales.duty.figures
    action_open_record | window | reads the record of the row: read access
aftersales.figures.mixin
    action_open_record | window | reads the record of the row: read access
aftersales.followup
    action_answer | agent | _record_answers: write access, _check_can_answer
    action_cancel | window | ids only
    action_finish | agent | write access, then _is_finishable
    action_not_reached | window | ids only
    action_print_letters | agent | write access, then _check_printable
    action_reopen | agent | _update_state: write access
    action_return_gift | agent | write access, then is_gift_taken
    action_take | agent | write access
    action_view_problem | window | reads problem_ticket_id: read access
aftersales.followup.figures
    action_open_record | window | reads the record of the row: read access
aftersales.followup.outcome
    action_confirm | agent | _cancel, _miss: write access to the follow-ups
aftersales.intake
    action_make_request | agent | own guide (transient), read access to its links
aftersales.interaction
    choose_caller | agent | has the role; write access, the customer must be readable
    get_call_card | agent | has the role; read access to the call, rest: own searches
    get_call_request_context | agent | has the role; read access to call and machine
aftersales.journal
    action_open_record | window | administrators read it; the record: read access
aftersales.life.study
    action_compute | office | own study only (transient); what the user may read
    action_open_curve | window | ids only
aftersales.part.figures
    action_open_record | window | reads the record of the row: read access
aftersales.part.return
    action_close | quality | _check_inspector, write access
    action_open_picking | window | reads the job: read access
    action_open_work_order | window | reads the job: read access
    action_receive | quality | _check_inspector, read access, before sudo
aftersales.parts.borrow.line
    action_borrow | office | _check_can_borrow; _borrow finds the lenders anew
aftersales.quality.figures
    action_open_record | window | reads the record of the row: read access
aftersales.quality.signal
    action_open_case | window | reads the case of the signal: read access
aftersales.quotation.price
    action_open_record | window | reads the record of the row: read access
aftersales.report.classify
    action_confirm | quality | _check_can_classify, before sudo
aftersales.request.figures
    action_open_record | window | reads the record of the row: read access
aftersales.request.mark
    action_open_request | window | reads ticket_id: read access
aftersales.request.monitor
    action_open_request | window | reads ticket_id: read access
aftersales.request.refusal
    action_confirm | office | _refuse_step: _check_markable
aftersales.run
    action_cancel | office | _update_state: write access, first
    action_continue | office | _update_state: write access
    action_open_tryout | window | ids only
    action_refresh | anyone | does nothing
aftersales.search
    get_new_request_context | agent | has the role; read access to the machine
    search_anything | agent | has a role of the service; every look is the user's search
aftersales.serial.check
    action_new_request | window | reads the check: read access; can_open_unit
    action_open_unit | window | reads unit_id: read access
aftersales.serial.check.wizard
    action_check | agent | own wizard only (transient); every question is logged
    action_new_request | agent | own wizard only (transient)
    action_open_unit | agent | own wizard only (transient)
aftersales.service.campaign
    action_close | headquarters | write access
    action_find_units | headquarters | write access
    action_make_requests | headquarters | write access
    action_open_units | window | ids only
    action_reopen | headquarters | write access
    action_start | headquarters | write access
aftersales.service.campaign.unit
    action_make_requests | office | write access
    action_print_letters | office | write access
aftersales.timeline
    action_open_record | window | reads the links of the row: read access
    action_write_down | window | no record
aftersales.training
    action_cancel | office | write access, to the skills, too
    action_hold | office | write access, to the skills, too
    action_plan_again | office | write access, to the skills, too
aftersales.unit.import.wizard
    action_download_template | anyone | address of a public template
    action_import | office | _start_unit_import: group; rows are checked
aftersales.unit.registration
    action_confirm | office | write access, before sudo
    action_refuse | office | write access, before sudo
aftersales.unit.transfer
    action_confirm | office | write access to the machine
aftersales.warranty.coverage
    action_end | headquarters | _check_may_decide: write access, _may_decide
    action_grant | headquarters | _check_may_decide: write access, _may_decide
    action_refuse | headquarters | _check_may_decide: write access, _may_decide
    action_request | agent | write access
aftersales.warranty.policy
    action_go_live | headquarters | write access
    action_try_out | headquarters | write access
aftersales.work.order
    action_accept | station | _check_can('accept'); before sudo
    action_add_scanned | anyone | does nothing
    action_approve | station | _check_can('approve'); before sudo
    action_arrive | station | _check_can('arrive'); before sudo
    action_borrow_parts | office | _check_can_borrow: write access, right to dispatch
    action_cancel | station | _check_can('cancel'), the wizard again
    action_classify | quality | _check_can_classify: read access, group
    action_decline | station | _check_can('decline'), the wizard again
    action_dispatch_best | office | the request's action_dispatch_best
    action_move | office | _check_can_move: write access, right to dispatch
    action_open_dispatch | office | the request's action_open_dispatch
    action_open_followups | window | reads the job: read access
    action_open_map | window | reads the place: read access
    action_open_part_returns | window | reads the job: read access
    action_open_previous | window | reads the job: read access
    action_open_request | window | reads the job: read access
    action_open_unit | window | reads the job: read access
    action_plan_visit | station | _check_can('visit'), the wizard again
    action_resume | station | _check_can('resume'); before sudo
    action_return | station | _check_can('return'), the wizard again
    action_submit_report | station | _check_can('report'); before sudo
    action_wait | station | _check_can('wait'), the wizard again
aftersales.work.order.figures
    action_open_record | window | reads the record of the row: read access
aftersales.work.order.reason
    action_confirm | station | _check_can(step), before sudo
helpdesk.ticket
    action_answer_problem | agent | write access, before sudo
    action_approve_step | office | _check_markable; before sudo
    action_ask_again | agent | write access, before sudo
    action_call_back | agent | write access
    action_check_serial | agent | write access
    action_close | agent | writes stage_id: write access
    action_decide_warranty | agent | write access, _check_can_decide_warranty
    action_dispatch_best | agent | _check_can_dispatch; before sudo
    action_dispatch_to | agent | _check_can_dispatch; _offer_chosen ranks anew
    action_dispatch_together | agent | right to dispatch; requests the user may write
    action_finish_task | office | _check_markable: it waits for this user
    action_new_problem_sheet | agent | write access
    action_offer_goodwill | agent | write access
    action_open_dispatch | agent | _check_can_dispatch
    action_open_report | window | reads the jobs: read access
    action_open_request | window | ids only
    action_open_work_orders | window | reads the jobs: read access
    action_refuse_step | office | _check_markable: it waits for this user
    action_take_over | agent | _merge_into: write access to both
    action_view_problem_followup | window | reads the follow-ups: read access
    action_view_problem_sheets | window | ids only
    get_dispatch_board | agent | right to dispatch; every look is the user's search
    get_dispatch_choices | agent | _check_can_dispatch
res.partner
    action_open_closed_days | office | write access, before sudo
    action_open_interactions | window | ids only
stock.lot
    action_new_request | window | reads the machine: read access
    action_open_map | window | reads the place: read access
    action_open_readings | window | ids only
    action_open_requests | window | ids only
    action_open_serial_checks | window | ids only
    action_open_work_orders | window | ids only
    action_transfer | office | write access
"""


def reviewed(text=REVIEWED):
    """{(model, method): (who, check)}."""
    found, model = {}, ""
    for line in text.strip().splitlines():
        if line.startswith(" "):
            method, who, check = line.strip().split(" | ")
            found[model, method] = who, check
        else:
            model = line
    return found

"""Every public method of this addon that any user can call, and what keeps it.

To be read like the service addon's list: model, below it method | who | which check.
"""

REVIEWED = """
aftersales.article
    action_confirm_review | editor | write access
    action_contribute | agent | read access; the wizard hands in a draft
    action_publish | approver | write access, the rule of the article's life
    action_retire | approver | write access, the rule of the article's life
    action_revise | approver | write access, the rule of the article's life
    action_send_back | editor | write access, the rule of the article's life
    action_submit | editor | write access, the rule of the article's life
    action_take_on | editor | write access
aftersales.article.contribution
    action_confirm | agent | read access to articles, the article and the job named
aftersales.bulletin
    action_archive_bulletin | approver | _check_approver: write access, group
    action_open_readers | window | ids only
    action_plan | editor | write access
    action_publish | approver | _check_approver: write access, group; before sudo
    action_redraft | editor | write access
aftersales.diagnosis
    action_choose | agent | write access to the walk, the guide is one offered to it
    action_publish | approver | _check_approver: write access, group; it is whole
    action_retire | approver | _check_approver: write access, group
    action_revise | approver | _check_approver: write access, group
    action_try | editor | read access
aftersales.diagnosis.answer
    action_choose | agent | write access to the walk, an answer to what it asks
aftersales.diagnosis.walk
    action_back | agent | write access: one's own walk
    action_take_over | agent | one's own walk at an end, write access to the request
discuss.channel
    execute_command_request | agent | read access, has the role, a chat with a visitor
helpdesk.ticket
    action_diagnose | agent | write access to the request, read access to guides
aftersales.work.order
    action_write_article | agent | read access; the wizard hands in a draft
"""

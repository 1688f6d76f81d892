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
discuss.channel
    execute_command_request | agent | read access, has the role, a chat with a visitor
aftersales.work.order
    action_write_article | agent | read access; the wizard hands in a draft
"""

from odoo import models


class AftersalesWorkOrder(models.Model):
    """Jobs as the scores of a month look for them."""

    _inherit = "aftersales.work.order"

    # Jobs come in the order of their time, so that a few pages of an index tell which
    # part of the table holds a month: it costs next to nothing to keep.
    _month_idx = models.Index(
        "USING brin (offered_at, reported_at, done_at) WITH (autosummarize = on)"
    )

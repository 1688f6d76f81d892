from odoo import api, fields, models
from odoo.tools import format_date

from ...tools import rate_calendar

# Whole cards among the kinds of rows of the calendar.
CARD = "card"


class AftersalesRateCard(models.Model):
    """What the maker pays for work, valid from a day: a set of rates."""

    _name = "aftersales.rate.card"
    _description = "Rate card"
    _inherit = ["mail.thread", "aftersales.draft.mixin"]
    _order = "sequence, id"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(
        default=10, help="The first card that is valid on the day of work is used."
    )
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company, index=True
    )
    currency_id = fields.Many2one(
        "res.currency",
        required=True,
        default=lambda self: self.env.company.currency_id,
        help="Claims priced with this card are paid in this currency.",
    )
    valid_from = fields.Date(
        string="Valid from",
        tracking=True,
        help="First day of work; empty means always.",
    )
    valid_to = fields.Date(
        string="Valid to", tracking=True, help="Last day of work; empty means no end."
    )
    tax_ids = fields.Many2many(
        "account.tax",
        "aftersales_rate_card_tax_rel",
        "card_id",
        "tax_id",
        string="Taxes",
        check_company=True,
        domain="[('type_tax_use', '=', 'purchase'), ('company_id', '=', company_id)]",
        help="Of the bill for work priced with this card; empty means those of the"
        " company.",
    )
    authorisation_limit = fields.Monetary(
        string="Prior authorisation above",
        help="A job that costs more needs consent before the repair; 0 means never.",
    )
    rate_ids = fields.One2many("aftersales.rate", "card_id", copy=True)
    notice = fields.Html(
        compute="_compute_notice",
        sanitize=False,
        help="Days that two rates cover, or that no rate covers.",
    )

    _dates_ordered = models.Constraint(
        "CHECK(valid_to IS NULL OR valid_from IS NULL OR valid_to >= valid_from)",
        "A rate card cannot end before it begins.",
    )

    _limit_positive = models.Constraint(
        "CHECK(authorisation_limit >= 0)",
        "The limit of authorisation cannot be negative.",
    )

    @api.depends(
        "active",
        "company_id",
        "is_draft",
        "valid_from",
        "valid_to",
        "rate_ids.kind",
        "rate_ids.sequence",
        "rate_ids.valid_from",
        "rate_ids.valid_to",
        "rate_ids.grade",
        "rate_ids.territory_id",
        "rate_ids.product_id",
        "rate_ids.product_categ_id",
        "rate_ids.request_type_id",
        "rate_ids.campaign_id",
        "rate_ids.operation_id",
        "rate_ids.occasion",
    )
    @api.depends_context("lang")
    def _compute_notice(self):
        for card in self:
            rows = [rate._prepare_calendar_row() for rate in card.rate_ids]
            rows += card._prepare_card_rows()
            card.notice = self.env["ir.qweb"]._render(
                "aftersales_settlement.rate_card_notice",
                {"sentences": [card._tell(f) for f in rate_calendar.inspect(rows)]},
            )

    def _prepare_card_rows(self):
        """The cards of this company as the check of gaps and overlaps reads them.

        None for a card that prices nothing.
        """
        self.ensure_one()
        if self.is_draft or not self.active:
            return []
        others = self._get_cards(self.company_id) - self._origin
        return [
            rate_calendar.Row(
                id=card._origin.id or 0,
                kind=CARD,
                key=self.company_id.id,
                valid_from=card.valid_from or None,
                valid_to=card.valid_to or None,
            )
            for card in (*others, self)
        ]

    def _tell(self, flaw):
        """One flaw of the calendar as a sentence."""
        days = {
            "first": format_date(self.env, flaw.first) if flaw.first else "…",
            "last": format_date(self.env, flaw.last) if flaw.last else "…",
        }
        if flaw.kind == CARD:
            return self._tell_card(flaw, days)
        kinds = dict(
            self.env["aftersales.rate"]._fields["kind"]._description_selection(self.env)
        )
        params = {"kind": kinds[flaw.kind], **days}
        if flaw.is_endless():
            return self.env._(
                "%(kind)s: two rates for the same work; the upper one is used.",
                kind=params["kind"],
            )
        if flaw.code == "overlap":
            return self.env._(
                "%(kind)s: two rates for the same work from %(first)s to %(last)s;"
                " the upper one is used.",
                **params,
            )
        return self.env._(
            "%(kind)s: no rate for this work from %(first)s to %(last)s.", **params
        )

    def _tell_card(self, flaw, days):
        """A flaw between the cards of the company as a sentence."""
        if flaw.is_endless():
            return self.env._(
                "Two rate cards hold at the same time; the upper one is used."
            )
        if flaw.code == "overlap":
            return self.env._(
                "Two rate cards hold from %(first)s to %(last)s; the upper one is"
                " used.",
                **days,
            )
        return self.env._("No rate card holds from %(first)s to %(last)s.", **days)

    @api.model
    def _get_cards(self, companies):
        """Every card of ``companies`` in the order they are tried."""
        return self.search(
            [("company_id", "in", companies.ids), ("is_draft", "=", False)]
        )

    def _pick(self, company, day):
        """Of these cards the one for work of ``company`` on ``day``, or none."""
        return self.filtered(
            lambda card: card.company_id == company and card._holds_on(day)
        )[:1]

    def _holds_on(self, day):
        """Whether work done on ``day`` is priced with this card."""
        self.ensure_one()
        return not (
            (self.valid_from and day < self.valid_from)
            or (self.valid_to and day > self.valid_to)
        )

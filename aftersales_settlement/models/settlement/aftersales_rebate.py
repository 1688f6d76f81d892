from decimal import Decimal

from odoo import api, fields, models

from ...tools import rebate
from ..rate.aftersales_rate import to_decimal


class AftersalesRebate(models.Model):
    """What stations get on top for volume, growth or a target reached."""

    _name = "aftersales.rebate"
    _description = "Rebate"
    _inherit = ["mail.thread"]
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True, help="The station reads it.")
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company, index=True
    )
    currency_id = fields.Many2one(
        "res.currency",
        required=True,
        default=lambda self: self.env.company.currency_id,
        help="Claims in this currency count, and the rebate is paid in it.",
    )
    basis = fields.Selection(
        [
            ("volume", "Volume reached"),
            ("growth", "Growth against last year"),
            ("target", "Share of a target"),
        ],
        required=True,
        default="volume",
        tracking=True,
        help="Volume: steps are amounts or counts; growth and target: percent.",
    )
    measure = fields.Selection(
        [
            ("amount", "Amount of claims"),
            ("jobs", "Jobs"),
            ("installations", "Installations"),
        ],
        required=True,
        default="amount",
        tracking=True,
        help="What is counted: approved claims of work done in the period.",
    )
    period_length = fields.Selection(
        [("month", "Month"), ("quarter", "Quarter"), ("year", "Year")],
        string="Period",
        required=True,
        default="quarter",
        tracking=True,
        help="Paid with the settlement of the last month of the period.",
    )
    target = fields.Float(
        tracking=True, help="Amount or count that is a hundred percent."
    )
    valid_from = fields.Date(
        string="Valid from",
        tracking=True,
        help="First day a period may end on; empty means always.",
    )
    valid_to = fields.Date(
        string="Valid to",
        tracking=True,
        help="Last day a period may end on; empty means no end.",
    )
    grade = fields.Selection(
        [("a", "A"), ("b", "B"), ("c", "C")],
        help="Grade of the station; empty means any.",
    )
    territory_id = fields.Many2one(
        "aftersales.territory",
        help="Stations here and in its parts; empty means everywhere.",
    )
    tier_ids = fields.One2many(
        "aftersales.rebate.tier", "rebate_id", string="Steps", copy=True
    )

    _dates_ordered = models.Constraint(
        "CHECK(valid_to IS NULL OR valid_from IS NULL OR valid_to >= valid_from)",
        "A rebate cannot end before it begins.",
    )
    _target_positive = models.Constraint(
        "CHECK(target >= 0 AND (basis <> 'target' OR target > 0))",
        "A rebate for a target needs a target above zero.",
    )

    def action_view_lines(self):
        """Smart button: what stations have earned by this rebate."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "aftersales_settlement.settlement_line_action"
        )
        domain = [("rebate_id", "=", self.id)]
        return {**action, "domain": domain, "context": {}, "path": False}

    def _prepare_rule(self):
        """This rebate as the rule reads it."""
        self.ensure_one()
        return rebate.Rule(
            basis=self.basis,
            target=to_decimal(self.target),
            tiers=tuple(
                rebate.Tier(
                    minimum=to_decimal(tier.minimum),
                    percent=to_decimal(tier.percent),
                    bonus=to_decimal(tier.bonus),
                )
                for tier in self.tier_ids
            ),
        )

    @api.model
    def _get_due(self, company, month):
        """{rebate: (first, last) day} of the rebates whose period ends with ``month``.

        :param month: first day of the month
        """
        rebates = self.search([("company_id", "=", company.id)])
        end = rebate.span("month", month)[1]
        due = {}
        for row in rebates:
            first, last = rebate.span(row.period_length, month)
            if last == end and row._holds_on(last):
                due[row] = (first, last)
        return due

    def _holds_on(self, day):
        """Whether a period that ends on ``day`` earns this rebate."""
        self.ensure_one()
        return not (
            (self.valid_from and day < self.valid_from)
            or (self.valid_to and day > self.valid_to)
        )

    def _admits(self, stations):
        """Those of ``stations`` that may earn this rebate."""
        self.ensure_one()
        stations = stations.filtered(lambda station: not station.is_internal_team)
        if self.grade:
            stations = stations.filtered(
                lambda station: station.station_grade == self.grade
            )
        if self.territory_id:
            here = self.env["aftersales.territory"].search(
                [("id", "child_of", self.territory_id.id)]
            )
            stations = stations.filtered(lambda station: station.territory_id in here)
        return stations

    def _prepare_facts(self, stations, first, last):
        """{station id: ``rebate.Facts``} of work done from ``first`` to ``last``.

        Stations without any are left out.
        """
        self.ensure_one()
        now = self._count(stations, first, last)
        before = {}
        if self.basis == "growth":
            before = self._count(stations, *rebate.year_before(first, last))
        nothing = dict.fromkeys(("amount", "jobs", "installations"), Decimal(0))
        return {
            station: rebate.Facts(
                measured=counts[self.measure],
                before=before.get(station, nothing)[self.measure],
                claims=counts["amount"],
            )
            for station, counts in now.items()
        }

    def _count(self, stations, first, last):
        """{station id: {measure: Decimal}} of the claims of these days."""
        Claim = self.env["aftersales.claim"]
        domain = [
            ("company_id", "=", self.company_id.id),
            ("currency_id", "=", self.currency_id.id),
            ("station_id", "in", stations.ids),
            ("state", "in", ("approved", "settled")),
            ("work_date", ">=", first),
            ("work_date", "<=", last),
        ]
        installed = dict(
            Claim._read_group(
                [*domain, ("line_ids.kind", "=", "installation")],
                ["station_id"],
                ["__count"],
            )
        )
        return {
            station.id: {
                "amount": to_decimal(amount),
                "jobs": Decimal(count),
                "installations": Decimal(installed.get(station, 0)),
            }
            for station, amount, count in Claim._read_group(
                domain, ["station_id"], ["approved_amount:sum", "__count"]
            )
        }


class AftersalesRebateTier(models.Model):
    """A step of a rebate; the highest one reached is paid."""

    _name = "aftersales.rebate.tier"
    _description = "Step of a rebate"
    _order = "rebate_id, minimum, id"

    rebate_id = fields.Many2one(
        "aftersales.rebate", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="rebate_id.company_id", store=True, index=True)
    currency_id = fields.Many2one(related="rebate_id.currency_id")
    minimum = fields.Float(
        string="Starts at",
        required=True,
        help="Amount or count for volume, percent for growth and target.",
    )
    percent = fields.Float(
        string="Percent of claims",
        help="Of what the station was paid for its claims of the period.",
    )
    bonus = fields.Monetary(help="Fixed amount, besides the percent.")

    _minimum_once = models.UniqueIndex(
        "(rebate_id, minimum)", "Two steps of a rebate begin at the same value."
    )
    _amounts_positive = models.Constraint(
        "CHECK(percent >= 0 AND bonus >= 0)", "A rebate takes nothing away."
    )

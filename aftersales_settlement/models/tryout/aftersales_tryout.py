from odoo import api, fields, models
from odoo.tools import format_amount

from odoo.addons.aftersales_service.tools.plain import plain

CODES = [
    ("price", "Other price"),
    ("to_review", "A person would look first"),
    ("passes", "Paid without a look"),
    ("multiplier", "Other multiplier"),
]


class AftersalesTryout(models.Model):
    """What one station would have been paid under a draft; deleted with its run."""

    _name = "aftersales.tryout"
    _description = "Try-out of a draft"
    _order = "run_id desc, difference, id"
    _rec_name = "station_id"

    run_id = fields.Many2one(
        "aftersales.run",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(related="run_id.company_id", store=True, index=True)
    station_id = fields.Many2one(
        "res.partner", required=True, readonly=True, index=True, ondelete="cascade"
    )
    territory_id = fields.Many2one(
        related="station_id.territory_id", store=True, index=True
    )
    currency_id = fields.Many2one("res.currency", required=True, readonly=True)
    claim_count = fields.Integer(string="Claims", readonly=True)
    changed_count = fields.Integer(string="Would change", readonly=True)
    was_amount = fields.Monetary(string="Paid then", readonly=True)
    would_amount = fields.Monetary(string="Would be paid", readonly=True)
    difference = fields.Monetary(readonly=True)
    held_amount = fields.Monetary(
        string="To look at first",
        readonly=True,
        help="Paid then without a look; a person would decide before it is paid.",
    )
    line_ids = fields.One2many(
        "aftersales.tryout.line",
        "tryout_id",
        string="Claims that would change",
        readonly=True,
    )

    _station_uniq = models.UniqueIndex(
        "(run_id, station_id, currency_id)", "This station was tried already."
    )

    def action_open_claims(self):
        """Button: the claims of this station that would change."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "aftersales_settlement.tryout_line_action"
        )
        return {**action, "domain": [("tryout_id", "=", self.id)]}

    @api.model
    def _add(self, run, outcomes):
        """Add what came out for these claims to the rows of their stations.

        :param dict outcomes: claim → ``tryout.Outcome``
        """
        rows = {
            (row.station_id, row.currency_id): row
            for row in self.search([("run_id", "=", run.id)])
        }
        vals_list, sums = [], {}
        for claim, outcome in outcomes.items():
            key = (claim.station_id, claim.currency_id)
            sums.setdefault(key, []).append(outcome)
        missing = [key for key in sums if key not in rows]
        made = self.create(
            [
                {
                    "run_id": run.id,
                    "station_id": station.id,
                    "currency_id": currency.id,
                }
                for station, currency in missing
            ]
        )
        rows |= dict(zip(missing, made, strict=True))
        for key, found in sums.items():
            rows[key]._sum_up(found)
        for claim, outcome in outcomes.items():
            if outcome.code:
                row = rows[claim.station_id, claim.currency_id]
                vals_list.append(row._prepare_line_vals(claim, outcome))
        self.env["aftersales.tryout.line"].create(vals_list)

    def _sum_up(self, outcomes):
        """Add these outcomes to this row."""
        self.ensure_one()
        was = self.was_amount + float(sum(item.was for item in outcomes))
        would = self.would_amount + float(sum(item.would for item in outcomes))
        self.write(
            {
                "claim_count": self.claim_count + len(outcomes),
                "changed_count": self.changed_count
                + sum(bool(item.code) for item in outcomes),
                "was_amount": was,
                "would_amount": would,
                "difference": self.currency_id.round(would - was),
                "held_amount": self.held_amount
                + float(sum(item.held for item in outcomes)),
            }
        )

    def _prepare_line_vals(self, claim, outcome):
        """Values of the row of one claim that would change."""
        self.ensure_one()
        return {
            "tryout_id": self.id,
            "claim_id": claim.id,
            "code": outcome.code,
            "params": self.env["aftersales.tryout.line"]._make_plain(outcome.params),
            "was_amount": float(outcome.was),
            "would_amount": float(outcome.would),
            "difference": float(outcome.would - outcome.was),
            "held_amount": float(outcome.held),
        }


class AftersalesTryoutLine(models.Model):
    """One claim that would have been paid otherwise, and why."""

    _name = "aftersales.tryout.line"
    _description = "Claim tried out"
    _order = "tryout_id, difference, id"
    _rec_name = "claim_id"

    tryout_id = fields.Many2one(
        "aftersales.tryout",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    run_id = fields.Many2one(related="tryout_id.run_id", store=True, index=True)
    company_id = fields.Many2one(related="tryout_id.company_id", store=True, index=True)
    station_id = fields.Many2one(related="tryout_id.station_id", store=True)
    claim_id = fields.Many2one(
        "aftersales.claim",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    work_date = fields.Date(related="claim_id.work_date", store=True)
    currency_id = fields.Many2one(related="tryout_id.currency_id", store=True)
    code = fields.Selection(CODES, string="What changes", required=True, readonly=True)
    params = fields.Json(readonly=True)
    text = fields.Char(compute="_compute_text", string="Why")
    was_amount = fields.Monetary(string="Paid then", readonly=True)
    would_amount = fields.Monetary(string="Would be paid", readonly=True)
    difference = fields.Monetary(readonly=True)
    held_amount = fields.Monetary(string="To look at first", readonly=True)

    @api.depends("code", "params")
    @api.depends_context("lang")
    def _compute_text(self):
        for line in self:
            line.text = getattr(line, f"_tell_{line.code}")(line.params or {})

    @api.model
    def _make_plain(self, params):
        """Params of the rule as JSON: decimals as text."""
        return plain(dict(params or {}))

    # === SENTENCES, one per code === #

    def _tell_price(self, params):
        labels = dict(
            self.env["aftersales.claim.line"]
            ._fields["kind"]
            ._description_selection(self.env)
        )
        return "; ".join(
            self.env._(
                "%(kind)s: %(was)s → %(would)s",
                kind=labels.get(kind, kind),
                was=self._money(was),
                would=self._money(would),
            )
            for kind, (was, would) in params.get("kinds", {}).items()
        )

    def _tell_to_review(self, params):
        return self.env._("New: %(checks)s", checks=self._name_checks(params))

    def _tell_passes(self, params):
        return self.env._("No longer: %(checks)s", checks=self._name_checks(params))

    def _tell_multiplier(self, params):
        return self.env._(
            "Multiplier %(was)s → %(would)s of a fee of %(fee)s",
            was=params.get("was") or "–",
            would=params.get("would") or "–",
            fee=self._money(params["fee"]),
        )

    def _name_checks(self, params):
        """The checks of the audit by name."""
        labels = dict(
            self.env["aftersales.claim.finding"]
            ._fields["code"]
            ._description_selection(self.env)
        )
        return ", ".join(labels.get(code, code) for code in params.get("codes", ()))

    def _money(self, text):
        return format_amount(self.env, float(text), self.currency_id)

from collections import defaultdict
from datetime import timedelta
from decimal import Decimal

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import format_amount

from ...tools import pricing, recovery
from ..rate.aftersales_rate import KINDS, to_decimal

LOOK_BACK_DAYS = 365
BATCH = 500


class AftersalesRecovery(models.Model):
    """What a supplier owes us for one repair that its part has caused."""

    _name = "aftersales.recovery"
    _description = "Supplier recovery"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "id desc"

    claim_id = fields.Many2one(
        "aftersales.claim",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    work_order_id = fields.Many2one(
        related="claim_id.work_order_id", store=True, string="Work order"
    )
    unit_id = fields.Many2one(
        related="claim_id.unit_id", store=True, index=True, string="Machine"
    )
    work_date = fields.Date(related="claim_id.work_date", store=True)
    company_id = fields.Many2one(related="claim_id.company_id", store=True, index=True)
    currency_id = fields.Many2one(related="claim_id.currency_id", store=True)
    agreement_id = fields.Many2one(
        "aftersales.recovery.agreement", readonly=True, ondelete="restrict"
    )
    supplier_id = fields.Many2one(
        "res.partner", required=True, readonly=True, index=True
    )
    part_line_id = fields.Many2one(
        "aftersales.work.order.part", string="Causal part", readonly=True
    )
    product_id = fields.Many2one(
        related="part_line_id.product_id", store=True, string="Part"
    )
    amount = fields.Monetary(readonly=True)
    explanation = fields.Json(readonly=True)
    why = fields.Char(compute="_compute_why", string="How it comes about")
    refund_id = fields.Many2one(
        "account.move",
        string="Credit claim",
        readonly=True,
        copy=False,
        index="btree_not_null",
    )
    is_dropped = fields.Boolean(readonly=True, copy=False)
    state = fields.Selection(
        [
            ("open", "To claim"),
            ("drafted", "Claim drafted"),
            ("claimed", "Claim posted"),
            ("paid", "Credited"),
            ("dropped", "Given up"),
        ],
        compute="_compute_state",
        store=True,
        index=True,
        help="Follows the credit claim.",
    )

    _claim_uniq = models.UniqueIndex("(claim_id)", "This repair is recovered already.")

    @api.depends("is_dropped", "refund_id.state", "refund_id.payment_state")
    def _compute_state(self):
        for row in self:
            # Only its state; whoever reads need not be an accountant.
            refund = row.sudo().refund_id
            if row.is_dropped:
                row.state = "dropped"
            elif not refund or refund.state == "cancel":
                row.state = "open"
            elif refund.state == "draft":
                row.state = "drafted"
            else:
                is_paid = refund.payment_state in ("paid", "in_payment", "reversed")
                row.state = "paid" if is_paid else "claimed"

    @api.depends("supplier_id.name", "claim_id.name")
    def _compute_display_name(self):
        for row in self:
            names = (row.claim_id.sudo().name, row.supplier_id.name)
            row.display_name = ", ".join(filter(None, names))

    @api.depends("explanation")
    @api.depends_context("lang")
    def _compute_why(self):
        labels = dict(
            self.env["aftersales.rate"]._fields["kind"]._description_selection(self.env)
        )
        for row in self:
            row.why = "; ".join(
                self.env._(
                    "%(kind)s %(cost)s × %(percent)s %% = %(amount)s",
                    kind=labels.get(step["kind"], dict(KINDS).get(step["kind"], "")),
                    cost=row._money(step["cost"]),
                    percent=step["percent"],
                    amount=row._money(step["amount"]),
                )
                for step in row.explanation or ()
            )

    def _money(self, text):
        return format_amount(self.env, float(text), self.currency_id)

    # === ACTIONS === #

    def action_drop(self):
        """Button: the supplier is not asked for these."""
        self._check_manager()
        for row in self.filtered(lambda row: row.state != "open"):
            raise UserError(
                self.env._("%(row)s is claimed already.", row=row.display_name)
            )
        # The manager was checked above.
        self.sudo().write({"is_dropped": True})

    def action_view_refund(self):
        """Smart button: the credit claim."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Credit claim"),
            "res_model": "account.move",
            "view_mode": "form",
            "res_id": self.refund_id.id,
        }

    def _check_manager(self):
        """Raise unless a settlement manager asks who may see these rows."""
        if not self.env.user.has_group(
            "aftersales_settlement.group_settlement_manager"
        ):
            raise AccessError(self.env._("Only settlement managers do this."))
        self.check_access("read")

    # === FACTS → RULE → ROWS === #

    @api.model
    def _cron_find(self):
        """Find what suppliers owe for repairs paid within the last year, in batches."""
        Agreement = self.env["aftersales.recovery.agreement"]
        cron = self.env["ir.cron"]
        groups = Agreement._read_group([], ["company_id"], ["id:recordset"])
        for company, agreements in groups:
            after = 0
            domain = self._get_claims_domain(company, agreements)
            while claims := self.env["aftersales.claim"].search(
                domain & Domain("id", ">", after), limit=BATCH, order="id"
            ):
                after = claims[-1].id
                self._find(claims, agreements)
                if not cron._commit_progress(len(claims)):
                    return

    @api.model
    def _get_claims_domain(self, company, agreements):
        """Paid repairs with a part of these suppliers that nobody recovered yet."""
        since = fields.Datetime.now() - timedelta(days=LOOK_BACK_DAYS)
        return Domain(
            [
                ("company_id", "=", company.id),
                ("state", "in", ("approved", "settled")),
                ("approved_at", ">=", since),
                ("is_chargeable", "=", False),
                (
                    "work_order_id.part_line_ids.product_id.seller_ids.partner_id",
                    "in",
                    agreements.supplier_id.ids,
                ),
                ("recovery_ids", "=", False),
            ]
        )

    @api.model
    def _find(self, claims, agreements):
        """Make the recoveries of these claims, one at most for each.

        :return: what was made
        """
        rules = [row._prepare_agreement() for row in agreements]
        facts = self._prepare_repair_facts(claims)
        vals_list = []
        for claim in claims:
            verdict = recovery.recover(
                facts[claim], rules, pricing.rounder(claim.currency_id.round)
            )
            if verdict:
                vals_list.append(
                    {
                        "claim_id": claim.id,
                        "agreement_id": verdict.agreement_id,
                        "supplier_id": verdict.supplier_id,
                        "part_line_id": verdict.line_id,
                        "amount": float(verdict.amount),
                        "explanation": list(verdict.explanation),
                    }
                )
        return self.with_context(tracking_disable=True).create(vals_list)

    @api.model
    def _prepare_repair_facts(self, claims):
        """{claim: facts} in a constant number of queries."""
        return {
            claim: recovery.RepairFacts(
                work_date=claim.work_date,
                months=self._get_months(claim),
                parts=tuple(self._prepare_failed_parts(claim)),
                costs=self._get_costs(claim),
            )
            for claim in claims
        }

    @api.model
    def _get_months(self, claim):
        """Full months the machine had worked, None where its begin is unknown."""
        unit = claim.unit_id
        begin = unit.installation_date or unit.sale_date
        if not begin:
            return None
        age = relativedelta(claim.work_date, begin)
        return age.years * 12 + age.months

    @api.model
    def _get_costs(self, claim):
        """{kind: approved amount} of everything but parts."""
        costs = defaultdict(Decimal)
        for line in claim.line_ids.filtered(lambda line: line.kind != "part"):
            costs[line.kind] += to_decimal(line.approved_amount)
        return dict(costs)

    @api.model
    def _prepare_failed_parts(self, claim):
        """The parts of one claim's job; of our own stock at their present cost."""
        paid = defaultdict(Decimal)
        for line in claim.line_ids:
            paid[line.product_id] += to_decimal(line.approved_amount)
        for line in claim.work_order_id.part_line_ids:
            product = line.product_id.with_company(claim.company_id)
            own = to_decimal(product.standard_price * line.quantity)
            yield recovery.FailedPart(
                line_id=line.id,
                product_id=product.id,
                category_path=product._get_category_path(),
                supplier_ids=tuple(product.seller_ids.partner_id.ids),
                inspection=line.part_return_ids[:1].result or None,
                cost=paid.get(product) or own,
            )


class AftersalesClaim(models.Model):
    """The supplier that pays a repair back."""

    _inherit = "aftersales.claim"

    recovery_ids = fields.One2many(
        "aftersales.recovery",
        "claim_id",
        string="Supplier recovery",
        groups="aftersales_settlement.group_settlement_auditor",
    )

    def action_view_recovery(self):
        """Smart button: what a supplier owes for this repair."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Supplier recovery"),
            "res_model": "aftersales.recovery",
            "view_mode": "form",
            "res_id": self.recovery_ids[:1].id,
        }

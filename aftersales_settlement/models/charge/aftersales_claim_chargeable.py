from odoo import api, fields, models
from odoo.tools import SQL

from ...tools.pricing import HUNDRED
from ..claim.aftersales_claim_price import COVERED_BY


class AftersalesClaim(models.Model):
    """The station's pay for work whose customer pays us."""

    _inherit = "aftersales.claim"

    is_chargeable = fields.Boolean(
        string="Paid service",
        readonly=True,
        groups="base.group_user",
        help="The customer pays us for this job, so the station is paid for all of it,"
        " whatever the warranty covers.",
    )

    def _get_covered_kinds(self):
        return set(COVERED_BY) if self.is_chargeable else super()._get_covered_kinds()

    def _get_share_percent(self):
        return HUNDRED if self.is_chargeable else super()._get_share_percent()

    @api.model
    def _get_audit_facts(self):
        facts = super()._get_audit_facts()
        # The customer pays: neither the warranty nor a counterfeit is in the way.
        return facts | {
            "needs_coverage": SQL(
                "g.is_chargeable IS NOT TRUE AND %s", facts["needs_coverage"]
            ),
            "serial_code": SQL(
                "CASE WHEN g.is_chargeable IS NOT TRUE THEN %s END",
                facts["serial_code"],
            ),
        }


class AftersalesWorkOrder(models.Model):
    """A job whose customer pays us is paid to its station, covered or not."""

    _inherit = "aftersales.work.order"

    def _is_on_maker(self):
        return self._is_paid_to_us() or super()._is_on_maker()

    def _prepare_claim_vals(self):
        vals_list = super()._prepare_claim_vals()
        for order, vals in zip(self, vals_list, strict=True):
            vals["is_chargeable"] = order._is_paid_to_us()
        return vals_list

    def _is_paid_to_us(self):
        """Whether the customer of this job pays us, or will when it is done."""
        self.ensure_one()
        # A fact of the job, whoever asks.
        order = self.sudo()
        if order.customer_charge_ids:
            return order.customer_charge_ids.earner == "maker"
        return (
            order.state != "done"
            and order._will_be_charged()
            and order._is_earned_by_us()
        )

    def _will_be_charged(self):
        """Whether the customer was asked for money, or nothing is covered."""
        self.ensure_one()
        return bool(self._get_asked_amount()) or not self._is_anything_covered()

    def _is_earned_by_us(self):
        """Whether what the customer of this job is asked for is ours, by the rules."""
        self.ensure_one()
        rules = self.env["aftersales.charge.rule"]._get_rules(self.company_id)
        return self._decide_earner(rules).earner == "maker"

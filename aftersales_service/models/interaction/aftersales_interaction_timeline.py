from odoo import fields, models
from odoo.fields import Domain


class ResPartner(models.Model):
    """What was said and written between a customer and us."""

    _inherit = "res.partner"

    interaction_count = fields.Integer(
        string="Interactions",
        compute="_compute_interaction_count",
        groups="base.group_user",
    )

    def _compute_interaction_count(self):
        """Of the customer and its contacts, as far as the user sees them."""
        self.interaction_count = 0
        timeline = self.env["aftersales.timeline"]
        saved = self._origin
        if not saved or not timeline.has_access("read"):
            return
        family = self.with_context(active_test=False).search_fetch(
            [("id", "child_of", saved.ids)], ["parent_id"]
        )
        counts = timeline._read_group(
            [("partner_id", "in", family.ids)], ["partner_id"], ["__count"]
        )
        by_id = {partner._origin.id: partner for partner in self}
        for member, count in counts:
            while member:
                if member.id in by_id:
                    by_id[member.id].interaction_count += count
                member = member.parent_id if member in family else None

    def action_open_interactions(self):
        """Everything between this customer and us, newest first."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Interactions of %(name)s", name=self.name),
            "res_model": "aftersales.timeline",
            "view_mode": "list",
            "domain": list(Domain("partner_id", "child_of", self.ids)),
            "context": {"default_partner_id": self.id},
        }


class StockLot(models.Model):
    """What was said and written about a machine."""

    _inherit = "stock.lot"

    timeline_ids = fields.One2many(
        "aftersales.timeline",
        "unit_id",
        string="Said and written",
        groups="base.group_user",
    )


class HelpdeskTicket(models.Model):
    """What was said and written about a request."""

    _inherit = "helpdesk.ticket"

    interaction_ids = fields.One2many(
        "aftersales.interaction",
        "ticket_id",
        string="Interactions",
        groups="base.group_user",
    )

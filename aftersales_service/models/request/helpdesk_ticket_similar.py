from datetime import timedelta

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import format_date

from ...tools import duplicate as duplicate_rule
from ...tools import serial as serial_rule

# More open requests on the same thing than anybody reads.
MAX_CANDIDATES = 200


class HelpdeskTicket(models.Model):
    """What is known while the caller still talks: the machine, and told twice.

    Both are shown before saving and write nothing; the authenticity check, which is
    logged, comes with saving.
    """

    _inherit = "helpdesk.ticket"

    similar_ids = fields.Many2many(
        "helpdesk.ticket",
        string="May be the same",
        compute="_compute_similar_ids",
        help="Open requests on the same machine, or of the same caller with the same"
        " symptom.",
    )
    serial_preview = fields.Char(
        string="Machine found",
        compute="_compute_serial_preview",
        groups="base.group_user",
        help="The machine with this serial, among those you may see.",
    )

    @api.depends(
        "unit_id", "serial_typed", "partner_id", "contact_phone", "symptom_id", "closed"
    )
    def _compute_similar_ids(self):
        similar = self._find_similar()
        for ticket in self:
            ticket.similar_ids = similar[ticket]

    @api.depends("serial_typed", "unit_id", "serial_verdict")
    @api.depends_context("uid", "lang")
    def _compute_serial_preview(self):
        keys = {
            ticket: serial_rule.normalise(ticket.serial_typed)
            for ticket in self
            if ticket._is_serial_to_check()
        }
        units = self.env["stock.lot"]
        if not units.has_access("read"):
            # A department reads what was asked of it, not the register.
            self.serial_preview = False
            return
        units = units.search([("serial_key", "in", [*set(keys.values())])])
        by_key = units.grouped("serial_key") if keys else {}
        for ticket in self:
            key = keys.get(ticket)
            found = by_key.get(key, units.browse())
            ticket.serial_preview = " / ".join(
                ticket._describe_unit(unit) for unit in found
            )
            if key and not found:
                ticket.serial_preview = self.env._(
                    "None of your machines has this number. It is checked on saving."
                )

    def _describe_unit(self, unit):
        """Model, owner and warranty of a machine the user may see."""
        ends = unit.warranty_end
        parts = (
            unit.product_id.display_name,
            unit.owner_id.sudo().display_name,  # the name only, as a link shows it
            ends
            and self.env._("warranty until %(day)s", day=format_date(self.env, ends)),
        )
        return " · ".join(part for part in parts if part)

    def _find_similar(self):
        """{request: open requests that may be the same}, in constant queries."""
        facts = {ticket: ticket._prepare_duplicate_facts() for ticket in self}
        days = max(self.env.company.duplicate_days, 0)
        domain = self._get_similar_domain(facts.values(), days)
        others = self.env["helpdesk.ticket"].search(
            domain, limit=MAX_CANDIDATES, order="id desc"
        )
        of_others = {other: other._prepare_duplicate_facts() for other in others}
        within = timedelta(days=days)
        return {
            ticket: others.filtered(
                lambda other, mine=ticket: (
                    other != mine._origin
                    and not mine.closed
                    and not mine.needs_written_answer
                    and duplicate_rule.is_same(facts[mine], of_others[other], within)
                )
            )
            for ticket in self
        }

    @api.model
    def _get_similar_domain(self, facts_list, days):
        """Open requests that share something with one of the facts."""
        facts_list = list(facts_list)

        def told(name):
            return [value for facts in facts_list if (value := getattr(facts, name))]

        symptom = Domain("symptom_id", "in", told("symptom_id"))
        phones = [ticket.contact_phone for ticket in self if ticket.contact_phone]
        shares = Domain.OR(
            [
                Domain("unit_id", "in", told("unit_id")),
                Domain("serial_checked", "in", told("serial")),
                Domain("commercial_partner_id", "in", told("caller_id")) & symptom,
                Domain("contact_phone", "in", phones) & symptom,
            ]
        )
        since = fields.Datetime.now() - timedelta(days=days)
        return (
            shares
            & Domain("stage_id.closed", "=", False)
            # A problem sheet is about a request, it does not repeat it.
            & Domain("request_type_id.needs_written_answer", "!=", True)
            & Domain("received_at", ">=", since)
        )

    def _prepare_duplicate_facts(self):
        """Facts for ``duplicate.is_same``. May be extended."""
        self.ensure_one()
        # Bare ids past the border.
        ticket = self.sudo()
        return duplicate_rule.RequestFacts(
            unit_id=ticket.unit_id.id or None,
            serial=serial_rule.normalise(ticket.serial_typed),
            caller_id=ticket.partner_id.commercial_partner_id.id or None,
            phone="".join(c for c in ticket.contact_phone or "" if c.isdigit()),
            symptom_id=ticket.symptom_id.id or None,
            received_at=ticket.received_at or None,
        )

    def action_open_request(self):
        """Open this request instead of the one being written."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "helpdesk.ticket",
            "res_id": self.id,
            "views": [[False, "form"]],
        }

    def action_take_over(self):
        """This request takes over the one shown: they are the same."""
        self.ensure_one()
        other = self.browse(self.env.context.get("duplicate_ticket_id")).exists()
        other._merge_into(self)
        return self.action_open_request()

    def _merge_into(self, original):
        """Close these requests as told twice; what they told goes to the original.

        :raise UserError: the original is closed, is one of them, or somebody is on
            the road for one of them
        """
        original.ensure_one()
        (self | original).check_access("write")
        if not self or original in self or original.closed or original.duplicate_id:
            raise UserError(
                self.env._(
                    "%(request)s cannot take over others: it is closed or one of them.",
                    request=original.display_name,
                )
            )
        for ticket in self:
            ticket._hand_over(original)
        for team, tickets in self.grouped("team_id").items():
            stages = team._get_applicable_stages().filtered("closed")
            stage = stages.filtered("is_withdrawal")[:1] or stages[:1]
            tickets.write({"duplicate_id": original.id, "stage_id": stage.id})

    def _hand_over(self, original):
        """What was told the second time, its files and who follows it."""
        self.ensure_one()
        told = (
            (self.env._("Told again"), self.display_name),
            (self.env._("Caller's phone"), self.contact_phone),
            (self.env._("Serial number"), self.serial_typed),
            (self.env._("What is wrong"), self.fault_text),
        )
        body = Markup("<br/>").join(
            Markup("%s: %s") % (label, text) for label, text in told if text
        )
        files = self.env["ir.attachment"].search(
            [("res_model", "=", self._name), ("res_id", "=", self.id)]
        )
        original.message_post(
            body=body,
            attachment_ids=[file.copy({"res_id": original.id}).id for file in files],
        )
        # Who followed the one follows the other; both may be written, see the caller.
        original.sudo().message_subscribe(self.sudo().message_partner_ids.ids)
        names = ("wished_at", "symptom_id", "component_id", "contact_phone")
        vals = {
            name: self[name].id if hasattr(self[name], "_name") else self[name]
            for name in names
            if self[name] and not original[name]
        }
        if (self.priority or "0") > (original.priority or "0"):
            vals["priority"] = self.priority
        if self.serial_typed and not original.serial_typed:
            vals["serial_typed"] = self.serial_typed
        if vals:
            original.write(vals)

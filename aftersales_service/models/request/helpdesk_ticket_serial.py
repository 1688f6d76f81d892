from odoo import api, fields, models

from ...tools import serial as serial_rule
from .helpdesk_ticket import SITE_FIELDS


class HelpdeskTicket(models.Model):
    """The serial as typed, its authenticity, and the machine found by it.

    Each serial is asked about once, when the request is saved; every question is a
    row of ``aftersales.serial.check``. Nothing is looked up while it is typed.
    """

    _inherit = "helpdesk.ticket"

    serial_typed = fields.Char(
        string="Serial number",
        compute="_compute_serial_typed",
        store=True,
        readonly=False,
        precompute=True,
        copy=False,
        help="As the caller tells it.",
    )
    serial_checked = fields.Char(
        readonly=True,
        copy=False,
        help="The serial the present verdict is about; each is asked about once.",
    )
    serial_check_ids = fields.One2many("aftersales.serial.check", "ticket_id")
    serial_verdict = fields.Selection(
        selection="_get_serial_verdicts",
        string="Authenticity",
        readonly=True,
        copy=False,
    )

    serial_answer = fields.Text(
        string="Answer",
        compute="_compute_serial_answer",
        help="What to tell the caller about the serial.",
    )

    @api.model
    def _get_serial_verdicts(self):
        checks = self.env["aftersales.serial.check"]
        return checks._fields["verdict"]._description_selection(self.env)

    @api.depends("serial_check_ids", "serial_verdict")
    @api.depends_context("lang")
    def _compute_serial_answer(self):
        for ticket in self:
            # The check holds only what may be told across borders.
            checks = ticket.sudo().serial_check_ids.sorted("id")
            ticket.serial_answer = ticket.serial_verdict and checks[-1:].answer

    @api.depends("unit_id")
    def _compute_serial_typed(self):
        for ticket in self:
            # Bare serial of the machine that was just chosen.
            serial, typed = ticket.unit_id.sudo().name, ticket.serial_typed
            is_same = serial_rule.normalise(serial) == serial_rule.normalise(typed)
            ticket.serial_typed = typed if is_same or not serial else serial

    @api.model
    def _check_new_serials(self, vals_list):
        """Ask about the serials of requests to be created and complete their values.

        :return: for each dict of ``vals_list`` its check, or an empty record
        """
        Unit, checks = self.env["stock.lot"], self.env["aftersales.serial.check"]
        chosen = {vals["unit_id"] for vals in vals_list if vals.get("unit_id")}
        # Serial and model of machines that were chosen by hand.
        units = {unit.id: unit for unit in Unit.sudo().browse(chosen)}
        asked = []
        for vals in vals_list:
            unit = units.get(vals.get("unit_id"), Unit)
            if "serial_typed" not in vals and unit:
                vals["serial_typed"] = unit.name
            if vals.get("serial_typed"):
                asked.append((vals, self._prepare_serial_query(vals, unit)))
        found = dict.fromkeys(range(len(vals_list)), checks)
        if asked:
            made = Unit._check_serials(
                [query for _vals, query in asked], self._get_serial_channel()
            )
            by_vals = {
                id(vals): check
                for (vals, _query), check in zip(asked, made, strict=True)
            }
            for index, vals in enumerate(vals_list):
                if check := by_vals.get(id(vals)):
                    found[index] = check
                    vals.update(self._prepare_verdict_vals(check, vals))
        return [found[index] for index in range(len(vals_list))]

    @api.model
    def _get_serial_channel(self):
        """From where a serial is asked about: a key of the check's channel."""
        user = self.env.user
        if not user.share:
            return "office"
        if user._is_public():
            return "public"
        return "station" if user.partner_id._get_service_station() else "portal"

    @api.model
    def _prepare_serial_query(self, vals, unit):
        """Query for ``stock.lot._check_serials``: the serial and what is claimed."""
        partner = self.env["res.partner"].browse(vals.get("partner_id"))
        return {
            "text": vals["serial_typed"],
            "product_id": vals.get("product_id") or unit.product_id.id,
            # Compared with the owner of the file, bare ids.
            "partner_id": partner.sudo().commercial_partner_id.id,
        }

    @api.model
    def _prepare_verdict_vals(self, check, vals):
        """What a check writes on the request: verdict, machine, and its owner."""
        # Bare ids past the border: the machine found may belong elsewhere.
        unit = check.sudo().unit_id
        is_ours = check.verdict in ("genuine", "mismatch")
        result = {
            "serial_verdict": check.verdict,
            "serial_checked": serial_rule.normalise(vals["serial_typed"]),
        }
        if is_ours and not vals.get("unit_id"):
            result["unit_id"] = unit.id
        if is_ours and not vals.get("partner_id") and unit.owner_id:
            result["partner_id"] = unit.owner_id.id
        return result

    def _check_changed_serials(self, is_model_told=False, is_unit_chosen=False):
        """Ask about each serial that differs from the one last asked about.

        :param is_model_told: the model was chosen meanwhile, which may tell apart
            machines of several models with one serial
        :param is_unit_chosen: the machine was chosen by hand and stays
        """
        # The verdict belongs to the system, for whoever may save the request.
        tickets = self.sudo().filtered(
            lambda ticket: (
                serial_rule.normalise(ticket.serial_typed)
                != (ticket.serial_checked or "")
                or (is_model_told and ticket.serial_verdict == "ambiguous")
            )
        )
        asked = tickets.filtered("serial_typed")
        (tickets - asked).write({"serial_verdict": False, "serial_checked": False})
        if not asked:
            return
        checks = self.env["stock.lot"]._check_serials(
            [ticket._prepare_changed_query() for ticket in asked],
            self._get_serial_channel(),
        )
        for ticket, check in zip(asked, checks, strict=True):
            ticket._apply_serial_check(check, is_unit_chosen)

    def _is_serial_of_unit(self):
        """Whether the machine is the one whose serial was typed."""
        self.ensure_one()
        unit = self.unit_id.sudo()
        key = serial_rule.normalise(self.serial_typed)
        return bool(unit) and serial_rule.normalise(unit.name) == key

    def _prepare_changed_query(self):
        self.ensure_one()
        # Of a serial found before, neither machine nor model is the caller's claim.
        was_found = self.serial_verdict in ("genuine", "mismatch")
        vals = {
            "serial_typed": self.serial_typed,
            "product_id": False if was_found else self.product_id.id,
            "partner_id": self.partner_id.id,
        }
        unit = self.env["stock.lot"]
        return {
            **self._prepare_serial_query(vals, unit),
            "ticket_id": self.id,
            "territory_id": self.territory_id.id,
        }

    def _apply_serial_check(self, check, is_unit_chosen=False):
        """Write verdict and machine; a site that is told already stays."""
        self.ensure_one()
        is_same = is_unit_chosen or self._is_serial_of_unit()
        vals = self._prepare_verdict_vals(
            check,
            {
                "serial_typed": self.serial_typed,
                "partner_id": self.partner_id.id,
                "unit_id": self.unit_id.id if is_same else False,
            },
        )
        if not is_same:
            vals.setdefault("unit_id", False)
        if self.site_city_id or self.site_street:
            for name in (*SITE_FIELDS, "site_state_id", "territory_id"):
                value = self[name]
                vals[name] = value.id if isinstance(value, models.BaseModel) else value
        self.write(vals)

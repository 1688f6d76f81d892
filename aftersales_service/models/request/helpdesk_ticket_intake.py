from odoo import api, models
from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tools import SQL

from .helpdesk_ticket import SITE_FIELDS

# After this many days without a request a territory stops seeing a machine from
# elsewhere.
VISIT_DAYS = 90

VISIT_FIELDS = {"partner_id", "unit_id", "territory_id"}
# What a client sends empty follows from what was told.
UNTOLD_FIELDS = {
    "product_id",
    "contact_phone",
    "service_level_id",
    "answer_deadline",
    "arrive_deadline",
    "resolve_deadline",
    "next_alert_at",
}
# Facts and verdicts that only the system writes, whatever an agent's client sends.
GUARDED_FIELDS = {
    "number",
    "serial_checked",
    "serial_verdict",
    "service_level_id",
    "answer_deadline",
    "arrive_deadline",
    "resolve_deadline",
    "answered_at",
    "clock_stopped_at",
    "clock_pauses",
    "next_alert_at",
    "owner_id",
    "selling_partner_id",
    "station_id",
    "promised_date",
    "service_state",
    "warranty_decision_id",
    "warranty_result",
    "is_imported",
}


class HelpdeskTicket(models.Model):
    """Taking requests in, one or many: numbers, serials, deadlines, visiting rights."""

    _name = "helpdesk.ticket"
    _inherit = ["helpdesk.ticket", "aftersales.guard.mixin"]

    @api.model_create_multi
    def create(self, vals_list):
        vals_list = [dict(vals) for vals in vals_list]
        self._check_guarded(vals_list, is_new=True)
        self._complete_intake_vals(vals_list)
        self._read_people(vals_list)
        checks = self._check_new_serials(vals_list)
        # In bulk nobody is told of each request by a message of its own.
        quiet = {"mail_create_nolog": True} if len(vals_list) > 1 else {}
        tickets = super(HelpdeskTicket, self.with_context(**quiet)).create(vals_list)
        tickets = tickets.with_env(self.env)
        for ticket, check in zip(tickets, checks, strict=True):
            if check:
                # The log row written before the request existed is linked to it.
                check.sudo().write(
                    {"ticket_id": ticket.id, "territory_id": ticket.territory_id.id}
                )
        # Serials that came as a default and not as a value.
        tickets._check_changed_serials(is_unit_chosen=True)
        tickets._apply_visiting_territories()
        return tickets

    def write(self, vals):
        self._check_guarded([vals])
        result = super().write(vals)
        if {"serial_typed", "unit_id", "product_id"} & vals.keys():
            self._check_changed_serials(
                is_model_told=bool(vals.get("product_id")),
                is_unit_chosen=bool(vals.get("unit_id")),
            )
        if VISIT_FIELDS & vals.keys() or self._is_placed_by(vals):
            self._apply_visiting_territories()
        return result

    def copy(self, default=None):
        # Core copies one at a time and draws a number that create draws anyway.
        default = {"number": "/", **(default or {})}
        return self.browse().concat(
            *(super(HelpdeskTicket, ticket).copy(dict(default)) for ticket in self)
        )

    @api.model
    def _get_guarded_names(self):
        return super()._get_guarded_names() | GUARDED_FIELDS

    @api.model
    def _check_guarded(self, vals_list, is_new=False):
        """Refuse a verdict, deadline or state that does not come from the system."""
        if self.env.su:
            return
        names = {
            name
            for vals in vals_list
            for name in GUARDED_FIELDS & vals.keys()
            if not is_new or vals[name] not in (False, None, "/")
        }
        if names:
            labels = (
                self._fields[name]._description_string(self.env)
                for name in sorted(names)
            )
            raise AccessError(
                self.env._(
                    "%(fields)s of a request changes only by its own buttons.",
                    fields=", ".join(labels),
                )
            )

    @api.model
    def _is_placed_by(self, vals):
        """Whether the territory may follow from these values."""
        return any(name.startswith("site_") for name in vals)

    @api.model
    def _complete_intake_vals(self, vals_list):
        """Give all new requests their number, department and first stage at once."""
        types = self.env["aftersales.request.type"]
        home = self.env.user._get_default_territory()
        teams = self.env["helpdesk.ticket.team"]
        for vals in vals_list:
            self._drop_untold(vals, home)
            kind = types.browse(vals.get("request_type_id"))
            if kind.team_id and "team_id" not in vals:
                vals["team_id"] = kind.team_id.id
        stages = {
            team_id: teams.browse(team_id)._get_first_stage_id()
            for team_id in {vals.get("team_id") or False for vals in vals_list}
        }
        by_company = {}
        for vals in vals_list:
            team = teams.browse(vals.get("team_id"))
            company_id = team.company_id.id or vals.get("company_id")
            if not vals.get("stage_id"):
                vals["stage_id"] = stages[vals.get("team_id") or False]
            if vals.get("number", "/") == "/":
                by_company.setdefault(company_id, []).append(vals)
        for company_id, rows in by_company.items():
            sequence = self.env["ir.sequence"]
            if company_id:
                sequence = sequence.with_company(company_id)
            numbers = sequence._next_numbers("helpdesk.ticket.sequence", len(rows))
            for vals, number in zip(rows, numbers, strict=True):
                vals["number"] = number

    @api.model
    def _read_people(self, vals_list):
        """Read the callers and who takes the requests by one query."""
        told = (vals.get("partner_id") for vals in vals_list)
        author = self.env.user.partner_id
        # Whatever else was told is refused where it is written.
        people = author.browse({one for one in told if isinstance(one, int) and one})
        # Only into the cache; who asks for a field is checked as ever.
        (people | author).sudo().mapped("territory_id")

    @api.model
    def _drop_untold(self, vals, home):
        """Forget what a form sends empty, so that it follows from what was told."""
        for name in UNTOLD_FIELDS & vals.keys():
            if not vals[name]:
                del vals[name]
        site = (*SITE_FIELDS, "site_state_id")
        if any(vals.get(name) for name in site):
            return
        for name in site:
            vals.pop(name, None)
        if vals.get("territory_id") == home.id:
            # No place was told: the machine or the caller, found later, has one.
            del vals["territory_id"]

    def _apply_visiting_territories(self):
        """Let each request's territory see the machine and the people it is about.

        Their home may be elsewhere: without this the office could not open the file
        of a machine that broke down here. Called by create and write, in batch.
        """
        # Follows from a request the caller was just allowed to save.
        for territory, tickets in self.sudo().grouped("territory_id").items():
            if not territory:
                continue
            people = tickets.partner_id | tickets.owner_id
            for records in (people | people.commercial_partner_id, tickets.unit_id):
                guests = records.filtered(
                    lambda record, here=territory: (
                        record.territory_id
                        and record.territory_id != here
                        and here not in record.visiting_territory_ids
                    )
                )
                if guests:
                    guests.with_context(tracking_disable=True).write(
                        {"visiting_territory_ids": [Command.link(territory.id)]}
                    )

    @api.model
    def _cron_drop_visiting_territories(self):
        """Take away what `_apply_visiting_territories` gave, when no request is left.

        A request counts while it is open and for some time after it came in. What a
        station covers and what dealers were given otherwise stays, and so does what
        a machine has built in.
        """
        self.env.flush_all()
        recent = SQL(
            """SELECT 1 FROM helpdesk_ticket t
                 LEFT JOIN helpdesk_ticket_stage s ON s.id = t.stage_id
                WHERE t.territory_id = rel.territory_id
                  AND (s.closed IS NOT TRUE
                       OR GREATEST(t.received_at, t.closed_date)
                          > now() AT TIME ZONE 'UTC' - %s * interval '1 day')""",
            VISIT_DAYS,
        )
        self.env.cr.execute(
            SQL(
                """DELETE FROM aftersales_unit_visiting_rel rel
                    WHERE NOT EXISTS (%s AND t.unit_id = rel.lot_id)
                      AND NOT EXISTS (
                          SELECT 1 FROM stock_lot part
                            JOIN stock_lot unit ON unit.id = part.parent_unit_id
                           WHERE part.id = rel.lot_id
                             AND unit.territory_id = rel.territory_id)""",
                recent,
            )
        )
        self.env.cr.execute(
            SQL(
                """DELETE FROM aftersales_partner_visiting_rel rel
                    USING res_partner p
                    WHERE p.id = rel.partner_id
                      AND p.aftersales_role NOT IN ('station', 'dealer')
                      AND NOT EXISTS (%s AND (
                          t.partner_id = p.id
                          OR t.owner_id = p.id
                          OR t.commercial_partner_id = p.id))""",
                recent,
            )
        )
        self.env["stock.lot"].invalidate_model(["visiting_territory_ids"])
        self.env["res.partner"].invalidate_model(["visiting_territory_ids"])

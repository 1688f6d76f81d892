from datetime import datetime, time

from odoo import fields, models

from ...tools import serial as serial_rule

CODE_KINDS = ("component", "symptom", "cause", "remedy")
USUAL_TYPE = "repair"


class HelpdeskTicket(models.Model):
    """A request of the time before the change-over."""

    _inherit = "helpdesk.ticket"

    is_imported = fields.Boolean(
        string="From the old system",
        readonly=True,
        copy=False,
        help="Closed before the change-over: history only.",
    )


class AftersalesWorkOrder(models.Model):
    """A job of the time before the change-over."""

    _inherit = "aftersales.work.order"

    is_imported = fields.Boolean(
        string="From the old system",
        readonly=True,
        copy=False,
        groups="base.group_user",
        help="Done before the change-over: history only, never claimed.",
    )
    imported_number = fields.Char(
        string="Old number", readonly=True, copy=False, groups="base.group_user"
    )
    _imported_once = models.UniqueIndex(
        "(company_id, imported_number) WHERE imported_number IS NOT NULL",
        "This past work order is imported already.",
    )


class AftersalesRun(models.Model):
    """Past work orders from a file: done, marked, and never claimed.

    A past order is known by its old number. Nothing follows from it: no reading, no
    stock move, no follow-up, no claim.
    """

    _inherit = "aftersales.run"

    def _load_orders(self, rows):
        """Register past work orders with their closed requests."""
        known, found = self._find_known_orders(rows), self._find_order_records(rows)
        mine = self.env.user._get_territory_ids() if self._is_import_bound() else None
        new, refused, same = [], [], 0
        for row in rows:
            records, reason, detail = self._resolve_order(row, found)
            if reason:
                refused.append((row, reason, detail))
            elif order := known.get(row.key):
                if order.unit_id == records["unit"]:
                    same += 1
                else:
                    refused.append((row, "differs", records["unit"].name))
            elif mine is not None and records["unit"].territory_id.id not in mine:
                refused.append((row, "outside", None))
            else:
                new.append((row, records))
        created, failed = self._create_past_orders(new)
        counts = {"created": created, "completed": 0, "same": same}
        return counts, refused + failed

    def _find_known_orders(self, rows):
        """{old number: work order}."""
        # Compared with the rows only; the user may be beyond the border.
        orders = self.env["aftersales.work.order"].sudo()
        return {
            order.imported_number: order
            for order in orders.search(
                [
                    ("imported_number", "in", [row.key for row in rows]),
                    ("company_id", "=", self.company_id.id),
                ]
            )
        }

    def _find_order_records(self, rows):
        """What the codes of the rows mean, looked up once each, in constant queries."""
        # Looked up past the border; rows beyond it are refused by `_load_orders`.
        env = self.env(su=True)
        company = ("company_id", "in", [False, self.company_id.id])
        keys = [serial_rule.normalise(row.values["serial"]) for row in rows]
        codes = {row.values[kind] for row in rows for kind in CODE_KINDS} - {None}
        people = {row.values[n] for row in rows for n in ("customer", "station")}
        types = {row.values["type"] or USUAL_TYPE for row in rows}
        faults = env["aftersales.fault.code"].with_context(active_test=False)
        kinds = env["aftersales.request.type"].search(
            [("code", "in", list(types)), company]
        )
        return {
            "units": env["stock.lot"]
            .search([("serial_key", "in", keys), company])
            .grouped("serial_key"),
            "types": kinds.grouped("code"),
            "stages": {
                team: self._get_closing_stage(team)
                for team in {kind.team_id for kind in kinds}
            },
            "codes": faults.search([("code", "in", list(codes)), company]).grouped(
                lambda code: (code.kind, code.code)
            ),
            "people": env["res.partner"]
            .search([("ref", "in", list(people - {None})), company])
            .grouped("ref"),
        }

    def _get_closing_stage(self, team):
        """The stage in which requests of this team, or of none, are closed."""
        return team._get_applicable_stages().filtered(
            lambda stage: stage.closed and not stage.is_withdrawal
        )[:1]

    def _resolve_order(self, row, found):
        """(records by name, reason, detail) of one row."""
        records = {}
        for resolve in (
            *(self._resolve_unit, self._resolve_type),
            *(self._resolve_people, self._resolve_codes),
        ):
            reason, detail = resolve(row.values, found, records)
            if reason:
                return records, reason, detail
        return records, None, None

    def _resolve_unit(self, told, found, records):
        """Put the machine of a row in ``records``; (reason, detail)."""
        units = found["units"].get(serial_rule.normalise(told["serial"]))
        if units and told["product"]:
            units = units.filtered(
                lambda unit: unit.product_id.default_code == told["product"]
            )
        if not units or len(units) > 1:
            reason = "ambiguous_unit" if units else "unknown_unit"
            return reason, told["serial"]
        records["unit"] = units
        return None, None

    def _resolve_type(self, told, found, records):
        """Put the request type and the stage that closes it in ``records``."""
        code = told["type"] or USUAL_TYPE
        if not (kinds := found["types"].get(code)):
            return "unknown_type", code
        records["type"] = _own_first(kinds)
        records["stage"] = found["stages"][records["type"].team_id]
        if not records["stage"]:
            return "not_closed", records["type"].name
        return None, None

    def _resolve_people(self, told, found, records):
        """Put customer and station in ``records``; (reason, detail)."""
        nobody = self.env["res.partner"].sudo()  # an empty record
        for name, roles in (
            ("customer", ("customer", "contact", "dealer", "station")),
            ("station", ("station",)),
        ):
            people = found["people"].get(told[name], nobody) if told[name] else nobody
            records[name] = people.filtered(
                lambda partner, roles=roles: partner.aftersales_role in roles
            )
            if told[name] and len(records[name]) != 1:
                reason = "ambiguous" if records[name] else "unknown"
                return f"{reason}_{name}", told[name]
        return None, None

    def _resolve_codes(self, told, found, records):
        """Put what the fault dictionary means in ``records``; (reason, detail)."""
        for name in CODE_KINDS:
            faults = found["codes"].get((name, told[name]))
            if told[name] and not faults:
                return "unknown_code", told[name]
            records[name] = _own_first(faults) if faults else None
        return None, None

    def _create_past_orders(self, new):
        """(how many, refused rows); each order with its request, or neither."""
        # The rows were allowed to the user: import right at the start, border above.
        tickets, failed = self._create_rows(
            self.env["helpdesk.ticket"].sudo(),
            [(row, self._prepare_past_request(row, rec)) for row, rec in new],
        )
        kept = [(row, rec) for row, rec in new if row.line in tickets]
        orders, more = self._create_rows(
            self.env["aftersales.work.order"].sudo()._unguarded(),
            [
                (row, self._prepare_past_order(row, rec) | {"ticket_id": ticket.id})
                for row, rec in kept
                for ticket in [tickets[row.line]]
            ],
        )
        for row, _reason, _detail in more:
            tickets[row.line].unlink()
        return len(orders), failed + more

    def _prepare_past_request(self, row, records):
        told, unit = row.values, records["unit"]
        return {
            "request_type_id": records["type"].id,
            "team_id": records["type"].team_id.id,
            "stage_id": records["stage"].id,
            "closed_date": _noon(told["done_on"]),
            "is_imported": True,
            "unit_id": unit.id,
            "partner_id": (records["customer"] or unit.owner_id).id,
            "territory_id": unit.territory_id.id,
            "company_id": self.company_id.id,
            "received_at": _noon(told["received_on"] or told["done_on"]),
            "symptom_id": records["symptom"] and records["symptom"].id,
            "component_id": records["component"] and records["component"].id,
            "channel_id": False,
            "user_id": False,
        }

    def _prepare_past_order(self, row, records):
        told = row.values
        return {
            "station_id": records["station"].id,
            "state": "done",
            "is_imported": True,
            "imported_number": row.key,
            "started_on": told["done_on"],
            "reported_at": _noon(told["done_on"]),
            "done_at": _noon(told["done_on"]),
            "reading_value": told["reading"] or 0.0,
            "work_text": told["text"],
            **{f"{kind}_id": records[kind].id for kind in CODE_KINDS if records[kind]},
        }


def _noon(day):
    """A moment that lies on ``day`` wherever we work."""
    return datetime.combine(day, time(12)) if day else False


def _own_first(records):
    """Of a code kept twice the company's own, else the shared one."""
    return records.filtered("company_id") or records

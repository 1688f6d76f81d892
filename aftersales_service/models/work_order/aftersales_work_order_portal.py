import base64
import io
from datetime import timedelta

import qrcode

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import format_date, format_list

from .aftersales_work_order import LOST_STATES

PART_CHOICES = 300
"""Most parts a page offers; any other is found by its number."""


class AftersalesWorkOrder(models.Model):
    """What a station sees of its job on the portal, and what it may choose there.

    Every method is called with ``sudo()`` on orders of which the controller has
    checked that they belong to the user's station.
    """

    _inherit = "aftersales.work.order"

    def _get_station_domain(self, station):
        """Orders that the pages of ``station`` show."""
        domain = Domain("station_id", "=", station.id) & Domain(
            "state", "not in", ("draft", *LOST_STATES)
        )
        person = self.env.user.partner_id
        if person.sudo().is_technician and person != station:
            # The jobs he is sent to; what nobody is named for is the station's.
            domain &= Domain("technician_id", "=", person.id)
        return domain

    def _get_job_url(self):
        """Address of the job's page, as printed on the work order."""
        self.ensure_one()
        return f"{self.get_base_url()}{self.access_url}"

    def _get_job_qr(self):
        """A picture of `_get_job_url` that a phone reads: PNG, base64 text."""
        stream = io.BytesIO()
        qrcode.make(self._get_job_url(), border=1).save(stream)
        return base64.b64encode(stream.getvalue()).decode()

    def _get_report_base_filename(self):
        self.ensure_one()
        return self.name

    def _get_job_title(self):
        """What the job is about in the reader's language: kind, symptom, model."""
        self.ensure_one()
        ticket = self.ticket_id
        parts = (self.request_type_id, ticket.symptom_id, self.product_id)
        return " · ".join(part.name for part in parts if part) or ticket.name

    def _get_warranty_sentence(self):
        """Who pays, in plain words; empty when nothing is to be decided."""
        self.ensure_one()
        decision = self.warranty_decision_id or self.ticket_id.warranty_decision_id
        if not decision and self.request_type_id.needs_warranty_decision:
            return self.env._("Not decided yet: ask the office before you repair.")
        if not decision:
            return ""
        if decision.result == "chargeable":
            return self.env._("Not in warranty: the customer pays.")
        paid = [
            label
            for covers, label in (
                (decision.covers_parts, self.env._("parts")),
                (decision.covers_labor, self.env._("labour")),
                (decision.covers_travel, self.env._("travel")),
            )
            if covers
        ]
        if not decision.end_date:
            return self.env._(
                "In warranty: the maker pays %(what)s.",
                what=format_list(self.env, paid),
            )
        return self.env._(
            "In warranty until %(date)s: the maker pays %(what)s.",
            date=format_date(self.env, decision.end_date),
            what=format_list(self.env, paid),
        )

    def _get_own_reasons(self):
        """Why this station was chosen: (criterion, what counted) of its own line.

        Neither points nor other stations: those are the office's.
        """
        self.ensure_one()
        rows = self._prepare_why_values()["rows"] if self.ranking else []
        return [
            (reason["label"], reason["text"])
            for row in rows
            if row["is_chosen"]
            for reason in row["reasons"]
        ]

    @api.model
    def _get_day_domain(self):
        """Open jobs of the company's day: promised for today or before, promised for
        no day, or late by tonight and not waiting."""
        company = self.env.company
        today = company._get_today()
        tonight = company._get_moment(today + timedelta(days=1))
        late = Domain("state", "!=", "waiting") & Domain("next_deadline", "<", tonight)
        planned = Domain("planned_date", "=", False) | Domain(
            "planned_date", "<=", today
        )
        return planned | late

    def _get_unit_history(self):
        """What was done on this machine before, newest first, by whichever station."""
        self.ensure_one()
        history = self.unit_id._get_service_history()
        return history.get(self.unit_id, self.browse()) - self

    def _get_map_url(self):
        """Address of a map that shows the place, nothing when no place is known."""
        self.ensure_one()
        return self.ticket_id._get_map_url()

    def _get_operation_choices(self):
        """Operations for this machine: of each code the most exact entry."""
        self.ensure_one()
        operations = self.env["aftersales.operation"]
        exact = operations._get_exact(self.product_id, self.company_id)
        return operations.union(*exact[self.product_id].values()).sorted("code")

    def _get_technician_choices(self):
        """People of the station who can be sent."""
        self.ensure_one()
        people = self.station_id.child_ids
        return people.filtered("is_technician") or people.filtered("user_ids")

    def _get_city_choices(self):
        """Cities of the site's province."""
        self.ensure_one()
        ticket = self.ticket_id
        province = ticket.site_state_id or self.partner_id.state_id
        if not province:
            return self.env["res.city"]
        return self.env["res.city"].search([("state_id", "=", province.id)])

    def _find_city(self, text):
        """The city meant by a typed name: of the site's province first, else the only
        one of the country; empty when none or several are meant."""
        self.ensure_one()
        province = self.ticket_id.site_state_id or self.partner_id.state_id
        country = province.country_id or self.company_id.country_id
        return self.env["res.city"]._find_by_typed_name(text, country, province)

    def _get_part_domain(self):
        """Products that can be fitted as a part. May be extended."""
        self.ensure_one()
        return (
            Domain("type", "=", "consu")
            & Domain("id", "!=", self.product_id.id)
            & Domain("company_id", "in", [False, self.company_id.id])
        )

    def _get_part_choices(self):
        """Parts the station has or used lately: what a page offers while typing."""
        self.ensure_one()
        held = self.env["stock.quant"]._read_group(
            [
                (
                    "location_id",
                    "child_of",
                    self.station_id._get_parts_locations().ids,
                ),
                ("product_id", "any", self._get_part_domain()),
            ],
            ["product_id"],
            limit=PART_CHOICES,
        )
        return self.env["product.product"].union(*(product for (product,) in held))

    def _find_parts(self, texts):
        """Typed part number or name → product, for those that name exactly one.

        :param texts: list of strings: a number, a barcode, a name, or "[number] name"
        """
        self.ensure_one()
        wanted = {text: _part_keys(text) for text in texts}
        keys = {key for pair in wanted.values() for key in pair}
        products = self.env["product.product"].search(
            self._get_part_domain()
            & Domain.OR(
                Domain(field, "=ilike", _literal(key))
                for field in ("default_code", "barcode", "name")
                for key in keys
            )
            if keys
            else Domain.FALSE
        )
        found = {}
        for text, pair in wanted.items():
            for key in pair:
                same = products.filtered(
                    lambda product, key=key: (
                        key.casefold()
                        in {
                            (product.default_code or "").casefold(),
                            (product.barcode or "").casefold(),
                            product.name.casefold(),
                        }
                    )
                )
                if len(same) == 1:
                    found[text] = same
                    break
        return found


class ResCity(models.Model):
    """Cities as people type them."""

    _inherit = "res.city"

    def _find_by_typed_name(self, text, country, province=None):
        """The one city of this name in the province, else in the country."""
        cities = self.search(
            [("name", "=ilike", _literal(text)), ("country_id", "=", country.id)]
        )
        if len(cities) > 1 and province:
            cities = cities.filtered(lambda city: city.state_id == province)
        return cities if len(cities) == 1 else cities.browse()


def _part_keys(text):
    """What a typed part may mean: as it is, and the number in "[number] name"."""
    text = text.strip()
    keys = [text]
    if text.startswith("[") and "]" in text:
        keys.insert(0, text[1:].split("]")[0].strip())
    return [key for key in keys if key]


def _literal(text):
    """Text for ``=ilike`` in which ``%`` and ``_`` mean themselves."""
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")

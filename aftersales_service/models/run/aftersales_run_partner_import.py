from odoo import models
from odoo.fields import Command

from ...tools import change_over

# What says that a row and a partner are not the same; the rest is filled where empty.
_IDENTITY = ("name", "state_id", "city_id")


class AftersalesRun(models.Model):
    """Customers and stations from a file; a partner is known by its code."""

    _inherit = "aftersales.run"

    def _load_customers(self, rows):
        return self._load_partners(rows, "customer", lambda _row, _territory: {})

    def _load_stations(self, rows):
        return self._load_partners(rows, "station", self._prepare_station_vals)

    def _prepare_station_vals(self, row, territory):
        """A station serves its territory and repairs all until somebody says else."""
        vals = {
            "is_company": True,
            "station_coverage_ids": [
                Command.create({"territory_id": territory.id, "rank": 1})
            ],
            "station_skill_ids": [Command.create({})],
        }
        if row.values["capacity"]:
            vals["station_daily_capacity"] = int(row.values["capacity"])
        return vals

    def _load_partners(self, rows, role, prepare_more):
        """Register partners of ``role``, complete those known; as the user."""
        known = self._find_known_partners([row.key for row in rows])
        places, refused = self._find_row_places(rows)
        mine = self.env.user._get_territory_ids() if self._is_import_bound() else None
        new, counts = [], {"created": 0, "completed": 0, "same": 0}
        for row in rows:
            if row.line not in places:
                continue
            vals, territory = self._prepare_partner_row(row, *places[row.line])
            more = {"aftersales_role": role, "territory_id": territory.id}
            more |= prepare_more(row, territory)
            if partner := known.get(row.key):
                outcome, detail = self._complete_partner(partner, vals, more, mine)
                if outcome in counts:
                    counts[outcome] += 1
                else:
                    refused.append((row, outcome, detail))
            elif mine is not None and territory.id not in mine:
                refused.append((row, "outside", None))
            else:
                new.append((row, vals | more))
        made, failed = self._create_rows(self.env["res.partner"], new)
        return counts | {"created": len(made)}, refused + failed

    def _find_known_partners(self, codes):
        """{code: partners}, past the border: a code is given once."""
        # Only what a row says already is compared, see `_complete_partner`.
        partners = self.env["res.partner"].sudo()
        return partners.search(
            [
                ("ref", "in", codes),
                ("company_id", "in", [False, self.company_id.id]),
            ]
        ).grouped("ref")

    def _complete_partner(self, partner, vals, more, mine):
        """Fill what is empty on a known partner; (outcome, detail).

        :param more: what a partner of the role has beside its ``vals``; a contact
            gets it now
        """
        if len(partner) > 1:
            return "ambiguous_code", partner[0].ref
        # Nothing is compared for who may not see the partner.
        territory_id = partner.territory_id.id or more["territory_id"]
        if mine is not None and territory_id not in mine:
            return "elsewhere" if partner.territory_id else "outside", None
        is_contact = partner.aftersales_role == "contact" and not partner.parent_id
        if not is_contact and partner.aftersales_role != more["aftersales_role"]:
            label = partner._fields["aftersales_role"]._description_string(self.env)
            return "differs", label
        now = {
            name: field.convert_to_write(partner[name], partner)
            for name, field in partner._fields.items()
            if name in vals
        }
        told = {name: vals[name] for name in _IDENTITY if name in vals}
        if wrong := change_over.differs(now, told):
            labels = (partner._fields[n]._description_string(self.env) for n in wrong)
            return "differs", ", ".join(labels)
        missing = change_over.completes(now, vals)
        if is_contact:
            missing |= more | {"territory_id": territory_id}
        if not missing:
            return "same", None
        quiet = partner.with_context(tracking_disable=True)
        _done, sentence = self._attempt(lambda: quiet.write(missing))
        return ("refused", sentence) if sentence else ("completed", None)

    def _find_row_places(self, rows):
        """({line: (province id, city id, territory id)}, refused rows)."""
        written = [
            tuple(row.values[name] or "" for name in ("province", "city", "zip"))
            for row in rows
        ]
        states = self._find_provinces({place[0] for place in written})
        cities = self._find_cities({place[1] for place in written})
        found = [self._pick_place(*place[:2], states, cities) for place in written]
        territories = self._find_territories(written, found)
        places, refused = {}, []
        for row, place, (state_id, city_id, reason), territory_id in zip(
            rows, written, found, territories, strict=True
        ):
            if reason:
                refused.append((row, reason, " ".join(filter(None, place[:2]))))
            else:
                places[row.line] = (state_id, city_id, territory_id)
        return places, refused

    def _prepare_partner_row(self, row, state_id, city_id, territory_id):
        """(values of the partner, its territory)."""
        territories = self.env["aftersales.territory"]
        territory = territories.browse(territory_id) or self._get_import_territory()
        told = row.values
        vals = {
            "ref": row.key,
            "name": told["name"],
            "phone": told["phone"],
            "email": told["email"],
            "street": told["street"],
            "zip": told["zip"],
            "city_id": city_id,
            "city": self.env["res.city"].browse(city_id).name,
            "state_id": state_id,
            "country_id": self.company_id.country_id.id if state_id else None,
            "company_id": self.company_id.id,
        }
        return {name: value for name, value in vals.items() if value}, territory

from odoo import models
from odoo.tools import SQL

_STAGE = SQL.identifier("aftersales_unit_import_row")


class AftersalesRun(models.Model):
    """Import of machines: where each stands, whose territory, and words of refusal."""

    _inherit = "aftersales.run"

    def _resolve_cities(self):
        """City and province by name, in whatever language the file has them."""
        pairs = self._get_distinct("site_province", "site_city")
        pairs = [pair for pair in pairs if any(pair)]
        if not pairs:
            return
        states = self._find_provinces({province for province, _city in pairs})
        cities = self._find_cities({city for _province, city in pairs})
        rows = [self._pick_place(*pair, states, cities) for pair in pairs]
        columns = [list(values) for values in zip(*rows, strict=True)]
        self._execute_on_rows(
            SQL(
                "UPDATE %s AS staged SET site_state_id = found.state_id,"
                " site_city_id = found.city_id, reason = found.reason,"
                " detail = CASE WHEN found.reason IS NOT NULL"
                " THEN concat_ws(' ', staged.site_province, staged.site_city) END"
                " FROM unnest(%s::text[], %s::text[], %s::int[], %s::int[], %s::text[])"
                " AS found(province, city, state_id, city_id, reason)"
                " WHERE staged.site_province IS NOT DISTINCT FROM found.province"
                " AND staged.site_city IS NOT DISTINCT FROM found.city AND",
                _STAGE,
                *columns,
            )
        )

    def _find_provinces(self, names):
        """{name or code: provinces} in the country of the company."""
        names = [name for name in names if name]
        country = self.company_id.country_id
        states = self.env["res.country.state"].search(
            [
                ("country_id", "=", country.id),
                "|",
                ("name", "in", names),
                ("code", "in", names),
            ]
        )
        return {
            name: states.filtered(lambda s, name=name: name in (s.name, s.code))
            for name in names
        }

    def _find_cities(self, names):
        """{name: cities} of the company's country, by name in any language."""
        names = {name for name in names if name}
        country = self.company_id.country_id
        found = dict.fromkeys(names, self.env["res.city"])
        for lang, _label in self.env["res.lang"].get_installed():
            cities = (
                self.env["res.city"]
                .with_context(lang=lang)
                .search_fetch(
                    [("country_id", "=", country.id), ("name", "in", list(names))],
                    ["name", "state_id"],
                )
            )
            for name, same in cities.grouped("name").items():
                found[name] |= same
        return found

    def _pick_place(self, province, city, states, cities):
        """(province, city, state id, city id, reason) for one pair of names."""
        state = states.get(province, self.env["res.country.state"])
        if province and len(state) != 1:
            return province, city, None, None, "unknown_province"
        if not city:
            return province, city, state.id, None, None
        found = cities[city]
        if state:
            found = found.filtered(lambda item: item.state_id == state)
        if len(found) != 1:
            reason = "ambiguous_city" if found else "unknown_city"
            return province, city, None, None, reason
        return province, city, found.state_id.id or None, found.id, None

    def _resolve_territories(self):
        """Territory of each row: its place, else its dealer's, else that of the run."""
        columns = ("site_state_id", "site_city_id", "site_zip")
        places = [
            place for place in self._get_distinct(*columns) if place[0] or place[1]
        ]
        country = self.company_id.country_id.id
        found = self.env["aftersales.territory.area"]._match_addresses(
            [
                {
                    "country_id": country,
                    "province_id": state_id,
                    "city_id": city_id,
                    "postcode": postcode,
                }
                for state_id, city_id, postcode in places
            ]
        )
        rows = [
            (*place, territory.id or None)
            for place, territory in zip(places, found, strict=True)
        ]
        arrays = [list(values) for values in zip(*rows, strict=True)] or [[]] * 4
        self._execute_on_rows(
            SQL(
                "UPDATE %s AS staged SET territory_id = found.territory_id"
                " FROM unnest(%s::int[], %s::int[], %s::text[], %s::int[])"
                " AS found(state_id, city_id, zip, territory_id)"
                " WHERE staged.site_state_id IS NOT DISTINCT FROM found.state_id"
                " AND staged.site_city_id IS NOT DISTINCT FROM found.city_id"
                " AND staged.site_zip IS NOT DISTINCT FROM found.zip AND",
                _STAGE,
                *arrays,
            )
        )
        self._execute_on_rows(
            SQL(
                "UPDATE %s AS staged SET territory_id = COALESCE((SELECT territory_id"
                " FROM res_partner WHERE id = staged.dealer_id), %s)"
                " WHERE staged.territory_id IS NULL AND",
                _STAGE,
                self.territory_id.id or self.env.user._get_default_territory().id,
            )
        )
        self._refuse_outside()

    def _refuse_outside(self):
        """An office registers machines in its own territories only."""
        if self._is_import_bound():
            self._execute_on_rows(
                SQL(
                    "UPDATE %s AS staged SET reason = 'outside'"
                    " WHERE NOT (staged.territory_id = ANY(%s)) AND",
                    _STAGE,
                    list(self.env.user._get_territory_ids()),
                )
            )

    def _is_import_bound(self):
        """Whether the border binds the user who started this run."""
        return not self.env.su and self.env.user._is_territory_bound()

    def _get_refusal_labels(self):
        """Words for each code of refusal, for the file that goes back."""
        _ = self.env._
        return {
            "missing_serial": _("The serial number is missing."),
            "bad_serial": _(
                "“%(detail)s” is no serial number. Format the column as text."
            ),
            "too_many_cells": _("The row has more cells than there are columns."),
            "missing_product": _("The product code is missing."),
            "bad_date": _(
                "“%(detail)s” is no date up to today. Write it like 2024-05-31."
            ),
            "before_production": _("%(detail)s is before the production date."),
            "unknown_product": _("No model has the product code “%(detail)s”."),
            "ambiguous_product": _("Several models have the code “%(detail)s”."),
            "untracked_product": _(
                "The model “%(detail)s” is not tracked by serial number."
            ),
            "unknown_dealer": _("No dealer has the reference “%(detail)s”."),
            "ambiguous_dealer": _("Several dealers have the reference “%(detail)s”."),
            "unknown_shop": _("No shop has the reference “%(detail)s”."),
            "ambiguous_shop": _("Several shops have the reference “%(detail)s”."),
            "unknown_province": _("The province of “%(detail)s” is not known."),
            "unknown_city": _("The city “%(detail)s” is not known."),
            "ambiguous_city": _("Several cities are called “%(detail)s”."),
            "outside": _("The machine stands outside your territories."),
            "duplicate": _("The same machine stands in line %(detail)s."),
            "differs": _("Registered already, with another value: %(detail)s."),
            "elsewhere": _("Registered already in another territory."),
        }

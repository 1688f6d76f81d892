from odoo import models
from odoo.tools import SQL

_STAGE = SQL.identifier("aftersales_unit_import_row")


def _as_columns(rows, width):
    """Rows as ``width`` lists, one per column, as ``unnest`` takes them."""
    return [list(column) for column in zip(*rows, strict=True)] or [[]] * width


class AftersalesRun(models.Model):
    """Import of machines: what the texts of the rows mean, and what is refused."""

    _inherit = "aftersales.run"

    def _check_staged_rows(self):
        """Find models, partners and places by what the rows name; refuse the rest.

        Each kind is looked up once per different text, then all rows are written
        once.
        """
        self.env.flush_all()
        products = self._resolve("product", self._find_products)
        owners = self._resolve("owner", self._find_owners)
        dealers = self._resolve("dealer", self._find_dealers)
        shops = self._resolve("shop", self._find_shops)
        places = self._resolve_places()
        self._write_resolved(products, owners, dealers, shops, places)
        self._refuse_duplicates()

    def _get_distinct(self, *columns):
        """Different values of these columns in rows still good, as tuples."""
        names = SQL(", ").join(SQL.identifier(name) for name in columns)
        return self.env.execute_query(
            SQL(
                "SELECT DISTINCT %s FROM %s WHERE run_id = %s AND reason IS NULL",
                names,
                _STAGE,
                self.id,
            )
        )

    def _resolve(self, column, find):
        """What the texts in ``column`` mean, as columns: text, id, more, reason.

        :param find: method: list of texts → {text: (id, more, reason)}; ``more`` is a
            second id that goes with the first
        """
        texts = [text for (text,) in self._get_distinct(column) if text]
        found = find(texts) if texts else {}
        missing = (None, None, f"unknown_{column}")
        return _as_columns([(text, *found.get(text, missing)) for text in texts], 4)

    def _write_resolved(self, products, owners, dealers, shops, places):
        """Write on each good row what was found for its texts, or why it is refused."""
        meaning = SQL("unnest(%s::text[], %s::int[], %s::int[], %s::text[])", *products)
        owner, dealer, shop = (
            SQL("unnest(%s::text[], %s::int[], %s::int[], %s::text[])", *found)
            for found in (owners, dealers, shops)
        )
        place = SQL(
            "unnest(%s::text[], %s::text[], %s::text[], %s::int[], %s::int[],"
            " %s::int[], %s::text[])",
            *places,
        )
        self.env.cr.execute(
            SQL(
                """
                UPDATE %(stage)s AS staged
                   SET product_id = found.product_id, company_id = found.company_id,
                       owner_id = found.owner_id,
                       dealer_id = found.dealer_id, shop_id = found.shop_id,
                       site_state_id = found.state_id, site_city_id = found.city_id,
                       territory_id = found.territory_id,
                       reason = CASE WHEN found.reason IS NULL AND %(outside)s
                                     THEN 'outside' ELSE found.reason END,
                       detail = found.detail
                  FROM (
                    SELECT line.position,
                           product.id AS product_id, owner.id AS owner_id,
                           dealer.id AS dealer_id,
                           shop.id AS shop_id, place.state_id, place.city_id,
                           COALESCE(product.more_id, %(company)s) AS company_id,
                           COALESCE(place.territory_id, owner.more_id,
                                    dealer.more_id, %(territory)s) AS territory_id,
                           COALESCE(product.reason, owner.reason, dealer.reason,
                                    shop.reason, place.reason) AS reason,
                           CASE WHEN product.reason IS NOT NULL THEN line.product
                                WHEN owner.reason IS NOT NULL THEN line.owner
                                WHEN dealer.reason IS NOT NULL THEN line.dealer
                                WHEN shop.reason IS NOT NULL THEN line.shop
                                WHEN place.reason IS NOT NULL
                                THEN concat_ws(' ', line.site_province, line.site_city)
                           END AS detail
                      FROM %(stage)s AS line
                      LEFT JOIN %(meaning)s AS product(name, id, more_id, reason)
                             ON product.name = line.product
                      LEFT JOIN %(owner)s AS owner(name, id, more_id, reason)
                             ON owner.name = line.owner
                      LEFT JOIN %(dealer)s AS dealer(name, id, more_id, reason)
                             ON dealer.name = line.dealer
                      LEFT JOIN %(shop)s AS shop(name, id, more_id, reason)
                             ON shop.name = line.shop
                      LEFT JOIN %(place)s AS place(province, city, zip, state_id,
                                                   city_id, territory_id, reason)
                             ON place.province = COALESCE(line.site_province, '')
                            AND place.city = COALESCE(line.site_city, '')
                            AND place.zip = COALESCE(line.site_zip, '')
                     WHERE line.run_id = %(run)s AND line.reason IS NULL
                  ) AS found
                 WHERE staged.run_id = %(run)s AND staged.position = found.position
                """,
                stage=_STAGE,
                outside=self._get_outside_sql(),
                company=self.company_id.id,
                territory=self._get_import_territory().id,
                meaning=meaning,
                owner=owner,
                dealer=dealer,
                shop=shop,
                place=place,
                run=self.id,
            )
        )

    def _get_import_territory(self):
        """Territory of machines whose row names neither a place nor a dealer."""
        return self.territory_id or self.env.user._get_default_territory()

    def _get_outside_sql(self):
        """Condition: an office registers machines in its own territories only."""
        if not self._is_import_bound():
            return SQL("FALSE")
        ids = list(self.env.user._get_territory_ids())
        return SQL("NOT (found.territory_id = ANY(%s))", ids)

    def _is_import_bound(self):
        """Whether the border binds the user who started this run."""
        return not self.env.su and self.env.user._is_territory_bound()

    def _find_products(self, codes):
        """Models by internal reference; a discontinued one only if no other has it."""
        products = (
            self.env["product.product"]
            .with_context(active_test=False)
            .search_fetch(
                [
                    ("default_code", "in", codes),
                    ("company_id", "in", [False, self.company_id.id]),
                ],
                ["default_code", "active", "tracking", "company_id"],
            )
        )
        return {
            code: self._pick_product(same)
            for code, same in products.grouped("default_code").items()
        }

    def _pick_product(self, products):
        products = products.filtered("active") or products
        if len(products) > 1:
            return None, None, "ambiguous_product"
        if products.tracking == "none":
            return None, None, "untracked_product"
        return products.id, products.company_id.id or None, None

    def _find_owners(self, codes):
        return self._find_partners(codes, "owner", ("customer", "dealer", "station"))

    def _find_dealers(self, codes):
        return self._find_partners(codes, "dealer", ("dealer", "station"))

    def _find_shops(self, codes):
        return self._find_partners(codes, "shop", ("shop", "dealer"))

    def _find_partners(self, codes, column, roles):
        """Partners of ``roles`` by reference, as far as the user sees them."""
        partners = self.env["res.partner"].search_fetch(
            [("ref", "in", codes), ("aftersales_role", "in", roles)], ["ref"]
        )
        # The territory of a partner the user was just allowed to find.
        return {
            code: (same.id, same.sudo().territory_id.id or None, None)
            if len(same) == 1
            else (None, None, f"ambiguous_{column}")
            for code, same in partners.grouped("ref").items()
        }

    def _refuse_duplicates(self):
        """Of rows about the same machine the first one counts."""
        self.env.cr.execute(
            SQL(
                """
                UPDATE %(stage)s AS staged SET reason = 'duplicate', detail = twin.first
                  FROM (
                    SELECT position, row_number() OVER same AS number,
                           first_value(line) OVER same AS first
                      FROM %(stage)s WHERE run_id = %(run)s AND reason IS NULL
                    WINDOW same AS (PARTITION BY product_id, serial_key
                                    ORDER BY position)
                  ) AS twin
                 WHERE twin.number > 1 AND staged.run_id = %(run)s
                   AND staged.position = twin.position
                """,
                stage=_STAGE,
                run=self.id,
            )
        )

    def _resolve_places(self):
        """What the place of each row means, one list per column.

        Columns: province, city and postcode as written, ids of province, city and
        territory, reason of refusal.
        """
        written = [
            (province or "", city or "", postcode or "")
            for province, city, postcode in self._get_distinct(
                "site_province", "site_city", "site_zip"
            )
            if province or city
        ]
        states = self._find_provinces({province for province, *_rest in written})
        cities = self._find_cities({city for _province, city, _zip in written})
        picked = {
            pair: self._pick_place(*pair, states, cities)
            for pair in {(province, city) for province, city, _zip in written}
        }
        found = [picked[province, city] for province, city, _zip in written]
        territories = self._find_territories(written, found)
        rows = [
            (*names, state_id, city_id, territory_id, reason)
            for names, (state_id, city_id, reason), territory_id in zip(
                written, found, territories, strict=True
            )
        ]
        return _as_columns(rows, 7)

    def _find_territories(self, written, found):
        """Id of the territory of each place, None where nobody covers it."""
        country = self.company_id.country_id.id
        territories = self.env["aftersales.territory.area"]._match_addresses(
            [
                {
                    "country_id": country,
                    "province_id": state_id,
                    "city_id": city_id,
                    "postcode": postcode or None,
                }
                for (_province, _city, postcode), (state_id, city_id, _reason) in zip(
                    written, found, strict=True
                )
            ]
        )
        return [territory.id or None for territory in territories]

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
        """(province id, city id, reason) for one pair of names."""
        state = states.get(province, self.env["res.country.state"])
        if province and len(state) != 1:
            return None, None, "unknown_province"
        if not city:
            return state.id, None, None
        found = cities[city]
        if state:
            found = found.filtered(lambda item: item.state_id == state)
        if len(found) != 1:
            return None, None, "ambiguous_city" if found else "unknown_city"
        return found.state_id.id or None, found.id, None

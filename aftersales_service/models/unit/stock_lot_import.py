from odoo import api, models
from odoo.tools import SQL

_STAGE = SQL.identifier("aftersales_unit_import_row")

# Column of the unit → column of the staging table. What the unit has is never
# overwritten; a row that says otherwise is refused.
_FILLED = {
    "production_date": "production_date",
    "production_batch": "batch",
    "shipping_date": "shipping_date",
    "sale_date": "sale_date",
    "installation_date": "installation_date",
    "owner_id": "owner_id",
    "selling_partner_id": "dealer_id",
    "purchase_place_id": "shop_id",
}
# Taken only where the unit has no site yet: machines move, files stay behind.
_SITE = ("site_street", "site_zip", "site_city_id", "site_state_id")
_IDENTITY = ("name", "serial_key", "product_id", "company_id", "territory_id")


class StockLot(models.Model):
    """Units from a file, loaded by SQL: the one place that writes them past the ORM."""

    _inherit = "stock.lot"

    # Stored computes that stay empty: they tell of stock moves, or are typed by hand.
    _import_left_empty = ("location_id", "avg_cost")

    @api.model
    def _load_import_rows(self, run, after, last):
        """Register the staged rows of ``run`` after ``after``, up to ``last``.

        :return: counts: created, completed (empty values filled), same (known already)
        """
        self.env.flush_all()
        scope = SQL(
            "staged.run_id = %s AND staged.position > %s AND staged.position <= %s"
            " AND staged.reason IS NULL",
            run.id,
            after,
            last,
        )
        self._match_import_rows(scope)
        completed, known = self.browse(), self._count_known(scope)
        if known:
            self._refuse_import_rows(scope, run)
            known = self._count_known(scope)
            completed = self._complete_units(scope)
        created = self._insert_units(scope)
        self._log_import_owners(created | completed)
        self.invalidate_model()
        completed.modified([*_FILLED, *_SITE])
        self._after_import(created)
        return {
            "created": len(created),
            "completed": len(completed),
            "same": known - len(completed),
        }

    def _count_known(self, scope):
        """How many rows still good name a unit that is registered."""
        rows = self.env.execute_query(
            SQL(
                "SELECT count(*) FROM %s AS staged WHERE %s AND unit_id IS NOT NULL",
                _STAGE,
                scope,
            )
        )
        return rows[0][0]

    def _match_import_rows(self, scope):
        """Note on each row the unit of the same model and serial, if there is one."""
        # OFFSET 0 keeps the planner from walking the primary key for the minimum.
        self.env.cr.execute(
            SQL(
                """
                UPDATE %(stage)s AS target SET unit_id = found.unit_id
                  FROM (
                    SELECT staged.run_id, staged.position, (
                        SELECT min(same.id) FROM (
                            SELECT unit.id FROM stock_lot AS unit
                             WHERE unit.serial_key = staged.serial_key
                               AND unit.product_id = staged.product_id
                               AND (unit.company_id IS NULL
                                    OR unit.company_id = staged.company_id)
                            OFFSET 0
                        ) AS same
                    ) AS unit_id
                      FROM %(stage)s AS staged WHERE %(scope)s OFFSET 0
                  ) AS found
                 WHERE found.unit_id IS NOT NULL AND target.run_id = found.run_id
                   AND target.position = found.position
                """,
                stage=_STAGE,
                scope=scope,
            )
        )

    def _refuse_import_rows(self, scope, run):
        """Refuse rows about a unit beyond the border, or that contradict theirs.

        Beyond the border nothing is compared: the answer would tell what is there.
        """
        if run._is_import_bound():
            self.env.cr.execute(
                SQL(
                    """
                    UPDATE %s AS staged SET reason = 'elsewhere', detail = NULL
                      FROM stock_lot AS unit
                     WHERE unit.id = staged.unit_id AND %s AND %s
                       AND (unit.territory_id = ANY(%s)) IS NOT TRUE
                    """,
                    _STAGE,
                    scope,
                    self._get_tells_sql(),
                    list(run.env.user._get_territory_ids()),
                )
            )
        differing = SQL(", ").join(
            SQL(
                "CASE WHEN unit.%s <> staged.%s THEN %s END",
                SQL.identifier(field),
                SQL.identifier(column),
                field,
            )
            for field, column in _FILLED.items()
        )
        self.env.cr.execute(
            SQL(
                """
                UPDATE %s AS staged
                   SET reason = 'differs', detail = concat_ws(', ', %s)
                  FROM stock_lot AS unit
                 WHERE unit.id = staged.unit_id AND %s AND concat_ws(', ', %s) <> ''
                """,
                _STAGE,
                differing,
                scope,
                differing,
            )
        )

    def _get_tells_sql(self):
        """Condition: ``staged`` says more than that there is such a machine."""
        told = [
            SQL("%s IS NOT NULL", SQL.identifier("staged", column))
            for column in (*_FILLED.values(), *_SITE)
        ]
        return SQL("(%s)", SQL(" OR ").join(told))

    def _get_completes_sql(self):
        """Condition: ``staged`` knows what is not registered on ``unit`` yet."""
        filled = [
            SQL(
                "(unit.%s IS NULL AND staged.%s IS NOT NULL)",
                SQL.identifier(field),
                SQL.identifier(column),
            )
            for field, column in _FILLED.items()
        ]
        site = SQL(
            "(%s AND NOT (%s))", self._get_no_site_sql("unit"), self._get_no_site_sql()
        )
        return SQL("(%s)", SQL(" OR ").join([*filled, site]))

    def _get_no_site_sql(self, alias="staged"):
        return SQL(" AND ").join(
            SQL("%s IS NULL", SQL.identifier(alias, column)) for column in _SITE
        )

    def _complete_units(self, scope):
        """Fill what is empty on known units; return those that changed."""
        filled = [
            SQL(
                "%s = COALESCE(unit.%s, staged.%s)",
                SQL.identifier(field),
                SQL.identifier(field),
                SQL.identifier(column),
            )
            for field, column in _FILLED.items()
        ]
        site = [
            SQL(
                "%s = CASE WHEN %s THEN staged.%s ELSE unit.%s END",
                SQL.identifier(column),
                self._get_no_site_sql("unit"),
                SQL.identifier(column),
                SQL.identifier(column),
            )
            for column in _SITE
        ]
        rows = self.env.execute_query(
            SQL(
                """
                UPDATE stock_lot AS unit
                   SET %s, write_uid = %s, write_date = now() at time zone 'UTC'
                  FROM %s AS staged
                 WHERE unit.id = staged.unit_id AND %s AND %s RETURNING unit.id
                """,
                SQL(", ").join([*filled, *site]),
                self.env.uid,
                _STAGE,
                scope,
                self._get_completes_sql(),
            )
        )
        return self.browse(unit_id for (unit_id,) in rows)

    def _insert_units(self, scope):
        """Insert the rows without a unit; return the new units."""
        columns = self._prepare_import_columns()
        rows = self.env.execute_query(
            SQL(
                "INSERT INTO stock_lot (%s) SELECT %s FROM %s AS staged"
                " WHERE %s AND staged.unit_id IS NULL"
                " ORDER BY staged.position RETURNING id",
                SQL(", ").join(map(SQL.identifier, columns)),
                SQL(", ").join(columns.values()),
                _STAGE,
                scope,
            )
        )
        return self.browse(unit_id for (unit_id,) in rows)

    def _log_import_owners(self, units):
        """The history of owners begins with the one the file names."""
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO aftersales_unit_period
                       (unit_id, company_id, kind, partner_id, date_from,
                        create_uid, create_date, write_uid, write_date)
                SELECT unit.id, unit.company_id, 'owner', unit.owner_id,
                       COALESCE(unit.sale_date, unit.installation_date),
                       %(user)s, %(now)s, %(user)s, %(now)s
                  FROM stock_lot AS unit
                 WHERE unit.id = ANY(%(units)s) AND unit.owner_id IS NOT NULL
                   AND NOT EXISTS (
                       SELECT 1 FROM aftersales_unit_period AS known
                        WHERE known.unit_id = unit.id AND known.kind = 'owner')
                """,
                user=self.env.uid,
                now=SQL("now() at time zone 'UTC'"),
                units=list(units.ids),
            )
        )
        self.env["aftersales.unit.period"].invalidate_model()

    def _prepare_import_columns(self):
        """{column of a new unit: SQL expression over ``staged``}. May be extended.

        Columns that other addons fill by default get their default.
        """
        columns = {name: SQL.identifier("staged", name) for name in _IDENTITY}
        columns["name"] = SQL("staged.serial")
        columns.update((name, SQL.identifier("staged", name)) for name in _SITE)
        columns.update(
            (field, SQL.identifier("staged", column))
            for field, column in _FILLED.items()
        )
        now = SQL("now() at time zone 'UTC'")
        columns.update(create_uid=SQL("%s", self.env.uid), create_date=now)
        columns.update(write_uid=SQL("%s", self.env.uid), write_date=now)
        others = [
            field.name
            for field in self._fields.values()
            if field.store and field.column_type and field.name not in columns
        ]
        for name, value in self.default_get(others).items():
            field = self._fields[name]
            stored = field.convert_to_column_insert(
                field.convert_to_write(value, self), self
            )
            if stored is not None:
                columns[name] = SQL("%s", stored)
        return columns

    def _after_import(self, units):
        """Called with each chunk of new units. May be extended; keep it set-based.

        Computes the stored fields of other addons, which the load does not know.
        """
        known = {*_IDENTITY, *_FILLED, *_SITE, *self._import_left_empty}
        known.add("lot_properties")
        units._set_default_properties()
        for field in self._fields.values():
            if field.store and field.compute and field.name not in known:
                self.env.add_to_compute(field, units)

    def _set_default_properties(self):
        """Give new machines the properties their model defines, as creating does."""
        field = self._fields["lot_properties"]
        rows = self.env.execute_query(
            SQL(
                "SELECT product_id, array_agg(id) FROM stock_lot"
                " WHERE id = ANY(%s) GROUP BY product_id",
                list(self.ids),
            )
        )
        products = self.env["product.product"].browse(product for product, _ids in rows)
        for product, (_product_id, ids) in zip(products, rows, strict=True):
            defaults = {
                item["name"]: item["default"]
                for item in product.lot_properties_definition or ()
                if item.get("default") is not None
            }
            if defaults:
                stored = field.convert_to_column(defaults, self)
                self.env.cr.execute(
                    SQL(
                        "UPDATE stock_lot SET lot_properties = %s WHERE id = ANY(%s)",
                        stored,
                        ids,
                    )
                )

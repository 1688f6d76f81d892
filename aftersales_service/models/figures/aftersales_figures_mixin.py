from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL, Query, ormcache, sql

#: Rows from which a view is too slow for a person who waits for it (two seconds).
KEPT_FROM = 200_000
#: What a group of days or moments may span.
INTERVALS = {"hour", "day", "week", "month", "quarter", "year"}


class AftersalesFiguresMixin(models.AbstractModel):
    """Figures about one subject: a view of the database, read under the border.

    How to use: inherit, set ``_auto = False``, ``_log_access = True`` and ``_rec_name``
    to the record a row tells about, declare dimensions and measures, and give
    ``_get_query``. A measure means something when it is added up or averaged; a share
    is 0 or 100, or empty where nothing can be said yet, so that its average is a
    percentage.

    How it works: no sub-select, no window and joins by primary key only, so that the
    database reads of a view no more than what is asked for. Where there are so many
    rows that a person would wait all the same, the rows of the view are written down
    in a table, which every hour is brought up to date; nobody else has to know.
    """

    _name = "aftersales.figures.mixin"
    _description = "Figures"

    company_id = fields.Many2one("res.company", readonly=True)
    territory_id = fields.Many2one("aftersales.territory", readonly=True)

    @property
    def _table_query(self):
        if self._is_kept():
            return SQL("SELECT * FROM %s", SQL.identifier(self._table))
        return self._get_query()

    def init(self):
        """A new version may have other columns: views until the rows are kept anew."""
        if not self._abstract and self._is_kept():
            self.env.cr.execute(SQL("DROP TABLE %s", SQL.identifier(self._table)))
            self.env.registry.clear_cache()

    def _get_query(self):
        """To be given by each subject: its rows, with ``id``, as SQL."""
        raise NotImplementedError

    def _get_choices(self, model, name):
        """The choices of a field that a row takes over from what it tells about."""
        return self.env[model]._fields[name]._description_selection(self.env)

    def action_open_record(self):
        """Open what this row tells about."""
        self.ensure_one()
        return self[self._rec_name].get_formview_action()

    def _read_group_orderby(self, order, groupby_terms, query):
        """Groups are put in order when they are few, not the rows they are made of.

        A join would look names up for every row; and of a month the database expects
        as many groups as rows, so that it would sort these, were the order the group.
        """
        if not order:
            return super()._read_group_orderby(order, groupby_terms, query)
        terms = []
        for part in order.split(","):
            spec, _space, direction = part.strip().partition(" ")
            name, _colon, interval = spec.partition(":")
            field = self._fields.get(name) if spec in groupby_terms else None
            kind = field and field.type
            if kind == "many2one":
                is_reverse = "desc" in direction.lower()
                terms += self._order_by_name(name, groupby_terms[spec], is_reverse)
            elif kind in ("date", "datetime") and interval in INTERVALS:
                moment = SQL("%s + interval '0'", groupby_terms[spec])
                terms.append(super()._read_group_orderby(part, {spec: moment}, query))
            else:
                terms.append(super()._read_group_orderby(part, groupby_terms, query))
        return SQL(", ").join(terms)

    def _order_by_name(self, name, key, is_reverse):
        """The order of what a group is of, each term looked up by its key, as SQL."""
        field = self._fields[name]
        records = self.env[field.comodel_name].sudo()
        for part in records._order.split(","):
            name, _space, direction = part.strip().partition(" ")
            lookup = Query(self.env, records._table, records._table_sql)
            column = records._field_to_sql(records._table, name, lookup)
            lookup.add_where(SQL("%s = %s", SQL.identifier(records._table, "id"), key))
            yield SQL(
                "(%s) %s",
                lookup.select(column),
                SQL("DESC" if ("desc" in direction.lower()) != is_reverse else "ASC"),
            )

    def _get_day_end(self, day, company):
        """The moment a day is over where the company works, naive UTC, as SQL.

        :param SQL day: a date
        :param SQL company: the id of the company whose day it is
        """
        zone = self._get_zone(company)
        return SQL("(%s + 1)::timestamp AT TIME ZONE %s AT TIME ZONE 'UTC'", day, zone)

    def _get_zone(self, company):
        """The time zone a company works in, as SQL.

        :param SQL company: the id of the company
        """
        # Where a company works is no secret.
        companies = self.env["res.company"].sudo().search(Domain.TRUE)
        zones = {item.id: str(item._get_service_zone()) for item in companies}
        zone = SQL("%s", zones[companies[:1].id])
        if len(set(zones.values())) > 1:
            cases = [SQL("WHEN %s THEN %s", *item) for item in zones.items()]
            zone = SQL("CASE %s %s END", company, SQL(" ").join(cases))
        return zone

    # Kept rows

    def _fetch_query(self, query, fields):
        fetched = super()._fetch_query(query, fields)
        if fetched and self._is_kept():
            for field in fields:
                if field.type == "many2one":
                    fetched._forget_gone(field)
        return fetched

    def _forget_gone(self, field):
        """Empty what was deleted since the rows were written down: it has no name."""
        named = self[field.name]
        if gone := named - named.exists():
            rows = self.filtered(lambda row: row[field.name] in gone)
            field._update_cache(rows, None)

    def _read_group_postprocess_groupby(self, groupby_spec, raw_values):
        values = super()._read_group_postprocess_groupby(groupby_spec, raw_values)
        field = self._fields.get(groupby_spec)
        if not (field and field.type == "many2one" and self._is_kept()):
            return values
        named = list(values)
        there = self.env[field.comodel_name].union(*named).exists()
        return [record & there for record in named]

    @api.model
    def _cron_keep(self):
        """Bring up to date what is kept, and keep what has grown large."""
        names = self.env.registry.descendants([self._name], "_inherit")
        subjects = [self.env[name] for name in names if not self.env[name]._abstract]
        for left, figures in reversed(list(enumerate(subjects))):
            figures._keep()
            self.env["ir.cron"]._commit_progress(1, remaining=left)

    @ormcache("self._table")
    def _is_kept(self):
        """Whether the rows are written down in a table."""
        return sql.table_kind(self.env.cr, self._table) == sql.TableKind.Regular

    def _keep(self):
        """Write the rows down if there are many, or what changed of them since."""
        self.env.flush_all()
        if self._is_kept():
            self._refresh_rows()
        elif self._guess_row_count() >= KEPT_FROM:
            self._write_rows_down()

    def _guess_row_count(self):
        """How many rows the database expects, without reading them."""
        [[[plan]]] = self.env.execute_query(
            SQL("EXPLAIN (FORMAT JSON) %s", self._get_query())
        )
        return plan["Plan"]["Plan Rows"]

    def _write_rows_down(self):
        table = SQL.identifier(self._table)
        for statement in (
            SQL("CREATE TABLE %s AS %s", table, self._get_query()),
            SQL("ALTER TABLE %s ADD PRIMARY KEY (id)", table),
            SQL("CREATE INDEX ON %s (territory_id)", table),
            SQL("ANALYZE %s", table),
        ):
            self.env.cr.execute(statement)
        self.env.registry.clear_cache()

    def _refresh_rows(self):
        """Only what differs is written: readers go on, the table does not swell."""
        table = SQL.identifier(self._table)
        for statement in (
            SQL("CREATE TEMP TABLE fresh ON COMMIT DROP AS %s", self._get_query()),
            SQL("ANALYZE fresh"),
            SQL(
                """DELETE FROM %s kept WHERE NOT EXISTS (
                       SELECT FROM fresh WHERE fresh.id = kept.id
                          AND ROW(fresh.*) IS NOT DISTINCT FROM ROW(kept.*))""",
                table,
            ),
            SQL(
                """INSERT INTO %s SELECT fresh.* FROM fresh
                    WHERE NOT EXISTS (SELECT FROM %s kept WHERE kept.id = fresh.id)""",
                table,
                table,
            ),
            SQL("DROP TABLE fresh"),
        ):
            self.env.cr.execute(statement)

from odoo import fields, models
from odoo.tools import SQL

from ...tools import quotation

# What only an order or a middle of many says of a group.
ORDERED_AGGREGATES = {
    "median_rate": "percentile_cont(0.5) WITHIN GROUP (ORDER BY %(rate)s)",
    "last_rate": "(array_agg(%(rate)s ORDER BY %(moment)s DESC, %(id)s DESC))[1]",
}
EMPTY_TEXT = SQL("NULL::varchar")
EMPTY_AMOUNT = SQL("NULL::numeric")


class AftersalesQuotationPrice(models.Model):
    """Prices mined from quotations: a row per quoted rate, with route and day.

    Which field of an interaction is what is said by its kind (`price_*`). Lowest,
    median and last rate are those of the group that is looked at.
    """

    _name = "aftersales.quotation.price"
    _description = "Quotation price"
    _inherit = ["aftersales.figures.mixin"]
    _auto = False
    _log_access = True
    _order = "moment desc, id desc"
    _rec_name = "interaction_id"

    interaction_id = fields.Many2one(
        "aftersales.interaction", string="Quotation", readonly=True
    )
    kind_id = fields.Many2one("aftersales.interaction.kind", readonly=True)
    partner_id = fields.Many2one("res.partner", string="Customer", readonly=True)
    user_id = fields.Many2one("res.users", string="Of us", readonly=True)
    moment = fields.Datetime(string="When", readonly=True)
    quoted_on = fields.Date(
        string="Quoted on", readonly=True, help="The day where the company works."
    )
    route = fields.Char(readonly=True)
    origin = fields.Char(readonly=True)
    destination = fields.Char(readonly=True)
    container = fields.Char(readonly=True)
    base_rate = fields.Float(aggregator="avg", readonly=True)
    rate = fields.Float(string="Average rate", aggregator="avg", readonly=True)
    lowest_rate = fields.Float(aggregator="min", readonly=True)
    median_rate = fields.Float(
        aggregator="avg",
        readonly=True,
        help="Half of the quotations are lower, half are higher.",
    )
    last_rate = fields.Float(
        aggregator="max", readonly=True, help="The rate that was quoted last."
    )
    margin = fields.Float(
        string="Margin (%)",
        aggregator="avg",
        readonly=True,
        help="What was asked beyond the base rate, in percent of it.",
    )
    margin_band = fields.Selection(
        [
            ("below", "Below the base rate"),
            ("to_5", "0 to 5 %"),
            ("to_10", "5 to 10 %"),
            ("to_20", "10 to 20 %"),
            ("above", "20 % and more"),
        ],
        string="Margin",
        readonly=True,
    )
    quotation_count = fields.Integer(string="Quotations", readonly=True)
    won = fields.Float(
        string="Won (%)",
        aggregator="avg",
        readonly=True,
        help="Of the quotations of which it is said.",
    )

    def _get_query(self):
        # Which field is what is no secret; the rows are behind the border.
        kinds = self.env["aftersales.interaction.kind"].sudo()
        kinds = kinds.with_context(active_test=False).search(
            [("price_quoted", "!=", False)]
        )
        selects = [
            self._select_kind(kind, SQL("i.kind_id = %s", kind.id)) for kind in kinds
        ]
        return SQL(" UNION ALL ").join(
            selects or [self._select_kind(kinds, SQL("false"))]
        )

    def _select_kind(self, kind, condition):
        """The prices of the interactions of one kind, as SQL."""
        origin = self._get_text_sql(kind, kind.price_origin)
        destination = self._get_text_sql(kind, kind.price_destination)
        base = self._get_amount_sql(kind.price_base)
        rate = self._get_amount_sql(kind.price_quoted)
        margin = SQL("100 * (%s - %s) / %s", rate, base, base)
        won = SQL("NULL::int")
        if kind.price_won:
            won = SQL("100 * (i.properties ->> %s)::boolean::int", kind.price_won)
            # Whoever writes JSON past the form must not break the list.
            known = SQL("jsonb_typeof(i.properties -> %s) = 'boolean'", kind.price_won)
            won = SQL("CASE WHEN %s THEN %s END", known, won)
        return SQL(
            """
            SELECT i.id, i.id AS interaction_id, i.kind_id, i.company_id,
                   i.territory_id, i.create_uid, i.create_date, i.write_uid,
                   i.write_date, i.partner_id, i.user_id, i.moment,
                   (i.moment AT TIME ZONE 'UTC' AT TIME ZONE %(zone)s)::date
                       AS quoted_on,
                   NULLIF(concat_ws(' → ', %(origin)s, %(destination)s), '') AS route,
                   %(origin)s AS origin, %(destination)s AS destination,
                   %(container)s AS container,
                   %(base)s AS base_rate, %(rate)s AS rate,
                   %(rate)s AS lowest_rate, %(rate)s AS median_rate,
                   %(rate)s AS last_rate, %(margin)s AS margin,
                   %(band)s AS margin_band, 1 AS quotation_count, %(won)s AS won
              FROM aftersales_interaction i
             WHERE %(condition)s AND %(rate)s IS NOT NULL
            """,
            zone=self._get_zone(SQL("i.company_id")),
            origin=origin,
            destination=destination,
            container=self._get_text_sql(kind, kind.price_container),
            base=base,
            rate=rate,
            margin=margin,
            band=self._get_band_sql(margin),
            won=won,
            condition=condition,
        )

    def _get_text_sql(self, kind, name):
        """A text or choice among the fields of a kind, as a person reads it."""
        if not name:
            return EMPTY_TEXT
        text = SQL("NULLIF(btrim(i.properties ->> %s), '')", name)
        definition = kind.interaction_properties_definition or []
        field = next((item for item in definition if item["name"] == name), {})
        choices = field.get("selection") or []
        if not choices:
            return text
        cases = [SQL("WHEN %s THEN %s", key, label) for key, label in choices]
        return SQL("CASE %s %s ELSE %s END", text, SQL(" ").join(cases), text)

    def _get_amount_sql(self, name):
        """A number among the fields of a kind; nothing where it is 0 or no number."""
        if not name:
            return EMPTY_AMOUNT
        return SQL(
            """CASE WHEN jsonb_typeof(i.properties -> %(name)s) = 'number'
                    THEN NULLIF((i.properties ->> %(name)s)::numeric, 0) END""",
            name=name,
        )

    def _get_band_sql(self, margin):
        """``quotation.margin_band`` as SQL, from the same table of bands."""
        cases = [
            SQL("WHEN %s < %s THEN %s", margin, end, name)
            for name, end in quotation.BANDS
            if end is not None
        ]
        return SQL(
            "CASE %s WHEN %s IS NOT NULL THEN %s END",
            SQL(" ").join(cases),
            margin,
            quotation.BANDS[-1][0],
        )

    def _read_group_select(self, aggregate_spec, query):
        name = aggregate_spec.partition(":")[0]
        if name not in ORDERED_AGGREGATES:
            return super()._read_group_select(aggregate_spec, query)
        columns = {
            key: self._field_to_sql(self._table, field, query)
            for key, field in (("rate", "rate"), ("moment", "moment"), ("id", "id"))
        }
        needed = {
            key: value
            for key, value in columns.items()
            if f"%({key})s" in ORDERED_AGGREGATES[name]
        }
        return SQL(ORDERED_AGGREGATES[name], **needed)

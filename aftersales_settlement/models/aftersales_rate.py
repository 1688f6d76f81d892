from decimal import Decimal

from odoo import api, fields, models

from ..tools import pricing, rate_calendar

KINDS = [
    ("labor", "Labour"),
    ("travel", "Travel"),
    ("part", "Parts"),
    ("installation", "Installation"),
]


def to_decimal(number):
    """A float of a field as the Decimal a person reads: 1.8, not 1.7999999999999998."""
    return Decimal(str(round(number or 0, 6)))


class AftersalesRate(models.Model):
    """One row of a rate card; the first row that fits is used, empty means any."""

    _name = "aftersales.rate"
    _description = "Rate"
    _order = "card_id, kind, sequence, id"

    card_id = fields.Many2one(
        "aftersales.rate.card", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="card_id.company_id", store=True, index=True)
    currency_id = fields.Many2one(related="card_id.currency_id")
    kind = fields.Selection(KINDS, required=True, default="labor")
    sequence = fields.Integer(
        default=10, help="The first row that fits is used: special rows go on top."
    )
    valid_from = fields.Date(help="First day of work; empty means always.")
    valid_to = fields.Date(help="Last day of work; empty means no end.")

    # What the row asks for.
    grade = fields.Selection(
        [("a", "A"), ("b", "B"), ("c", "C")],
        help="Grade of the station; empty means any.",
    )
    territory_id = fields.Many2one(
        "aftersales.territory", help="Here and in its parts; empty means everywhere."
    )
    product_id = fields.Many2one(
        "product.product", string="Model", help="Of the machine; empty means any."
    )
    product_categ_id = fields.Many2one(
        "product.category", string="Product category", help="Empty means every product."
    )
    request_type_id = fields.Many2one(
        "aftersales.request.type", help="Empty means any."
    )

    # What it pays; each kind reads its own.
    hourly_rate = fields.Monetary(help="Per hour of labour.")
    grade_factor = fields.Float(
        default=1.0, digits=(6, 3), help="The hourly rate is multiplied by it."
    )
    band_ids = fields.One2many("aftersales.rate.band", "rate_id", copy=True)
    free_km = fields.Float(
        string="Free kilometres", help="The first kilometres of a trip are not paid."
    )
    ceiling = fields.Monetary(help="Most that is paid for one trip; 0 means no limit.")
    part_basis = fields.Selection(
        [("list", "Sales price"), ("cost", "Cost")],
        string="Price of parts",
        default="list",
        required=True,
        help="What one part is worth before handling is added.",
    )
    handling_percent = fields.Float(
        string="Handling (%)", help="Added to the price of the parts."
    )
    fee = fields.Monetary(help="Per machine installed.")
    summary = fields.Char(compute="_compute_summary")

    _dates_ordered = models.Constraint(
        "CHECK(valid_to IS NULL OR valid_from IS NULL OR valid_to >= valid_from)",
        "A rate cannot end before it begins.",
    )
    _amounts_positive = models.Constraint(
        "CHECK(hourly_rate >= 0 AND grade_factor >= 0 AND free_km >= 0"
        " AND ceiling >= 0 AND handling_percent > -100 AND fee >= 0)",
        "The amounts of a rate cannot be negative.",
    )

    @api.depends("kind", "card_id.name")
    @api.depends_context("lang")
    def _compute_display_name(self):
        labels = dict(self._fields["kind"]._description_selection(self.env))
        for rate in self:
            rate.display_name = f"{rate.card_id.name}: {labels.get(rate.kind)}"

    @api.depends(
        "kind",
        "hourly_rate",
        "grade_factor",
        "band_ids.up_to_km",
        "band_ids.price_per_km",
        "free_km",
        "ceiling",
        "part_basis",
        "handling_percent",
        "fee",
    )
    @api.depends_context("lang")
    def _compute_summary(self):
        for rate in self:
            rate.summary = getattr(rate, f"_summarise_{rate.kind}")()

    def _summarise_labor(self):
        return self.env._(
            "%(rate)s per hour × %(factor)s",
            rate=self.currency_id.format(self.hourly_rate),
            factor=f"{self.grade_factor:g}",
        )

    def _summarise_travel(self):
        parts = [band.display_name for band in self.band_ids]
        if self.free_km:
            parts.insert(0, self.env._("first %(km)s km free", km=f"{self.free_km:g}"))
        if self.ceiling:
            parts.append(
                self.env._(
                    "at most %(amount)s", amount=self.currency_id.format(self.ceiling)
                )
            )
        return ", ".join(parts)

    def _summarise_part(self):
        labels = dict(self._fields["part_basis"]._description_selection(self.env))
        return self.env._(
            "%(basis)s + %(percent)s %%",
            basis=labels[self.part_basis],
            percent=f"{self.handling_percent:g}",
        )

    def _summarise_installation(self):
        return self.env._("%(fee)s per machine", fee=self.currency_id.format(self.fee))

    def _prepare_rate(self):
        """This row as the pure rule reads it."""
        self.ensure_one()

        def only(value):
            return frozenset([value] if value else [])

        return pricing.Rate(
            id=self.id,
            kind=self.kind,
            sequence=self.sequence,
            valid_from=self.valid_from or None,
            valid_to=self.valid_to or None,
            grades=only(self.grade),
            territory_ids=only(self.territory_id.id),
            product_ids=only(self.product_id.id),
            category_ids=only(self.product_categ_id.id),
            request_type_ids=only(self.request_type_id.id),
            hourly_rate=to_decimal(self.hourly_rate),
            grade_factor=to_decimal(self.grade_factor),
            bands=tuple(band._prepare_band() for band in self.band_ids),
            free_km=to_decimal(self.free_km),
            ceiling=to_decimal(self.ceiling) if self.ceiling else None,
            handling_percent=to_decimal(self.handling_percent),
            fee=to_decimal(self.fee),
        )

    def _prepare_calendar_row(self):
        """This row as the check of gaps and overlaps reads it."""
        self.ensure_one()
        return rate_calendar.Row(
            id=self.id or 0,
            kind=self.kind,
            key=(
                self.sequence,
                self.grade or "",
                self.territory_id.id,
                self.product_id.id,
                self.product_categ_id.id,
                self.request_type_id.id,
            ),
            valid_from=self.valid_from or None,
            valid_to=self.valid_to or None,
        )


class AftersalesRateBand(models.Model):
    """The price of the kilometres of a trip up to a distance."""

    _name = "aftersales.rate.band"
    _description = "Travel band"
    _order = "rate_id, is_open, up_to_km, id"

    rate_id = fields.Many2one(
        "aftersales.rate", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="rate_id.company_id", store=True, index=True)
    currency_id = fields.Many2one(related="rate_id.currency_id")
    up_to_km = fields.Float(
        string="Up to (km)", help="Of the whole trip; 0 means to its end."
    )
    is_open = fields.Boolean(compute="_compute_is_open", store=True)
    price_per_km = fields.Monetary(string="Per kilometre", required=True)

    _band_positive = models.Constraint(
        "CHECK(up_to_km >= 0 AND price_per_km >= 0)",
        "Distance and price of a travel band cannot be negative.",
    )

    @api.depends("up_to_km")
    def _compute_is_open(self):
        for band in self:
            band.is_open = not band.up_to_km

    @api.depends("up_to_km", "price_per_km")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for band in self:
            price = band.currency_id.format(band.price_per_km)
            band.display_name = (
                self.env._(
                    "to %(km)s km %(price)s", km=f"{band.up_to_km:g}", price=price
                )
                if band.up_to_km
                else self.env._("then %(price)s per km", price=price)
            )

    def _prepare_band(self):
        """This band as the pure rule reads it."""
        self.ensure_one()
        return pricing.TravelBand(
            up_to_km=to_decimal(self.up_to_km) if self.up_to_km else None,
            price_per_km=to_decimal(self.price_per_km),
        )

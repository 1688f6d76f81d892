from decimal import Decimal

from odoo import api, fields, models

from ...tools import pricing, rate_calendar

KINDS = [
    ("labor", "Labour"),
    ("travel", "Travel"),
    ("part", "Parts"),
    ("installation", "Installation"),
    ("surcharge", "Surcharge"),
]
OCCASIONS = [
    ("night", "Night"),
    ("holiday", "Holiday"),
    ("remote", "Remote place"),
]


def to_decimal(number):
    """A float of a field as the Decimal a person reads: 1.8, not 1.7999999999999998."""
    return Decimal(str(round(number or 0, 6)))


def to_clock(minutes):
    """Minutes of a day as a clock tells them."""
    return "{:02d}:{:02d}".format(*divmod(round(minutes), 60))


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
    valid_from = fields.Date(
        string="Valid from", help="First day of work; empty means always."
    )
    valid_to = fields.Date(
        string="Valid to", help="Last day of work; empty means no end."
    )

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
        "aftersales.request.type", string="Request type", help="Empty means any."
    )
    campaign_id = fields.Many2one(
        "aftersales.service.campaign",
        string="Service campaign",
        help="Work of this campaign only; empty means any work.",
    )
    operation_id = fields.Many2one(
        "aftersales.operation",
        help="Labour of the operation with this code; empty means any.",
    )
    occasion = fields.Selection(OCCASIONS, help="What the surcharge is paid for.")

    # What it pays; each kind reads its own.
    labor_basis = fields.Selection(
        [
            ("reported", "Reported hours"),
            ("standard", "Standard hours of the operations"),
        ],
        string="Hours paid",
        default="reported",
        required=True,
        help="Standard hours make one line per operation; without an operation on the"
        " report the next row is used.",
    )
    hourly_rate = fields.Monetary(string="Hourly rate", help="Per hour of labour.")
    grade_factor = fields.Float(
        string="Grade factor",
        default=1.0,
        digits=(6, 3),
        help="The hourly rate is multiplied by it.",
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
    fee = fields.Monetary(
        help="Per machine installed; of a surcharge without a percentage, per visit."
    )
    surcharge_percent = fields.Float(
        string="Percent of labour",
        help="Of the labour of the visit; 0 means the fixed amount is paid.",
    )
    night_from = fields.Float(
        default=22.0, help="The visit began at this hour or later."
    )
    night_to = fields.Float(default=6.0, help="The visit began before this hour.")
    remote_km = fields.Float(
        string="Remote from (km)",
        help="Kilometres of the trip, there and back, from which a place is remote.",
    )
    summary = fields.Char(compute="_compute_summary")

    _dates_ordered = models.Constraint(
        "CHECK(valid_to IS NULL OR valid_from IS NULL OR valid_to >= valid_from)",
        "A rate cannot end before it begins.",
    )
    _amounts_positive = models.Constraint(
        "CHECK(hourly_rate >= 0 AND grade_factor >= 0 AND free_km >= 0"
        " AND ceiling >= 0 AND handling_percent > -100 AND fee >= 0"
        " AND surcharge_percent >= 0 AND remote_km >= 0)",
        "The amounts of a rate cannot be negative.",
    )
    _hours_of_a_day = models.Constraint(
        "CHECK(night_from BETWEEN 0 AND 24 AND night_to BETWEEN 0 AND 24)",
        "Hours of the night are between 0 and 24.",
    )
    _occasion_of_surcharges = models.Constraint(
        "CHECK((kind = 'surcharge') = (occasion IS NOT NULL))",
        "Say what the surcharge is paid for; other rates have no occasion.",
    )

    @api.depends("kind", "card_id.name")
    @api.depends_context("lang")
    def _compute_display_name(self):
        labels = dict(self._fields["kind"]._description_selection(self.env))
        for rate in self:
            rate.display_name = self.env._(
                "%(card)s: %(kind)s",
                card=rate.card_id.name,
                kind=labels.get(rate.kind),
            )

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
        "labor_basis",
        "occasion",
        "surcharge_percent",
        "night_from",
        "night_to",
        "remote_km",
    )
    @api.depends_context("lang")
    def _compute_summary(self):
        for rate in self:
            rate.summary = getattr(rate, f"_summarise_{rate.kind}")()

    def _summarise_labor(self):
        if self.labor_basis == "standard":
            return self.env._(
                "%(rate)s per standard hour × %(factor)s",
                rate=self.currency_id.format(self.hourly_rate),
                factor=f"{self.grade_factor:g}",
            )
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

    def _summarise_surcharge(self):
        paid = (
            self.env._(
                "%(percent)s %% of labour", percent=f"{self.surcharge_percent:g}"
            )
            if self.surcharge_percent
            else self.env._("%(fee)s per visit", fee=self.currency_id.format(self.fee))
        )
        labels = dict(self._fields["occasion"]._description_selection(self.env))
        what = labels.get(self.occasion, "")
        if self.occasion == "night":
            what = self.env._(
                "Night from %(begin)s to %(end)s",
                begin=to_clock(self.night_from * 60),
                end=to_clock(self.night_to * 60),
            )
        elif self.occasion == "remote":
            what = self.env._("Remote place from %(km)s km", km=f"{self.remote_km:g}")
        return self.env._("%(what)s: %(amount)s", what=what, amount=paid)

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
            campaign_ids=only(self.campaign_id.id),
            operation_codes=only(self.operation_id.code),
            basis=self.labor_basis if self.kind == "labor" else "reported",
            part_basis=self.part_basis,
            occasion=self.occasion or None,
            percent=to_decimal(self.surcharge_percent),
            night_from=to_decimal(self.night_from),
            night_to=to_decimal(self.night_to),
            remote_km=to_decimal(self.remote_km),
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
                self.occasion or "",
                self.campaign_id.id,
                self.operation_id.code or "",
                self.territory_id.id,
                self.product_id.id,
                self.product_categ_id.id,
                self.request_type_id.id,
            ),
            valid_from=self.valid_from or None,
            valid_to=self.valid_to or None,
        )

from datetime import datetime, time

import pytz

from odoo import fields, models, tools

from ...tools import phone as phone_rule
from ...tools.control_limit import ControlPolicy
from ...tools.limiter import LimitPolicy
from ...tools.radar import RadarPolicy

#: What is read once and kept: see the methods with an ``ormcache`` below.
_CACHED = {
    "verify_window_minutes",
    "verify_limit_address",
    "verify_limit_total",
    "verify_serial_free",
    "resource_calendar_id",
    "country_id",
}


class ResCompany(models.Model):
    """Settings of the service, per company."""

    _inherit = "res.company"

    goodwill_limit = fields.Monetary(
        default=500.0,
        help="Up to this expected cost an office may grant goodwill by itself.",
    )
    duplicate_days = fields.Integer(
        string="Days a request may be told twice",
        default=30,
        help="An open request not older than this, on the same machine or of the same"
        " caller with the same symptom, is shown as possibly the same.",
    )
    classifier_id = fields.Many2one(
        "res.users",
        string="Who classifies “other”",
        domain="[('share', '=', False)]",
        help="Gets a task for each report that chose “other” in the fault dictionary."
        " Empty means whoever answers for headquarters' territory.",
    )
    radar_max_kmh = fields.Float(
        string="Fastest journey (km/h)",
        default=100.0,
        help="The same serial asked about in two places that a machine cannot reach at"
        " this speed is a counterfeit suspect.",
    )
    radar_min_km = fields.Float(
        string="Same place within (km)",
        default=100.0,
        help="Places nearer than this are never too far apart: often only the city is"
        " known.",
    )
    radar_window_days = fields.Integer(
        string="Days looked back", default=30, help="How long a question counts."
    )
    radar_cluster_size = fields.Integer(
        string="Unknown serials that make a case",
        default=5,
        help="So many different unknown serials asked about in one territory.",
    )
    radar_grace_days = fields.Integer(
        string="Days a sale may be registered late",
        default=3,
        help="A machine asked about this many days before its sale is no suspect.",
    )
    quality_sigmas = fields.Float(
        string="Distance of the control limit",
        default=3.0,
        help="In standard deviations; 3 is one false alarm in about 740 looks.",
    )
    quality_min_claims = fields.Integer(
        string="Repairs that make a case",
        default=5,
        help="Fewer repairs of a component of one build are never a signal.",
    )

    verify_window_minutes = fields.Integer(
        string="Minutes of a window",
        default=10,
        help="How long the public's questions are counted; at most a day.",
    )
    verify_limit_address = fields.Integer(
        string="Questions from one address",
        default=30,
        help="In a window. Several people behind one connection share an address.",
    )
    verify_limit_total = fields.Integer(
        string="Questions in total", default=600, help="In a window, from everybody."
    )
    verify_serial_free = fields.Integer(
        string="Questions about one serial at full speed",
        default=20,
        help="In a window. More are answered, but slower.",
    )

    def write(self, vals):
        result = super().write(vals)
        if vals.keys() & _CACHED:
            self.env.registry.clear_cache()
        return result

    def _get_classifier(self):
        """Who says what "other" was; may be nobody."""
        self.ensure_one()
        # Settings and the tree of territories; only the user is looked at.
        company = self.sudo()
        if company.classifier_id:
            return company.classifier_id
        root = self.env["aftersales.territory"].with_company(company)._get_root()
        return root._get_responsible() if root else company.classifier_id

    @tools.ormcache("self.id")
    def _prepare_limit_policy(self):
        """How often the public may ask."""
        self.ensure_one()
        return LimitPolicy(
            window_seconds=min(max(self.verify_window_minutes, 1), 24 * 60) * 60,
            per_address=max(self.verify_limit_address, 1),
            in_total=max(self.verify_limit_total, 1),
            serial_free=max(self.verify_serial_free, 1),
        )

    @tools.ormcache("self.id")
    def _prepare_public_holidays(self):
        """Closed days of this company's working hours, for the legal clock."""
        self.ensure_one()
        return self.sudo().resource_calendar_id._prepare_public_holidays()

    @tools.ormcache("self.id")
    def _get_calendar_zone(self):
        """Name of the time zone of this company's working hours, see below."""
        self.ensure_one()
        return self.sudo().resource_calendar_id.tz

    @tools.ormcache("self.id")
    def _get_phone_region(self):
        """Country, as two letters, whose telephone numbers need no country code."""
        self.ensure_one()
        # Where a company works is no secret.
        return self.sudo().country_id.code or phone_rule.DEFAULT_REGION

    def _get_service_zone(self):
        """The time zone in which this company counts its days, whoever asks."""
        self.ensure_one()
        # Where a company works is no secret.
        name = self._get_calendar_zone() or self.sudo().partner_id.tz
        return pytz.timezone(name or "UTC")

    def _get_day(self, moment):
        """The company's calendar day of a naive UTC datetime."""
        return pytz.utc.localize(moment).astimezone(self._get_service_zone()).date()

    def _get_moment(self, day, clock=time.min):
        """The naive UTC datetime of a clock time on the company's ``day``."""
        local = self._get_service_zone().localize(datetime.combine(day, clock))
        return local.astimezone(pytz.utc).replace(tzinfo=None)

    def _get_today(self):
        """The day it is where this company works: the one "today" of the service."""
        return self._get_day(fields.Datetime.now())

    def _prepare_radar_policy(self):
        """From when on a sign of counterfeits counts here."""
        self.ensure_one()
        return RadarPolicy(
            max_kmh=self.radar_max_kmh,
            min_km=self.radar_min_km,
            cluster_size=max(self.radar_cluster_size, 1),
            grace_days=self.radar_grace_days,
        )

    def _prepare_control_policy(self):
        """From when on the repairs of a build month are a signal here."""
        self.ensure_one()
        return ControlPolicy(
            sigmas=max(self.quality_sigmas, 1.0),
            min_claims=max(self.quality_min_claims, 2),
        )

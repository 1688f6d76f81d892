from odoo import models

from ...tools import training
from .aftersales_station_skill import WARNING_DAYS


class ResPartner(models.Model):
    """What a station is told about its certificates."""

    _inherit = "res.partner"

    def _get_own_certificates(self, company):
        """Certificates of this station's people, and the skills of the station.

        Whoever calls has checked whose station it is, and goes on with ``sudo()``.

        :return: ``{"certificates": [(attendee, standing)], "skills": [(skill,
            standing)]}``, what ends first at the beginning; for the standing see
            ``tools.training``
        """
        self.ensure_one()
        lines = self.env["aftersales.training.attendee"].search(
            [
                ("station_id", "=", self.id),
                ("company_id", "=", company.id),
                ("is_passed", "=", True),
                ("training_id.state", "=", "held"),
                ("partner_id.active", "=", True),
            ],
            order="held_on, id",
        )
        today = company._get_today()

        def sort(records, keys):
            records = list(records)  # each still reads with the others
            ends = [record.valid_until or None for record in records]
            return [
                (records[n], training.standing(ends[n], today, WARNING_DAYS))
                for n in training.keep_longest(zip(keys, ends, strict=True))
            ]

        # Whoever passed for the same skill again has renewed it.
        keys = [(line.partner_id, *line._get_skill_key()) for line in lines]
        skills = self.station_skill_ids
        return {"certificates": sort(lines, keys), "skills": sort(skills, skills.ids)}

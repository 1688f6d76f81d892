from odoo import models


class AftersalesClaimFinding(models.Model):
    """What the automatic audit saw, in words for the station.

    What concerns others, how much is tolerated and what was drawn stays inside: a
    code without a sentence here is not told.
    """

    _inherit = "aftersales.claim.finding"

    def _tell_station(self):
        """The sentences for the station, each once. Another addon adds
        ``_tell_station_<code>``; the auditor's sentence is used where it says nothing
        that has to stay inside."""
        texts = []
        for finding in self:
            teller = getattr(finding, f"_tell_station_{finding.code}", None)
            texts.append(teller(finding.params or {}) if teller else None)
        return list(dict.fromkeys(filter(None, texts)))

    def _tell_station_not_covered(self, params):
        return self._tell_not_covered(params)

    def _tell_station_counterfeit(self, _params):
        return self.env._("The serial number is not one of ours: check the type plate.")

    def _tell_station_serial_doubtful(self, _params):
        return self.env._("The serial number does not fit the machine.")

    def _tell_station_duplicate(self, _params):
        return self.env._("A like job on this machine is claimed already.")

    def _tell_station_repeat(self, params):
        return self.env._(
            "You repaired the same component %(days)s days before.",
            days=params["days"],
        )

    def _tell_station_same_invoice(self, _params):
        return self.env._("The invoice number came with another job too.")

    def _tell_station_same_photo(self, _params):
        return self.env._("A photo came with another job too.")

    def _tell_station_hours_above_standard(self, params):
        return self.env._(
            "%(hours)s h claimed, %(standard)s h is standard.",
            hours=params["hours"],
            standard=params["standard_hours"],
        )

    def _tell_station_mileage_above_distance(self, params):
        return self.env._(
            "%(km)s km claimed, the place is %(distance)s km away.",
            km=self._tell_number(params["km"]),
            distance=self._tell_number(params["distance_km"]),
        )

    def _tell_station_reading_fell(self, params):
        return self._tell_reading_fell(params)

    def _tell_station_reading_jumped(self, _params):
        return self.env._("The meter reading is higher than it can be.")

    def _tell_station_part_foreign(self, _params):
        return self.env._(
            "%(part)s does not belong to the component you named.",
            part=self.line_id.product_id.sudo().name or "–",
        )

    def _tell_station_report_late(self, params):
        return self._tell_report_late(params)

    def _tell_station_evidence_missing(self, params):
        return self._tell_evidence_missing(params)

    def _tell_station_rate_missing(self, params):
        return self.env._(
            "No rate fits %(kind)s: an auditor sets the amount.",
            kind=self._kind_label(params),
        )

    def _tell_station_return_overdue(self, params):
        return self._tell_return_overdue(params)

    def _tell_station_returns_overdue(self, params):
        return self.env._(
            "Failed parts you should have sent back: %(count)s.",
            count=params["count"],
        )

from odoo import api, models

from ...tools import score, score_forecast, score_snapshot


class AftersalesStationScore(models.Model):
    """The month that is not over: counted for the one who looks, never kept."""

    _inherit = "aftersales.station.score"

    @api.model
    def _prepare_running(self, company, stations):
        """{station: {month, verdict, chances}} of the running month, counted dry.

        Only these stations' own work is read; the network is as it was when a month
        was scored last. Callers have checked that the user may see these stations.
        """
        month = company._get_today().replace(day=1)
        # Cards are headquarters' own; only what they make of a station is shown.
        card = self.env["aftersales.score.card"].sudo()._get_card(company)
        rule_card = card._prepare_card() if card else score.Card(weights=())
        metrics = stations.sudo()._prepare_running_metrics(
            company, month, card, self._get_last_means(company)
        )
        running = {}
        for station in stations:
            counts = metrics[station.id]
            if not any(metric.denominator for metric in counts):
                # Nothing of its own yet: the network's mean is no forecast.
                counts = ()
            running[station] = {
                "month": month,
                "verdict": score.score(counts, rule_card),
                "chances": score_forecast.chances(counts, rule_card),
            }
        return running

    @api.model
    def _get_last_means(self, company):
        """{code: share of the network} of the month that was scored last."""
        # Means of all stations, which each sees on its own scores.
        last = self.sudo().search(
            [("company_id", "=", company.id)], order="period_start desc", limit=1
        )
        if not last:
            return {}
        counts = score_snapshot.metrics(last.facts["metrics"])
        return {metric.code: metric.network_mean for metric in counts}

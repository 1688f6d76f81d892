from collections import defaultdict
from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL, split_every

from ...tools import radar as radar_rule

BATCH = 500


class AftersalesCounterfeitCase(models.Model):
    """How cases are found: signs among the logged questions, in sets."""

    _inherit = "aftersales.counterfeit.case"

    @api.model
    def _cron_find(self):
        """Look at what was asked lately; looking again finds nothing."""
        for company in self.env["res.company"].sudo().search([("active", "=", True)]):
            radar = self.with_company(company)
            for signals in radar._iterate_signals(company):
                radar._apply_signals(company, signals)
                self.env["ir.cron"]._commit_progress(len(signals))

    @api.model
    def _iterate_signals(self, company):
        """Lists of signs, each of a bounded number of serials."""
        policy = company._prepare_radar_policy()
        since = fields.Datetime.now() - timedelta(days=company.radar_window_days)
        for keys in split_every(BATCH, self._get_travelled_keys(company, since), list):
            yield self._find_far_apart(company, since, keys, policy)
        for check_ids in split_every(
            BATCH, self._get_unsold_check_ids(company, since), list
        ):
            yield self._find_before_sale(company, check_ids, policy)
        yield self._find_clusters(company, since, policy)

    @api.model
    def _get_travelled_keys(self, company, since):
        """Serials asked about from more than one place, in one query."""
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT checked.serial_key
                  FROM aftersales_serial_check checked
                  LEFT JOIN helpdesk_ticket ticket ON ticket.id = checked.ticket_id
                 WHERE checked.create_date >= %s AND checked.company_id = %s
                   AND checked.serial_key <> ''
                 GROUP BY checked.serial_key
                HAVING count(DISTINCT (
                           COALESCE(ticket.site_city_id, checked.city_id, 0),
                           round(COALESCE(NULLIF(ticket.site_latitude, 0),
                                          checked.latitude, 0)::numeric, 1),
                           round(COALESCE(NULLIF(ticket.site_longitude, 0),
                                          checked.longitude, 0)::numeric, 1)
                       )) > 1
                 ORDER BY checked.serial_key
                """,
                since,
                company.id,
            )
        )
        return [key for (key,) in rows]

    @api.model
    def _find_far_apart(self, company, since, keys, policy):
        checks = self.env["aftersales.serial.check"].search(
            [
                ("serial_key", "in", keys),
                ("create_date", ">=", since),
                ("company_id", "=", company.id),
            ],
            order="id",
        )
        by_id = {check.id: check for check in checks}
        signals = []
        for jump in radar_rule.find_jumps(checks._prepare_sightings(), policy):
            pair = by_id[jump.first.check_id], by_id[jump.second.check_id]
            signals.append(
                {
                    **self._prepare_serial_signal("far_apart", pair),
                    "first_check_id": pair[0].id,
                    "second_check_id": pair[1].id,
                    "distance_km": jump.km,
                    "hours": jump.hours,
                }
            )
        return signals

    @api.model
    def _get_unsold_check_ids(self, company, since):
        """Questions about machines sold later, that a request or customer asked."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT checked.id
                  FROM aftersales_serial_check checked
                  JOIN stock_lot unit ON unit.id = checked.unit_id
                  LEFT JOIN helpdesk_ticket ticket ON ticket.id = checked.ticket_id
                  LEFT JOIN aftersales_request_type kind
                    ON kind.id = ticket.request_type_id
                 WHERE unit.sale_date > checked.create_date::date
                   AND unit.sale_date >= %s AND checked.company_id = %s
                   AND (checked.channel IN ('portal', 'public')
                        OR ticket.id IS NOT NULL)
                   AND NOT COALESCE(kind.is_installation, false)
                 ORDER BY checked.id
                """,
                since,
                company.id,
            )
        )
        return [check_id for (check_id,) in rows]

    @api.model
    def _find_before_sale(self, company, check_ids, policy):
        checks = self.env["aftersales.serial.check"].browse(check_ids)
        zone = company._get_service_zone().zone
        found = defaultdict(list)
        for check in checks:
            day = fields.Datetime.context_timestamp(
                check.with_context(tz=zone), check.create_date
            ).date()
            if radar_rule.is_before_sale(day, check.unit_id.sale_date, policy):
                found[check.unit_id].append(check)
        return [
            {
                **self._prepare_serial_signal("before_sale", group),
                # Two models may share a serial: the machine is meant.
                "signal_key": f"unit {unit.id}",
                "sale_date": unit.sale_date,
            }
            for unit, group in found.items()
        ]

    @api.model
    def _find_clusters(self, company, since, policy):
        Check = self.env["aftersales.serial.check"]
        checks = Check.search(
            [
                ("verdict", "=", "unknown"),
                ("create_date", ">=", since),
                ("company_id", "=", company.id),
                ("case_ids", "not any", [("kind", "=", "cluster")]),
            ],
            order="id",
        )
        clusters = radar_rule.find_clusters(checks._prepare_sightings(), policy)
        return [
            {
                "kind": "cluster",
                "signal_key": f"territory {territory_id}",
                "territory_id": territory_id,
                "check_ids": [sighting.check_id for sighting in sightings],
                "last_seen_at": max(sighting.at for sighting in sightings),
            }
            for territory_id, sightings in clusters.items()
        ]

    @api.model
    def _prepare_serial_signal(self, kind, checks):
        """What a sign about one serial has, whatever the kind."""
        last = checks[-1]
        territories = {check.territory_id.id for check in checks} - {False}
        return {
            "kind": kind,
            "signal_key": last.serial_key,
            "serial_key": last.serial_key,
            "unit_id": last.unit_id.id,
            "product_id": last.product_id.id,
            "territory_id": last.territory_id.id,
            "visiting_territory_ids": sorted(territories - {last.territory_id.id}),
            "check_ids": [check.id for check in checks],
            "last_seen_at": last.create_date,
        }

    @api.model
    def _apply_signals(self, company, signals):
        """Open a case for each new sign, or add it to the open one.

        A sign whose last question is known to a case of its kind, open or closed, is
        no news: a dismissed case does not come back on the same evidence.
        """
        existing = self.search(
            [
                ("company_id", "=", company.id),
                ("signal_key", "in", [signal["signal_key"] for signal in signals]),
            ]
        )
        known, running = defaultdict(set), {}
        for case in existing:
            key = case.kind, case.signal_key
            known[key].update(case.check_ids.ids)
            if case.state in ("open", "investigating"):
                running[key] = case
        fresh, added = {}, []
        for signal in signals:
            key = signal["kind"], signal["signal_key"]
            news = set(signal["check_ids"]) - known[key]
            if signal["check_ids"][-1] not in news:
                continue
            known[key] |= news
            if key in running:
                added.append((running[key], news, signal["last_seen_at"]))
            elif key in fresh:
                fresh[key]["check_ids"] += sorted(news)
            else:
                fresh[key] = {**signal, "company_id": company.id}
        self._add_evidence(added)
        cases = self._unguarded().create(list(fresh.values()))._guarded_again()
        cases._ask_office()
        return cases

    @api.model
    def _add_evidence(self, added):
        """Link further questions to running cases, in two statements."""
        rows = [(case.id, check_id) for case, news, _at in added for check_id in news]
        if not rows:
            return
        self.env.flush_all()
        self.env.execute_query(
            SQL(
                """
                INSERT INTO aftersales_counterfeit_check_rel (case_id, check_id)
                SELECT * FROM unnest(%s, %s) ON CONFLICT DO NOTHING RETURNING case_id
                """,
                [case_id for case_id, _check_id in rows],
                [check_id for _case_id, check_id in rows],
            )
        )
        self.env.execute_query(
            SQL(
                """
                UPDATE aftersales_counterfeit_case running
                   SET last_seen_at = GREATEST(last_seen_at, news.at)
                  FROM unnest(%s, %s::timestamp[]) AS news(id, at)
                 WHERE running.id = news.id
             RETURNING running.id
                """,
                [case.id for case, _news, _at in added],
                [at for _case, _news, at in added],
            )
        )
        self.invalidate_model(["check_ids", "last_seen_at"])

    def _ask_office(self):
        """An activity for whoever answers for the territory of each case."""
        activity_type = self.env.ref("mail.mail_activity_data_todo")
        model_id = self.env["ir.model"]._get_id(self._name)
        values = []
        for case in self:
            user = case.territory_id._get_responsible()
            localised = case.with_context(lang=user.lang or self.env.lang)
            values.append(
                {
                    "activity_type_id": activity_type.id,
                    "summary": localised.env._("Counterfeit suspect: look into it"),
                    "automated": True,
                    "date_deadline": self.env.company._get_today() + timedelta(days=3),
                    "res_model_id": model_id,
                    "res_id": case.id,
                    "user_id": user.id,
                }
            )
        self.env["mail.activity"].with_context(mail_activity_quick_update=True).create(
            [vals for vals in values if vals["user_id"]]
        )

from odoo import api, models
from odoo.tools import SQL

from ...tools import audit_load, audit_sql
from ...tools.audit_sql import codes_of, text_of


class AftersalesClaim(models.Model):
    """The facts of the automatic audit, built by one statement for any number."""

    _inherit = "aftersales.claim"

    def _prepare_audit_facts(self, policies):
        """{claim: facts} in one query, whatever their number. Nothing is written."""
        limits = self._get_audit_limits(policies)
        rows = self.env.execute_query(
            SQL(
                "WITH %(tables)s SELECT g.id, %(facts)s FROM %(source)s",
                **self._get_audit_query(policies),
            )
        )
        return {
            self.browse(id_): audit_load.facts(
                data, limits[self.browse(id_).company_id]
            )
            for id_, data in rows
        }

    def _get_audit_limits(self, policies):
        """{company: the numbers of its policy as the rule reads them}."""
        default = self.env["aftersales.audit.policy"]
        return {
            company: policies.get(company, default)._prepare_thresholds()
            for company in (*self.company_id, self.env["res.company"])
        }

    def _get_audit_query(self, policies):
        """{"tables", "facts", "source"}: SQL of the facts of these claims."""
        # The statement reads what is written to the database only.
        self.env.flush_all()
        tables = self._get_audit_tables()
        tables = {"batch": self._get_audit_batch(policies), **tables}
        return {
            "tables": SQL(", ").join(
                SQL("%s AS (%s)", SQL.identifier(name), table)
                for name, table in tables.items()
            ),
            "facts": SQL(
                "jsonb_strip_nulls(%s)",
                self._build_json(
                    self._get_audit_facts()
                    | {"more": self._build_json(self._get_more_audit_facts())}
                ),
            ),
            "source": SQL("batch g %s", SQL(" ").join(self._get_audit_joins())),
        }

    @api.model
    def _build_json(self, facts):
        """SQL of the object of these {name: SQL}; null where there are none."""
        if not facts:
            return SQL("NULL::jsonb")
        pairs = (SQL("%s, %s", name, value) for name, value in facts.items())
        return SQL("jsonb_build_object(%s)", SQL(", ").join(pairs))

    def _get_audit_batch(self, policies):
        """SQL of these claims with what is read from their own rows."""
        default = self.env["aftersales.audit.policy"]
        rows = []
        for company in (*self.company_id, self.env["res.company"]):
            policy = policies.get(company, default)
            place = company or self.env.company
            rows.append(
                SQL(
                    "(%s, %s, %s::date, %s, %s)",
                    company.id or 0,
                    place._get_service_zone().zone,
                    place._get_today(),
                    policy._get_look_days(),
                    policy._get_peer_months(),
                )
            )
        return SQL(audit_sql.BATCH, companies=SQL(", ").join(rows), ids=self.ids)

    @api.model
    def _get_audit_tables(self):
        """{name: SQL} of the tables the facts are read from, each may read ``batch``
        and those before it. May be extended."""
        tables = {
            "family": audit_sql.FAMILY,
            "part": audit_sql.PART,
            "peer_month": audit_sql.PEER_MONTH,
            "peers": audit_sql.PEERS,
            "lines": audit_sql.LINES,
            "earlier": audit_sql.EARLIER,
            "photo": audit_sql.PHOTO,
            "same_photo": audit_sql.SAME_PHOTO,
            "same_invoice": audit_sql.SAME_INVOICE,
            "visit": audit_sql.VISIT,
            "meter": audit_sql.METER,
            "returns": audit_sql.RETURN,
            "station_returns": audit_sql.STATION_RETURN,
            "trust": audit_sql.TRUST,
            "score": audit_sql.SCORE,
        }
        return dict(zip(tables, map(SQL, tables.values()), strict=True))

    @api.model
    def _get_audit_joins(self):
        """[SQL] that joins the tables to the claims ``g``. May be extended."""
        by_claim = ("lines", "earlier", "photo", "same_photo", "same_invoice", "visit")
        by_claim += ("meter", "returns")
        return [
            *(
                SQL("LEFT JOIN %s USING (id)", SQL.identifier(name))
                for name in by_claim
            ),
            SQL("LEFT JOIN family ON family.id = g.component_id"),
            *(
                SQL(
                    f"LEFT JOIN {name} ON {name}.station_id = g.station_id"
                    f" AND {name}.company_id = g.company_id"
                )
                for name in ("station_returns", "trust", "score")
            ),
            SQL(
                "LEFT JOIN peers ON peers.company_id = g.company_id"
                " AND peers.currency_id = g.currency_id"
                " AND peers.request_type_id = g.request_type_id"
                " AND peers.station_grade IS NOT DISTINCT FROM g.station_grade"
                " AND peers.categ_id IS NOT DISTINCT FROM g.categ_id"
                " AND peers.month = g.month"
            ),
        ]

    @api.model
    def _get_more_audit_facts(self):
        """{name: SQL} of what the checks of other addons read in ``facts.more``, of the
        claims ``g`` and the tables. May be extended."""
        return {}

    @api.model
    def _get_audit_facts(self):
        """{field of ``AuditFacts``: SQL} of the claims ``g`` and the tables. May be
        extended."""
        facts = {
            "claim_id": "g.id",
            "done_date": "g.work_date",
            "amount": text_of("g.amount"),
            "authorisation_limit": text_of("COALESCE(g.authorisation_limit, 0)"),
            "authorised_amount": text_of("COALESCE(g.authorised_amount, 0)"),
            "unit_id": "g.unit_id",
            "component_id": "g.component_id",
            "symptom_id": "g.symptom_id",
            "station_id": "g.station_id",
            "serial_code": "g.serial_verdict",
            "needs_coverage": "COALESCE(g.needs_warranty_decision, FALSE)",
            "covers_parts": "COALESCE(g.covers_parts, FALSE)",
            "covers_labor": "COALESCE(g.covers_labor, FALSE)",
            "covers_travel": "COALESCE(g.covers_travel, FALSE)",
            "coverage_end": "g.end_date",
            "distance": f"CASE WHEN {audit_sql.ON_GLOBE} THEN jsonb_build_object("
            f"'km', round(({audit_sql.KM})::numeric, 1), 'precision', 'exact') END",
            "visits": "greatest(COALESCE(visit.number, 1), 1)",
            # greatest() passes over what is unknown, which has to stay unknown.
            "report_hours": "CASE WHEN g.reported_at IS NOT NULL"
            " AND g.started_on IS NOT NULL THEN "
            f"{text_of(f'greatest(0, {audit_sql.REPORT_HOURS})', 2)} END",
            "evidence_required": codes_of(**self._get_required_evidence_sql()),
            "evidence_given": codes_of(
                photo="photo.number > 0",
                reading="g.reading_value <> 0",
                signature=f"g.is_signed OR {audit_sql.SIGNATURE}",
                fault_codes="g.has_codes",
            ),
            "lines": "lines.facts",
            "earlier": "earlier.facts",
            "same_photo": "same_photo.facts",
            "same_invoice": "same_invoice.facts",
            "component_family": "family.ids",
            "is_component_listed": "COALESCE(family.is_listed, FALSE)",
            "meter_rise": "meter.facts",
            "peers": "peers.facts",
            "returns_overdue": "COALESCE(returns.number, 0)",
            "station_returns_overdue": "COALESCE(station_returns.number, 0)",
            "station_decided": "COALESCE(trust.decided, 0)",
            "station_changed": "COALESCE(trust.changed, 0)",
            "station_score": text_of("score.value", 2),
        }
        return dict(zip(facts, map(SQL, facts.values()), strict=True))

    @api.model
    def _get_required_evidence_sql(self):
        """{code of evidence: SQL that tells whether it is asked}. May be extended."""
        return {
            "photo": "g.requires_photo",
            "reading": "g.requires_reading",
            "signature": "g.requires_signature",
            "fault_codes": "g.requires_codes",
        }

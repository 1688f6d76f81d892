from collections import defaultdict
from datetime import timedelta
from decimal import Decimal

from odoo import api, fields, models
from odoo.fields import Domain

from odoo.addons.aftersales_service.tools import geo
from odoo.addons.aftersales_service.tools.plain import plain

from ..tools import audit, sampling
from .aftersales_rate import to_decimal

AUDIT_BATCH = 200


class AftersalesClaim(models.Model):
    """Facts → rule → effects of a claim's automatic audit."""

    _inherit = "aftersales.claim"

    # === AUTOMATIC AUDIT === #

    @api.model
    def _cron_audit(self):
        """Audit what was handed in, in committed batches."""
        domain = self._get_to_audit_domain()
        left = self.search_count(domain)
        self.env["ir.cron"]._commit_progress(remaining=left)
        after = 0
        while claims := self.search(
            domain & Domain("id", ">", after), limit=AUDIT_BATCH, order="id"
        ):
            after = claims[-1].id
            claims.try_lock_for_update()._audit()
            if not self.env["ir.cron"]._commit_progress(len(claims)):
                break

    def _audit(self):
        """Judge submitted claims by the rule: approved, or on to a person, in batch.

        :raise UserError: a claim is not submitted
        """
        self._check_transition("review")
        for claim in self.filtered(lambda claim: claim.state != "submitted"):
            claim._check_transition("submitted")
        policies = self.env["aftersales.audit.policy"]._get_policies(self.company_id)
        facts = self._prepare_audit_facts(policies)
        checks = self._get_audit_checks()
        verdicts = {claim: audit.audit(facts[claim], checks) for claim in self}
        self._apply_audit(verdicts, facts, policies)

    @api.model
    def _get_audit_checks(self):
        """The checks in the order of the handbook; another addon adds its own."""
        return audit.CHECKS

    def _prepare_audit_facts(self, policies):
        """{claim: facts} in a constant number of queries. May be extended."""
        earlier = self._prepare_earlier_jobs(policies)
        default = self.env["aftersales.audit.policy"]
        thresholds = {
            company: policies.get(company, default)._prepare_thresholds()
            for company in self.company_id
        }
        return {
            claim: claim._prepare_own_audit_facts(
                earlier=tuple(earlier[claim.unit_id.id]),
                thresholds=thresholds[claim.company_id],
            )
            for claim in self
        }

    def _prepare_own_audit_facts(self, **more):
        """Facts of one claim; ``more`` holds what was read for the whole batch."""
        self.ensure_one()
        order, decision = self.work_order_id, self.warranty_decision_id
        kind = self.request_type_id
        return audit.AuditFacts(
            claim_id=self.id,
            done_date=self.work_date,
            unit_id=self.unit_id.id or None,
            component_id=order.component_id.id or None,
            symptom_id=order.symptom_id.id or None,
            serial_code=self.ticket_id.serial_verdict or None,
            needs_coverage=kind.needs_warranty_decision,
            covers_parts=decision.covers_parts,
            covers_labor=decision.covers_labor,
            covers_travel=decision.covers_travel,
            distance=self._get_distance(),
            visits=len(order._get_visit_days()) or 1,
            report_hours=self._get_report_hours(),
            evidence_required=self._get_required_evidence(),
            evidence_given=self._get_given_evidence(),
            lines=tuple(line._prepare_audit_line() for line in self.line_ids),
            **more,
        )

    def _prepare_earlier_jobs(self, policies):
        """{unit id: jobs claimed on it}, one query for all claims."""
        jobs = defaultdict(list)
        units = self.unit_id
        if not units:
            return jobs
        days = max((p.duplicate_days for p in policies.values()), default=30)
        dates = self.mapped("work_date")
        claims = self.search(
            [
                ("unit_id", "in", units.ids),
                ("work_date", ">=", min(dates) - timedelta(days=days)),
                ("work_date", "<=", max(dates) + timedelta(days=days)),
                ("state", "not in", ("draft", "rejected")),
            ]
        )
        for claim in claims:
            order = claim.work_order_id
            jobs[claim.unit_id.id].append(
                audit.EarlierJob(
                    id=claim.id,
                    unit_id=claim.unit_id.id,
                    done_date=claim.work_date,
                    component_id=order.component_id.id or None,
                    symptom_id=order.symptom_id.id or None,
                )
            )
        return jobs

    def _get_distance(self):
        """From the station to the place of the fault, as the crow flies."""
        station, place = self.station_id, self.ticket_id
        return geo.between(
            geo.locate((station.partner_latitude, station.partner_longitude)),
            geo.locate((place.site_latitude, place.site_longitude)),
        )

    def _get_report_hours(self):
        """Hours from the end of the day of work to the report; None when unknown."""
        order = self.work_order_id
        if not order.started_on or not order.reported_at:
            return None
        end = self.company_id._get_moment(order.started_on + timedelta(days=1))
        hours = (order.reported_at - end).total_seconds() / 3600
        return Decimal(str(round(max(hours, 0.0), 2)))

    def _get_required_evidence(self):
        """Codes of what the request type asks for."""
        kind = self.request_type_id
        asked = {
            "photo": kind.requires_photo,
            "reading": kind.requires_reading,
            "signature": kind.requires_signature,
            "fault_codes": kind.requires_codes,
        }
        return frozenset(code for code, is_asked in asked.items() if is_asked)

    def _get_given_evidence(self):
        """Codes of what the report holds."""
        order = self.work_order_id
        codes = (order.component_id, order.symptom_id, order.cause_id, order.remedy_id)
        given = {
            "photo": order.photo_ids,
            "reading": order.reading_value,
            "signature": order.signature or order.signed_by,
            "fault_codes": all(codes),
        }
        return frozenset(code for code, is_given in given.items() if is_given)

    def _apply_audit(self, verdicts, facts, policies):
        """Findings, facts and states of the whole batch. May be extended."""
        claims = self.with_context(tracking_disable=True)
        finding_vals, passed, drawn = [], claims.browse(), claims.browse()
        for claim in claims:
            findings = verdicts[claim]
            finding_vals += [claim._prepare_finding_vals(item) for item in findings]
            claim._write_guarded({"audit_facts": plain(facts[claim])})
            if audit.outcome(findings) == "approved":
                policy = policies.get(
                    claim.company_id, self.env["aftersales.audit.policy"]
                )
                percent = policy._get_sample_percent(claim.amount)
                if sampling.is_drawn(f"claim/{claim.id}", percent):
                    drawn |= claim
                else:
                    passed |= claim
        finding_vals += [
            {"claim_id": claim.id, "code": "spot_check", "severity": "review"}
            for claim in drawn
        ]
        Finding = self.env["aftersales.claim.finding"]
        Finding.search([("claim_id", "in", self.ids)]).unlink()
        Finding.create(finding_vals)
        drawn._write_guarded({"is_sampled": True})
        now = fields.Datetime.now()
        passed._update_state("approved", approved_at=now, decided_at=now)
        (claims - passed)._update_state("review")

    def _prepare_finding_vals(self, finding):
        """Values of the row of one finding of the rule."""
        self.ensure_one()
        return {
            "claim_id": self.id,
            "line_id": finding.line_id,
            "code": finding.code,
            "severity": finding.severity,
            "params": plain(finding.params),
        }


class AftersalesClaimLine(models.Model):
    """A claimed amount as the audit sees it."""

    _inherit = "aftersales.claim.line"

    def _prepare_audit_line(self):
        """This line as the pure rule reads it."""
        self.ensure_one()
        return audit.AuditLine(
            id=self.id,
            kind=self.kind,
            quantity=to_decimal(self.quantity),
            amount=to_decimal(self.amount),
            standard_hours=to_decimal(self.standard_hours)
            if self.standard_hours
            else None,
            has_rate=bool(self.rate_id),
        )

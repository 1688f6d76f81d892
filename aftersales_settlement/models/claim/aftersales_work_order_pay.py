from dataclasses import replace
from decimal import Decimal

from odoo import models

from odoo.addons.aftersales_service.tools import geo

from ...tools import audit, pricing
from ..rate.aftersales_rate import to_decimal

# Until the claim is there.
PREVIEW_STATES = ("offered", "accepted", "on_site", "waiting", "returned", "reported")
# What the station can still put right before it hands the report in.
PREVIEW_CHECKS = (
    audit.check_coverage,
    audit.check_authorisation,
    audit.check_evidence,
    audit.check_rate,
)


class AftersalesWorkOrder(models.Model):
    """What a job will pay, before its report is handed in: the same rules run dry."""

    _inherit = "aftersales.work.order"

    def _preview_pay(self):
        """What the maker will pay the station for this job as it stands.

        Nothing is written: a claim that is never saved carries the facts to the rules
        that price and audit the real one. Where the report is still empty, an hour of
        labour and the way by the map stand for it.
        :return: None where the station is not paid by a claim, else dict:
            lines [(name, sentence)], total, currency, sentences [what the audit would
            say], limit (of authorisation), is_guess
        """
        self.ensure_one()
        if self.state not in PREVIEW_STATES or self.station_id.is_internal_team:
            return None
        if not self._is_payable():
            return None
        claim = self.env["aftersales.claim"].new(self._prepare_claim_vals()[0])
        known = claim._prepare_fee_jobs()[claim]
        job = self._guess_job(known)
        pieces = claim._get_priced_pieces(jobs={claim: job})[claim]
        Line = self.env["aftersales.claim.line"]
        lines = [
            Line.new({**vals, "claim_id": claim.id})
            for vals in claim._prepare_line_vals(pieces)
        ]
        return {
            "lines": [(line.display_name, line.why) for line in lines],
            "total": sum(line.amount for line in lines),
            "currency": claim.currency_id,
            "sentences": self._preview_findings(claim, pieces),
            "limit": claim.authorisation_limit,
            "is_guess": job != known,
        }

    def _guess_job(self, job):
        """The job with an hour of labour and the way by the map where none is told.

        Only before there is a report: what the station left empty then stays empty.
        """
        if job.is_installation or self.state in ("returned", "reported"):
            return job
        if not job.labor_hours and not job.operations:
            job = replace(job, labor_hours=pricing.ONE)
        if not any(trip.km for trip in job.trips):
            trips = (replace(job.trips[0], km=self._guess_km()), *job.trips[1:])
            job = replace(job, trips=trips)
        return job

    def _guess_km(self):
        """Kilometres of road there and back, 0 where an end is not exact."""
        station, place = self.station_id, self.ticket_id
        distance = geo.between(
            geo.locate((station.partner_latitude, station.partner_longitude)),
            geo.locate((place.site_latitude, place.site_longitude)),
        )
        if distance.precision != "exact" or distance.km is None:
            return pricing.ZERO
        policies = self.env["aftersales.audit.policy"]
        found = policies._get_policies(self.company_id)
        limits = found.get(self.company_id, policies)._prepare_thresholds()
        km = Decimal(str(distance.km)) * limits.road_factor * limits.trips
        return Decimal(round(km))

    def _preview_findings(self, claim, pieces):
        """What the audit would find in the job as it stands, as sentences."""
        findings = audit.audit(
            self._prepare_preview_facts(claim, pieces), PREVIEW_CHECKS
        )
        rows = [
            self.env["aftersales.claim.finding"].new(
                {"claim_id": claim.id, "code": item.code, "params": dict(item.params)}
            )
            for item in findings
        ]
        return list(dict.fromkeys(row.text for row in rows))

    def _prepare_preview_facts(self, claim, pieces):
        """The facts of an audit that a report can still change. May be extended."""
        kind, decision = self.request_type_id, claim.warranty_decision_id
        codes = (self.component_id, self.symptom_id, self.cause_id, self.remedy_id)
        evidence = {
            "photo": (kind.requires_photo, self.photo_ids),
            "reading": (kind.requires_reading, self.reading_value),
            "signature": (kind.requires_signature, self.signature or self.signed_by),
            "fault_codes": (kind.requires_codes, all(codes)),
        }
        amount = sum((piece.priced.amount for piece in pieces), pricing.ZERO)
        granted = to_decimal(claim.authorised_amount)
        return audit.AuditFacts(
            claim_id=0,
            done_date=claim.work_date,
            needs_coverage=kind.needs_warranty_decision and not claim.is_chargeable,
            covers_parts=decision.covers_parts,
            covers_labor=decision.covers_labor,
            covers_travel=decision.covers_travel,
            evidence_required=frozenset(code for code in evidence if evidence[code][0]),
            evidence_given=frozenset(code for code in evidence if evidence[code][1]),
            authorisation_limit=to_decimal(claim.authorisation_limit),
            authorised_amount=granted,
            lines=tuple(
                self._prepare_preview_line(number, piece, 0 < amount <= granted)
                for number, piece in enumerate(pieces)
            ),
        )

    def _prepare_preview_line(self, number, piece, is_authorised):
        """One expected amount as the audit reads it."""
        return audit.AuditLine(
            id=number,
            kind=piece.facts.kind,
            quantity=piece.facts.quantity,
            amount=piece.priced.amount,
            standard_hours=piece.standard_hours or None,
            has_rate=bool(piece.priced.rate_id),
            is_authorised=is_authorised,
        )

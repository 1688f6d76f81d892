from collections import defaultdict

import pytz

from odoo import api, models

from odoo.addons.aftersales_service.tools.plain import plain

from ...tools import fee_job, pricing
from ..rate.aftersales_rate import to_decimal

COVERED_BY = {
    "labor": "covers_labor",
    "travel": "covers_travel",
    "part": "covers_parts",
}


class AftersalesClaim(models.Model):
    """Facts → rule → effects of a claim's price: its lines from report and rates."""

    _inherit = "aftersales.claim"

    def _price(self):
        """Write the lines of these claims anew from reports and rates, in batch."""
        vals_list = [
            {"claim_id": claim.id, **vals}
            for claim, pieces in self._get_priced_pieces().items()
            for vals in claim._prepare_line_vals(pieces)
        ]
        lines = self.env["aftersales.claim.line"]._unguarded()
        lines.search([("claim_id", "in", self.ids)]).unlink()
        lines.create(vals_list)

    def _get_priced_pieces(self, cards=None, jobs=None):
        """{claim: priced pieces} by the one rule; writes nothing.

        :param cards: {claim: rate card} to try another card out; else the claims' own
        :param jobs: {claim: facts of its job}; else as reported
        """
        cards = cards or {claim: claim.rate_card_id for claim in self}
        rates = {
            card: [rate._prepare_rate() for rate in card.rate_ids]
            for card in self.env["aftersales.rate.card"].union(*cards.values())
        }
        jobs = jobs or self._prepare_fee_jobs()
        return {
            claim: fee_job.price_job(
                jobs[claim],
                rates.get(cards[claim], ()),
                pricing.rounder((cards[claim].currency_id or claim.currency_id).round),
            )
            for claim in self
        }

    def _prepare_fee_jobs(self):
        """{claim: facts of its job} in a constant number of queries."""
        tickets = self.ticket_id
        # Which campaign a job belongs to, whoever makes its claim.
        Unit = self.env["aftersales.service.campaign.unit"].sudo()
        campaigns = defaultdict(lambda: None)
        for line in Unit.search([("ticket_id", "in", tickets.ids)], order="id desc"):
            campaigns[line.ticket_id.id] = line.campaign_id.id
        return {
            claim: claim._prepare_fee_job(campaigns[claim.ticket_id.id])
            for claim in self
        }

    def _prepare_fee_job(self, campaign_id):
        """Facts of one claim's job. May be extended.

        Called per claim on a prefetched batch: read only what is prefetched.
        """
        self.ensure_one()
        order = self.work_order_id
        return fee_job.Job(
            common=self._prepare_fee_facts(campaign_id),
            is_installation=self.request_type_id.is_installation,
            covered=frozenset(self._get_covered_kinds()),
            labor_hours=to_decimal(order.labor_hours),
            operations=tuple(
                fee_job.Operation(
                    id=line.operation_id.id,
                    code=line.operation_id.code,
                    standard_hours=to_decimal(line.standard_hours),
                )
                for line in order.operation_line_ids
            ),
            trips=tuple(self._prepare_trips()),
            parts=tuple(self._prepare_parts()),
        )

    def _prepare_fee_facts(self, campaign_id):
        """What all pieces of this claim share."""
        return pricing.FeeFacts(
            kind="labor",
            quantity=pricing.ZERO,
            work_date=self.work_date,
            grade=self.station_id.station_grade or None,
            territory_path=tuple(self.territory_id._get_path_ids())
            if self.territory_id
            else (),
            product_id=self.product_id.id or None,
            category_path=self._get_category_path(),
            request_type_id=self.request_type_id.id or None,
            campaign_id=campaign_id,
            share_percent=self._get_share_percent(),
        )

    def _get_share_percent(self):
        """What the maker pays of covered work: less than all only for goodwill."""
        decision = self.warranty_decision_id
        if not self.request_type_id.needs_warranty_decision or not decision:
            return pricing.HUNDRED
        return to_decimal(decision.share_percent)

    def _prepare_trips(self):
        """Visits of the job: when somebody arrived, and how far he had driven."""
        order = self.work_order_id
        visits = order._get_made_visits() if order.has_trips else ()
        if any(visit.travel_km for visit in visits):
            return [
                self._prepare_trip(visit.arrived_at, visit.travel_km)
                for visit in visits
            ]
        trips = [(visit.arrived_at, 0.0) for visit in visits[1:]]
        return [
            self._prepare_trip(*trip)
            for trip in [(order.arrived_at, order.travel_km), *trips]
        ]

    def _prepare_trip(self, arrived_at, km):
        """One visit as the rule reads it, in the company's time."""
        company = self.company_id
        day, minute = self.work_date, None
        if arrived_at:
            zone = company._get_service_zone()
            local = pytz.utc.localize(arrived_at).astimezone(zone)
            day, minute = local.date(), local.hour * 60 + local.minute
        return fee_job.Trip(
            km=to_decimal(km),
            arrived_on=day,
            arrived_minute=minute,
            is_holiday=any(
                holiday.first <= day <= holiday.last
                for holiday in company._prepare_public_holidays()
            ),
        )

    def _prepare_parts(self):
        """Parts the station brought, with what one is worth."""
        company = self.company_id
        lines = self.work_order_id.part_line_ids.filtered(
            # Parts on consignment are the maker's own.
            lambda line: line.quantity and line.move_id.location_id.usage != "internal"
        )
        for line in lines:
            product = line.product_id.with_company(company)
            yield fee_job.Part(
                product_id=product.id,
                quantity=to_decimal(line.quantity),
                list_price=to_decimal(product.lst_price),
                cost=to_decimal(product.standard_price),
            )

    def _get_covered_kinds(self):
        """Kinds the decision covers. Without the decision it needs a claim has them
        all, and the audit stops it."""
        decision = self.warranty_decision_id
        if not self.request_type_id.needs_warranty_decision or not decision:
            return set(COVERED_BY)
        return {kind for kind, field in COVERED_BY.items() if decision[field]}

    def _get_category_path(self):
        """Ids of the product's category and its parents, leaf first."""
        path = self.product_id.categ_id.parent_path or ""
        return tuple(int(part) for part in reversed(path.split("/")[:-1]))

    @api.model
    def _prepare_line_vals(self, pieces):
        """Values of the lines of one claim from its priced pieces."""
        return [
            {
                "sequence": sequence,
                "kind": piece.facts.kind,
                "occasion": piece.facts.occasion or False,
                "quantity": float(piece.facts.quantity),
                "standard_hours": float(piece.standard_hours),
                "operation_id": piece.operation_id,
                "product_id": piece.product_id,
                **self._prepare_price_vals(piece),
            }
            for sequence, piece in enumerate(pieces)
        ]

    @api.model
    def _prepare_price_vals(self, piece):
        """Amount, explanation and what is needed to compute it again."""
        facts, amount = piece.facts, float(piece.priced.amount)
        told = {"grade": facts.grade}
        if facts.kind == "surcharge":
            told["occasion"] = facts.occasion
            told["day"] = plain(facts.arrived_on)
            told["minute"] = facts.arrived_minute
        return {
            "rate_id": piece.priced.rate_id,
            "amount": amount,
            "approved_amount": amount,
            "adjust_reason": False,
            "explanation": {**piece.priced.explanation, **told},
            "facts": {
                "fee": plain(facts),
                "rate": plain(piece.match.rate),
                "matched_on": plain(piece.match.matched_on),
                "skipped": plain(piece.match.skipped),
            },
        }

from dataclasses import replace

from odoo import api, models

from odoo.addons.aftersales_service.tools.plain import plain

from ..tools import pricing
from .aftersales_rate import to_decimal

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
        rates = {
            card.id: [rate._prepare_rate() for rate in card.rate_ids]
            for card in self.rate_card_id
        }
        vals_list = []
        for claim in self:
            round_amount = pricing.rounder(claim.currency_id.round)
            for sequence, (vals, facts) in enumerate(claim._prepare_fee_facts()):
                match = pricing.match_rate(facts, rates.get(claim.rate_card_id.id, ()))
                facts = claim._add_unit_cost(facts, match.rate, vals)
                priced = pricing.price_line(facts, match.rate, round_amount)
                vals_list.append(
                    {
                        **vals,
                        "sequence": sequence,
                        **self._prepare_price_vals(facts, match, priced),
                    }
                )
        lines = self.env["aftersales.claim.line"]._unguarded()
        lines.search([("claim_id", "in", self.ids)]).unlink()
        lines.create(vals_list)

    def _prepare_fee_facts(self):
        """Pieces of work of one claim as [(line values, facts)]. May be extended.

        Called per claim on a prefetched batch: read only what is prefetched.
        """
        self.ensure_one()
        pieces = self._get_pieces()
        common = {
            "work_date": self.work_date,
            "grade": self.station_id.station_grade or None,
            "territory_path": self.territory_id._get_path_ids()
            if self.territory_id
            else (),
            "product_id": self.product_id.id or None,
            "category_path": self._get_category_path(),
            "request_type_id": self.request_type_id.id or None,
        }
        return [
            (
                {"claim_id": self.id, "kind": kind, "quantity": quantity, **vals},
                pricing.FeeFacts(kind=kind, quantity=to_decimal(quantity), **common),
            )
            for kind, quantity, vals in pieces
        ]

    def _get_pieces(self):
        """[(kind, quantity, further line values)] that the maker pays for."""
        order = self.work_order_id
        if self.request_type_id.is_installation:
            return [("installation", 1.0, {})]
        standard = sum(order.operation_line_ids.mapped("standard_hours"))
        pieces = [
            ("labor", order.labor_hours or standard, {"standard_hours": standard}),
            *(("travel", travel_km, {}) for travel_km in order._get_trips()),
            *(
                ("part", part.quantity, {"product_id": part.product_id.id})
                for part in order.part_line_ids
                # Parts on consignment are the maker's own.
                if part.move_id.location_id.usage != "internal"
            ),
        ]
        covered = self._get_covered_kinds()
        return [piece for piece in pieces if piece[1] and piece[0] in covered]

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

    def _add_unit_cost(self, facts, rate, vals):
        """The facts of a part with what one is worth by its rate."""
        if facts.kind != "part" or not rate:
            return facts
        product = self.env["product.product"].browse(vals["product_id"])
        product = product.with_company(self.company_id)
        row = self.env["aftersales.rate"].browse(rate.id)
        price = (
            product.standard_price if row.part_basis == "cost" else product.lst_price
        )
        return replace(facts, unit_cost=to_decimal(price))

    @api.model
    def _prepare_price_vals(self, facts, match, priced):
        """Amount, explanation and what is needed to compute it again."""
        amount = float(priced.amount)
        return {
            "rate_id": priced.rate_id,
            "amount": amount,
            "approved_amount": amount,
            "adjust_reason": False,
            "explanation": {**priced.explanation, "grade": facts.grade},
            "facts": {
                "fee": plain(facts),
                "rate": plain(match.rate),
                "matched_on": plain(match.matched_on),
                "skipped": plain(match.skipped),
            },
        }

from odoo import fields, models


class AftersalesWorkOrder(models.Model):
    """What a station is paid for its work: the claim the system makes from it."""

    _inherit = "aftersales.work.order"

    claim_ids = fields.One2many(
        "aftersales.claim", "work_order_id", string="Claims", groups="base.group_user"
    )
    claim_count = fields.Integer(
        compute="_compute_claim_count", groups="base.group_user"
    )

    def _compute_claim_count(self):
        counts = dict(
            self.env["aftersales.claim"]._read_group(
                [("work_order_id", "in", self.ids)], ["work_order_id"], ["__count"]
            )
        )
        for order in self:
            order.claim_count = counts.get(order, 0)

    def action_view_claim(self):
        """Smart button: the claim of this work order."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Claim"),
            "res_model": "aftersales.claim",
            "view_mode": "form",
            "res_id": self.env["aftersales.claim"]
            .search([("work_order_id", "=", self.id)], limit=1)
            .id,
        }

    def _after_done(self):
        super()._after_done()
        self._make_claims()

    def _make_claims(self):
        """Make, price and hand in the claims of these done work orders.

        Each has one; a claim that was sent back is priced anew and handed in again.
        :return: the claims handed in now
        """
        # A claim follows from a done work order, whoever made it done.
        orders = self.sudo()
        Claim = orders.env["aftersales.claim"].with_context(tracking_disable=True)
        known = Claim.search([("work_order_id", "in", orders.ids)])
        fresh = (orders - known.work_order_id).filtered(
            lambda order: order._is_claimable()
        )
        again = known.filtered(lambda claim: claim.state == "returned")
        made = Claim._unguarded().create(fresh._prepare_claim_vals())
        for claim, vals in zip(
            again, again.work_order_id._prepare_claim_vals(), strict=True
        ):
            claim._write_guarded(vals)
        claims = (made | again)._guarded_again()
        claims._price()
        claims._submit()
        return claims

    def _is_claimable(self):
        """Whether the maker pays anything for this done work order. May be extended.

        Work the warranty decision leaves to the customer makes no claim.
        """
        self.ensure_one()
        return self.state == "done" and self._is_payable()

    def _is_payable(self):
        """Whether the maker pays anything for this job once it is done."""
        self.ensure_one()
        kind = self.request_type_id
        if not (self.station_id and kind.is_claimable):
            return False
        if self.is_imported:
            # Paid, or not, in the system it comes from.
            return False
        return self._is_on_maker()

    def _is_on_maker(self):
        """Whether any cost of this job is the maker's. May be extended."""
        return self._is_anything_covered()

    def _is_anything_covered(self):
        """Whether the warranty decision leaves any cost to the maker."""
        self.ensure_one()
        decision = self._get_claim_decision()
        return bool(
            not self.request_type_id.needs_warranty_decision
            or not decision
            or decision.covers_parts
            or decision.covers_labor
            or decision.covers_travel
        )

    def _get_claim_decision(self):
        """The warranty decision that counts: on what was found, else as told."""
        self.ensure_one()
        return self.warranty_decision_id or self.ticket_id.warranty_decision_id

    def _prepare_claim_vals(self):
        """Values of these work orders' claims, in their order. May be extended."""
        cards = self.env["aftersales.rate.card"]._get_cards(self.company_id)
        return [order._prepare_own_claim_vals(cards) for order in self]

    def _prepare_own_claim_vals(self, cards):
        """Values of this work order's claim, its rate card one of ``cards``."""
        self.ensure_one()
        card = self._get_rate_card(cards)
        is_internal = self.station_id.is_internal_team
        return {
            "work_order_id": self.id,
            "station_id": self.station_id.id,
            "is_internal_team": is_internal,
            "work_date": self._get_paid_day(),
            "warranty_decision_id": self._get_claim_decision().id,
            "rate_card_id": card.id,
            "currency_id": (card.currency_id or self.company_id.currency_id).id,
            "authorisation_limit": 0.0 if is_internal else card.authorisation_limit,
            "authorised_amount": self._get_authorised_amount(),
        }

    def _get_paid_day(self):
        """The day whose rates hold: of the work, else of its end, else today."""
        self.ensure_one()
        company = self.company_id or self.env.company
        return self.started_on or company._get_day(
            self.done_at or fields.Datetime.now()
        )

    def _get_rate_card(self, cards=None):
        """The card that prices this job, of ``cards`` or of all; may be none."""
        self.ensure_one()
        company = self.company_id or self.env.company
        if cards is None:
            cards = self.env["aftersales.rate.card"]._get_cards(company)
        return cards._pick(company, self._get_paid_day())

    def _get_pay_currency(self):
        """The money this job is paid in."""
        self.ensure_one()
        return self._get_rate_card().currency_id or self.company_id.currency_id

    # === WAY BACK === #

    def _is_settled(self):
        """Whether the station has a sheet with this job: nothing moves any more."""
        self.ensure_one()
        # A fact of the job, whoever asks.
        sheets = self.sudo().claim_ids.line_ids.settlement_id
        return super()._is_settled() or any(
            sheet.state not in ("draft", "computed") for sheet in sheets
        )

    def _return_to_station(self, reason):
        # The claim goes back with its job, whoever sends that back.
        claims = self.sudo().claim_ids
        claims._return_with_order(reason)
        return super()._return_to_station(reason)

    def _return_for_claim(self, reason):
        """Send the jobs of returned claims back to their stations."""
        self.filtered(lambda order: order.state == "done")._return_to_station(reason)

from dataclasses import replace
from datetime import date
from decimal import Decimal

from odoo.exceptions import AccessError, UserError
from odoo.tests import BaseCase, tagged
from odoo.tools import mute_logger

from odoo.addons.aftersales_settlement.tools import audit

from .common import SettlementCase


@tagged("post_install", "-at_install")
class TestAuthorisationRule(BaseCase):
    """A repair above the limit is paid only as far as it was consented to."""

    def test_amount_limit_and_consent(self):
        facts = audit.AuditFacts(
            claim_id=1,
            done_date=date(2024, 6, 15),
            lines=tuple(
                audit.AuditLine(
                    id=number, kind="labor", quantity=Decimal(1), amount=Decimal(300)
                )
                for number in (1, 2)
            ),
        )
        table = [
            (0, 0, False),
            (600, 0, False),
            (599, 0, True),
            (599, 600, False),
            (500, 550, True),
            (500, 100, True),
            (700, 100, False),
        ]
        for limit, granted, is_found in table:
            with self.subTest(limit=limit, granted=granted):
                found = audit.check_authorisation(
                    replace(
                        facts,
                        authorisation_limit=Decimal(limit),
                        authorised_amount=Decimal(granted),
                    )
                )
                self.assertEqual(bool(found), is_found)
                self.assertTrue(all(item.blocks for item in found))


@tagged("post_install", "-at_install")
class TestAuthorisation(SettlementCase):
    """Whoever repairs what costs more than the limit asks before."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.rate_card.authorisation_limit = 400.0

    def _make_open_order(self, **vals):
        unit = self.make_unit(f"A-{self._next()}", owner=self.customer_north)
        return self.make_work_order(
            self.make_request(unit), **{"state": "on_site", **vals}
        )

    def _ask(self, order, amount=450.0):
        return order._ask_authorisation(amount, "Crankshaft broken")

    def _codes(self, claim):
        return claim.finding_ids.mapped("code")

    def test_a_job_waits_until_it_is_answered(self):
        order = self._make_open_order(arrived_at="2026-01-05 04:00:00")
        consent = self._ask(order)
        self.assertEqual((order.state, order.wait_reason), ("waiting", "authorisation"))
        self.assertEqual(consent.state, "asked")
        self.assertEqual(consent.currency_id, self.rate_card.currency_id)
        activity = consent.activity_ids
        self.assertEqual(len(activity), 1)
        self.assertTrue(
            activity.user_id.has_group("aftersales_settlement.group_settlement_auditor")
        )
        consent.with_user(self.auditor).action_grant()
        self.assertEqual((consent.state, order.state), ("granted", "on_site"))
        self.assertEqual(consent.decided_by_id, self.auditor)
        self.assertFalse(consent.activity_ids)
        self.assertIn("Authorised", order.message_ids[0].body)

    def test_a_job_that_waits_for_parts_goes_on_waiting(self):
        order = self._make_open_order(state="waiting", wait_reason="parts")
        consent = self._ask(order)
        consent.with_user(self.auditor).action_grant()
        self.assertEqual((order.state, order.wait_reason), ("waiting", "parts"))

    def test_a_refusal_has_its_reason(self):
        consent = self._ask(self._make_open_order()).with_user(self.auditor)
        with self.assertRaisesRegex(UserError, "why you refuse"):
            consent.action_refuse()
        consent.answer = "Exchange the engine instead."
        consent.action_refuse()
        self.assertEqual((consent.state, consent.granted_amount), ("refused", 0.0))
        with self.assertRaises(UserError):
            consent.action_grant()
        with self.assertRaises(AccessError):
            consent.answer = "Changed my mind"

    def test_only_an_auditor_who_did_not_ask_decides(self):
        office = self.office_north
        order = self._make_open_order().with_user(office)
        consent = self._ask(order)
        with self.assertRaises(AccessError):
            consent.action_grant()
        office.group_ids += self.env.ref(
            "aftersales_settlement.group_settlement_auditor"
        )
        with self.assertRaisesRegex(AccessError, "did not ask"):
            consent.action_grant()
        self.assertFalse(consent.can_decide)
        self.assertTrue(consent.with_user(self.auditor).can_decide)

    def test_the_office_asks_in_a_dialog(self):
        order = self._make_open_order().with_user(self.office_north)
        self.assertTrue(order.can_ask_authorisation)
        action = order.action_ask_authorisation()
        model = self.env[action["res_model"]].with_user(self.office_north)
        consent = model.with_context(**action["context"]).create(
            {"asked_amount": 450.0, "reason": "Gear box", "work_order_id": order.id}
        )
        self.assertEqual(consent.asked_by_id, self.office_north)
        self.assertFalse(order.can_ask_authorisation)

    def test_what_was_asked_stays(self):
        consent = self._ask(self._make_open_order())
        for vals in (
            {"asked_amount": 1.0},
            {"reason": "Another"},
            {"state": "granted"},
            {"decided_by_id": self.auditor.id},
        ):
            with self.subTest(vals), self.assertRaises(AccessError):
                consent.with_user(self.auditor).write(vals)
        with self.assertRaises(AccessError):
            consent.unlink()

    def test_it_is_asked_once_at_a_time(self):
        order = self._make_open_order()
        consent = self._ask(order)
        with self.assertRaisesRegex(UserError, "already"):
            self._ask(order)
        with (
            mute_logger("odoo.sql_db"),
            self.assert_index_refuses("one_open"),
        ):
            self.env.cr.execute(
                "INSERT INTO aftersales_work_order_authorisation"
                " (work_order_id, state, currency_id, asked_amount, reason)"
                " VALUES (%s, 'asked', %s, 1, 'twice')",
                [order.id, consent.currency_id.id],
            )
        consent.with_user(self.auditor).action_grant()
        self.assertEqual(self._ask(order, 900.0).state, "asked")

    def test_where_it_is_not_asked(self):
        done = self.make_done_order()
        own_team = self._make_open_order(station_id=self.station_south.id)
        self.station_south.is_internal_team = True
        for order in (done, own_team):
            with self.subTest(order.state), self.assertRaises(UserError):
                self._ask(order)
        self.rate_card.authorisation_limit = 0.0
        with self.assertRaisesRegex(UserError, "needs no"):
            self._ask(self._make_open_order())

    def _make_asked_claim(self, granted=None, **vals):
        """The audited claim of 434.00, of which ``granted`` was authorised."""
        order = self.make_done_order(**vals)
        if granted:
            order._write_guarded({"state": "on_site"})
            consent = self._ask(order, granted)
            consent.with_user(self.auditor).action_grant()
            order._write_guarded({"state": "done"})
        claim = order._make_claims()
        claim._audit()
        return claim

    def test_a_claim_above_the_limit_without_consent_is_blocked(self):
        claim = self._make_asked_claim()
        self.assertEqual(self._codes(claim), ["authorisation_missing"])
        self.assertIn("needs prior authorisation", claim.finding_ids.text)
        self.assertEqual(claim.finding_ids.severity, "block")

    def test_a_claim_within_its_consent_passes(self):
        claim = self._make_asked_claim(granted=434.0)
        self.assertEqual((claim.state, self._codes(claim)), ("approved", []))

    def test_a_claim_above_its_consent_says_how_much_was_granted(self):
        claim = self._make_asked_claim(granted=420.0)
        self.assertEqual(self._codes(claim), ["authorisation_missing"])
        self.assertIn("420", claim.finding_ids.text)

    def test_a_claim_below_the_limit_needs_nothing(self):
        self.rate_card.authorisation_limit = 434.0
        self.assertEqual(self._make_asked_claim().state, "approved")

    def test_an_own_team_needs_no_consent(self):
        self.station_north.is_internal_team = True
        self.assertNotIn("authorisation_missing", self._codes(self._make_asked_claim()))

    def test_consent_passes_coverage(self):
        table = [(434.0, []), (None, ["not_covered"] * 3)]
        self.rate_card.authorisation_limit = 434.0
        for granted, codes in table:
            with self.subTest(granted=granted):
                claim = self._make_asked_claim(granted=granted, result=None)
                self.assertEqual(self._codes(claim), codes)

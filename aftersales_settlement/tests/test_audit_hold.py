from dataclasses import replace
from datetime import timedelta

from psycopg2.errors import CheckViolation

from odoo.exceptions import AccessError
from odoo.tests import BaseCase, tagged
from odoo.tools import mute_logger

from odoo.addons.aftersales_service.tools.plain import plain
from odoo.addons.aftersales_settlement.tools import audit, audit_load
from odoo.addons.aftersales_settlement.tools.audit_facts import Hold

from .common import SettlementCase
from .test_audit_rule import FACTS


@tagged("post_install", "-at_install")
class TestHoldRule(BaseCase):
    """Where approval is suspended a person looks."""

    def test_a_hold_sends_the_claim_to_a_person(self):
        facts = replace(FACTS, hold=Hold(id=4, count=2, until="2026-05-01"))
        (finding,) = audit.audit(facts)
        self.assertEqual((finding.code, finding.severity), ("quality_hold", "review"))
        self.assertEqual(
            finding.params, {"hold_id": 4, "count": 2, "until": "2026-05-01"}
        )
        self.assertEqual(audit_load.facts(plain(facts)), facts)


@tagged("post_install", "-at_install")
class TestAuditHold(SettlementCase):
    """A signal about quality suspends automatic approval and asks for evidence."""

    def setUp(self):
        super().setUp()
        self.today = self.company._get_today()

    def _hold(self, **vals):
        return self.env["aftersales.audit.hold"].create(
            {"name": "Pumps leak", "component_id": self.component.id, **vals}
        )

    def _codes(self, claim):
        claim._audit()
        return set(claim.finding_ids.mapped("code"))

    def test_a_component_on_hold_goes_to_a_person(self):
        hold = self._hold()
        claim = self.make_claim()
        self.assertEqual(self._codes(claim), {"quality_hold"})
        self.assertEqual(claim.state, "review")
        self.assertIn("Pumps leak", claim.finding_ids.text)
        hold.valid_to = self.today
        self.env.invalidate_all()
        claim._write_guarded({"state": "submitted"})
        claim._audit()
        self.assertIn("until", claim.finding_ids.text)

    def test_what_a_hold_is_about(self):
        other = self.component.copy({"code": "T-C8", "name": "Gearbox"})
        group = self.component.copy({"code": "T-C9", "name": "Engine"})
        self.component.parent_id = group
        unit = self.unit_north
        unit.production_batch = "2026-04"
        table = [
            ({"component_id": self.component.id}, True),
            ({"component_id": group.id}, True),
            ({"component_id": other.id}, False),
            ({"component_id": False, "product_id": unit.product_id.id}, True),
            ({"component_id": False, "product_id": self.part.id}, False),
            ({"product_id": unit.product_id.id}, True),
            ({"product_id": self.part.id}, False),
            ({"component_id": False, "production_batch": "2026-04"}, True),
            ({"component_id": False, "production_batch": "2026-05"}, False),
            ({"valid_from": self.today + timedelta(days=1)}, False),
            (
                {
                    "valid_from": self.today - timedelta(days=9),
                    "valid_to": self.today - timedelta(days=1),
                },
                False,
            ),
            ({"valid_to": self.today}, True),
            ({"active": False}, False),
            ({"company_id": False}, True),
            ({"company_id": self.env["res.company"].create({"name": "X"}).id}, False),
        ]
        claim = self.make_claim(unit=unit)
        for vals, is_held in table:
            hold = self._hold(**vals)
            with self.subTest(**vals):
                facts = claim._prepare_audit_facts({})[claim]
                self.assertEqual(bool(facts.hold), is_held)
                asked = claim.work_order_id._get_holds()
                self.assertEqual(bool(asked), is_held)
            hold.unlink()

    def test_two_holds_are_one_finding(self):
        first = self._hold()
        self._hold(name="Wrong oil")
        claim = self.make_claim()
        claim._audit()
        self.assertEqual(
            claim.finding_ids.params,
            {"hold_id": first.id, "count": 2, "until": "infinity"},
        )

    def test_evidence_is_asked_for_and_told_before(self):
        order = self.make_work_order()
        order.component_id = self.component
        before = order._get_evidence_list()
        self._hold(requires_photo=True)
        self.env.invalidate_all()
        self.assertEqual(order._get_evidence_list(), [*before, "At least one photo"])
        claim = self.make_claim()
        self.assertEqual(self._codes(claim), {"quality_hold", "evidence_missing"})

    def test_a_signal_suspends_approval_for_a_time(self):
        ticket = self.make_request()
        ticket.component_id = self.component
        ticket._apply_quality_signal({"reason": "Cracked housings"})
        hold = self.env["aftersales.audit.hold"].search([])
        self.assertEqual(hold.name, "Cracked housings")
        self.assertEqual(hold.component_id, self.component)
        self.assertEqual(hold.product_id, ticket.product_id)
        self.assertEqual(hold.ticket_id, ticket)
        self.assertEqual(hold.valid_to, self.today + timedelta(days=30))
        self.assertTrue(hold.requires_photo)
        claim = self.make_claim()
        self.assertEqual(self._codes(claim), {"quality_hold", "evidence_missing"})

    def test_a_second_signal_prolongs_the_first(self):
        ticket, signal = self.make_request(), {"production_batch": "2026-04"}
        ticket._apply_quality_signal({**signal, "days": 10})
        ticket._apply_quality_signal({**signal, "days": 20, "evidence": ["reading"]})
        ticket._apply_quality_signal({**signal, "days": 5})
        hold = self.env["aftersales.audit.hold"].search([])
        self.assertEqual(len(hold), 1)
        self.assertEqual(hold.valid_to, self.today + timedelta(days=20))
        self.assertTrue(hold.requires_photo and hold.requires_reading)
        self.assertIn(ticket.number, hold.name)
        ticket._apply_quality_signal({"production_batch": "2026-05"})
        self.assertEqual(self.env["aftersales.audit.hold"].search_count([]), 2)

    def test_a_signal_about_nothing_known_suspends_nothing(self):
        self.make_request()._apply_quality_signal({"reason": "Loud"})
        self.assertFalse(self.env["aftersales.audit.hold"].search([]))

    def test_a_hold_says_what_it_is_about(self):
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(CheckViolation),
            self.cr.savepoint(),
        ):
            self._hold(component_id=False)

    def test_managers_keep_holds_auditors_read_them(self):
        hold = self._hold()
        hold.with_user(self.manager).valid_to = self.today
        self.assertEqual(hold.with_user(self.auditor).name, "Pumps leak")
        for user in (self.auditor, self.office_north):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                hold.with_user(user).write({"active": False})

from datetime import date
from unittest.mock import patch

from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.aftersales_service.models.followup import aftersales_loyalty_class

from .test_followup_care import CareCase


@tagged("post_install", "-at_install")
class TestLoyalty(CareCase):
    """Loyalty follows from history and is seen and used at the desk."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        model = cls.env["aftersales.loyalty.class"]
        model.search([]).active = False
        cls.gold, cls.paying, cls.plain = model.create(
            [
                {"name": "Gold", "sequence": 1, "min_machines": 3, "min_years": 2},
                {"name": "Paying", "sequence": 2, "min_services": 2},
                {"name": "Plain", "sequence": 3},
            ]
        )
        cls.customer = cls.make_customer("Loyal", cls.north)

    def classify(self):
        cron = self.registry["ir.cron"]
        with patch.object(cron, "_commit_progress", lambda *a, **k: float("inf")):
            self.env["aftersales.loyalty.class"]._cron_classify()

    def own(self, number, year=2020, owner=None):
        owner = owner or self.customer
        for n in range(number):
            self.make_unit(
                f"L-{owner.id}-{year}-{n}", owner=owner, sale_date=date(year, 3, 1)
            )

    def pay(self, amount=80):
        ticket = self.make_request(partner_id=self.customer.id)
        return self.make_work_order(
            ticket,
            state="done",
            charge_line_ids=[Command.create({"kind": "labor", "amount": amount})],
        )

    def test_the_class_follows_from_machines_services_and_years(self):
        self.classify()
        self.assertFalse(self.customer.loyalty_class_id)
        self.own(1)
        self.classify()
        self.assertEqual(self.customer.loyalty_class_id, self.plain)
        self.pay()
        self.pay(0)
        self.classify()
        self.assertEqual(self.customer.loyalty_class_id, self.plain)
        self.pay()
        self.classify()
        self.assertEqual(self.customer.loyalty_class_id, self.paying)
        self.own(2, 2025)
        self.classify()
        self.assertEqual(self.customer.loyalty_class_id, self.gold)
        self.env["stock.lot"].search(
            [("owner_id", "=", self.customer.id)]
        ).owner_id = self.customer_south
        self.classify()
        self.assertEqual(self.customer.loyalty_class_id, self.paying)

    def test_the_reason_is_a_sentence(self):
        self.own(2)
        self.classify()
        customer = self.customer.with_user(self.agent_north)
        self.assertEqual(
            customer.loyalty_reason,
            "2 machines, the first of 03/01/2020; 0 paid services",
        )
        self.assertFalse(self.make_customer("New", self.north).loyalty_reason)

    def test_shown_at_the_desk(self):
        self.own(1)
        self.classify()
        ticket = self.make_request(partner_id=self.customer.id)
        self.assertEqual(ticket.loyalty_class_id, self.plain)
        [unit] = self.env["stock.lot"].search([("owner_id", "=", self.customer.id)])
        self.assertEqual(unit.loyalty_class_id, self.plain)
        interactions = self.env["aftersales.interaction"].with_user(self.agent_north)
        [row] = interactions._prepare_card_rows(
            self.customer.with_user(self.agent_north)
        )
        self.assertIn("Plain", row["details"])

    def test_a_service_level_may_ask_for_it(self):
        self.own(1)
        self.classify()
        level = self.env["aftersales.service.level"].create(
            {
                "name": "Loyal",
                "sequence": 0,
                "loyalty_class_ids": [Command.set(self.plain.ids)],
            }
        )
        stranger = self.make_customer("New", self.north)
        other = self.make_request(partner_id=stranger.id)
        self.assertNotEqual(other.service_level_id, level)
        ticket = self.make_request(partner_id=self.customer.id)
        self.assertEqual(ticket.service_level_id, level)
        person = self.make_customer("P", self.north, parent_id=self.customer.id)
        ticket = self.make_request(partner_id=person.id)
        self.assertEqual(ticket.service_level_id, level)
        other.partner_id = self.customer
        self.assertEqual(other.service_level_id, level)

    def test_a_care_rule_may_ask_for_it(self):
        self.own(1)
        self.classify()
        rule = self.make_rule(
            "holiday", loyalty_class_ids=[Command.set(self.plain.ids)]
        )
        stranger = self.make_customer("New", self.north)
        partners = self.made(rule).partner_id
        self.assertNotIn(stranger, partners)
        self.assertIn(self.customer, partners)
        self.assertEqual(partners.loyalty_class_id, self.plain)

    def test_only_headquarters_keeps_the_classes(self):
        self.plain.with_user(self.agent_north).read(["name"])
        with self.assertRaises(AccessError):
            self.plain.with_user(self.agent_north).min_machines = 1

    def test_by_batch_and_as_many_queries_for_one_as_for_thirty(self):
        def count(number):
            owners = self.env["res.partner"]
            for n in range(number):
                owners |= self.make_customer(f"Owner {n}", self.north)
                self.own(1, owner=owners[-1:])
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.classify()
            self.env.flush_all()
            found = self.env.cr.sql_log_count - before
            self.assertEqual(owners.loyalty_class_id, self.plain)
            return found

        count(1)
        self.assertEqual(count(1), count(30))
        with patch.object(aftersales_loyalty_class, "BATCH", 2):
            count(5)

from psycopg2.errors import CheckViolation

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger
from odoo.tools.safe_eval import safe_eval

from .test_followup_care import CareCase


@tagged("post_install", "-at_install")
class TestCareGift(CareCase):
    """A gift is taken once, when the care is done, and never below nothing."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.rule = cls.make_rule()
        cls.gift = cls.make_gift()

    @classmethod
    def make_gift(cls, **vals):
        return cls.env["aftersales.care.gift"].create(
            {"name": "Thermos", "quantity": 2, "territory_id": cls.north.id, **vals}
        )

    def make_care(self, number=1):
        for _n in range(number):
            self.born(5, 12)
        followups = self.made(self.rule).with_user(self.agent_north)
        followups.gift_id = self.gift
        return followups

    def test_done_takes_one_and_a_second_click_none(self):
        followup = self.make_care()
        self.assertEqual(self.gift.quantity, 2)
        followup.action_finish()
        self.assertEqual(self.gift.quantity, 1)
        self.assertTrue(followup.is_gift_taken)
        with self.assertRaises(UserError):
            followup.action_finish()
        self.assertEqual(self.gift.quantity, 1)

    def test_a_printed_letter_takes_its_gift(self):
        self.rule.letter = "<p>Dear {customer}</p>"
        followup = self.make_care()
        followup.action_print_letters()
        followup.action_print_letters()
        self.assertEqual(self.gift.quantity, 1)

    def test_an_answer_takes_its_gift(self):
        followup = self.make_followup()
        followup.gift_id = self.gift
        self.answer(followup, {"satisfaction": 5, "solved": "yes", "charged": "no"})
        self.assertEqual(self.gift.quantity, 1)

    def test_never_below_nothing(self):
        followups = self.make_care(3)
        with self.assertRaisesRegex(UserError, "Only 2"), self.cr.savepoint():
            followups.action_finish()
        self.env.invalidate_all()
        self.assertEqual(set(followups.mapped("state")), {"due"})
        followups[:2].action_finish()
        self.assertEqual(self.gift.quantity, 0)
        with self.assertRaises(UserError), self.cr.savepoint():
            followups[2:].action_finish()
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(CheckViolation),
            self.cr.savepoint(),
        ):
            self.gift.quantity = -1
            self.gift.flush_recordset()

    def test_cancelled_takes_none(self):
        self.make_care()._cancel("moved away")
        self.assertEqual(self.gift.quantity, 2)

    def _given(self):
        """What opens behind the button of the gift."""
        action = self.env.ref("aftersales_service.care_gift_given_action")
        domain = safe_eval(action.domain, {"active_id": self.gift.id})
        return self.env[action.res_model].search(domain)

    def test_a_gift_that_came_back_is_counted_once(self):
        followup = self.make_care()
        with self.assertRaises(UserError):
            followup.action_return_gift()
        followup.action_finish()
        self.assertEqual(self._given(), followup)
        followup.action_return_gift()
        self.assertFalse(self._given())
        self.assertEqual(self.gift.quantity, 2)
        with self.assertRaises(UserError):
            followup.action_return_gift()
        self.assertEqual(self.gift.quantity, 2)

    def test_what_was_given_is_not_changed(self):
        followup = self.make_care()
        followup.action_finish()
        with self.assertRaises(UserError):
            followup.gift_id = self.make_gift(name="Cap")
        with self.assertRaises(UserError):
            followup.write({"is_gift_taken": False})

    def test_what_is_done_gets_no_gift_that_nobody_counts(self):
        returned, bare = self.make_care(), self.make_care()
        bare.gift_id = False
        for followup in (returned, bare):
            followup.action_finish()
        returned.action_return_gift()
        for followup in (returned, bare):
            with self.subTest(followup=followup), self.assertRaises(UserError):
                followup.gift_id = self.make_gift(name="Cap")

    def test_a_gift_lies_where_the_customer_belongs_or_above(self):
        followup = self.make_care()
        with self.assertRaises(ValidationError):
            followup.gift_id = self.make_gift(territory_id=self.south.id)
        above = self.make_gift(territory_id=self.north.parent_id.id)
        followup.sudo().gift_id = above

    def test_agents_take_but_do_not_count(self):
        gift = self.gift.with_user(self.agent_north)
        self.assertEqual(gift.quantity, 2)
        with self.assertRaises(AccessError):
            gift.quantity = 9
        with self.assertRaises(AccessError):
            self.gift.with_user(self.agent_south).read(["quantity"])

    def test_as_many_queries_for_one_as_for_thirty(self):
        self.gift.quantity = 100

        def count(number):
            followups = self.make_care(number)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            followups._take_gifts()
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        count(1)
        self.assertEqual(count(1), count(30))

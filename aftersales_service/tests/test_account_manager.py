from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, tagged
from odoo.tools.safe_eval import safe_eval

from .border_doors import BorderDoorsMixin
from .test_followup import BAD
from .test_followup_care import CareCase


class ManagerCase(CareCase):
    """Two account managers; the one in the tests looks after the northern customer."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager = cls.make_user("account_manager", login="manager")
        cls.other_manager = cls.make_user("account_manager", login="manager-other")
        cls.customer_north.user_id = cls.manager
        cls.customer_south.user_id = cls.other_manager
        # A person of his customer whom nobody was named for.
        cls.person = cls.make_customer("Person", cls.north, aftersales_role="contact")
        cls.person.write({"parent_id": cls.customer_north.id, "user_id": False})
        cls.neighbour = cls.make_customer("Neighbour", cls.north)
        cls.care_rule = cls.make_rule(letter="<p>Dear {customer}</p>")
        cls.gift, cls.gift_above, cls.gift_south = cls.env[
            "aftersales.care.gift"
        ].create(
            [
                {"name": "Thermos", "quantity": 2, "territory_id": territory.id}
                for territory in (cls.north, cls.hq, cls.south)
            ]
        )

    @classmethod
    def make_care(cls, partner, **vals):
        followup = (
            cls.env["aftersales.followup"]
            ._unguarded()
            .create(
                {
                    "rule_id": cls.care_rule.id,
                    "partner_id": partner.id,
                    "event_key": "2026",
                    "due_date": cls.today,
                    **vals,
                }
            )
        )
        return followup._guarded_again()

    @classmethod
    def make_call(cls, unit):
        ticket = cls.make_request(unit)
        vals = {"ticket_id": ticket.id, "partner_id": ticket.partner_id.id}
        return cls.env["aftersales.followup"].create(vals | {"due_date": cls.today})


@tagged("post_install", "-at_install")
class TestAccountManagerBorder(BorderDoorsMixin, ManagerCase):
    """An account manager finds nothing of customers he does not look after."""

    MODULE = "aftersales_service"
    SHARED_LISTS = frozenset({"res.partner.care_ids"})
    REPORTS = 2

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.reader, cls.overseer = cls.manager, cls.headquarters
        cls.own = {
            "aftersales.followup": cls.make_call(cls.unit_north)
            | cls.make_care(cls.customer_north, gift_id=cls.gift.id)
            | cls.make_care(cls.person),
            "aftersales.care.gift": cls.gift | cls.gift_above,
        }
        cls.foreign = {
            "aftersales.followup": cls.make_call(cls.unit_south)
            | cls.make_care(cls.customer_south)
            # Of the same territory, and with a gift of his.
            | cls.make_care(cls.neighbour, gift_id=cls.gift.id),
            "aftersales.care.gift": cls.gift_south,
        }


@tagged("post_install", "-at_install")
class TestAccountManager(ManagerCase):
    """An account manager keeps the care list of his own customers."""

    def setUp(self):
        super().setUp()
        self.care = self.make_care(self.customer_north).with_user(self.manager)

    def _find(self, user, model="aftersales.followup"):
        self.env.invalidate_all()
        return self.env[model].with_user(user).search([])

    def test_his_list_opens_with_his_customers_of_the_month(self):
        foreign = self.make_care(self.neighbour)
        action = self.env.ref("aftersales_service.care_action_own")
        search = self.env["aftersales.followup"].with_user(self.manager)
        arch = search.get_view(action.search_view_id.id, "search")["arch"]
        context = safe_eval(action.context)
        self.assertIn("search_default_month", context)
        for name in ("own_customers", "care"):
            self.assertIn(f"search_default_{name}", context)
            with self.subTest(filter=name):
                part = arch.split(f'name="{name}"')[1].split('domain="')[1]
                domain = part.split('"')[0].replace("&amp;", "&")
                # As headquarters, whom no rule hides the other one from.
                found = (foreign | self.care).with_user(self.headquarters)
                found = found.filtered_domain(
                    safe_eval(domain, {"uid": self.manager.id})
                )
                self.assertIn(self.care, found)
                self.assertEqual(foreign in found, name == "care")

    def test_followers_of_other_customers_are_not_told(self):
        foreign = self.make_care(self.neighbour)
        subscribed = self.neighbour.ids
        foreign.message_subscribe(subscribed)
        self.care.sudo().message_subscribe(subscribed)
        followers = self.env["mail.followers"].sudo()
        row = followers.search(
            [("res_model", "=", foreign._name), ("res_id", "=", foreign.id)]
        ).filtered(lambda one: one.partner_id == self.neighbour)
        self.env.invalidate_all()
        door = followers.with_env(self.care.env)
        self.assertNotIn(row.id, door.search([]).ids)
        with self.assertRaises(AccessError):
            row.with_env(door.env).read(["name", "email"])
        self.assertIn(self.neighbour, self.care.message_follower_ids.partner_id)

    def test_gift_chosen_greeting_done_gift_taken(self):
        with Form(self.care) as form:
            form.gift_id = self.gift
        self.care.action_finish()
        self.assertEqual((self.care.state, self.gift.quantity), ("done", 1))
        self.assertEqual(self.care.user_id, self.manager)
        self.care.action_return_gift()
        self.assertEqual(self.gift.quantity, 2)

    def test_letters_are_printed_and_sent(self):
        self.care.action_print_letters()
        self.assertEqual(self.care.state, "done")
        page = self.env["ir.actions.report"].with_user(self.manager)
        text, _kind = page._render_qweb_html(
            "aftersales_service.report_followup_letter", self.care.ids
        )
        self.assertIn(self.customer_north.name, str(text))

    def test_nobody_was_reached_or_is_asked(self):
        action = self.care.action_not_reached()
        outcomes = self.env[action["res_model"]].with_user(self.manager)
        outcomes.with_context(**action["context"]).create({}).action_confirm()
        self.assertEqual(self.care.attempt_count, 1)
        action = self.care.action_cancel()
        outcomes = outcomes.with_context(**action["context"])
        outcomes.create({"reason": "Moved"}).action_confirm()
        self.assertEqual(self.care.state, "cancelled")
        foreign = self.make_care(self.neighbour)
        outcome = outcomes.create(
            {"kind": "cancel", "reason": "x", "followup_ids": [Command.set([])]}
        )
        outcome.sudo().followup_ids = foreign
        self.env.invalidate_all()
        # A dialog does nothing to what its user does not see.
        outcome.action_confirm()
        self.assertEqual(foreign.state, "due")

    def test_a_bad_answer_told_to_him_opens_a_sheet(self):
        followup = self.make_followup()
        self.answer(followup, BAD, self.manager)
        self.assertEqual(followup.state, "done")
        sheet = followup.problem_ticket_id
        self.assertEqual(sheet.territory_id, self.north)
        with self.assertRaises(AccessError):
            sheet.with_user(self.manager).read(["name"])

    def test_he_makes_nobody_his_customer(self):
        with self.assertRaises(AccessError):
            self.neighbour.with_user(self.manager).user_id = self.manager
        for name, value in (
            ("partner_id", self.neighbour.id),
            ("territory_id", self.south.id),
            ("company_id", False),
            ("state", "done"),
        ):
            with self.subTest(name), self.assertRaises(AccessError):
                self.care.write({name: value})
        with self.assertRaises(AccessError):
            self.care.create({"partner_id": self.customer_north.id})
        with self.assertRaises(AccessError):
            self.care.unlink()

    def test_what_is_late_is_not_given_away(self):
        self.care.action_take()
        for user in (self.other_manager, self.agent_north, self.env["res.users"]):
            with self.subTest(user.login), self.assertRaises(AccessError):
                self.care.user_id = user
        self.care.with_user(self.office_north).user_id = self.agent_north
        self.care.action_take()
        self.assertEqual(self.care.user_id, self.manager)

    def test_gifts_are_given_not_counted(self):
        gift = self.gift.with_user(self.manager)
        self.assertEqual(gift.quantity, 2)
        with self.assertRaises(AccessError):
            gift.quantity = 99
        with self.assertRaises(ValidationError):
            self.care.gift_id = self.gift_south
        self.gift.quantity = 0
        self.care.gift_id = gift
        with self.assertRaises(UserError):
            self.care.action_finish()

    def test_a_customer_handed_over_is_gone_at_once(self):
        gifts = "aftersales.care.gift"
        self.assertIn(self.care, self._find(self.manager))
        self.assertIn(self.gift, self._find(self.manager, gifts))
        self.customer_north.user_id = self.other_manager
        self.assertNotIn(self.care, self._find(self.manager))
        self.assertFalse(self._find(self.manager, gifts))
        self.assertIn(self.care, self._find(self.other_manager))
        self.assertIn(self.gift, self._find(self.other_manager, gifts))
        with self.assertRaises(AccessError):
            self.care.action_finish()

    def test_another_role_beside_it_sees_what_that_role_sees(self):
        foreign = self.make_care(self.neighbour)
        south = self.make_care(self.customer_south)
        for role in ("agent", "quality"):
            both = self.make_user(role, self.north, login=f"both-{role}")
            both.group_ids |= self.env.ref(
                "aftersales_service.group_aftersales_account_manager"
            )
            found = self._find(both)
            with self.subTest(role):
                self.assertIn(foreign, found)
                self.assertEqual(south in found, role == "quality")

    def test_answers_are_read_where_the_follow_up_is(self):
        """Also by an account manager who writes surveys."""
        self.manager.group_ids |= self.env.ref("survey.group_survey_user")
        own = self.make_followup()
        foreign = self.make_followup(self.make_request(self.unit_south))
        for followup in own | foreign:
            self.answer(followup, BAD, self.headquarters)
        for path in ("user_input_id", "user_input_id.user_input_line_ids"):
            mine, beyond = own.mapped(path), foreign.mapped(path)
            found = self._find(self.manager, mine._name)
            with self.subTest(path):
                self.assertTrue(beyond)
                self.assertEqual(found & (mine | beyond), mine)

    def test_a_list_of_many_takes_no_more_queries(self):
        def count():
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self._find(self.manager).mapped("partner_id.name")
            return self.env.cr.sql_log_count - before

        count()
        few = count()
        for number in range(20):
            partner = self.make_customer(f"C{number}", self.north)
            partner.user_id = self.manager
            self.make_care(partner)
        self.assertEqual(count(), few)

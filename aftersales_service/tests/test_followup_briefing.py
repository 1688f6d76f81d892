from datetime import timedelta

from lxml import etree

from odoo.exceptions import AccessError
from odoo.tests import tagged

from .test_account_manager import ManagerCase
from .test_followup import BAD


@tagged("post_install", "-at_install")
class TestFollowupBriefing(ManagerCase):
    """Before a greeting or a visit one reads what there is to know of the customer."""

    def setUp(self):
        super().setUp()
        self.care = self.make_care(self.customer_north)

    def _told(self, user, care=None):
        self.env.invalidate_all()
        return (care or self.care).with_user(user).briefing or ""

    def test_the_account_manager_reads_of_his_customer(self):
        ticket = self.make_request(self.unit_north)
        text = self._told(self.manager)
        self.assertIn(f"{self.unit_north.product_id.display_name} × 1", text)
        self.assertIn(ticket.number, text)
        with self.assertRaises(AccessError):
            ticket.with_user(self.manager).read(["number"])

    def test_the_last_job_and_the_last_answer_are_told(self):
        self.answer(self.make_followup(), BAD)
        text = self._told(self.manager)
        self.assertRegex(text, "Last job: .*WO")
        order = self.env["aftersales.work.order"].search([], limit=1)
        order._unguarded().component_id = self.component
        self.assertIn(self.component.name, self._told(self.manager))
        self.assertIn("Last answer: 1 of 5", text)

    def test_the_last_job_is_the_one_finished_last(self):
        first, second = (
            self.make_work_order(self.make_request(self.unit_north), state="done")
            for _number in range(2)
        )
        first._unguarded().done_at = second.done_at + timedelta(days=3)
        text = self._told(self.manager)
        self.assertIn(first.name, text)
        self.assertNotIn(second.name, text)

    def test_what_a_dealer_sold_is_counted(self):
        dealer = self.customer_north
        today = self.env.company._get_today()
        self.unit_south.write(
            {"selling_partner_id": dealer.id, "sale_date": today - timedelta(days=5)}
        )
        self.unit_north.write(
            {"selling_partner_id": dealer.id, "sale_date": today - timedelta(days=100)}
        )
        self.assertIn("Sold in the last 90 days: 1", self._told(self.manager))

    def test_his_people_are_told_of_with_the_firm(self):
        ticket = self.make_request(self.unit_north)
        care = self.make_care(self.person)
        self.assertIn(ticket.number, self._told(self.manager, care))

    def test_the_border_holds_for_who_is_bound_by_it(self):
        ticket = self.make_request(self.unit_south)
        ticket.sudo().partner_id = self.customer_north
        ticket.sudo().territory_id = self.south
        self.assertEqual(ticket.territory_id, self.south)
        self.assertIn(ticket.number, self._told(self.headquarters))
        self.assertNotIn(ticket.number, self._told(self.agent_north))

    def test_another_company_is_not_told_of(self):
        ticket = self.make_request(self.unit_north)
        other = self.env["res.company"].create({"name": "Other"})
        ticket.company_id = other
        self.assertNotIn(ticket.number, self._told(self.manager))

    def test_a_callback_on_a_job_needs_none(self):
        self.assertFalse(self._told(self.manager, self.make_call(self.unit_north)))

    def test_his_form_opens_nothing_he_may_not_read(self):
        action = self.env.ref("aftersales_service.care_action_own")
        views = {view.view_mode: view.view_id.id for view in action.view_ids}
        followups = self.env["aftersales.followup"].with_user(self.manager)
        form = etree.fromstring(followups.get_view(views["form"])["arch"])
        for name in ("ticket_id", "unit_id", "work_order_id", "problem_ticket_id"):
            with self.subTest(name):
                (field,) = form.iterfind(f".//field[@name='{name}']")
                self.assertIn("no_open", field.get("options", ""))
        button = form.find(".//button[@name='action_view_problem']")
        self.assertEqual(button.get("invisible"), "1")

    def test_many_take_no_more_queries(self):
        cares = self.care
        for number in range(20):
            partner = self.make_customer(f"Customer {number}", self.north)
            partner.user_id = self.manager
            cares |= self.make_care(partner)

        def count(records):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            records.with_user(self.manager).mapped("briefing")
            return self.cr.sql_log_count - before

        count(self.care)
        self.assertEqual(count(cares), count(self.care))

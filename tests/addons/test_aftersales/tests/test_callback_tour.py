from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from .test_tours import ToursCase


@tagged("post_install", "-at_install", "tour")
class TestCallbackTour(ToursCase):
    """The agent calls back after a repair, in a real browser."""

    def test_a_bad_answer_opens_a_problem_sheet(self):
        order = self.make_work_order(
            self.make_request(),
            state="done",
            done_at=fields.Datetime.now() - timedelta(days=5),
        )
        order._after_done()
        followup = order.followup_ids
        self.start_tour(
            self._action_url("aftersales_service.followup_action"),
            "aftersales_callback",
            login=self.agent_north.login,
        )
        followup.invalidate_recordset()
        self.assertEqual((followup.state, followup.satisfaction), ("done", 1))
        sheet = followup.problem_ticket_id
        self.assertEqual(sheet.partner_id, self.customer_north)
        self.assertEqual(sheet.territory_id, self.north)
        self.assertIn(order.ticket_id.number, sheet.description)
        self.assertIn("80", sheet.name)

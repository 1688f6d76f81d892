from datetime import date

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import AftersalesCase


@tagged("post_install", "-at_install")
class TestWarrantyTryout(AftersalesCase):
    """A draft is tried on last year's requests before it decides anything."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        Policy = cls.env["aftersales.warranty.policy"]
        Policy.search([]).active = False
        cls.live = Policy.create(
            {
                "name": "Twelve months",
                "line_ids": [(0, 0, {"name": "Whole machine", "months": 12})],
            }
        )
        cls.draft = cls.live.copy({"name": "Six", "is_draft": True})
        cls.draft.replaces_id = cls.live
        cls.draft.line_ids.months = 6
        cls.unit_north.sale_date = date(2026, 1, 10)
        days = ("2026-05-01", "2026-08-01", "2027-02-01")
        cls.tickets = cls.env["helpdesk.ticket"].concat(
            *(cls.make_request(received_at=f"{day} 04:00:00") for day in days)
        )
        cls.tickets._decide_warranty()

    def try_out(self):
        action = self.draft.with_user(self.headquarters).action_try_out()
        run = self.env["aftersales.run"].browse(action["res_id"])
        while run._work_batch():
            pass
        self.assertEqual(run.state, "done")
        rows = self.env["aftersales.warranty.tryout"].search([("run_id", "=", run.id)])
        return rows.filtered(lambda row: row.ticket_id in self.tickets).sorted("id")

    def test_a_draft_decides_nothing(self):
        self.live.active = False
        self.assertEqual(self.tickets[0]._decide_warranty().result, "chargeable")
        self.live.active = True
        self.draft.sequence = 1
        self.assertEqual(self.tickets[1]._decide_warranty().result, "covered")

    def test_it_shows_which_decisions_would_change(self):
        before = self.tickets.warranty_decision_id
        rows = self.try_out()
        self.assertEqual(rows.mapped("is_changed"), [False, True, False])
        self.assertEqual(
            rows.mapped("new_result"), ["covered", "chargeable", "chargeable"]
        )
        self.assertEqual(rows[1].old_result, "covered")
        self.assertEqual(rows[1].new_end_date, date(2026, 7, 10))
        self.assertEqual(self.tickets.warranty_decision_id, before)

    def test_only_the_decision_in_force_of_the_last_year_is_tried(self):
        old = self.tickets[0].warranty_decision_id
        self.tickets[0]._decide_warranty()
        self.env.cr.execute(
            "UPDATE aftersales_warranty_decision SET decided_at = %s WHERE id = %s",
            (
                fields.Datetime.subtract(fields.Datetime.now(), years=2),
                self.tickets[2].warranty_decision_id.id,
            ),
        )
        self.env.invalidate_all()
        rows = self.try_out()
        self.assertEqual(rows.ticket_id, self.tickets[0] | self.tickets[1])
        self.assertNotIn(old, rows.decision_id)

    def test_live_it_decides_and_the_old_one_is_put_away(self):
        with self.assertRaises(AccessError):
            self.draft.with_user(self.office_north).action_go_live()
        self.draft.with_user(self.headquarters).action_go_live()
        self.assertFalse(self.live.active)
        self.assertEqual(self.tickets[1]._decide_warranty().result, "chargeable")

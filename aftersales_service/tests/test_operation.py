from odoo.fields import Command
from odoo.tests import Form, tagged

from .common import AftersalesCase


@tagged("post_install", "-at_install")
class TestOperation(AftersalesCase):
    """Standard hours by model and category, on the report as they were then."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.single, cls.model = cls.operation.create(
            [
                {
                    "code": cls.operation.code,
                    "name": "Replace injection pump",
                    "standard_hours": hours,
                    **more,
                }
                for hours, more in (
                    (1.5, {"product_categ_id": cls.categ_single.id}),
                    (4.0, {"product_id": cls.engine.id}),
                )
            ]
        )
        unit = cls.make_unit("DX-S", cls.engine_single, owner=cls.customer_north)
        cls.small = cls.make_work_order(cls.make_request(unit), state="on_site")
        cls.big = cls.make_work_order(state="on_site")

    def test_report_offers_the_entry_of_the_machine(self):
        self.assertEqual(self.small._get_operation_choices(), self.single)
        self.assertEqual(self.big._get_operation_choices(), self.model)
        self.model.active = False
        self.assertEqual(self.big._get_operation_choices(), self.operation)

    def test_hours_of_the_machine_count_whichever_entry_was_chosen(self):
        line = {
            "operation_line_ids": [Command.create({"operation_id": self.operation.id})]
        }
        (self.small | self.big).write(line)
        hours = (self.small | self.big).operation_line_ids.mapped("standard_hours")
        self.assertEqual(hours, [1.5, 4.0])

    def test_hours_stay_as_they_were_when_reported(self):
        self.big.operation_line_ids = [Command.create({"operation_id": self.model.id})]
        self.env.flush_all()
        self.model.standard_hours = 9.0
        self.env.flush_all()
        self.assertEqual(self.big.operation_line_ids.standard_hours, 4.0)

    def test_own_team_sees_the_entries_of_the_machine(self):
        with Form(self.small.with_user(self.office_north)) as form:
            self.assertEqual(form.operation_choice_ids.ids, self.single.ids)
            with form.operation_line_ids.new() as line:
                line.operation_id = self.single
        self.assertEqual(self.small.operation_line_ids.standard_hours, 1.5)

    def test_lines_of_many_reports_cost_the_same_queries(self):
        def add(orders):
            self.env.flush_all()
            self.env.invalidate_all()
            orders.mapped("product_id.categ_id.parent_path")
            start = self.cr.sql_log_count
            lines = self.env["aftersales.work.order.operation"].create(
                [
                    {"work_order_id": order.id, "operation_id": self.operation.id}
                    for order in orders
                ]
            )
            self.env.flush_all()
            self.assertTrue(all(lines.mapped("standard_hours")))
            return self.cr.sql_log_count - start

        units = [
            self.make_unit(f"DX-Q{n}", owner=self.customer_north) for n in range(51)
        ]
        orders = self.big.union(
            *(self.make_work_order(self.make_request(unit)) for unit in units)
        )
        add(orders[:1])
        self.assertEqual(add(orders[2:]), add(orders[1:2]))

from datetime import date, timedelta

from psycopg2.errors import CheckViolation

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from ..models.unit.stock_lot_history import _CHANGE_KEY
from .common import AftersalesCase
from .test_work_order_report import ReportCase


@tagged("post_install", "-at_install")
class TestUnitOwners(AftersalesCase):
    """A machine knows its owners, whoever writes them."""

    def rows(self, unit):
        return [
            (row.partner_id, row.date_from, row.date_to)
            for row in unit.owner_period_ids.sorted("id")
        ]

    def test_the_first_owner_has_it_since_the_sale(self):
        rows = self.rows(self.unit_north)
        self.assertEqual(rows, [(self.customer_north, date(2026, 1, 10), False)])

    def test_a_transfer_is_one_action(self):
        buyer = self.make_customer("Buyer", self.north, street="Mill road 1")
        unit = self.unit_north.with_user(self.agent_north)
        with self.assertRaises(UserError):
            unit._transfer(self.customer_north, date(2026, 5, 1))
        action = unit.action_transfer()
        dialog = self.env["aftersales.unit.transfer"].with_user(self.agent_north)
        with Form(dialog.with_context(**action["context"])) as form:
            form.partner_id = buyer
            form.day = date(2026, 5, 1)
            form.reason = "Sold privately"
        form.record.action_confirm()
        self.env.invalidate_all()
        self.assertEqual(self.unit_north.owner_id, buyer)
        self.assertEqual(self.unit_north.site_street, "Mill road 1")
        self.assertEqual(
            self.rows(self.unit_north),
            [
                (self.customer_north, date(2026, 1, 10), date(2026, 5, 1)),
                (buyer, date(2026, 5, 1), False),
            ],
        )
        self.assertEqual(
            self.unit_north.owner_period_ids.sorted("id")[-1].reason, "Sold privately"
        )

    def test_nobody_has_it_before_the_owner_before_him(self):
        with self.assertRaisesRegex(UserError, "2026-01-10"):
            self.unit_north._transfer(self.customer_south, date(2026, 1, 9))
        self.unit_north._transfer(self.customer_south, date(2026, 1, 10))
        period = self.unit_north.owner_period_ids.filtered("date_to")
        with self.assertRaises(CheckViolation), mute_logger("odoo.sql_db"):
            period.date_to = date(2026, 1, 9)
            period.flush_recordset()

    def test_a_period_that_begins_tomorrow_ends_no_earlier(self):
        day = self.env.company._get_today() + timedelta(days=1)
        unit = self.make_unit("HI-NEW", owner=self.customer_north, sale_date=day)
        unit.owner_id = self.customer_south
        first = unit.owner_period_ids.filtered("date_to")
        self.assertEqual((first.date_from, first.date_to), (day, day))

    def test_a_void_machine_goes_to_nobody(self):
        self.unit_north.void_reason = "stolen"
        with self.assertRaises(UserError):
            self.unit_north._transfer(self.customer_south, date(2026, 5, 1))

    def test_an_owner_that_no_period_knows_is_kept(self):
        self.unit_north.owner_period_ids.unlink()
        self.unit_north.owner_id = self.customer_south
        rows = self.unit_north.owner_period_ids.sorted("id")
        self.assertEqual(rows.partner_id, self.customer_north | self.customer_south)
        self.assertEqual(rows.filtered("date_to").partner_id, self.customer_north)

    def test_another_office_transfers_nothing(self):
        with self.assertRaises(AccessError):
            self.unit_south.with_user(self.office_north).action_transfer()
        dialog = self.env["aftersales.unit.transfer"].with_user(self.office_north)
        dialog = dialog.create(
            {"unit_id": self.unit_south.id, "partner_id": self.customer_north.id}
        )
        with self.assertRaises(AccessError):
            dialog.action_confirm()

    def test_history_is_written_by_code_only(self):
        row = self.unit_north.owner_period_ids.with_user(self.headquarters)
        with self.assertRaises(AccessError):
            row.date_from = "2020-01-01"
        forged = self.unit_north.with_user(self.headquarters).with_context(
            **{_CHANGE_KEY: {"day": "2020-01-01", "keeps_history": True}}
        )
        forged.owner_id = self.customer_south
        self.assertEqual(len(self.unit_north.owner_period_ids), 2)
        self.assertNotEqual(
            self.unit_north.owner_period_ids[:1].date_from, date(2020, 1, 1)
        )

    def test_history_costs_the_same_for_many(self):
        units = self.env["stock.lot"]
        for number in range(20):
            units |= self.make_unit(f"HI-{number}", owner=self.customer_north)

        def count(some, owner):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            some.with_context(tracking_disable=True).owner_id = owner
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        count(self.unit_north, self.customer_south)
        one = count(units[:1], self.customer_south)
        self.assertLessEqual(count(units[1:], self.customer_south), one + 1)


@tagged("post_install", "-at_install")
class TestUnitComponents(ReportCase):
    """The accepted report changes what is built into the machine."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.part.tracking = "serial"
        cls.old = cls.make_unit("PU-OLD", cls.part, parent_unit_id=cls.unit_north.id)

    def report(self, serial, failed=False):
        self.order.write(
            self.report_vals(
                operation_line_ids=[Command.clear()],
                part_line_ids=[
                    Command.clear(),
                    Command.create(
                        {
                            "product_id": self.part.id,
                            "serial_text": serial,
                            "failed_serial_text": failed,
                        }
                    ),
                ],
                reading_value=120.0,
            )
        )
        self.order._submit_report()
        self.assertEqual(self.order.state, "done")
        return self.order.part_line_ids.move_id.lot_ids

    def test_the_new_part_takes_the_place_of_the_old(self):
        new = self.report("PU-NEW", "pu old")
        self.assertEqual(self.unit_north.component_unit_ids, new)
        self.assertFalse(self.old.parent_unit_id)
        rows = self.unit_north.component_period_ids.grouped("part_unit_id")
        self.assertEqual(rows[self.old].order_to_id, self.order)
        self.assertEqual(rows[self.old].date_to, self.order.started_on)
        self.assertEqual(rows[new].order_from_id, self.order)
        self.assertFalse(rows[new].date_to)
        self.assertEqual(self.unit_north.fitted_part_ids, self.order.part_line_ids)

    def test_the_only_one_of_its_kind_is_replaced_without_its_number(self):
        new = self.report("PU-NEW")
        self.assertEqual(self.unit_north.component_unit_ids, new)

    def test_a_corrected_report_puts_history_right(self):
        wrong = self.report("PU-WORNG", "PU-OLD")
        self.order._return_to_station("Number of the new part")
        right = self.report("PU-RIGHT", "PU-OLD")
        self.assertEqual(self.unit_north.component_unit_ids, right)
        self.assertFalse(wrong.parent_unit_id)
        rows = self.unit_north.component_period_ids
        self.assertEqual(rows.part_unit_id, self.old | right)
        self.assertEqual(len(rows), 2)
        self.assertEqual(rows.filtered("date_to").part_unit_id, self.old)

    def test_what_is_no_spare_part_stays_where_it_is(self):
        self.north.manager_id = self.office_north
        other = self.make_unit("DX-0500")
        asked = self.make_unit("PU-ASKED", self.part)
        self.make_request(asked, partner_id=self.customer_north.id)
        company = self.env["res.company"].create({"name": "Another maker"})
        cases = {
            "PU-OWNED": {"owner_id": self.customer_south.id},
            "PU-SOUTH": {"territory_id": self.south.id},
            "PU-INSIDE": {"parent_unit_id": other.id},
            "PU-SOLD": {"selling_partner_id": self.station_south.id},
            "PU-ASKED": {},
        }
        for serial, vals in cases.items():
            part = asked if serial == asked.name else self.make_unit(serial, self.part)
            part.write(vals)
            before = (part.parent_unit_id, part.territory_id, part.owner_id)
            order = self.order = self.make_work_order(state="on_site")
            with self.subTest(serial):
                self.assertEqual(self.report(serial), part)
                self.assertEqual(
                    (part.parent_unit_id, part.territory_id, part.owner_id), before
                )
                self.assertEqual(self.unit_north.component_unit_ids, self.old)
                task = order.activity_ids.filtered(
                    lambda task, serial=serial: serial in str(task.note)
                )
                self.assertEqual(task.user_id, self.office_north)
        foreign = self.make_unit("PU-FOREIGN", self.part, company_id=company.id)
        line = self.order.part_line_ids
        self.assertTrue(line._get_fit_obstacle(foreign))

    def test_the_number_of_another_company_is_not_the_one_typed_here(self):
        company = self.env["res.company"].create({"name": "Another maker"})
        theirs = self.make_unit("PU-9", self.part, company_id=company.id)
        shared = self.make_unit("PU-10", self.part)
        mine = self.report("PU-9")
        self.assertEqual((mine.name, mine.company_id), ("PU-9", self.env.company))
        self.assertEqual(mine.parent_unit_id, self.unit_north)
        self.assertFalse(theirs.parent_unit_id)
        self.order = self.make_work_order(state="on_site")
        self.assertEqual(self.report("PU-10"), shared)

    def test_one_task_for_a_number_however_often_it_is_reported(self):
        self.north.manager_id = self.office_north
        self.make_unit("PU-OWNED", self.part, owner=self.customer_south)
        self.report("PU-OWNED")
        self.order._return_to_station("Look again")
        self.report("PU-OWNED")
        tasks = self.order.activity_ids.filtered(
            lambda task: "PU-OWNED" in (task.summary or "")
        )
        self.assertEqual(len(tasks), 1)

    def test_a_part_of_the_maker_keeps_its_home_and_is_seen_with_the_machine(self):
        part = self.make_unit("PU-STOCK", self.part)
        home = part.territory_id
        self.assertEqual(self.report("PU-STOCK"), part)
        self.assertEqual(
            (part.parent_unit_id, part.territory_id), (self.unit_north, home)
        )
        self.env["helpdesk.ticket"]._cron_drop_visiting_territories()
        unit = self.unit_north.with_user(self.office_north)
        self.assertEqual(unit.component_unit_ids, part)
        self.assertFalse(part.with_user(self.office_north).has_access("write"))

    def test_a_new_number_at_the_roadside_belongs_where_the_machine_does(self):
        ticket = self.make_request(
            site_state_id=self.state_south.id, site_city_id=self.city_south.id
        )
        self.assertEqual(ticket.territory_id, self.south)
        self.order = self.make_work_order(ticket, self.station_south, "on_site")
        part = self.report("PU-ROAD")
        self.assertEqual(part.parent_unit_id, self.unit_north)
        self.assertEqual(part.territory_id, self.north)

    def test_a_batch_is_used_up_and_never_built_in(self):
        self.part.tracking = "lot"
        batch = self.make_unit("BATCH-7", self.part)
        self.assertEqual(self.report("BATCH-7"), batch)
        self.assertFalse(batch.parent_unit_id)
        self.assertFalse(self.order.activity_ids)

    def test_a_part_that_moved_on_stays_there_when_the_report_is_corrected(self):
        wrong = self.report("PU-WORNG", "PU-OLD")
        other = self.make_unit("DX-0500", owner=self.customer_north)
        (wrong | self.old).write({"parent_unit_id": other.id})
        self.order._return_to_station("Number of the new part")
        right = self.report("PU-RIGHT", "PU-OLD")
        self.assertEqual(self.unit_north.component_unit_ids, right)
        self.assertEqual(other.component_unit_ids, wrong | self.old)
        still = other.component_unit_ids.mapped("parent_unit_id")
        self.assertEqual(still, other)

    def test_the_file_shows_its_life(self):
        policy = self.env["aftersales.warranty.policy"].create(
            {"name": "Engines", "product_categ_ids": self.categ.ids, "sequence": 1}
        )
        self.env["aftersales.warranty.policy.line"].create(
            {"policy_id": policy.id, "name": "Whole machine", "months": 24}
        )
        self.unit_north.sale_date = self.env.company._get_today()
        self.report("PU-NEW")
        self.order.ticket_id.message_post(
            body="Owner called again", message_type="comment"
        )
        unit = self.unit_north.with_user(self.agent_north)
        self.env.flush_all()
        said = unit.timeline_ids.mapped("summary")
        self.assertIn("Owner called again", said)
        self.assertEqual(unit.followup_ids, self.order.followup_ids)
        self.assertEqual(unit.action_open_readings()["view_mode"], "graph,list")
        self.assertEqual(unit.reading_count, 1)
        with Form(unit, view="aftersales_service.unit_view_form") as form:
            end = fields.Date.to_date(form.warranty_end)
            days = (end - self.env.company._get_today()).days
            self.assertEqual(form.warranty_left, f"{days} days left")

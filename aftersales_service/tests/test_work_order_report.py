from datetime import timedelta

from odoo import fields
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged

from ..models.work_order.aftersales_work_order_report import ReportError
from .common import AftersalesCase


class ReportCase(AftersalesCase):
    """A job on site whose report is to be written."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.order = cls.make_work_order(state="on_site")
        cls.location = cls.station_north.station_stock_location_id

    def on_hand(self, product, location=None):
        return sum(
            self.env["stock.quant"]
            .search(
                [
                    ("product_id", "=", product.id),
                    ("location_id", "=", (location or self.location).id),
                ]
            )
            .mapped("quantity")
        )

    def moves(self, product=None):
        return self.env["stock.move"].search(
            [("product_id", "=", (product or self.part).id), ("state", "=", "done")]
        )

    def errors_of(self, order):
        with self.assertRaises(ReportError) as caught:
            order._submit_report()
        return {error[1]: error[3] for error in caught.exception.errors}


@tagged("post_install", "-at_install")
class TestWorkOrderReport(ReportCase):
    """Submitting a report: complete or refused as a whole, effects exactly once."""

    def test_everything_missing_is_told_at_once(self):
        self.repair.write({"requires_photo": True, "requires_signature": True})
        errors = self.errors_of(self.order)
        self.assertEqual(
            set(errors),
            {
                "component_id",
                "symptom_id",
                "cause_id",
                "remedy_id",
                "reading_value",
                "photo_ids",
                "signed_by",
            },
        )
        self.assertTrue(all(errors.values()))
        self.assertEqual(self.order.state, "on_site")

    def test_error_message_holds_every_sentence(self):
        with self.assertRaises(ReportError) as caught:
            self.order._submit_report()
        self.assertIn("Choose the cause.", str(caught.exception))
        self.assertIn("Enter the reading of the meter.", str(caught.exception))

    def test_reading_below_an_earlier_one_needs_a_reason(self):
        self._earlier_reading(500.0)
        self.order._save_report(self.report_vals(reading_value=120.0))
        self.assertEqual(
            self.errors_of(self.order),
            {"reading_reason": "The last reading was 500. Choose why it is lower now."},
        )
        self.order._save_report({"reading_reason": "exchanged"})
        self.order._submit_report()
        self.assertEqual(self.order.state, "done")

    def _earlier_reading(self, value):
        self.env["aftersales.unit.reading"].create(
            {"unit_id": self.unit_north.id, "value": value, "read_on": "2026-01-20"}
        )

    def test_work_in_the_future_is_refused(self):
        tomorrow = fields.Date.today() + timedelta(days=2)
        self.order._save_report(self.report_vals(started_on=tomorrow))
        self.assertIn("started_on", self.errors_of(self.order))

    def test_code_of_another_kind_is_refused(self):
        with self.assertRaises(ValidationError):
            self.order._save_report({"cause_id": self.remedy.id})

    def test_draft_takes_only_fields_of_the_report(self):
        with self.assertRaises(UserError):
            self.order._save_report({"station_id": self.station_south.id})

    # Effects

    def test_complete_report_is_done_by_itself(self):
        self.order._save_report(self.report_vals())
        self.order._submit_report()
        self.assertEqual(self.order.state, "done")
        self.assertTrue(self.order.reported_at)
        self.assertTrue(self.order.done_at)

    def test_report_decides_again_on_what_was_found(self):
        before = self.order.ticket_id._decide_warranty()
        self.order._save_report(self.report_vals(cause_id=self.misuse.id))
        self.order._submit_report()
        decision = self.order.warranty_decision_id
        self.assertNotEqual(decision, before)
        self.assertEqual(decision.work_order_id, self.order)
        self.assertEqual(self.order.ticket_id.warranty_decision_id, decision)

    def test_day_of_the_work_is_today_when_not_told(self):
        self.order._save_report(self.report_vals(started_on=False))
        self.order._submit_report()
        self.assertEqual(self.order.started_on, self.order._get_local_today())

    def test_second_submit_is_refused_and_changes_nothing(self):
        self.order._save_report(self.report_vals())
        self.order._submit_report()
        with self.assertRaises(UserError):
            self.order._submit_report()
        self.assertEqual(len(self.moves()), 1)
        self.assertEqual(len(self.unit_north.reading_ids), 1)

    def test_reading_is_kept_on_the_unit(self):
        self.order._save_report(self.report_vals(reading_value=120.0))
        self.order._submit_report()
        reading = self.unit_north.reading_ids
        self.assertEqual(
            (reading.value, reading.meter, reading.work_order_id),
            (120.0, "hours", self.order),
        )

    def test_reading_counts_what_the_unit_counts(self):
        self._earlier_reading(10.0)
        self.unit_north.reading_ids.meter = "km"
        self.order._save_report(self.report_vals())
        self.order._submit_report()
        self.assertEqual(self.unit_north.reading_ids.mapped("meter"), ["km", "km"])

    def test_request_type_with_approval_waits_for_the_office(self):
        self.repair.needs_report_approval = True
        self.order._save_report(self.report_vals())
        self.order._submit_report()
        self.assertEqual(self.order.state, "reported")
        self.order.with_user(self.office_north).action_approve()
        self.assertEqual(self.order.state, "done")

    def test_returned_report_is_corrected_and_done(self):
        self.repair.needs_report_approval = True
        self.order._save_report(self.report_vals())
        self.order._submit_report()
        self.order._return_to_station("The reading is unreadable")
        self.assertEqual(self.order.return_reason, "The reading is unreadable")
        self.order._save_report({"reading_value": 130.0})
        self.order._submit_report()
        self.assertEqual(self.order.state, "reported")
        self.assertFalse(self.order.return_reason)
        self.assertEqual(self.unit_north.reading_ids.value, 130.0)
        self.assertEqual(len(self.moves()), 1, "the same part is not moved again")

    def test_return_tells_the_station(self):
        self.order._save_report(self.report_vals())
        self.order._submit_report()
        self.order._return_to_station("Photo is missing")
        message = self.order.message_ids[0]
        self.assertIn("Photo is missing", message.body)
        self.assertEqual(message.partner_ids, self.station_north)


@tagged("post_install", "-at_install")
class TestReportEffects(ReportCase):
    """What a report moves: parts, corrections of the customer, the machine's file."""

    def test_parts_leave_the_station_for_the_customer(self):
        self.env["stock.quant"]._update_available_quantity(self.part, self.location, 5)
        self.order._save_report(self.report_vals())
        self.order._submit_report()
        line = self.order.part_line_ids
        self.assertEqual(line.move_id.state, "done")
        self.assertEqual(line.move_id.origin, self.order.name)
        self.assertEqual(line.move_id.location_id, self.location)
        self.assertEqual(
            line.move_id.location_dest_id, self.customer_north.property_stock_customer
        )
        self.assertEqual(self.on_hand(self.part), 4)
        self.assertFalse(self.order.activity_ids)

    def test_parts_the_stock_does_not_hold_go_negative_and_the_office_is_told(self):
        self.north.manager_id = self.office_north
        self.order._save_report(self.report_vals())
        self.order._submit_report()
        self.assertEqual(self.order.state, "done")
        self.assertEqual(self.on_hand(self.part), -1)
        self.assertEqual(self.order.activity_ids.user_id, self.office_north)
        self.assertTrue(
            any("more than its stock" in (m.body or "") for m in self.order.message_ids)
        )

    def test_consignment_stock_may_go_negative_too(self):
        self.location.usage = "internal"
        self.order._save_report(self.report_vals())
        self.order._submit_report()
        self.assertEqual(self.on_hand(self.part), -1)

    def test_changed_quantity_after_return_moves_the_difference(self):
        self.env["stock.quant"]._update_available_quantity(self.part, self.location, 5)
        self.order._save_report(self.report_vals())
        self.order._submit_report()
        self.order._return_to_station("Two pumps were fitted")
        line = self.order.part_line_ids
        self.order._save_report(
            {"part_line_ids": [Command.update(line.id, {"quantity": 2.0})]}
        )
        self.assertEqual(self.on_hand(self.part), 5, "put back until submitted")
        self.order._submit_report()
        self.assertEqual(self.on_hand(self.part), 3)
        self.assertEqual(line.move_id.quantity, 2)

    def test_removed_line_after_return_puts_the_part_back(self):
        self.env["stock.quant"]._update_available_quantity(self.part, self.location, 5)
        self.order._save_report(self.report_vals())
        self.order._submit_report()
        self.order._return_to_station("No pump was fitted")
        self.order._save_report({"part_line_ids": [Command.clear()]})
        self.assertEqual(self.on_hand(self.part), 5)

    def test_unchanged_line_after_return_stays_moved(self):
        self.order._save_report(self.report_vals())
        self.order._submit_report()
        line, move = self.order.part_line_ids, self.order.part_line_ids.move_id
        self.order._return_to_station("Say more")
        self.order._save_report(
            {"part_line_ids": [Command.update(line.id, {"quantity": 1.0})]}
        )
        self.assertEqual(line.move_id, move)

    def test_part_with_serial_names_it_and_registers_it(self):
        self.part.tracking = "serial"
        self.order._save_report(self.report_vals())
        self.assertIn("part_line_ids", self.errors_of(self.order))
        self.order.part_line_ids.serial_text = "P-77"
        self.order._submit_report()
        self.assertEqual(self.order.part_line_ids.move_id.lot_ids.name, "P-77")

    def test_known_serial_of_a_part_is_found_however_it_is_typed(self):
        self.part.tracking = "serial"
        lot = self.env["stock.lot"].create({"name": "P-78", "product_id": self.part.id})
        self.order._save_report(self.report_vals())
        self.order.part_line_ids.serial_text = "p 78"
        self.order._submit_report()
        self.assertEqual(self.order.part_line_ids.move_id.lot_ids, lot)

    def test_link_to_the_move_cannot_be_written(self):
        self.order._save_report(self.report_vals())
        move = self.env["stock.move"].search([], limit=1)
        with self.assertRaises(UserError):
            self.order.part_line_ids.with_user(self.headquarters).move_id = move

    # Corrections

    def test_phone_found_reaches_the_customer_with_a_note(self):
        self.order._save_report(self.report_vals(found_phone=" +86 139 1111 2222 "))
        self.order._submit_report()
        self.assertEqual(self.customer_north.phone, "+86 139 1111 2222")
        self.assertEqual(self.order.ticket_id.contact_phone, "+86 139 1111 2222")
        self.assertIn(self.order.name, self.customer_north.message_ids[0].body)

    def test_place_found_moves_request_and_machine(self):
        self.order._save_report(
            self.report_vals(
                found_street="Mill road 7", found_city_id=self.city_north.id
            )
        )
        self.order._submit_report()
        for record in (self.order.ticket_id, self.unit_north):
            self.assertEqual(record.site_street, "Mill road 7")
            self.assertEqual(record.site_city_id, self.city_north)
        self.assertEqual(self.customer_north.street, "Mill road 7")

    def test_place_found_does_not_move_a_company(self):
        self.customer_north.write({"is_company": True, "street": "Head office"})
        self.order._save_report(self.report_vals(found_street="Mill road 7"))
        self.order._submit_report()
        self.assertEqual(self.customer_north.street, "Head office")

    # Installation

    def test_installation_done_sets_the_units_file(self):
        unit = self.make_unit("DX-0100")
        ticket = self.make_request(
            unit=unit,
            partner_id=self.customer_north.id,
            request_type_id=self.installation.id,
            site_street="Mill road 7",
            site_city_id=self.city_north.id,
        )
        order = self.make_work_order(ticket=ticket, state="on_site")
        order._save_report({"started_on": "2026-02-01"})
        order._submit_report()
        self.assertEqual(
            (
                unit.installation_date,
                unit.installer_id,
                unit.owner_id,
                unit.site_street,
            ),
            (
                fields.Date.to_date("2026-02-01"),
                self.station_north,
                self.customer_north,
                "Mill road 7",
            ),
        )

    # Batch

    def _submit_many(self, count):
        tickets = self.env["helpdesk.ticket"].concat(
            *(
                self.make_request(
                    unit=self.make_unit(f"DX-{self.env.cr.sql_log_count}-{n}")
                )
                for n in range(count)
            )
        )
        orders = self.env["aftersales.work.order"].concat(
            *(self.make_work_order(ticket=t, state="on_site") for t in tickets)
        )
        for order in orders:
            order._save_report(self.report_vals(part_line_ids=[]))
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        orders._submit_report()
        self.env.flush_all()
        self.assertEqual(set(orders.mapped("state")), {"done"})
        return self.env.cr.sql_log_count - before

    def test_queries_do_not_grow_with_the_number_of_reports(self):
        self._submit_many(1)
        self.assertEqual(self._submit_many(1), self._submit_many(50))

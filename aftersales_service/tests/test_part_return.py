from ast import literal_eval
from datetime import timedelta
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged

from ..controllers import portal_part_return
from .portal_common import PortalCase
from .test_work_order_report import ReportCase


class ReturnCase(ReportCase):
    """Failed parts of a kind that must come back."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.part.failed_part_return = "always"
        cls.inspection = cls.env.ref("aftersales_service.stock_location_failed_parts")

    def done_order(self, **vals):
        order = self.make_work_order(state="on_site")
        order.write(self.report_vals(**vals))
        order._submit_report()
        return order

    def failed(self, **vals):
        return self.done_order(**vals).part_return_ids

    @property
    def failed_place(self):
        return self.station_north.station_failed_location_id


@tagged("post_install", "-at_install")
class TestPartReturn(ReturnCase):
    """A failed part comes back once, is inspected, and its stock is told once."""

    def test_done_job_asks_for_the_part_by_a_day(self):
        part = self.failed()
        self.assertEqual((part.product_id, part.state), (self.part, "due"))
        day = part.work_order_id._get_local_today() + timedelta(days=30)
        self.assertEqual(part.due_date, day)
        self.assertEqual(part.territory_id, self.north)

    def test_what_need_not_come_back_is_not_asked_for(self):
        self.part.failed_part_return = False
        self.assertFalse(self.failed())
        self.env.company.failed_part_return = "always"
        self.assertTrue(self.failed())
        self.part.failed_part_return = "never"
        self.assertFalse(self.failed())

    def test_when_the_maker_pays_follows_the_decision(self):
        self.part.failed_part_return = "warranty"
        order = self.done_order()
        decision = order.warranty_decision_id or order.ticket_id.warranty_decision_id
        self.assertEqual(bool(order.part_return_ids), bool(decision.covers_parts))

    def test_sending_moves_the_part_once_and_leaves_good_parts_alone(self):
        good = self.on_hand(self.part)
        part = self.failed()
        self.assertEqual(self.on_hand(self.part), good - 1)
        picking = part._send()
        self.assertEqual((part.state, part.picking_id), ("sent", picking))
        self.assertEqual(
            (picking.location_id, picking.location_dest_id),
            (self.failed_place, self.inspection),
        )
        self.assertEqual(picking.state, "assigned")
        self.assertEqual(self.on_hand(self.part), good - 1)
        self.assertEqual(self.on_hand(self.part, self.failed_place), 1)
        with self.assertRaises(UserError):
            part._send()
        self.assertEqual(self.on_hand(self.part, self.failed_place), 1)
        picking.button_validate()
        self.assertEqual(part.state, "received")
        self.assertEqual(self.on_hand(self.part, self.failed_place), 0)
        self.assertEqual(self.on_hand(self.part, self.inspection), 1)

    def test_cancelled_transfer_leaves_the_part_at_the_station(self):
        part = self.failed()
        part._send().action_cancel()
        self.assertEqual((part.state, part.picking_id.id), ("due", False))
        self.assertEqual(self.on_hand(self.part, self.failed_place), 1)
        part._send()
        self.assertEqual(self.on_hand(self.part, self.failed_place), 1)

    def test_parts_of_one_model_are_received_one_by_one(self):
        parts = self.failed() | self.failed()
        picking = parts._send()
        self.assertEqual(len(picking.move_ids), 2)
        parts[:1].with_user(self.quality).action_receive()
        self.assertEqual(parts.mapped("state"), ["received", "sent"])
        self.assertEqual(self.on_hand(self.part, self.inspection), 1)
        parts[1:].with_user(self.quality).action_receive()
        self.assertEqual(picking.state, "done")

    def test_tracked_part_moves_by_its_serial_or_by_the_number(self):
        self.part.tracking = "serial"
        lines = [
            Command.create(
                {
                    "product_id": self.part.id,
                    "serial_text": f"NEW-{number}",
                    "failed_serial_text": failed,
                }
            )
            for number, failed in enumerate(("OLD-1", False))
        ]
        parts = self.failed(part_line_ids=lines)
        parts._send().button_validate()
        self.assertEqual(
            set(parts.move_id.lot_ids.mapped("name")),
            {"OLD-1", parts.filtered(lambda p: not p.failed_serial_text).name},
        )

    def test_serial_of_a_good_part_in_stock_is_not_sent(self):
        self.part.tracking = "serial"
        good = self.env["stock.lot"].create(
            {"name": "GOOD-1", "product_id": self.part.id}
        )
        self.env["stock.quant"]._update_available_quantity(
            self.part, self.location, 1, lot_id=good
        )
        company = self.env["res.company"].create({"name": "Another maker"})
        foreign = self.env["stock.lot"].create(
            {"name": "THEIRS", "product_id": self.part.id, "company_id": company.id}
        )
        lines = [
            Command.create(
                {
                    "product_id": self.part.id,
                    "serial_text": f"NEW-{failed}",
                    "failed_serial_text": failed,
                }
            )
            for failed in ("GOOD-1", "THEIRS")
        ]
        parts = self.failed(part_line_ids=lines)
        parts._send().button_validate()
        self.assertFalse(parts.move_id.lot_ids & (good | foreign))
        part = parts.filtered(lambda part: part.failed_serial_text == "GOOD-1")
        self.assertEqual(part.move_id.lot_ids.name, part.name)
        self.assertEqual(good.location_id, self.location)

    def test_two_stations_send_two_parcels(self):
        south = self.make_work_order(
            self.make_request(self.unit_south), self.station_south, "on_site"
        )
        south.write(self.report_vals())
        south._submit_report()
        pickings = (self.failed() | south.part_return_ids)._send()
        self.assertEqual(pickings.partner_id, self.station_north | self.station_south)

    def test_quality_inspects_and_closes(self):
        part = self.failed()
        part._send().button_validate()
        mine = part.with_user(self.quality)
        with self.assertRaises(UserError):
            mine.action_close()
        mine.write({"result": "misuse", "result_note": "Water in the pump"})
        mine.action_close()
        self.assertEqual((part.state, part.inspected_by_id), ("closed", self.quality))
        self.assertIn("Water in the pump", part.work_order_id.message_ids[:1].body)
        with self.assertRaises(UserError):
            mine.result = "accepted"

    def test_what_never_came_is_closed_as_not_received(self):
        part = self.failed()
        picking = part._send()
        mine = part.with_user(self.quality)
        mine.result = "accepted"
        with self.assertRaises(UserError):
            mine.action_close()
        mine.result = "not_received"
        mine.action_close()
        self.assertEqual((part.state, picking.state), ("closed", "cancel"))

    def test_office_and_agent_do_not_inspect(self):
        part = self.failed()
        part._send()
        for user in (self.office_north, self.agent_north):
            mine = part.with_user(user)
            for act in (mine.action_receive, mine.action_close):
                with self.assertRaises(AccessError):
                    act()
            with self.assertRaises(AccessError):
                mine.write({"result": "accepted"})
        with self.assertRaises(AccessError):
            part.with_user(self.quality).write({"state": "closed"})

    def test_returned_report_asks_once_more_and_only_once(self):
        order = self.done_order()
        first = order.part_return_ids
        order._return_to_station("Which pump?")
        self.assertFalse(first.exists())
        order._submit_report()
        self.assertEqual(len(order.part_return_ids), 1)
        order.part_return_ids._send()
        order._return_to_station("Once more")
        order._submit_report()
        self.assertEqual(order.part_return_ids.state, "sent")

    def test_line_of_a_part_that_was_sent_stays(self):
        order = self.done_order()
        order.part_return_ids._send()
        order._return_to_station("Once more")
        with self.assertRaises(UserError):
            order.part_line_ids.quantity = 2
        with self.assertRaises(UserError):
            order.part_line_ids.unlink()
        order.part_line_ids.serial_text = "typed later"

    def test_overdue_list_holds_what_is_due_and_late(self):
        today = self.env.company._get_today()
        for_today, late, sent = self.failed(), self.failed(), self.failed()
        sent._send()
        for_today._write_guarded({"due_date": today})
        (late | sent)._write_guarded({"due_date": today - timedelta(days=1)})
        action = self.env.ref("aftersales_service.part_return_action_overdue")
        listed = self.env[action.res_model].search(literal_eval(action.domain))
        self.assertEqual(listed & (for_today | late | sent), late)

    def test_asking_costs_the_same_queries_for_many(self):
        def ask(count):
            orders = self.env["aftersales.work.order"]
            for number in range(count):
                unit = self.make_unit(
                    f"DX-R{len(orders.search([]))}{number}", owner=self.customer_north
                )
                order = self.make_work_order(self.make_request(unit), state="on_site")
                order.write(self.report_vals())
                orders |= order
            self.env.flush_all()
            self.env.invalidate_all()
            start = self.cr.sql_log_count
            orders._ask_for_failed_parts()
            self.env.flush_all()
            self.assertEqual(len(orders.part_return_ids), count)
            return self.cr.sql_log_count - start

        ask(1)
        self.assertEqual(ask(20), ask(1))

    def test_label_shows_number_and_a_code(self):
        part = self.failed(
            part_line_ids=[
                Command.create(
                    {"product_id": self.part.id, "failed_serial_text": "OLD-7"}
                )
            ]
        )
        html, _kind = self.env["ir.actions.report"]._render_qweb_html(
            "aftersales_service.action_report_part_return_label", part.ids
        )
        for text in (part.name, "OLD-7", part.work_order_id.name, "data:image/png"):
            self.assertIn(text, html.decode())


@tagged("post_install", "-at_install")
class TestPortalPartReturn(PortalCase, ReturnCase):
    """A station prints labels and sends its own parts, nobody else's."""

    def setUp(self):
        super().setUp()
        self.mine = self.failed()
        self.login(self.station_north_user)

    def test_station_sends_what_it_ticked(self):
        other = self.failed()
        page = self.page(self.get("/my/returns")).text_content()
        self.assertIn(self.mine.name, page)
        self.assertIn(other.name, page)
        response = self.post(
            "/my/returns/send", {"part_id": str(self.mine.id)}, follow=True
        )
        self.assertIn("expect your parcel", self.page(response).text_content())
        self.assertEqual((self.mine.state, other.state), ("sent", "due"))
        again = self.post("/my/returns/send", {"part_id": str(self.mine.id)})
        self.assertIn("alert-danger", again.text)
        self.assertEqual(self.on_hand(self.part, self.failed_place), 1)

    def test_nothing_ticked_sends_nothing(self):
        response = self.post("/my/returns/send")
        self.assertIn("Tick the parts", self.page(response).text_content())
        self.assertEqual(self.mine.state, "due")
        labels = self.post("/my/returns/labels")
        self.assertEqual(labels.status_code, 200, "all that are due")

    def test_a_part_that_is_due_is_never_pushed_off_the_list(self):
        sent = self.failed()
        self.post("/my/returns/send", {"part_id": str(sent.id)})
        with patch.object(portal_part_return, "MAX_PARTS", 1):
            page = self.page(self.get("/my/returns")).text_content()
        self.assertIn(self.mine.name, page)
        self.assertIn(sent.name, page)

    def test_job_page_leads_to_the_labels(self):
        page = self.page(self.get(f"/my/jobs/{self.mine.work_order_id.id}"))
        self.assertTrue(page.xpath("//a[@href='/my/returns']"))
        self.assertIn("One failed part of this job", page.text_content())
        lines = [Command.create({"product_id": self.part.id}) for _time in range(2)]
        job = self.failed(part_line_ids=lines).work_order_id
        page = self.page(self.get(f"/my/jobs/{job.id}")).text_content()
        self.assertIn("2 failed parts of this job", page)

    def test_foreign_parts_are_not_found(self):
        self.login(self.station_south_user)
        self.assertNotIn(self.mine.name, self.get("/my/returns").text)
        for url in ("/my/returns/send", "/my/returns/labels"):
            response = self.post(url, {"part_id": str(self.mine.id)})
            self.assertEqual(response.status_code, 404)
        self.assertEqual(self.mine.state, "due")
        self.login(self.customer_user)
        self.assertEqual(self.get("/my/returns").status_code, 404)

    def test_open_report_says_which_failed_part_to_keep(self):
        job = self.make_work_order(state="on_site")
        job.write(self.report_vals())
        page = self.get(f"/my/jobs/{job.id}/report").text
        self.assertIn("it must come back", page)

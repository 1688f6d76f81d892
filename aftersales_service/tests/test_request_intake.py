from psycopg2.errors import UniqueViolation

from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .common import AftersalesCase


@tagged("post_install", "-at_install")
class TestRequestIntake(AftersalesCase):
    """Taking a request: what is typed, what follows by itself."""

    def take(self, user=None, **vals):
        """A request as an agent saves it from the screen."""
        tickets = self.env["helpdesk.ticket"].with_user(user or self.agent_north)
        return tickets.create({"request_type_id": self.repair.id, **vals})

    def checks_of(self, ticket):
        return self.env["aftersales.serial.check"].search(
            [("ticket_id", "=", ticket.id)]
        )

    # The screen

    def test_agent_takes_a_call_from_top_to_bottom(self):
        tickets = self.env["helpdesk.ticket"].with_user(self.agent_north)
        with Form(tickets, view="aftersales_service.request_view_form") as call:
            call.partner_id = self.customer_north
            self.assertEqual(call.contact_phone, self.customer_north.phone)
            self.assertEqual(call.site_city_id, self.city_north)
            self.assertEqual(call.territory_id, self.north)
            call.serial_typed = "dx 0001"
            self.assertEqual(call.next_step, "check_serial")
            self.assertFalse(call.serial_verdict, "nothing is looked up while typing")
            call.request_type_id = self.repair
            call.symptom_id = self.symptom
            call.fault_text = "Cranks, no smoke"
        ticket = call.record
        self.assertEqual(ticket.unit_id, self.unit_north)
        self.assertEqual(ticket.serial_verdict, "genuine")
        self.assertIn("Genuine", ticket.serial_answer)
        self.assertEqual(ticket.name, "Repair · Does not start · Engine 4105")
        self.assertIn("Cranks, no smoke", ticket.description)
        self.assertEqual(ticket.next_step, "decide_warranty")
        self.assertTrue(ticket.answer_deadline and ticket.resolve_deadline)

    def test_header_leads_along_the_road(self):
        ticket = self.take(self.office_north, serial_typed="DX-0001")
        self.assertEqual(ticket.next_step, "decide_warranty")
        ticket.action_decide_warranty()
        self.assertEqual(ticket.next_step, "dispatch")
        order = self.make_work_order(ticket.sudo())
        self.assertFalse(ticket.next_step)
        self.assertIn(order.name, ticket.open_step)
        order._write_guarded({"state": "done"})
        self.assertEqual(ticket.next_step, "close")
        ticket.action_close()
        self.assertTrue(ticket.closed)
        self.assertFalse(ticket.next_step)

    def test_agent_is_not_offered_the_dispatch_button(self):
        ticket = self.take(serial_typed="DX-0001")
        ticket.action_decide_warranty()
        self.assertNotEqual(ticket.next_step, "dispatch")

    def test_summary_is_in_the_readers_language(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        self.symptom.with_context(lang="zh_CN").name = "不能起动"
        ticket = self.make_request()
        self.assertIn("不能起动", ticket.with_context(lang="zh_CN").summary)
        self.assertIn("Does not start", ticket.with_context(lang="en_US").summary)

    def test_suggestions_are_an_empty_panel_for_others_to_fill(self):
        ticket = self.make_request()
        self.assertIsInstance(ticket._get_suggestions(), list)

    # The serial

    def test_each_serial_is_asked_about_once(self):
        ticket = self.take(serial_typed="DX-0001")
        self.assertEqual(len(self.checks_of(ticket)), 1)
        ticket.action_check_serial()
        ticket.write({"serial_typed": "dx0001"})
        ticket.write({"priority": "2"})
        self.assertEqual(len(self.checks_of(ticket)), 1)
        ticket.write({"serial_typed": "NOBODY-7"})
        ticket.action_check_serial()
        self.assertEqual(len(self.checks_of(ticket)), 2)
        self.assertEqual(ticket.serial_verdict, "unknown")
        self.assertFalse(ticket.unit_id, "the machine of the other serial is gone")
        ticket.write({"serial_typed": False})
        self.assertFalse(ticket.serial_verdict)

    def test_machine_found_brings_its_owner(self):
        ticket = self.take(serial_typed="DX-0001")
        self.assertEqual(ticket.partner_id, self.customer_north)

    def test_caller_stays_who_he_is(self):
        friend = self.make_customer("Friend", self.north)
        ticket = self.take(serial_typed="DX-0001", partner_id=friend.id)
        self.assertEqual(ticket.partner_id, friend)
        self.assertEqual(ticket.serial_verdict, "mismatch")
        self.assertEqual(ticket.unit_id, self.unit_north)

    def test_model_tells_two_machines_with_one_serial_apart(self):
        twin = self.make_unit("DX-0001", product=self.engine_single)
        ticket = self.take(serial_typed="DX-0001")
        self.assertEqual(ticket.serial_verdict, "ambiguous")
        self.assertFalse(ticket.unit_id)
        ticket.write({"product_id": self.engine_single.id})
        self.assertEqual(ticket.serial_verdict, "genuine")
        self.assertEqual(ticket.unit_id, twin)

    def test_choosing_the_machine_fills_the_serial(self):
        ticket = self.take(unit_id=self.unit_north.id)
        self.assertEqual(ticket.serial_typed, "DX-0001")
        self.assertEqual(ticket.serial_verdict, "genuine")
        other = self.make_unit("DX-0003", owner=self.customer_north)
        ticket.write({"unit_id": other.id})
        self.assertEqual(ticket.serial_typed, "DX-0003")
        self.assertEqual(ticket.unit_id, other)

    def test_site_told_by_the_caller_stays_when_the_machine_is_found(self):
        self.unit_north.site_street = "Registered street 1"
        ticket = self.take(site_street="At the harbour")
        ticket.write({"serial_typed": "DX-0001"})
        self.assertEqual(ticket.unit_id, self.unit_north)
        self.assertEqual(ticket.site_street, "At the harbour")

    def test_agent_cannot_write_verdict_deadline_or_number(self):
        ticket = self.take(serial_typed="NOBODY-7")
        for vals in (
            {"serial_verdict": "genuine"},
            {"serial_checked": False},
            {"resolve_deadline": "2099-01-01 00:00:00"},
            {"number": "HT1"},
            {"station_id": self.station_north.id},
        ):
            with self.subTest(vals), self.assertRaises(AccessError):
                ticket.write(vals)
        with self.assertRaises(AccessError):
            self.take(serial_typed="X", serial_verdict="genuine")

    # The border

    def test_machine_from_elsewhere_can_be_worked_with_here(self):
        with self.assertRaises(AccessError):
            self.unit_south.with_user(self.agent_north).read(["name"])
        self.unit_south.site_street = "Southern street"
        ticket = self.take(serial_typed="DX-0002")
        self.assertEqual(ticket.territory_id, self.north, "the place of the fault")
        self.assertFalse(ticket.site_street, "its file does not come along")
        self.assertEqual(self.unit_south.visiting_territory_ids, self.north)
        self.assertIn(self.north, self.customer_south.visiting_territory_ids)
        self.env.invalidate_all()
        self.assertEqual(self.unit_south.with_user(self.agent_north).name, "DX-0002")
        self.assertEqual(
            ticket.partner_id.with_user(self.agent_north).name, "Customer South"
        )
        with self.assertRaises(AccessError):
            self.unit_south.with_user(self.agent_north).site_street = "Mine"

    def test_visit_ends_some_time_after_the_last_request(self):
        ticket = self.take(serial_typed="DX-0002")
        tickets = self.env["helpdesk.ticket"]
        cancelled = self.env.ref("helpdesk_mgmt.helpdesk_ticket_stage_cancelled")
        ticket.sudo().received_at = "2020-01-01 00:00:00"
        tickets._cron_drop_visiting_territories()
        self.assertTrue(self.unit_south.visiting_territory_ids, "it is open")
        ticket.sudo().stage_id = cancelled
        tickets._cron_drop_visiting_territories()
        self.assertTrue(self.unit_south.visiting_territory_ids, "closed just now")
        ticket.sudo().closed_date = "2020-02-01 00:00:00"
        tickets._cron_drop_visiting_territories()
        self.assertFalse(self.unit_south.visiting_territory_ids)
        self.assertFalse(self.customer_south.visiting_territory_ids)
        self.assertTrue(self.station_south.visiting_territory_ids, "it covers it")

    def test_request_of_another_region_is_refused(self):
        with self.assertRaises(AccessError):
            self.take(site_city_id=self.city_south.id)

    # In bulk

    def test_numbers_are_unique_and_in_batch(self):
        tickets = self.env["helpdesk.ticket"].create(
            [{"request_type_id": self.repair.id} for _ in range(3)]
        )
        self.assertEqual(len(set(tickets.mapped("number"))), 3)
        self.assertNotIn("/", tickets.mapped("number"))

    def test_the_database_refuses_a_number_twice(self):
        one, two = self.make_request(), self.make_request()
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaisesRegex(UniqueViolation, "_number_uniq"),
            self.cr.savepoint(),
        ):
            two.number = one.number
            two.flush_recordset()

    def test_the_queue_is_by_urgency_and_then_by_deadline(self):
        calm = self.make_request(priority="0")
        urgent_late, urgent_soon, open_end = (
            self.make_request(priority="3") for _n in range(3)
        )
        calm.resolve_deadline = "2026-01-01 08:00:00"
        urgent_late.resolve_deadline = "2026-01-09 08:00:00"
        urgent_soon.resolve_deadline = "2026-01-05 08:00:00"
        open_end.resolve_deadline = False
        queue = urgent_soon | urgent_late | open_end | calm
        found = self.env["helpdesk.ticket"].search([("id", "in", queue.ids)])
        self.assertEqual(found.ids, queue.ids)
        view = self.env["helpdesk.ticket"].get_view(
            self.env.ref("aftersales_service.request_view_list").id
        )
        self.assertNotIn("default_order", view["arch"])

    def test_two_requests_are_copied_with_new_numbers_and_no_verdicts(self):
        tickets = self.make_request() | self.make_request(self.unit_south)
        tickets._decide_warranty()
        copies = tickets.copy()
        self.assertEqual(len(copies), 2)
        self.assertEqual(len(set((tickets | copies).mapped("number"))), 4)
        self.assertFalse(copies.warranty_decision_id)
        agent_copy = tickets[0].with_user(self.agent_north).copy()
        self.assertNotEqual(agent_copy.number, tickets[0].number)

    def test_queries_do_not_grow_with_the_number_of_requests(self):
        units = self.env["stock.lot"].create(
            [
                {
                    "name": f"N-{index}",
                    "product_id": self.engine.id,
                    "owner_id": self.customer_north.id,
                }
                for index in range(51)
            ]
        )
        vals_list = [
            {
                "request_type_id": self.repair.id,
                "serial_typed": unit.name,
                "partner_id": self.customer_north.id,
                "symptom_id": self.symptom.id,
            }
            for unit in units
        ]
        tickets = self.env["helpdesk.ticket"].with_context(tracking_disable=True)
        tickets.create(vals_list[:1])
        counts = []
        for batch in (vals_list[:1], vals_list[1:]):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            tickets.create(batch)
            self.env.flush_all()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(counts[0], counts[1])


@tagged("post_install", "-at_install")
class TestRequestLife(AftersalesCase):
    """The office's stage and the state that follows from the work."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        ref = cls.env.ref
        cls.new = ref("helpdesk_mgmt.helpdesk_ticket_stage_new")
        cls.done = ref("helpdesk_mgmt.helpdesk_ticket_stage_done")
        cls.cancelled = ref("helpdesk_mgmt.helpdesk_ticket_stage_cancelled")
        cls.consultation = ref("aftersales_service.request_type_consultation")

    def assert_refused(self, ticket, sentence, stage=None):
        from odoo.exceptions import UserError

        with self.assertRaisesRegex(UserError, sentence), self.cr.savepoint():
            ticket.stage_id = stage or self.done

    def test_state_follows_the_work_orders(self):
        ticket = self.make_request()
        self.assertEqual(ticket.service_state, "to_dispatch")
        order = self.make_work_order(ticket, state="offered")
        self.assertEqual(ticket.service_state, "offered")
        for state, expected in (
            ("accepted", "in_progress"),
            ("on_site", "in_progress"),
            ("waiting", "waiting"),
            ("accepted", "in_progress"),
            ("moved", "to_dispatch"),
        ):
            order._update_state(state)
            self.assertEqual(ticket.service_state, expected, state)
        order = self.make_work_order(ticket, state="reported")
        self.assertEqual(ticket.service_state, "in_progress")
        order._update_state("done")
        self.assertIn(ticket.service_state, ("done", "to_follow_up"))

    def test_consultation_needs_no_station(self):
        ticket = self.make_request(request_type_id=self.consultation.id)
        self.assertEqual(ticket.service_state, "new")
        ticket.stage_id = self.done
        self.assertEqual(ticket.service_state, "done")

    def test_open_step_is_named_when_closing(self):
        ticket = self.make_request()
        self.assert_refused(ticket, "warranty is not decided")
        ticket._decide_warranty()
        self.assert_refused(ticket, "no station has the job yet")
        order = self.make_work_order(ticket)
        self.assert_refused(ticket, order.name)
        order._write_guarded({"state": "done"})
        ticket.followup_ids.unlink()
        ticket.stage_id = self.done
        self.assertTrue(ticket.closed)

    def test_machine_must_be_named(self):
        ticket = self.env["helpdesk.ticket"].create(
            {"request_type_id": self.repair.id, "partner_id": self.customer_north.id}
        )
        self.assert_refused(ticket, "machine is not named")

    def test_cancelled_request_needs_no_work_but_leaves_nobody_on_the_road(self):
        ticket = self.make_request()
        order = self.make_work_order(ticket)
        self.assert_refused(ticket, order.name, self.cancelled)
        order._update_state("cancelled")
        ticket.stage_id = self.cancelled
        self.assertTrue(ticket.closed)

    def test_duplicate_is_closed_without_work(self):
        ticket, other = self.make_request(), self.make_request()
        ticket.duplicate_id = other
        ticket.stage_id = self.done
        self.assertTrue(ticket.closed)

    def test_closing_date_goes_when_the_request_is_opened_again(self):
        ticket = self.make_request(request_type_id=self.consultation.id)
        self.assertFalse(ticket.closed_date)
        ticket.stage_id = self.done
        self.assertTrue(ticket.closed_date)
        ticket.stage_id = self.new
        self.assertFalse(ticket.closed_date)

    def test_request_made_in_a_closed_stage_has_a_closing_date(self):
        ticket = self.make_request(
            request_type_id=self.consultation.id, stage_id=self.done.id
        )
        self.assertTrue(ticket.closed_date)

    def test_type_names_the_department(self):
        team = self.env["helpdesk.ticket.team"].create(
            {"name": "Consultants", "user_ids": [Command.set(self.agent_north.ids)]}
        )
        self.consultation.team_id = team
        ticket = self.make_request(request_type_id=self.consultation.id)
        self.assertEqual(ticket.team_id, team)
        self.assertEqual(ticket.stage_id, self.new)

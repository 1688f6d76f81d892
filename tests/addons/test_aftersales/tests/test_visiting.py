from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import StoryCase


@tagged("post_install", "-at_install")
class TestVisiting(StoryCase):
    """A southern machine breaks down in the north, a southern station repairs it.

    Every step is taken by the northern agent, the northern office or the station's
    portal user with his own rights; the test only looks past the border.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._promise_twelve_months(cls.unit_south)
        cls.station_north.active = False
        cls.env["aftersales.station.coverage"].create(
            {"station_id": cls.station_south.id, "territory_id": cls.north.id}
        )

    def test_a_machine_and_a_station_from_elsewhere_are_worked_with(self):
        self.nothing_of_the_south_is_seen_before()
        request = self.agent_takes_the_call()
        self.agent_sees_machine_and_caller(request)
        order = self.office_sends_the_neighbour(request)
        self.office_opens_the_job_and_its_station(order)
        self.station_works_and_corrects_what_it_found(order)
        self.corrections_arrived_at_home(order)
        self.office_sees_the_job_done(order)
        self.agent_calls_back(order)
        self.office_reads_the_claim(order)
        self.agent_closes(request)
        self.the_rest_of_the_south_stays_closed()

    def nothing_of_the_south_is_seen_before(self):
        for record in (self.unit_south, self.customer_south):
            with self.assertRaises(AccessError):
                record.with_user(self.agent_north).read(["name"])

    def agent_takes_the_call(self):
        request = (
            self.env["helpdesk.ticket"]
            .with_user(self.agent_north)
            .create(
                {
                    "request_type_id": self.repair.id,
                    "serial_typed": "DX-0002",
                    "symptom_id": self.symptom.id,
                    "fault_text": "Stands at the roadside",
                    "site_state_id": self.state_north.id,
                    "site_city_id": self.city_north.id,
                    "site_street": "Highway 1",
                }
            )
        )
        self.assertEqual(request.territory_id, self.north, "the place of the fault")
        request.action_decide_warranty()
        self.assertEqual(request.warranty_result, "covered")
        return request

    def agent_sees_machine_and_caller(self, request):
        self.env.invalidate_all()
        [row] = request.web_read(
            {
                "unit_id": {"fields": {"name": {}, "sale_date": {}, "reading_ids": {}}},
                "partner_id": {"fields": {"name": {}, "phone": {}, "street": {}}},
                "owner_id": {"fields": {"display_name": {}}},
                "warranty_decision_id": {"fields": {"why": {}}},
            }
        )
        self.assertEqual(row["unit_id"]["name"], "DX-0002")
        self.assertEqual(row["partner_id"]["name"], "Customer South")
        self.assertTrue(row["warranty_decision_id"]["why"])

    def office_sends_the_neighbour(self, request):
        request.with_user(self.office_north).action_dispatch_best()
        order = request.sudo().work_order_ids
        self.assertEqual(order.state, "offered")
        self.assertEqual(order.station_id, self.station_south)
        return order

    def office_opens_the_job_and_its_station(self, order):
        self.env.invalidate_all()
        [row] = order.with_user(self.office_north).web_read(
            {
                "state": {},
                "dispatch_why": {},
                "station_id": {
                    "fields": {
                        "name": {},
                        "email": {},
                        "station_skill_ids": {"fields": {"display_name": {}}},
                        "station_coverage_ids": {"fields": {"territory_id": {}}},
                    }
                },
                "slot_ids": {"fields": {"day": {}}},
                "unit_id": {"fields": {"name": {}}},
                "partner_id": {"fields": {"name": {}, "phone": {}}},
            }
        )
        self.assertEqual(row["station_id"]["name"], "Station South")
        self.assertTrue(row["slot_ids"])
        with self.assertRaises(AccessError):
            self.station_south.with_user(self.office_north).name = "Mine"

    def station_works_and_corrects_what_it_found(self, order):
        user = self.station_south_user
        self.station_posts(user, order, "accept")
        self.station_posts(user, order, "arrive")
        self.assertEqual(order.ticket_id.service_state, "in_progress")
        self.station_hands_in(
            user, order, found_phone="+86 139 1111 2222", found_street="Highway 7"
        )

    def corrections_arrived_at_home(self, order):
        self.env.invalidate_all()
        self.assertEqual(order.ticket_id.site_street, "Highway 7")
        self.assertEqual(order.ticket_id.contact_phone, "+86 139 1111 2222")
        self.assertEqual(self.customer_south.phone, "+86 139 1111 2222")
        self.assertEqual(self.unit_south.reading_ids.value, 120.0)
        for record in (self.unit_south, self.customer_south):
            messages = record.message_ids.mapped("body")
            self.assertTrue([body for body in messages if order.name in body])
            self.assertEqual(record.territory_id, self.south)
        self.assertFalse(self.customer_south.street, "the roadside is not his home")
        self.assertFalse(self.unit_south.site_street, "nor the machine's")

    def office_sees_the_job_done(self, order):
        [row] = order.with_user(self.office_north).web_read(
            {
                "state": {},
                "part_line_ids": {"fields": {"product_id": {}}},
                "operation_line_ids": {"fields": {"operation_id": {}}},
                "unit_id": {"fields": {"reading_ids": {"fields": {"value": {}}}}},
            }
        )
        self.assertEqual(row["state"], "done")
        self.assertEqual(row["unit_id"]["reading_ids"][0]["value"], 120.0)

    def agent_calls_back(self, order):
        followup = order.followup_ids
        self.env.invalidate_all()
        [row] = followup.with_user(self.agent_north).web_read(
            {
                "phone": {},
                "unit_id": {"fields": {"name": {}}},
                "partner_id": {"fields": {"name": {}}},
                "station_id": {"fields": {"name": {}}},
                "questions": {},
            }
        )
        self.assertEqual(row["phone"], "+86 139 1111 2222")
        self.agent_asks_the_customer(self.agent_north, followup)

    def office_reads_the_claim(self, order):
        self.env.invalidate_all()
        claim = order.with_user(self.office_north).claim_ids
        self.assertEqual(claim.station_id.name, "Station South")
        self.assertEqual(claim.unit_id.name, "DX-0002")

    def agent_closes(self, request):
        self.env.invalidate_all()
        self.assertFalse(request._get_open_step())
        request.action_close()
        self.assertTrue(request.closed)

    def the_rest_of_the_south_stays_closed(self):
        other = self.make_unit("DX-0099", owner=self.customer_south)
        own_job = self.make_work_order(self.make_request(other), self.station_south)
        self.env.invalidate_all()
        for user in (self.agent_north, self.office_north):
            for record in (other, own_job, own_job.ticket_id):
                with self.assertRaises(AccessError):
                    record.with_user(user).read(["name"])

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged

from .portal_common import PortalCase, make_picture

URL = "/my/installations/new"


@tagged("post_install", "-at_install")
class TestPortalInstallation(PortalCase):
    """A station registers what it installed: request, work order, machine's file."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.unit = cls.make_unit("DX-0500")
        cls.today = cls.env.company._get_today()

    def setUp(self):
        super().setUp()
        self.login(self.station_north_user)

    def complete(self, **more):
        return {
            "serial": "dx 0500",
            "started_on": self.today.isoformat(),
            "customer_name": "Wang",
            "customer_phone": "+86 137 1234 5678",
            "site_city": self.city_north.name,
            "site_street": "Mill road 7",
            "site_zip": "250000",
            "reading_value": "1",
            **more,
        }

    def orders(self):
        return self.unit.work_order_ids

    def test_installation_fills_the_file_and_is_done(self):
        response = self.post(URL, self.complete(), follow=True)
        self.assertIn("handed in", self.page(response).text_content())
        order = self.orders()
        self.assertEqual(order.state, "done")
        self.assertEqual(order.station_id, self.station_north)
        self.assertEqual(order.ticket_id.territory_id, self.north)
        self.assertEqual(order.ticket_id.request_type_id, self.installation)
        unit = self.unit
        self.assertEqual(
            (unit.installation_date, unit.installer_id, unit.site_street),
            (self.today, self.station_north, "Mill road 7"),
        )
        self.assertEqual(unit.owner_id.name, "Wang")
        self.assertEqual(unit.owner_id.aftersales_role, "customer")
        self.assertEqual(unit.owner_id.territory_id, self.north)
        self.assertEqual(unit.last_reading, 1)

    def test_follow_up_becomes_due(self):
        self.post(URL, self.complete())
        self.assertEqual(self.orders().ticket_id.followup_ids.mapped("state"), ["due"])

    def test_double_submit_registers_once(self):
        self.post(URL, self.complete())
        response = self.post(URL, self.complete())
        self.assertIn("installed already", self.page(response).text_content())
        self.assertEqual(len(self.orders()), 1)

    def test_installation_that_waits_for_approval_is_not_registered_again(self):
        self.installation.needs_report_approval = True
        self.post(URL, self.complete())
        self.assertEqual(self.orders().state, "reported")
        self.assertFalse(self.unit.installation_date)
        response = self.post(URL, self.complete())
        self.assertIn("installed already", self.page(response).text_content())
        self.assertEqual(len(self.orders()), 1)

    def test_everything_missing_is_told_and_what_was_typed_is_kept(self):
        response = self.post(URL, {"shop": "Five Star", "started_on": ""})
        found = self.sentences(response)
        for name in (
            "serial",
            "customer_name",
            "customer_phone",
            "site_street",
            "started_on",
        ):
            self.assertIn(name, found)
        self.assertEqual(self.value(response, "shop"), "Five Star")

    def test_evidence_of_the_request_type_is_asked(self):
        self.installation.write({"requires_signature": True, "requires_photo": True})
        response = self.post(URL, self.complete())
        self.assertEqual(set(self.sentences(response)), {"signed_by", "photos"})
        self.assertFalse(self.orders(), "nothing is left behind")
        self.post(
            URL,
            self.complete(signed_by="Wang"),
            files={"photos": ("a.jpg", make_picture())},
        )
        order = self.orders()
        self.assertEqual(order.state, "done")
        self.assertEqual(order.photo_ids.res_id, order.id)

    def test_unknown_and_void_serial_are_refused_alike_and_logged(self):
        self.unit.void_reason = "stolen"
        answers = set()
        for serial in ("NO-SUCH-1", "DX-0500"):
            response = self.post(URL, self.complete(serial=serial))
            answers.add(self.sentences(response)["serial"])
            check = self.env["aftersales.serial.check"].search(
                [("typed_serial", "=", serial)], limit=1
            )
            self.assertEqual(check.channel, "station")
        self.assertEqual(len(answers), 1)
        self.assertFalse(self.orders())

    def test_serial_of_two_models_asks_for_the_model(self):
        twin = self.make_unit("DX-0500", product=self.engine_single)
        response = self.post(URL, self.complete())
        self.assertIn("model_id", self.sentences(response))
        self.post(URL, self.complete(model_id=str(self.engine_single.id)))
        self.assertEqual(twin.installation_date, self.today)
        self.assertFalse(self.unit.installation_date)

    def test_strangers_phone_does_not_open_his_file(self):
        stranger = self.make_customer("Zhao", self.south, phone="+8613712345678")
        self.post(URL, self.complete())
        self.assertNotEqual(self.unit.owner_id, stranger)
        self.assertEqual(stranger.territory_id, self.south)

    def test_known_customer_is_used_again(self):
        known = self.make_customer("Wang", self.north, phone="+86 137 1234 5678")
        self.post(URL, self.complete())
        self.assertEqual(self.unit.owner_id, known)

    def test_registered_owner_stays_and_the_office_is_told(self):
        self.unit.owner_id = self.customer_north
        self.post(URL, self.complete())
        self.assertEqual(self.unit.owner_id, self.customer_north)
        self.assertIn("another owner", self.orders().ticket_id.fault_text)

    def test_named_shop_is_linked_an_unknown_one_noted(self):
        shop = self.make_customer("Five Star", self.north, aftersales_role="shop")
        self.post(URL, self.complete(shop="Five Star"))
        self.assertEqual(self.unit.purchase_place_id, shop)
        other = self.make_unit("DX-0501")
        self.post(URL, self.complete(serial="DX-0501", shop="Corner <b>shop</b>"))
        self.assertFalse(other.purchase_place_id)
        ticket = other.work_order_ids.ticket_id
        self.assertIn("Corner <b>shop</b>", ticket.fault_text)
        self.assertNotIn("<b>", ticket.description)

    def test_station_cannot_install_in_the_name_of_another(self):
        self.post(URL, self.complete(station_id=str(self.station_south.id)))
        self.assertEqual(self.unit.installer_id, self.station_north)

    def test_future_day_is_refused(self):
        tomorrow = fields.Date.add(self.today, days=1).isoformat()
        response = self.post(URL, self.complete(started_on=tomorrow))
        self.assertIn("started_on", self.sentences(response))
        self.assertFalse(self.orders())

    def test_installed_machine_is_refused_by_the_model_too(self):
        self.unit.installation_date = self.today
        with self.assertRaises(UserError):
            self.unit._check_installable()

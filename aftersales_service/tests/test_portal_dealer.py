from psycopg2.errors import UniqueViolation

from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from .portal_common import PortalCase
from .test_network_stock import NetworkStockCase


@tagged("post_install", "-at_install")
class TestPortalDealer(PortalCase, NetworkStockCase):
    """A dealer sees what he has, and registers what he sells and passes on."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other = cls.make_dealer("Dealer North 2")
        cls.dealer_user = new_test_user(
            cls.env, "dealer_user", groups="base.group_portal", name="Dealer user"
        )
        cls.dealer_user.partner_id.write({"parent_id": cls.dealer.id})
        cls.unit = cls.make_unit(
            "DL-0001", selling_partner_id=cls.dealer.id, sale_date=False
        )
        cls.foreign = cls.make_unit(
            "DL-0002", selling_partner_id=cls.other.id, sale_date=False
        )
        cls.today = cls.env.company._get_today()

    def setUp(self):
        super().setUp()
        self.login(self.dealer_user)

    def sale(self, **more):
        return {
            "serial": "dl 0001",
            "moved_on": self.today.isoformat(),
            "condition": "new",
            "quantity": "1",
            "customer_name": "Zhao",
            "customer_phone": "+86 139 1234 0000",
            **more,
        }

    def movements(self):
        return self.env["aftersales.dealer.movement"].search([])

    def test_a_sale_begins_the_warranty_and_leaves_the_list(self):
        page = self.page(self.get("/my/stock")).text_content()
        self.assertIn("DL-0001", page)
        self.assertNotIn("DL-0002", page)
        response = self.post("/my/stock/sale/new", self.sale(), follow=True)
        self.assertIn("Registered", self.page(response).text_content())
        self.assertEqual(self.unit.owner_id.name, "Zhao")
        self.assertEqual(self.unit.sale_date, self.today)
        self.assertEqual(self.unit.owner_id.territory_id, self.north)
        self.assertFalse(
            self.env["stock.lot"].search_count(self.dealer._get_unsold_domain())
        )

    def test_what_cannot_be_sold_is_told_at_its_field_and_nothing_is_lost(self):
        # Another dealer's, a sold one and none at all are told alike.
        for serial in ("DL-0002", self.unit_north.name, "NOBODY-7"):
            with self.subTest(serial):
                response = self.post("/my/stock/sale/new", self.sale(serial=serial))
                self.assertIn(
                    "not among your machines", self.sentences(response)["serial"]
                )
                self.assertEqual(self.value(response, "customer_name"), "Zhao")
        self.assertFalse(self.movements())

    def test_his_machine_as_another_model_is_told(self):
        self.make_unit("DL-0008", self.engine_single, selling_partner_id=self.dealer.id)
        response = self.post(
            "/my/stock/sale/new", self.sale(product_id=str(self.engine_single.id))
        )
        self.assertIn("another model", self.sentences(response)["product_id"])
        self.assertFalse(self.movements())

    def test_questions_about_machines_of_others_are_counted(self):
        self.env.company.write({"verify_limit_address": 2, "verify_limit_total": 100})
        for number in range(2):
            self.post("/my/stock/sale/new", self.sale(serial=f"NOBODY-{number}"))
        response = self.post("/my/stock/sale/new", self.sale(serial="DL-0002"))
        self.assertIn("Too many", self.sentences(response)["serial"])
        self.post("/my/stock/sale/new", self.sale())
        self.assertEqual(self.unit.owner_id.name, "Zhao", "his own he sells as ever")

    def test_a_second_click_registers_once(self):
        self.post("/my/stock/sale/new", self.sale())
        response = self.post("/my/stock/sale/new", self.sale())
        self.assertIn("sold already", self.sentences(response)["serial"])
        self.assertEqual(len(self.movements()), 1)
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(UniqueViolation) as caught,
            self.cr.savepoint(),
        ):
            vals = self.movements()._unguarded().copy_data()[0]
            vals |= {"dealer_id": self.other.id, "unit_id": self.unit.id}
            vals |= {"product_id": self.engine.id, "moved_on": self.today}
            self.movements()._unguarded().create(vals)
        self.assertIn("_sold_once", str(caught.exception))

    def test_a_machine_is_passed_on_to_another_dealer(self):
        vals = {
            "serial": "DL-0001",
            "moved_on": self.today.isoformat(),
            "to_partner_id": str(self.other.id),
        }
        self.post("/my/stock/transfer/new", vals)
        self.assertEqual(self.unit.selling_partner_id, self.other)
        self.assertFalse(self.unit.sale_date)
        south = self.make_dealer("Dealer South", **self._place(self.south))
        response = self.post(
            "/my/stock/transfer/new", {**vals, "to_partner_id": str(south.id)}
        )
        self.assertIn("Choose from the list", self.sentences(response)["to_partner_id"])

    def test_parts_leave_the_stock_by_model_and_quantity(self):
        place = self.place(self.dealer)
        self.stock(self.part, place, 5)
        vals = {"product_id": str(self.part.id), "quantity": "2"}
        self.post("/my/stock/sale/new", {**vals, "moved_on": self.today.isoformat()})
        self.assertEqual(self.on_hand(self.part, place), 3)
        page = self.page(self.get("/my/stock")).text_content()
        self.assertIn(self.part.name, page)

    def test_a_delivery_makes_the_machine_the_dealers_to_sell(self):
        unit = self.make_unit("DL-0003", sale_date=False, shipping_date=False)
        self.stock(self.engine, self.our_stock, 1, lot_id=unit)
        self.deliver(self.dealer, self.engine, lot=unit)
        self.assertEqual(unit.selling_partner_id, self.dealer)
        self.assertTrue(unit.shipping_date)
        self.post("/my/stock/sale/new", self.sale(serial="DL-0003"))
        self.assertEqual(self.on_hand(self.engine, self.place(self.dealer)), 0)

    def test_the_office_takes_back_what_was_a_mistake(self):
        self.post("/my/stock/sale/new", self.sale())
        movement = self.movements()
        with self.assertRaises(AccessError):
            movement.with_user(self.office_south).action_cancel()
        with self.assertRaises(AccessError):
            movement.with_user(self.agent_north).action_cancel()
        movement.with_user(self.office_north).action_cancel()
        self.assertFalse(self.unit.owner_id)
        self.assertFalse(self.unit.sale_date)
        self.post("/my/stock/sale/new", self.sale(customer_name="Qian"))
        self.assertEqual(self.unit.owner_id.name, "Qian")

    def test_only_dealers_get_in_and_only_by_the_form(self):
        with mute_logger("odoo.http"):
            response = self.post("/my/stock/sale/new", {}, csrf=False)
        self.assertEqual(response.status_code, 400)
        self.assertEqual(self.get("/my/stock/gift/new").status_code, 404)
        with self.assertRaises(AccessError):
            self.env["aftersales.dealer.movement"].with_user(self.dealer_user).search(
                []
            )
        self.login(self.customer_user)
        for url in ("/my/stock", "/my/stock/sale/new"):
            self.assertEqual(self.get(url).status_code, 404)

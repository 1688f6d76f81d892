from odoo.exceptions import AccessError
from odoo.tests import Form, new_test_user, tagged

from .common import AftersalesCase


@tagged("post_install", "-at_install")
class TestUnit(AftersalesCase):
    """The machine's file: found however its number is typed, kept at home."""

    def test_key_follows_the_number(self):
        unit = self.make_unit(" ｘd－00 12 ")
        self.assertEqual(unit.serial_key, "XD0012")
        unit.name = "xd 00-13"
        self.assertEqual(unit.serial_key, "XD0013")

    def test_found_however_it_is_typed(self):
        Lot = self.env["stock.lot"].with_user(self.agent_north)
        for typed in ("DX-0001", "dx0001", "dx 00-01", "ＤＸ－０００１", " dx0001\t"):
            with self.subTest(typed):
                self.assertEqual(Lot._find_by_serial(typed), self.unit_north)
                self.assertEqual(
                    Lot.search([("serial_search", "ilike", typed)]), self.unit_north
                )
                self.assertEqual(
                    Lot.search([("display_name", "ilike", typed)]), self.unit_north
                )
                self.assertEqual(Lot.name_search(typed)[0][0], self.unit_north.id)

    def test_found_by_its_beginning_and_as_core_does_by_its_middle(self):
        Lot = self.env["stock.lot"]
        both = self.unit_north | self.unit_south
        self.assertEqual(Lot.search([("serial_search", "ilike", "dx 000")]), both)
        self.assertFalse(Lot.search([("serial_search", "ilike", "0001")]))
        self.assertIn(
            (self.unit_north.id, self.unit_north.display_name),
            Lot.name_search("X-0001"),
        )

    def test_wildcards_are_letters_of_the_number(self):
        self.make_unit("A_B%C")
        self.make_unit("AXBYC")
        Lot = self.env["stock.lot"]
        self.assertEqual(
            Lot.search([("serial_search", "ilike", "a_b%")]).mapped("name"), ["A_B%C"]
        )
        self.assertFalse(Lot.search([("serial_search", "ilike", "-- ")]))

    def test_negative_search_is_the_complement(self):
        Lot = self.env["stock.lot"]
        others = Lot.search([("serial_search", "!=", "dx0001")])
        self.assertNotIn(self.unit_north, others)
        self.assertIn(self.unit_south, others)

    def test_the_border_holds_in_every_way_to_find(self):
        Lot = self.env["stock.lot"].with_user(self.agent_north)
        self.assertFalse(Lot._find_by_serial("DX-0002"))
        self.assertFalse(Lot.name_search("dx 0002"))

    def test_the_same_serial_on_two_products(self):
        twin = self.make_unit("dx 0001", product=self.engine_single)
        found = self.env["stock.lot"]._find_by_serial("DX-0001")
        self.assertEqual(found, self.unit_north | twin)

    def test_belongs_where_it_stands_else_to_owner_dealer_registrar(self):
        dealer = self.env["res.partner"].create(
            {
                "name": "Dealer",
                "aftersales_role": "dealer",
                **self._place(self.south),
            }
        )
        table = (
            ({"site_city_id": self.city_south.id}, self.customer_north, self.south),
            ({"selling_partner_id": dealer.id}, self.customer_north, self.north),
            ({"selling_partner_id": dealer.id}, None, self.south),
        )
        for number, (vals, owner, territory) in enumerate(table):
            unit = self.make_unit(f"T-{number}", owner=owner, **vals)
            self.assertEqual(unit.territory_id, territory)
        unit = (
            self.env["stock.lot"]
            .with_user(self.office_north)
            .create({"name": "T-9", "product_id": self.engine.id})
        )
        self.assertEqual(unit.territory_id, self.north)

    def test_an_agent_registers_a_machine_on_our_form(self):
        view = "aftersales_service.unit_view_form"
        with Form(self.env["stock.lot"].with_user(self.agent_north), view) as form:
            form.name = "FORM-1"
            form.product_id = self.engine
            form.owner_id = self.customer_north
            with form.reading_ids.new() as line:
                line.value = 12
        unit = form.save()
        self.assertEqual(unit.territory_id, self.north)
        self.assertEqual(unit.last_reading, 12)

    def test_after_sales_people_get_the_machine_file(self):
        ours = self.env.ref("aftersales_service.unit_view_form").id
        lot = self.unit_north
        self.assertEqual(lot.with_user(self.agent_north).get_formview_id(), ours)
        stock_user = new_test_user(
            self.env, "warehouse", groups="stock.group_stock_user"
        )
        self.assertNotEqual(lot.with_user(stock_user).get_formview_id(), ours)

    def test_void_reason_is_the_offices_to_see_and_write(self):
        form = Form(
            self.unit_north.with_user(self.office_north),
            self.env.ref("aftersales_service.unit_view_form"),
        )
        form.void_reason = "stolen"
        form.save()
        self.assertEqual(self.unit_north.void_reason, "stolen")

    def test_another_offices_machine_cannot_be_written(self):
        self.unit_north.visiting_territory_ids = self.south
        unit = self.unit_north.with_user(self.office_south)
        self.assertEqual(unit.name, "DX-0001")
        with self.assertRaises(AccessError):
            unit.sale_date = "2026-02-02"

    def test_buttons_count_what_the_user_may_see(self):
        ticket = self.make_request()
        self.make_work_order(ticket)
        self.env["stock.lot"]._check_serials([{"text": "DX-0001"}])
        unit = self.unit_north.with_user(self.agent_north)
        self.assertEqual(unit.request_count, 1)
        self.assertEqual(unit.work_order_count, 1)
        for action in (
            unit.action_open_requests(),
            unit.action_open_work_orders(),
            unit.action_open_serial_checks(),
        ):
            self.assertEqual(action["domain"], [("unit_id", "=", unit.id)])
        context = unit.action_new_request()["context"]
        self.assertEqual(context["default_unit_id"], unit.id)

    def test_warranty_end_of_the_whole_machine(self):
        policy = self.env["aftersales.warranty.policy"].create(
            {"name": "Engines", "product_categ_ids": self.categ.ids, "sequence": 1}
        )
        self.env["aftersales.warranty.policy.line"].create(
            {"policy_id": policy.id, "name": "Whole machine", "months": 12}
        )
        self.assertEqual(str(self.unit_north.warranty_end), "2027-01-10")
        unsold = self.make_unit("W-1", sale_date=False, shipping_date=False)
        self.assertFalse(unsold.warranty_end)

    def test_the_chatter_of_a_machine_opens_for_an_agent(self):
        unit = self.unit_north.with_user(self.agent_north)
        suggested = unit._message_get_suggested_recipients()
        self.assertEqual(unit._mail_get_partners()[unit.id], self.customer_north)
        self.assertIsInstance(suggested, list)

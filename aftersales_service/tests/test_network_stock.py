from odoo.fields import Command
from odoo.tests import tagged

from .common import AftersalesCase


class NetworkStockCase(AftersalesCase):
    """A dealer beside the stations, our warehouse, and ways to move things."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.network = cls.env.ref("aftersales_service.stock_location_dealer_network")
        cls.dealer = cls.make_dealer("Dealer North")
        cls.warehouse = cls.env["stock.warehouse"].search(
            [("company_id", "=", cls.env.company.id)], limit=1
        )
        cls.our_stock = cls.warehouse.lot_stock_id

    @classmethod
    def make_dealer(cls, name, **vals):
        return cls.make_customer(name, cls.north, aftersales_role="dealer", **vals)

    def place(self, partner):
        return partner.property_stock_customer

    def on_hand(self, product, location):
        quants = self.env["stock.quant"].search(
            [("product_id", "=", product.id), ("location_id", "=", location.id)]
        )
        return sum(quants.mapped("quantity"))

    def stock(self, product, location, quantity, **more):
        self.env["stock.quant"]._update_available_quantity(
            product, location, quantity, **more
        )

    def deliver(self, partner, product, quantity=1.0, lot=None, source=None, dest=None):
        """A delivery order to the partner, done; places only where they are named."""
        places = {}
        if source:
            places["location_id"] = source.id
        if dest:
            places["location_dest_id"] = dest.id
        picking = self.env["stock.picking"].create(
            {
                "picking_type_id": self.warehouse.out_type_id.id,
                "partner_id": partner.id,
                **places,
            }
        )
        ends = {
            "location_id": picking.location_id.id,
            "location_dest_id": picking.location_dest_id.id,
        }
        line = {"product_id": product.id, "quantity": quantity, **ends}
        line |= {"lot_id": lot.id if lot else False, "picked": True}
        picking.move_ids = [
            Command.create(
                {
                    "product_id": product.id,
                    "product_uom_qty": quantity,
                    "move_line_ids": [Command.create(line)],
                    "picked": True,
                    **ends,
                }
            )
        ]
        picking.button_validate()
        self.assertEqual(picking.state, "done")
        return picking.move_ids


@tagged("post_install", "-at_install")
class TestNetworkStock(NetworkStockCase):
    """Stations and dealers have a place of their own, and goods get there."""

    def test_stations_and_dealers_have_a_customer_location_of_their_own(self):
        for partner in (self.station_north, self.dealer):
            location = partner.station_stock_location_id
            with self.subTest(partner.name):
                self.assertEqual(location.name, partner.name)
                self.assertEqual(location.usage, "customer")
                self.assertEqual(location.location_id, self.network)
                self.assertEqual(self.place(partner), location)
        customers = self.env.ref("stock.stock_location_customers")
        self.assertFalse(self.customer_north.station_stock_location_id)
        self.assertEqual(self.place(self.customer_north), customers)

    def test_a_delivery_arrives_there_by_itself(self):
        for partner in (self.station_north, self.dealer):
            self.stock(self.part, self.our_stock, 2)
            with self.subTest(partner.name):
                self.deliver(partner, self.part, 2)
                location = partner.station_stock_location_id
                self.assertEqual(self.on_hand(self.part, location), 2)
                self.assertEqual(self.on_hand(self.part, self.our_stock), 0)

    def test_a_machine_goes_from_dealer_to_dealer_and_to_the_customer(self):
        unit = self.make_unit("DX-0100")
        other = self.make_dealer("Dealer North 2")
        self.stock(self.engine, self.place(self.dealer), 1, lot_id=unit)
        self.deliver(other, self.engine, lot=unit, source=self.place(self.dealer))
        self.assertEqual(unit.location_id, self.place(other))
        self.deliver(
            self.customer_north, self.engine, lot=unit, source=self.place(other)
        )
        self.assertEqual(unit.location_id, self.place(self.customer_north))
        for dealer in (self.dealer, other):
            self.assertEqual(self.on_hand(self.engine, self.place(dealer)), 0)

    def test_a_customer_who_becomes_a_dealer_gets_a_place_once(self):
        partner = self.make_customer("Grows", self.north)
        partner.aftersales_role = "dealer"
        location = partner.station_stock_location_id
        self.assertEqual(location.location_id, self.network)
        self.assertEqual(self.place(partner), location)
        partner.aftersales_role = "station"
        partner.aftersales_role = "customer"
        self.assertEqual(
            partner.station_stock_location_id, location, "stock lies there"
        )

    def test_two_companies_deliver_to_one_station_or_to_their_own(self):
        other = self.env["res.company"].create({"name": "Another maker"})
        theirs = self.make_station("Theirs", self.north, company_id=other.id)
        location = theirs.station_stock_location_id
        self.assertEqual(location.company_id, other)
        self.assertEqual(theirs.with_company(other).property_stock_customer, location)
        shared = self.make_station("Shared", self.north)
        location = shared.station_stock_location_id
        self.assertFalse(location.company_id)
        for company in self.env.company | other:
            door = shared.with_company(company)
            self.assertEqual(door.property_stock_customer, location)


@tagged("post_install", "-at_install")
class TestConsignment(NetworkStockCase):
    """Our parts at a station, beside its own."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.station_north.has_consignment = True
        cls.ours = cls.station_north.station_consignment_location_id
        cls.own = cls.station_north.station_stock_location_id
        cls.order = cls.make_work_order(state="on_site")

    def report(self, *lines):
        """The moves of a report with these part lines, in their order."""
        lines = [Command.create({"product_id": self.part.id, **line}) for line in lines]
        self.order._save_report(self.report_vals(part_line_ids=lines))
        self.order._submit_report()
        self.assertEqual(self.order.state, "done")
        return self.order.part_line_ids.sorted("id").move_id

    def test_a_station_has_its_own_stock_and_ours_side_by_side(self):
        self.assertEqual((self.own.usage, self.ours.usage), ("customer", "internal"))
        self.assertEqual(self.ours.company_id, self.env.company)
        self.assertEqual(self.ours.location_id, self.network)
        self.assertEqual(self.place(self.station_north), self.own, "what it buys")
        self.station_north.has_consignment = False
        self.station_north.has_consignment = True
        self.assertEqual(self.station_north.station_consignment_location_id, self.ours)

    def test_our_parts_are_brought_there_and_used_first(self):
        self.stock(self.part, self.our_stock, 1)
        self.deliver(self.station_north, self.part, dest=self.ours)
        self.stock(self.part, self.own, 1)
        moves = self.report({"quantity": 1.0}, {"quantity": 1.0})
        self.assertEqual(
            [move.location_id for move in moves], [self.ours, self.own], "ours first"
        )
        self.assertEqual(self.on_hand(self.part, self.ours), 0)
        self.assertEqual(self.on_hand(self.part, self.own), 0)

    def test_more_than_ours_comes_from_its_own_which_goes_negative(self):
        self.stock(self.part, self.ours, 1)
        self.assertEqual(self.report({"quantity": 2.0}).location_id, self.own)
        self.assertEqual(self.on_hand(self.part, self.ours), 1)
        self.assertEqual(self.on_hand(self.part, self.own), -2)

    def test_a_part_with_a_serial_comes_from_where_it_lies(self):
        self.part.tracking = "serial"
        Lot = self.env["stock.lot"]
        first, second = Lot.create(
            [{"name": f"P-{n}", "product_id": self.part.id} for n in (1, 2)]
        )
        self.stock(self.part, self.ours, 1, lot_id=first)
        self.stock(self.part, self.own, 1, lot_id=second)
        moves = self.report({"serial_text": "P-2"}, {"serial_text": "P-1"})
        self.assertEqual([move.location_id for move in moves], [self.own, self.ours])

    def test_a_part_put_back_returns_to_our_place(self):
        self.stock(self.part, self.ours, 1)
        self.report({"quantity": 1.0})
        self.order._return_to_station("No pump was fitted")
        self.order._save_report({"part_line_ids": [Command.clear()]})
        self.assertEqual(self.on_hand(self.part, self.ours), 1)

    def test_no_longer_ticked_or_of_another_company_is_not_touched(self):
        self.stock(self.part, self.ours, 5)
        self.station_north.has_consignment = False
        self.assertEqual(self.report({"quantity": 1.0}).location_id, self.own)
        self.station_north.has_consignment = True
        other = self.env["res.company"].create({"name": "Another maker"})
        line = self.order.part_line_ids
        self.assertEqual(line._get_consignment_location(), self.ours)
        self.station_north.station_consignment_location_id = self.ours.create(
            {"name": "Theirs", "usage": "internal", "company_id": other.id}
        )
        self.assertFalse(line._get_consignment_location())

    def test_the_report_page_offers_parts_of_both(self):
        nozzle = self.env["product.product"].create(
            {"name": "Nozzle", "type": "consu", "is_storable": True}
        )
        self.stock(self.part, self.ours, 1)
        self.stock(nozzle, self.own, 1)
        choices = self.order._get_part_choices()
        self.assertEqual(choices & (self.part | nozzle), self.part | nozzle)

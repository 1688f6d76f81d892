from odoo.tests import tagged

from odoo.addons.aftersales_service.tests.test_network_stock import NetworkStockCase

from .common import SettlementCase


@tagged("post_install", "-at_install")
class TestNetworkValue(NetworkStockCase, SettlementCase):
    """What the network's stock is to our books: sold is gone, consignment is ours."""

    def setUp(self):
        super().setUp()
        self.stock(self.part, self.our_stock, 3)
        self.start = self.value()

    def value(self):
        """Value of the part in our books."""
        self.part.invalidate_recordset()
        return self.part.total_value

    def test_a_sold_part_leaves_our_valuation_once(self):
        self.assertEqual(self.start, 300.0)
        self.assertTrue(self.deliver(self.dealer, self.part).is_out)
        self.assertEqual(self.value(), 200.0)
        other = self.make_dealer("Dealer North 2")
        for partner, source in ((other, self.dealer), (self.customer_north, other)):
            move = self.deliver(partner, self.part, source=self.place(source))
            self.assertFalse(move.is_valued, "between others")
        self.assertEqual(self.value(), 200.0)

    def test_consignment_is_ours_until_a_job_uses_it_and_is_not_paid(self):
        self.station_north.has_consignment = True
        ours = self.station_north.station_consignment_location_id
        self.deliver(self.station_north, self.part, dest=ours)
        self.assertEqual(self.value(), 300.0)
        order = self.make_done_order()
        order.part_line_ids._consume()
        self.assertEqual(order.part_line_ids.move_id.location_id, ours)
        self.assertEqual(self.value(), 200.0)
        kinds = order._make_claims().line_ids.mapped("kind")
        self.assertEqual(set(kinds), {"labor", "travel"})

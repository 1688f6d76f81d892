from odoo.fields import Command
from odoo.tests import tagged

from .portal_common import PortalCase
from .test_work_order_report import ReportCase


@tagged("post_install", "-at_install")
class TestReportScan(ReportCase):
    """What a scanner reads names one part, or nothing."""

    def setUp(self):
        super().setUp()
        self.part.barcode = "6901234567892"
        self.tracked = self.make_tracked("T-TURBO")
        self.lot = self.env["stock.lot"].create(
            {"name": "TB-77", "product_id": self.tracked.id}
        )

    def make_tracked(self, code):
        return self.part.create(
            {
                "name": f"Turbo {code}",
                "default_code": code,
                "type": "consu",
                "is_storable": True,
                "tracking": "serial",
            }
        )

    def test_barcode_number_and_lot_are_found(self):
        cases = {
            "6901234567892": (self.part, None),
            "t-pump": (self.part, None),
            "TB-77": (self.tracked, "TB-77"),
            "tb 77": (self.tracked, "TB-77"),
            "nothing": (None, None),
            "%": (None, None),
            self.unit_north.name: (None, None),
        }
        for text, expected in cases.items():
            with self.subTest(text):
                self.assertEqual(self.order._find_scanned(text), expected)

    def test_number_of_two_models_names_none(self):
        other = self.make_tracked("T-TURBO2")
        self.env["stock.lot"].create({"name": "TB-77", "product_id": other.id})
        self.assertEqual(self.order._find_scanned("TB-77"), (None, None))

    def test_counted_part_counts_up_and_numbered_part_has_its_own_line(self):
        self.order.part_line_ids = [Command.create({"product_id": self.part.id})]
        line = self.order.part_line_ids
        for product, serial in ((self.part, None), (self.tracked, "TB-77")):
            self.order.part_line_ids = self.order._add_scanned([], product, serial)
        self.assertEqual(line.quantity, 2)
        self.assertEqual((self.order.part_line_ids - line).serial_text, self.lot.name)
        self.assertFalse(self.order._add_scanned([], self.tracked, "tb77"))
        typed = [Command.create({"product_id": self.tracked.id, "serial_text": "A 1"})]
        self.assertFalse(self.order._add_scanned(typed, self.tracked, "A1"))


@tagged("post_install", "-at_install")
class TestPortalReportScan(PortalCase):
    """Scan, Enter, the line is there; an unknown code gets its sentence."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.job = cls.make_work_order(state="on_site")
        cls.url = f"/my/jobs/{cls.job.id}/report"

    def setUp(self):
        super().setUp()
        self.login(self.station_north_user)

    def test_scanned_code_adds_the_line_and_keeps_what_was_typed(self):
        data = {"scan": "T-PUMP", "work_text": "Half done", "action": "save"}
        response = self.post(self.url, data)
        self.assertTrue(response.headers["Location"].endswith("scanned=1#scan"))
        self.post(self.url, data)
        self.assertEqual(self.job.part_line_ids.product_id, self.part)
        self.assertEqual(self.job.part_line_ids.quantity, 2)
        self.assertEqual(self.job.work_text, "Half done")
        page = self.get(self.url + "?scanned=1")
        self.assertFalse(self.value(page, "scan"))

    def scan(self, **cells):
        self.post(self.url, {"scan": "T-PUMP", "action": "save", **cells})
        return self.job.part_line_ids

    def test_scan_counts_up_what_is_typed_in_the_row(self):
        line = self.scan(**{"part-n1-product": "T-PUMP", "part-n1-quantity": "3"})
        self.assertEqual(line.mapped("quantity"), [4.0])
        row = f"part-{line.id}"
        cells = {f"{row}-product": "T-PUMP", f"{row}-failed": "F-1"}
        line = self.scan(**cells, **{f"{row}-quantity": "7"})
        self.assertEqual(line.mapped("quantity"), [8.0])
        self.assertEqual(line.failed_serial_text, "F-1")

    def test_scan_of_a_part_whose_row_was_cleared_is_a_line_anew(self):
        line = self.scan()
        line = self.scan(**{f"part-{line.id}-product": ""})
        self.assertEqual(line.mapped("quantity"), [1.0])

    def test_unknown_code_gives_one_sentence_at_the_field(self):
        response = self.post(
            self.url, {"scan": "<b>X-1</b>", "travel_km": "12", "action": "save"}
        )
        self.assertEqual(
            self.sentences(response),
            {"scan": "No part has this code. Enter it as on the label."},
        )
        self.assertEqual(self.value(response, "scan"), "<b>X-1</b>")
        self.assertNotIn("<b>X-1</b>", response.text)
        self.assertEqual(self.job.travel_km, 12)
        self.assertFalse(self.job.part_line_ids)

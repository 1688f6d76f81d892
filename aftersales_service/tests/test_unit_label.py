import base64
import io

from PIL import Image

from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import AftersalesCase

REPORT = "aftersales_service.action_report_unit_label"


@tagged("post_install", "-at_install")
class TestUnitLabel(AftersalesCase):
    """The code on a machine leads to its public page."""

    def test_the_code_leads_to_the_public_page_of_the_machine(self):
        unit = self.make_unit("沪/1 ?#2")
        base = unit.get_base_url()
        self.assertEqual(unit.verify_url, f"{base}/verify/%E6%B2%AA%2F1%20%3F%232")
        picture = Image.open(io.BytesIO(base64.b64decode(unit.verify_qr)))
        self.assertGreater(min(picture.size), 200)
        self.assertEqual(len(set(picture.convert("L").tobytes())), 2)

    def test_many_labels_stand_on_a_page_and_each_is_there(self):
        units = self.env["stock.lot"].create(
            [
                {"name": f"LB-{number}", "product_id": self.engine.id}
                for number in range(7)
            ]
        )
        reports = self.env["ir.actions.report"].with_user(self.headquarters)
        text = reports._render_qweb_html(REPORT, units.ids)[0].decode()
        for unit in units:
            self.assertIn(unit.name, text)
        self.assertEqual(text.count("data:image/png;base64"), 7)
        self.assertEqual([len(row) for row in units._get_label_rows()], [3, 3, 1])

    def test_a_label_is_printed(self):
        reports = self.env["ir.actions.report"].with_user(self.headquarters)
        reports = reports.with_context(force_report_rendering=True)
        # Debian's wkhtmltopdf tells that it knows no headers.
        with mute_logger("odoo.addons.base.models.ir_actions_report"):
            content, kind = reports._render_qweb_pdf(REPORT, self.unit_north.ids)
        self.assertEqual(kind, "pdf")
        self.assertTrue(content.startswith(b"%PDF"))

    def test_labels_stop_at_the_border(self):
        reports = self.env["ir.actions.report"].with_user(self.office_north)
        with self.assertRaises(AccessError):
            self.env.invalidate_all()
            reports._render_qweb_html(REPORT, self.unit_south.ids)

import csv
import io
import json
import zipfile

from odoo.tests import tagged

from .portal_common import PortalCase

FORMULAS = ("=1+1", "@SUM(1)", "+1", "\t=1", "{=1}", "＝1")


@tagged("post_install", "-at_install")
class TestSafeExport(PortalCase):
    """What stations and customers type leaves as text, whatever it begins with."""

    def setUp(self):
        super().setUp()
        self.jobs = self.env["aftersales.work.order"].union(
            *(
                self.make_work_order(
                    self.make_request(
                        unit=self.make_unit(f"DX-6{number}", owner=self.customer_north)
                    ),
                    state="on_site",
                )
                for number in range(len(FORMULAS))
            )
        )
        for job, text in zip(self.jobs, FORMULAS, strict=True):
            job.work_text = text
        self.office_north.group_ids |= self.env.ref("base.group_allow_export")
        self.login(self.office_north)

    def export(self, kind, groupby=()):
        """The exported list: bytes."""
        self.env.flush_all()
        fields = [
            {"name": name, "label": name, "type": "text", "store": True}
            for name in ("name", "work_text")
        ]
        data = {
            "model": "aftersales.work.order",
            "fields": fields,
            "ids": False if groupby else self.jobs.ids,
            "domain": [("id", "in", self.jobs.ids)],
            "groupby": list(groupby),
            "import_compat": False,
            "context": {},
        }
        response = self.post(f"/web/export/{kind}", {"data": json.dumps(data)})
        self.assertEqual(response.status_code, 200)
        return response.content

    def assert_text_only(self, content):
        with zipfile.ZipFile(io.BytesIO(content)) as book:
            sheet = book.read("xl/worksheets/sheet1.xml")
            words = book.read("xl/sharedStrings.xml")
        self.assertNotIn(b"<f>", sheet)
        self.assertNotIn(b"<f ", sheet)
        return words

    def test_xlsx_holds_text(self):
        self.assertIn(b"=1+1", self.assert_text_only(self.export("xlsx")))

    def test_xlsx_in_groups_holds_text(self):
        words = self.assert_text_only(self.export("xlsx", ["work_text"]))
        self.assertIn(b"=1+1", words)

    def test_csv_guards_every_sign(self):
        text = self.export("csv").decode()
        cells = [row[1] for row in csv.reader(io.StringIO(text))][1:]
        for cell in cells:
            self.assertTrue(cell.startswith(("'", "{")), cell)

    def test_a_pivot_table_holds_text(self):
        table = {
            "model": "aftersales.work.order",
            "title": "Jobs",
            "measure_count": 1,
            "origin_count": 1,
            "col_group_headers": [[{"title": "=1+1", "width": 1, "height": 1}]],
            "measure_headers": [{"title": "=2", "width": 1, "is_bold": False}],
            "origin_headers": [],
            "rows": [{"title": "=3", "indent": 0, "values": [{"value": 4}]}],
        }
        response = self.post(
            "/web/pivot/export_xlsx",
            files={"data": ("data", json.dumps(table), "application/json")},
        )
        self.assertEqual(response.status_code, 200)
        self.assert_text_only(response.content)

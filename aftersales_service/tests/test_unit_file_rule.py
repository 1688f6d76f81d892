from datetime import date

from odoo.tests import BaseCase, tagged

from odoo.addons.aftersales_service.tools import unit_file
from odoo.addons.aftersales_service.tools.unit_file import FileError

TODAY = date(2026, 6, 1)
HEAD = "serial,product,production_date,sale_date\n"


def read(text, encoding="utf-8"):
    return unit_file.read(text.encode(encoding), TODAY)


@tagged("post_install", "-at_install")
class TestUnitFileRule(BaseCase):
    """A file of machines, whatever program wrote it."""

    def test_encodings_and_delimiters(self):
        text = "序列号;产品编码;生产日期\nＹＤ 1;发动机一;2024年5月3日\n"
        for encoding in ("utf-8", "utf-8-sig", "gb18030", "utf-16"):
            for delimiter in (";", ",", "\t"):
                with self.subTest(encoding=encoding, delimiter=delimiter):
                    file = read(text.replace(";", delimiter), encoding)
                    row = next(file.rows)
                    self.assertEqual(row.key, "YD1")
                    self.assertEqual(row.texts["product"], "发动机一")
                    self.assertEqual(row.dates["production_date"], date(2024, 5, 3))

    def test_dates(self):
        table = {
            "2024-05-03": date(2024, 5, 3),
            "2024/5/3": date(2024, 5, 3),
            "2024.5.3": date(2024, 5, 3),
            "20240503": date(2024, 5, 3),
            "2024年5月3日": date(2024, 5, 3),
            "2024-05-03 00:00:00": date(2024, 5, 3),
            "2024-02-30": None,
            "03/05/2024": None,
            "45000": None,
            "": None,
        }
        for text, day in table.items():
            with self.subTest(text):
                self.assertEqual(unit_file.parse_date(text), day)

    def test_what_is_wrong_with_a_row(self):
        table = {
            "YD1,E,2024-01-01,2024-02-01": None,
            "YD1,E": None,
            ",E,,": "missing_serial",
            " - ,E,,": "missing_serial",
            "YD1,,,": "missing_product",
            "1.23457E+11,E,,": "bad_serial",
            f"{'9' * 65},E,,": "bad_serial",
            "YD1,E,yesterday,": "bad_date",
            "YD1,E,2026-06-02,": "bad_date",
            "YD1,E,1024-06-02,": "bad_date",
            "YD1,E,2024-02-01,2024-01-31": "before_production",
            "YD1,E,,,extra": "too_many_cells",
        }
        for text, reason in table.items():
            with self.subTest(text):
                row = next(read(HEAD + text + "\n").rows)
                self.assertEqual(row.reason, reason)

    def test_lines_are_those_of_the_file(self):
        file = read(HEAD + '\n"YD\n1",E\n,,,\nYD2,E\n')
        self.assertEqual([(r.line, r.key) for r in file.rows], [(4, "YD1"), (6, "YD2")])

    def test_files_that_cannot_be_read(self):
        table = {
            b"": ("empty", ""),
            b"\n \n": ("empty", ""),
            b"\xff\xff\xff": ("encoding", ""),
            b"serial,product,sale_dat\n": ("column_unknown", "sale_dat"),
            b"serial,sale_date\n": ("column_missing", "product"),
            b"serial,product,Serial\n": ("column_twice", "Serial"),
        }
        for content, expected in table.items():
            with self.subTest(content), self.assertRaises(FileError) as caught:
                unit_file.read(content, TODAY)
            self.assertEqual((caught.exception.code, caught.exception.detail), expected)

    def test_refused_rows_run_no_formula_and_can_be_read_back(self):
        headings = ("serial", "product", "site_street")
        cells = ("=1+1", "@SUM(A1)", "-5 degrees")
        content = unit_file.write_refused(
            headings, ("Line", "Reason"), [(2, "“=1+1” is no serial", cells)]
        )
        text = content.decode("utf-8-sig")
        for cell in text.splitlines()[1].split(","):
            self.assertFalse(cell.startswith(("=", "@", "-", "+")))
        again = unit_file.read(content, TODAY)
        row = next(again.rows)
        self.assertEqual(row.serial, "=1+1")
        self.assertEqual(row.texts["site_street"], "-5 degrees")
        twice = unit_file.write_refused(
            again.headings, ("Line", "Reason"), [(2, "again", row.cells)]
        )
        self.assertEqual(twice.decode("utf-8-sig").count("Line"), 1)
        self.assertIn("'=1+1", twice.decode("utf-8-sig"))
        self.assertNotIn("''=1+1", twice.decode("utf-8-sig"))

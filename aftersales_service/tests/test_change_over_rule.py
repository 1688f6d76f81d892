from datetime import date

from odoo.tests import BaseCase, tagged

from ..tools import change_over, csv_file

TODAY = date(2026, 6, 1)


def read(rule, layout, head, line):
    lines = csv_file.open_lines(f"{head}\n{line}\n".encode(), layout)
    [(number, cells)] = lines.cells
    return rule(cells, lines, number, TODAY)


@tagged("post_install", "-at_install")
class TestChangeOverRule(BaseCase):
    """Rows of the change-over day, read and judged without a database."""

    def test_what_is_wrong_with_a_partner(self):
        cases = {
            "C1,Farm,138,a@b.cn": None,
            "C1,Farm,,": None,
            ",Farm,,": ("missing", "code"),
            "C1,,,": ("missing", "name"),
            "C1,Farm,,nobody": ("bad_email", "nobody"),
            "C1,Farm,,a@b.cn,more": ("too_many_cells", None),
        }
        for line, expected in cases.items():
            with self.subTest(line):
                row = read(
                    change_over.read_customer,
                    change_over.CUSTOMERS,
                    "code,name,phone,email",
                    line,
                )
                found = row.reason and (row.reason, row.detail)
                self.assertEqual(found, expected)

    def test_a_stations_capacity_is_a_number(self):
        head = "服务站编号,名称,日接单量"
        for text, value, reason in (
            ("6", 6.0, None),
            ("", None, None),
            ("many", "many", "bad_number"),
            ("-1", "-1", "bad_number"),
            ("99999", 99999.0, "bad_number"),
        ):
            with self.subTest(text):
                row = read(
                    change_over.read_station,
                    change_over.STATIONS,
                    head,
                    f"S1,Station,{text}",
                )
                self.assertEqual((row.values["capacity"], row.reason), (value, reason))

    def test_what_is_wrong_with_a_past_order(self):
        cases = {
            "W1,YD1,2026-05-01,2026-05-03,12.5": None,
            "W1,YD1,,2026-06-01,": None,
            "W1,YD1,,2026-06-02,": "bad_date",
            "W1,YD1,,,": "missing",
            "W1,,,2026-05-03,": "missing",
            "W1,--,,2026-05-03,": "bad_serial",
            "W1,YD1,2026-05-04,2026-05-03,": "done_before_received",
            "W1,YD1,soon,2026-05-03,": "bad_date",
            "W1,YD1,,2026-05-03,much": "bad_number",
        }
        for line, reason in cases.items():
            with self.subTest(line):
                row = read(
                    change_over.read_order,
                    change_over.ORDERS,
                    "number,serial,received_on,done_on,reading",
                    line,
                )
                self.assertEqual(row.reason, reason)

    def test_what_a_row_adds_and_contradicts(self):
        known = {"name": "Farm", "city": 3, "phone": False}
        told = {"name": "Farm", "city": 4, "phone": "138"}
        self.assertEqual(change_over.differs(known, told), ("city",))
        self.assertEqual(change_over.completes(known, told), {"phone": "138"})
        self.assertFalse(change_over.completes(told, told))

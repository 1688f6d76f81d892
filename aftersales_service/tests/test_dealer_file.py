import csv
import io

from odoo.tests import BaseCase, tagged

from ..tools import dealer_file
from ..tools.csv_file import FileError
from .test_portal_dealer import TestPortalDealer as DealerCase

HEAD = (
    "kind,serial,model,quantity,condition,moved_on,customer_name,customer_phone,"
    "to_dealer"
)


@tagged("post_install", "-at_install")
class TestDealerFileRule(BaseCase):
    """A file of movements as a dealer's program wrote it."""

    def test_words_of_both_languages(self):
        text = (
            "业务;序列号;日期;状态\n销售;A-1;2026年5月3日;新机\n调拨;A-2;5/3/26;used\n"
        )
        rows = dealer_file.read(text.encode("gb18030"), {"新机": "new"})
        self.assertEqual([row.kind for row in rows], ["sale", "transfer"])
        self.assertEqual(rows[0].form["moved_on"], "2026-05-03")
        self.assertEqual(rows[1].form["moved_on"], "5/3/26", "left for the form to say")
        self.assertEqual([row.form["condition"] for row in rows], ["new", "used"])
        self.assertEqual([row.line for row in rows], [2, 3])

    def test_neither_sale_nor_transfer(self):
        [row] = dealer_file.read(b"kind,moved_on\ngift,2026-05-03\n", {})
        self.assertIsNone(row.kind)

    def test_a_file_that_is_none(self):
        for content, code in (
            (b"", "empty"),
            (b"kind,moved_on\n", "empty"),
            (b"kind,colour\n", "column_unknown"),
            (b"kind,serial\nsale,1\n", "column_missing"),
            (b"kind,moved_on\n" + b"sale,2026-05-03\n" * 501, "too_many"),
            (b",,,\n", "empty"),
            (b'""', "empty"),
        ):
            with self.subTest(code), self.assertRaises(FileError) as caught:
                dealer_file.read(content, {})
            self.assertEqual(caught.exception.code, code)

    def test_a_cell_without_end_is_no_csv(self):
        self.addCleanup(csv.field_size_limit, csv.field_size_limit(1000))
        for content in (
            b'kind,"' + b"x" * 1001 + b'"\n',
            b'kind,moved_on\nsale,"' + b"x" * 1001 + b'"\n',
        ):
            with self.subTest(content[:20]), self.assertRaises(FileError) as caught:
                dealer_file.read(content, {})
            self.assertEqual(caught.exception.code, "unreadable")


@tagged("post_install", "-at_install")
class TestDealerFile(DealerCase):
    """A dealer registers a file: all of it, or nothing and the reasons."""

    allow_inherited_tests_method = False

    def send(self, *rows, head=HEAD, encoding="utf-8"):
        text = "\n".join(
            [head, *(row.replace("TODAY", str(self.today)) for row in rows)]
        )
        files = {"file": ("m.csv", io.BytesIO(text.encode(encoding)), "text/csv")}
        response = self.post("/my/stock/file", files=files)
        self.env.invalidate_all()
        return response

    def problems(self, response):
        """{line: why not}."""
        rows = self.page(response).xpath(
            "//table[contains(@class, 'o_aftersales_problems')]/tbody/tr"
        )
        return {
            int(row[0].text_content()): " ".join(row[2].text_content().split())
            for row in rows
        }

    def test_sales_and_transfers_by_serial_and_by_quantity(self):
        place = self.place(self.dealer)
        self.stock(self.part, place, 5)
        more = self.make_unit(
            "DL-0009", selling_partner_id=self.dealer.id, sale_date=False
        )
        self.other.ref = "D-2"
        response = self.send(
            "sale,dl 0001,,,new,TODAY,Zhao,+86 139 1234 0000,",
            "transfer,DL-0009,,,used,TODAY,,,D-2",
            "sale,,T-PUMP,2,,TODAY,,,",
        )
        self.assertEqual(response.status_code, 303, self.problems)
        self.assertEqual(self.unit.owner_id.name, "Zhao")
        self.assertEqual(self.unit.sale_date, self.today)
        self.assertEqual(more.selling_partner_id, self.other)
        self.assertEqual(self.on_hand(self.part, place), 3)
        self.assertEqual(set(self.movements().mapped("condition")), {"new", "used"})

    def test_one_wrong_row_and_nothing_is_registered(self):
        self.stock(self.part, self.place(self.dealer), 5)
        response = self.send(
            "sale,DL-0001,,,new,TODAY,Zhao,+86 139 1234 0000,",
            "sale,DL-0002,,,new,TODAY,Zhao,+86 139 1234 0000,",
            "sale,DL-0001,,,new,TODAY,Qian,+86 139 1234 0001,",
            "gift,,T-PUMP,1,,TODAY,,,",
            "sale,,T-NONE,1,,TODAY,,,",
            "transfer,,T-PUMP,1,,TODAY,,,Nobody",
            "sale,,T-PUMP,=1+1,,TODAY,,,",
            "sale,,T-PUMP,1,shiny,TODAY,,,",
            "sale,,T-PUMP,1,,2999-01-01,,,",
        )
        found = self.problems(response)
        self.assertEqual(set(found), set(range(3, 11)))
        self.assertIn("another dealer", found[3])
        self.assertIn("line 2", found[4])
        self.assertFalse(self.movements())
        self.assertFalse(self.unit.owner_id)

    def test_a_customer_is_kept_as_the_form_reads_him(self):
        self.send(f"sale,DL-0001,,,new,TODAY,Zh\u202eao{'o' * 100},+86 139 1\x07234,")
        self.assertEqual(self.unit.owner_id.name, f"Zhao{'o' * 76}")
        self.assertEqual(self.unit.owner_id.phone, "+86 139 1234")

    def test_the_same_file_again_changes_nothing(self):
        place = self.place(self.dealer)
        self.stock(self.part, place, 5)
        self.send("sale,,T-PUMP,2,,TODAY,,,")
        again = self.send("sale,,T-PUMP,2,,TODAY,,,")
        self.assertIn("registered already", self.page(again).text_content())
        self.assertEqual(self.on_hand(self.part, place), 3)

    def test_hostile_files_are_refused(self):
        for text in (
            *("", "\0\0\0", "<script>alert(1)</script>", "kind,moved_on"),
            *(",,,", '""'),
        ):
            with self.subTest(text):
                response = self.send(head=text)
                self.assertTrue(self.page(response).xpath("//*[@role='alert']"))
                self.assertNotIn("<script>alert", response.text)
        found = self.send("sale,<b>x</b>,,,,TODAY,<img src=x>,1,").text
        self.assertNotIn("<b>x</b>", found)
        self.assertFalse(self.movements())

    def test_only_a_dealer_sends_files(self):
        self.login(self.customer_user)
        self.assertEqual(self.get("/my/stock/file").status_code, 404)
        self.assertEqual(self.send("sale,,T-PUMP,1,,TODAY,,,").status_code, 404)

import csv
import io

from odoo.tests import BaseCase, tagged

from ..controllers.dealer_file import DealerFile
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
        self.assertIn("not among your machines", found[3])
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

    def test_what_the_office_took_back_may_be_sent_again(self):
        row = "sale,DL-0001,,,new,TODAY,Zhao,+86 139 1234 0000,"
        self.send(row)
        first = self.movements()
        first.with_user(self.office_north).action_cancel()
        self.env.flush_all()
        self.assertEqual(self.send(row).status_code, 303)
        again = self.movements() - first
        self.assertEqual(again.source_key, first.source_key)
        self.assertEqual(self.unit.owner_id.name, "Zhao")

    def test_a_model_that_contradicts_the_serial_is_told(self):
        self.make_unit("DL-0008", self.engine_single, selling_partner_id=self.dealer.id)
        ends = "new,TODAY,Zhao,+86 139 1234 0000,"
        for model in ("T-S195", "T-UNKNOWN"):
            with self.subTest(model):
                found = self.problems(self.send(f"sale,DL-0001,{model},,{ends}"))
                self.assertIn("another model", found[2])
        self.assertFalse(self.movements())
        self.assertEqual(
            self.send(f"sale,DL-0001,T-4105,,{ends}").status_code, 303, "the right one"
        )

    def test_machines_of_others_are_no_riddle_and_are_counted(self):
        self.make_unit("DL-0007", selling_partner_id=False, sale_date=False)
        self.env.company.write({"verify_limit_address": 4, "verify_limit_total": 100})
        ends = ",,,new,TODAY,Zhao,+86 139 1234 0000,"
        serials = ("DL-0002", "DL-0002", self.unit_north.name, "NOBODY-7")
        found = self.problems(self.send(*(f"sale,{text}{ends}" for text in serials)))
        self.assertEqual(len(set(found.values())), 1, found)
        again = self.send(f"sale,DL-0007{ends}", "gift,DL-0001,,,,TODAY,,,")
        self.assertIn("Too many", self.page(again).text_content())
        self.assertFalse(self.problems(again))
        self.assertEqual(self.send(f"sale,DL-0001{ends}").status_code, 303)

    def test_reading_asks_the_database_as_often_for_many_rows(self):
        self.make_unit("DL-0009", selling_partner_id=self.dealer.id, sale_date=False)
        self.env["stock.lot"].create(
            [
                {
                    "name": f"DL-1{number:03}",
                    "product_id": self.engine.id,
                    "selling_partner_id": self.dealer.id,
                }
                for number in range(50)
            ]
        )
        self.other.ref = "D-2"

        def count(serials):
            rows = (f"transfer,{text},T-4105,,,{self.today},,,D-2" for text in serials)
            content = "\n".join([HEAD, *rows]).encode()
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            file = DealerFile(self.env, self.dealer, content)
            file.read()
            self.assertFalse(file.problems)
            return self.cr.sql_log_count - before

        count(["DL-0001"])
        few = count(["DL-0009"])
        self.assertLessEqual(count([f"DL-1{n:03}" for n in range(50)]), few + 1)

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

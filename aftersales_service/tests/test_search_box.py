from datetime import date

from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged
from odoo.tools import SQL

from ..models.base import aftersales_search
from .common import AftersalesCase

MANY = 50_000


@tagged("post_install", "-at_install")
class TestSearchBox(AftersalesCase):
    """Any one clue finds the customer and the machine."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.shop = cls.env["res.partner"].create(
            {
                "name": "Corner Shop",
                "aftersales_role": "shop",
                **cls._place(cls.north),
            }
        )
        cls.zhang = cls.make_customer(
            "张伟农机",
            cls.north,
            phone="0531-8888 1234",
            street="解放路10号",
        )
        cls.unit = cls.make_unit(
            "YD1105-202603-7788",
            owner=cls.zhang,
            purchase_place_id=cls.shop.id,
            sale_date=date(2026, 3, 5),
        )

    def _find(self, text, user=None, **kwargs):
        """(model, name) of each row, in order."""
        search = self.env["aftersales.search"].with_user(user or self.agent_north)
        return [(row["model"], row["name"]) for row in search.search_anything(text)]

    def test_each_clue_finds_customer_and_machine(self):
        customer = ("res.partner", "张伟农机")
        machine = ("stock.lot", "YD1105-202603-7788")
        for text in (
            "053188881234",
            "+86 531 8888 1234",
            "0086-531-88881234",
            "88881234",
            "张伟农机",
            "张伟",
            "农机",
            "解放路",
            "张伟 解放路",
            "张伟 2026-03-05",
            "张伟 4105",
            "张伟 2026年3月",
        ):
            with self.subTest(text):
                found = self._find(text)
                self.assertEqual(found[0], customer)
                self.assertIn(machine, found)

    def test_a_serial_finds_the_machine_first(self):
        for text in ("yd1105 202603 7788", "YD1105-2026", "7788", "ＹＤ１１０５"):
            with self.subTest(text):
                self.assertEqual(
                    self._find(text)[0], ("stock.lot", "YD1105-202603-7788")
                )

    def test_shop_and_day_find_the_machine(self):
        machine = ("stock.lot", "YD1105-202603-7788")
        for text in ("corner shop", "2026-03-05", "corner shop 2026/3/5"):
            with self.subTest(text):
                self.assertIn(machine, self._find(text))
        self.assertNotIn(machine, self._find("corner shop 2026-03-06"))

    def test_a_model_finds_its_machines(self):
        self.assertIn(("stock.lot", "YD1105-202603-7788"), self._find("T-4105"))
        self.assertNotIn(("stock.lot", "YD1105-202603-7788"), self._find("T-S195"))

    def test_exact_comes_before_longer_and_before_similar(self):
        self.make_customer("Millerson", self.north)
        self.make_customer("Old Miller", self.north)
        self.make_customer("Miller", self.north)
        names = [name for _model, name in self._find("miller")]
        self.assertEqual(names, ["Miller", "Millerson", "Old Miller"])

    def test_a_slip_of_the_pen_still_finds(self):
        self.make_customer("Hengyuan Machinery", self.north)
        self.assertIn(("res.partner", "Hengyuan Machinery"), self._find("hengyuen"))

    def test_the_border_holds(self):
        for text in ("张伟", "88881234", "YD1105-202603-7788", "corner shop"):
            with self.subTest(text):
                self.assertEqual(self._find(text, self.agent_south), [])
                self.assertTrue(self._find(text, self.headquarters))

    def test_others_may_not_ask(self):
        employee = new_test_user(self.env, "employee-search", "base.group_user")
        for user in (employee, self.customer_user, self.station_north_user):
            with self.assertRaises(AccessError):
                self._find("张伟", user)

    def test_wildcards_and_nonsense_find_nothing(self):
        hostile = ("", "   ", "%%%%", "____", "'; DROP TABLE x; --", "\\" * 9)
        for text in (*hostile, "9" * 999):
            with self.subTest(text):
                self.assertEqual(self._find(text), [])

    def test_what_was_typed_is_in_the_new_request(self):
        search = self.env["aftersales.search"].with_user(self.agent_north)
        context = search.get_new_request_context
        self.assertEqual(
            context("138 0000 1111"), {"default_contact_phone": "138 0000 1111"}
        )
        self.assertEqual(context("ZZ-9 77"), {"default_serial_typed": "ZZ-9 77"})
        self.assertEqual(context("somebody"), {})
        asked = context(model="stock.lot", record_id=self.unit.id)
        self.assertEqual(asked["default_partner_id"], self.zhang.id)
        with self.assertRaises(AccessError):
            context(model="stock.lot", record_id=self.unit_south.id)

    def test_indexes_serve_every_clue(self):
        self.env.flush_all()
        # Copies that hide the tables: an index made while other work goes on is
        # not used at once, and whether the plan is right must not depend on that.
        for table in ("res_partner", "stock_lot"):
            self.env.cr.execute(
                SQL(
                    "CREATE TEMP TABLE %s (LIKE %s INCLUDING ALL) ON COMMIT DROP",
                    SQL.identifier(table),
                    SQL.identifier("public", table),
                )
            )
        if "autopost_bills" in self.env["res.partner"]._fields:
            # Accounting wants a word for each partner; the copy does not.
            self.env.cr.execute(
                "ALTER TABLE res_partner ALTER autopost_bills DROP NOT NULL"
            )
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO res_partner (id, name, phone, street, active,
                       aftersales_role, territory_id)
                SELECT n, '客户' || n, '1' || n, '路' || n, true, 'customer', %s
                  FROM generate_series(3000000, %s) n
                """,
                self.north.id,
                3_000_000 + MANY,
            )
        )
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO stock_lot (id, name, serial_key, product_id, territory_id)
                SELECT n, 'SB' || n, 'SB' || n, %s, %s
                  FROM generate_series(1000000, %s) n
                """,
                self.engine.id,
                self.north.id,
                1_000_000 + MANY,
            )
        )
        self.env.cr.execute("ANALYZE res_partner; ANALYZE stock_lot")
        cases = (
            ("res.partner", aftersales_search.PARTNER_PHONE, "43218888%"),
            ("res.partner", aftersales_search.PARTNER_NAME, "客户3000001%"),
            ("res.partner", aftersales_search.PARTNER_TEXT, "%张张伟伟%"),
            ("stock.lot", aftersales_search.UNIT_TAIL, "8877%"),
        )
        for model, expression, pattern in cases:
            with self.subTest(expression):
                query = self.env[model].with_user(self.agent_north)._search([])
                query.add_where(SQL("%s LIKE %s", SQL(expression), pattern))
                rows = self.env.execute_query(SQL("EXPLAIN %s", query.select()))
                plan = "\n".join(line for (line,) in rows)
                self.assertIn("Index", plan)
                self.assertNotIn(f"Seq Scan on {self.env[model]._table}", plan)

from odoo.tests import tagged
from odoo.tools import SQL

from .common import AftersalesCase

MANY = 100_000


@tagged("post_install", "-at_install")
class TestUnitLookup(AftersalesCase):
    """One serial among many: one query, served by the index."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.flush_all()
        cls.env.cr.execute(
            SQL(
                """
                INSERT INTO stock_lot
                       (name, serial_key, product_id, territory_id, create_date)
                SELECT 'LK-' || n, 'LK' || n, %s, %s, now()
                  FROM generate_series(1, %s) AS n
                """,
                cls.engine.id,
                cls.north.id,
                MANY,
            )
        )
        cls.env.cr.execute("ANALYZE stock_lot")
        cls.env.invalidate_all()

    def _explain(self, domain):
        """The plan of a search by the agent, border and all."""
        query = self.env["stock.lot"].with_user(self.agent_north)._search(domain)
        rows = self.env.execute_query(SQL("EXPLAIN %s", query.select()))
        return "\n".join(line for (line,) in rows)

    def test_exact_number_takes_one_query(self):
        Lot = self.env["stock.lot"].with_user(self.agent_north)
        Lot._find_by_serial("LK 1")  # rules and columns are cached now
        self.env.invalidate_all()
        with self.assertQueryCount(1):
            unit = Lot._find_by_serial("ｌｋ－77 777")
            self.assertEqual(unit.serial_key, "LK77777")

    def test_typing_in_the_list_takes_one_query(self):
        Lot = self.env["stock.lot"].with_user(self.agent_north)
        domain = [("serial_search", "ilike", "lk 77-777")]
        Lot.search(domain)
        self.env.invalidate_all()
        with self.assertQueryCount(1):
            self.assertEqual(Lot.search_fetch(domain, ["name"]).name, "LK-77777")

    def test_typing_in_a_field_takes_one_query(self):
        Lot = self.env["stock.lot"].with_user(self.agent_north)
        Lot.name_search("LK 1", limit=1)
        self.env.invalidate_all()
        with self.assertQueryCount(1):
            found = Lot.name_search("lk 77777", limit=8)
        self.assertEqual(found[0][1], "LK-77777")

    def test_the_index_serves_number_and_beginning(self):
        for domain in (
            [("serial_key", "=", "LK77777")],
            [("serial_key", "in", ["LK1", "LK77777"])],
            [("serial_search", "ilike", "lk 77-777")],
        ):
            plan = self._explain(domain)
            self.assertIn("stock_lot_serial_key_idx", plan)
            self.assertNotIn("Seq Scan on stock_lot", plan)

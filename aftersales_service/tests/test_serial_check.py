from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import AftersalesCase


@tagged("post_install", "-at_install")
class TestSerialCheck(AftersalesCase):
    """Genuine or not: verdicts on records, the log, and what crosses the border."""

    def _check(self, text, user=None, **claims):
        lots = self.env["stock.lot"].with_user(user or self.agent_north)
        return lots._check_serials([{"text": text, **claims}])

    def test_verdicts_on_records(self):
        void = self.make_unit("DX-0666", void_reason="scrapped")
        self.make_unit("DX-0777")
        self.make_unit("dx 0777", product=self.engine_single)
        twin = self.env["stock.lot"]._find_by_serial("DX0777")[1]
        north, south = self.customer_north.id, self.customer_south.id
        table = {
            "genuine": ("ｄｘ－0001", {}, "genuine", self.unit_north),
            "claims agree": (
                "DX-0001",
                {"product_id": self.engine.id, "partner_id": north},
                "genuine",
                self.unit_north,
            ),
            "unknown": ("DX-9999", {}, "unknown", None),
            "nothing typed": (" - ", {}, "unknown", None),
            "not given": (False, {}, "unknown", None),
            "two models": ("DX-0777", {}, "ambiguous", None),
            "the model decides": (
                "DX-0777",
                {"product_id": twin.product_id.id},
                "genuine",
                twin,
            ),
            "another model": (
                "DX-0001",
                {"product_id": self.engine_single.id},
                "mismatch",
                self.unit_north,
            ),
            "another buyer": (
                "DX-0001",
                {"partner_id": south},
                "mismatch",
                self.unit_north,
            ),
            "void": ("DX-0666", {}, "void", void),
        }
        for name, (text, claims, verdict, unit) in table.items():
            with self.subTest(name):
                check = self._check(text, **claims)
                self.assertEqual(check.verdict, verdict)
                self.assertEqual(check.unit_id, unit or self.unit_north.browse())
                self.assertEqual(check.is_suspect, verdict in ("unknown", "void"))
                self.assertTrue(check.answer)

    def test_a_contact_of_the_owner_is_no_other_buyer(self):
        company = self.make_customer("Farm", self.north, is_company=True)
        clerk = self.env["res.partner"].create(
            {"name": "Clerk", "parent_id": company.id}
        )
        self.make_unit("DX-0888", owner=company)
        self.assertEqual(self._check("DX-0888", partner_id=clerk.id).verdict, "genuine")

    def test_the_answer_says_what_differs_in_words(self):
        answer = self._check("DX-0001", product_id=self.engine_single.id).answer
        self.assertIn(self.engine.name, answer)
        answer = self._check("DX-0001", partner_id=self.customer_south.id).answer
        self.assertIn("another buyer", answer)
        self.make_unit("dx0001", product=self.engine_single)
        answer = self._check("DX-0001").answer
        self.assertIn(self.engine.name, answer)
        self.assertIn(self.engine_single.name, answer)

    def test_every_query_is_a_row_in_the_order_asked(self):
        Check = self.env["aftersales.serial.check"]
        before = Check.search_count([])
        queries = [{"text": text} for text in ("DX-0001", "?", "dx 0001", "DX-0002")]
        checks = self.env["stock.lot"]._check_serials(queries, channel="public")
        self.assertEqual(Check.search_count([]) - before, 4)
        self.assertEqual(
            checks.mapped("typed_serial"), ["DX-0001", "?", "dx 0001", "DX-0002"]
        )
        self.assertEqual(set(checks.mapped("channel")), {"public"})

    def test_a_row_knows_who_asked_and_where(self):
        check = self._check("DX-0001", user=self.agent_south)
        self.assertEqual(check.user_id, self.agent_south)
        self.assertEqual(check.territory_id, self.south)
        self.assertEqual(check.company_id, self.env.company)
        self.assertFalse(
            check.with_user(self.agent_north).search([("id", "=", check.id)])
        )

    def test_beyond_the_border_dates_are_told_but_never_who_or_where(self):
        self.unit_south.write(
            {"site_street": "Secret road 1", "site_city_id": self.city_south.id}
        )
        check = self._check("DX-0002", user=self.agent_north)
        self.assertEqual(check.verdict, "genuine")
        self.assertEqual(check.product_id, self.engine)
        self.assertEqual(check.sale_date, self.unit_south.sale_date)
        self.assertFalse(check.can_open_unit)
        with self.assertRaises(AccessError):
            check.unit_id.read(["owner_id"])
        told = str(check.read()) + check.answer
        for secret in (
            self.customer_south.name,
            self.customer_south.phone,
            "Secret road",
            self.city_south.name,
        ):
            self.assertNotIn(secret, told)
        self.assertNotIn("default_unit_id", check.action_new_request()["context"])

    def test_at_home_the_file_can_be_opened(self):
        check = self._check("DX-0001")
        self.assertTrue(check.can_open_unit)
        self.assertEqual(check.action_open_unit()["res_id"], self.unit_north.id)
        context = check.action_new_request()["context"]
        self.assertEqual(context["default_unit_id"], self.unit_north.id)

    def test_another_companys_machine_is_unknown(self):
        other = self.env["res.company"].create({"name": "Other maker"})
        self.unit_north.product_id.company_id = other
        self.unit_north.company_id = other
        self.assertEqual(self._check("DX-0001").verdict, "unknown")

    def test_the_log_stays_as_it_is(self):
        check = self._check("DX-9999")
        with self.assertRaises(UserError):
            check.with_user(self.headquarters).write({"verdict": "genuine"})
        with self.assertRaises(UserError):
            check.sudo().write({"verdict": "genuine"})
        with self.assertRaises(AccessError):
            check.with_user(self.administrator).unlink()

    def test_queries_do_not_grow_with_the_number_of_serials(self):
        units = self.env["stock.lot"].create(
            [
                {
                    "name": f"QC-{i}",
                    "product_id": self.engine.id,
                    "owner_id": self.customer_north.id,
                }
                for i in range(50)
            ]
        )
        lots = self.env["stock.lot"].with_user(self.agent_north)
        counts = []
        lots._check_serials([{"text": "warm"}, {"text": "QC-1"}])
        for some in (units[:1], units):
            queries = [
                {"text": unit.name, "product_id": self.engine.id} for unit in some
            ]
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            lots._check_serials(queries)
            self.env.flush_all()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(*counts)

    def test_the_small_screen_answers_at_once(self):
        Wizard = self.env["aftersales.serial.check.wizard"].with_user(self.agent_north)
        wizard = Wizard.create({"serial": "dx 0001"})
        action = wizard.action_check()
        self.assertEqual(action["res_id"], wizard.id)
        self.assertEqual(wizard.verdict, "genuine")
        self.assertEqual(wizard.product_id, self.engine)
        self.assertEqual(wizard.check_id.user_id, self.agent_north)
        wizard.serial = "DX-4711"
        first = wizard.check_id
        wizard.action_check()
        self.assertEqual(wizard.verdict, "unknown")
        self.assertNotEqual(wizard.check_id, first)

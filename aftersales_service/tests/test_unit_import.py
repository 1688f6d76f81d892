import base64
import csv
import io
from datetime import date
from unittest.mock import patch

from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import SQL

from odoo.addons.aftersales_service.models.run import aftersales_run_unit_import
from odoo.addons.aftersales_service.tools.serial import normalise

from .common import AftersalesCase

HEAD = "serial,product,production_date,shipping_date,sale_date,dealer,shop,site_city\n"


@tagged("post_install", "-at_install")
class TestUnitImport(AftersalesCase):
    """Machines from a file: good rows registered once, the others given back."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.dealer, cls.shop = cls.env["res.partner"].create(
            [
                {
                    "name": role,
                    "ref": f"T-{role}",
                    "aftersales_role": role,
                    **cls._place(cls.south),
                }
                for role in ("dealer", "shop")
            ]
        )

    def _start(self, text, user=None, encoding="utf-8", **vals):
        Run = self.env["aftersales.run"].with_user(user or self.headquarters)
        content = base64.b64encode(text.encode(encoding))
        return Run._start_unit_import(content, "machines.csv", **vals)

    def _work(self, run):
        """Work to the end in this transaction, as the cron would batch by batch."""
        batches = 0
        while run.sudo()._work_batch():
            batches += 1
            self.env.flush_all()
            self.env.invalidate_all()
        return batches + 1

    def _import(self, rows, user=None, head=HEAD, **vals):
        run = self._start(head + "\n".join(rows) + "\n", user, **vals)
        self._work(run)
        return run

    def _refused(self, run):
        """{line: reason} of the file that goes back."""
        if not run.refused_file:
            return {}
        text = base64.b64decode(run.refused_file).decode("utf-8-sig")
        rows = list(csv.reader(io.StringIO(text, newline="")))[1:]
        return {int(line): reason for line, reason, *_rest in rows}

    def _unit(self, serial):
        return self.env["stock.lot"]._find_by_serial(serial)

    def test_the_owner_comes_with_the_machine(self):
        self.customer_north.ref = "C-N"
        head = "serial,product,sale_date,owner\n"
        run = self._import(["OW1,T-4105,2025-03-04,C-N", "OW2,T-4105,,C-X"], head=head)
        unit = self._unit("OW1")
        self.assertEqual(unit.owner_id, self.customer_north)
        self.assertEqual(unit.territory_id, self.north)
        period = unit.owner_period_ids
        self.assertEqual(period.partner_id, self.customer_north)
        self.assertEqual(period.date_from, date(2025, 3, 4))
        self.assertIn("C-X", self._refused(run)[3])
        again = self._import(["OW1,T-4105,2025-03-04,C-N"], head=head)
        self.assertFalse(again.refused_count)
        self.assertEqual(unit.owner_period_ids, period)

    def test_properties_of_the_model_get_their_defaults(self):
        self.engine.lot_properties_definition = [
            {"name": "paint", "string": "Paint", "type": "char", "default": "green"},
            {"name": "axle", "string": "Axle", "type": "char"},
        ]
        self._import(["PR1,T-4105", "PR2,T-S195"], head="serial,product\n")
        made = self.make_unit("PR3")
        self.assertEqual(
            self._unit("PR1").lot_properties["paint"], made.lot_properties["paint"]
        )
        self.assertFalse(self._unit("PR2").lot_properties)

    def test_a_full_row_becomes_a_machine(self):
        run = self._import(
            [
                "ｉｍ－0001,T-4105,2025-01-02,2025/2/3,20250304,T-dealer,T-shop,"
                + self.city_north.name
            ]
        )
        self.assertEqual(run.state, "done", run.log)
        unit = self._unit("IM0001")
        self.assertEqual(unit.serial_key, normalise(unit.name))
        self.assertEqual(unit.product_id, self.engine)
        self.assertEqual(unit.production_date, date(2025, 1, 2))
        self.assertEqual(unit.shipping_date, date(2025, 2, 3))
        self.assertEqual(unit.sale_date, date(2025, 3, 4))
        self.assertEqual(unit.selling_partner_id, self.dealer)
        self.assertEqual(unit.purchase_place_id, self.shop)
        self.assertEqual(unit.site_state_id, self.state_north)
        self.assertEqual(unit.territory_id, self.north)
        self.assertEqual(unit.company_id, self.env.company)
        self.assertEqual(unit.create_uid, self.headquarters)

    def test_a_loaded_machine_is_like_one_typed_by_hand(self):
        self._import(["IM-0002,T-4105"])
        typed = self.make_unit(
            "IM-0003", production_date=False, shipping_date=False, sale_date=False
        )
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                "SELECT to_jsonb(unit) FROM stock_lot AS unit WHERE id IN %s"
                " ORDER BY name",
                tuple((self._unit("IM0002") | typed).ids),
            )
        )
        differing = {
            name
            for name, value in rows[0][0].items()
            if (value or None) != (rows[1][0][name] or None)
        }
        self.assertLessEqual(
            differing,
            {"id", "name", "serial_key", "create_uid", "create_date"}
            | {"write_uid", "write_date", "company_id"},
        )

    def test_belongs_to_place_else_dealer_else_the_run(self):
        self._import(
            [
                f"IM-1,T-4105,,,,T-dealer,,{self.city_north.name}",
                "IM-2,T-4105,,,,T-dealer,,",
                "IM-3,T-4105,,,,,,",
            ],
            territory_id=self.north.id,
        )
        self.assertEqual(self._unit("IM1").territory_id, self.north)
        self.assertEqual(self._unit("IM2").territory_id, self.south)
        self.assertEqual(self._unit("IM3").territory_id, self.north)

    def test_refused_rows_come_back_with_line_and_reason(self):
        self.env["product.product"].create(
            [{"name": "Twin", "default_code": "T-TWICE"} for _twin in range(2)]
        )
        self.part.tracking = "none"
        run = self._import(
            [
                "IM-1,T-4105",
                "IM-2,NOPE",
                "IM-3,T-4105,31.12.2025",
                "im 1,T-4105",
                ",T-4105",
                "IM-4,T-TWICE",
                "IM-5,T-PUMP",
                "IM-6,T-4105,,,,NOBODY",
                "IM-7,T-4105,,,,,,Nowhere",
                "IM-8,T-4105,2025-05-05,2025-05-04",
                "IM-1,T-S195",
            ]
        )
        refused = self._refused(run)
        self.assertEqual(list(refused), [3, 4, 5, 6, 7, 8, 9, 10, 11])
        for line, words in {
            3: "“NOPE”",
            4: "“31.12.2025”",
            5: "line 2",
            6: "missing",
            7: "Several models",
            8: "not tracked",
            9: "No dealer",
            10: "Nowhere",
            11: "Shipped on is before",
        }.items():
            self.assertIn(words, refused[line])
        self.assertEqual(run.refused_count, 9)
        self.assertEqual((run.done_count, run.total_count), (11, 11))
        self.assertEqual(len(self._unit("IM1")), 2)  # the same serial, two models
        self.assertIn("2 registered", run.log)

    def test_refused_cells_run_no_formula(self):
        run = self._import(['"=HYPERLINK(""http://x"")",NOPE', "+1,@X"])
        text = base64.b64decode(run.refused_file).decode("utf-8-sig")
        self.assertIn("\"'=HYPERLINK", text)
        self.assertIn(",'+1,'@X", text)

    def test_the_same_file_again_changes_nothing(self):
        rows = [f"IM-{i},T-4105,2025-01-02,,,T-dealer" for i in range(20)]
        self._import(rows)
        units = self.env["stock.lot"].search([("name", "=like", "IM-%")])
        before = units.read()
        run = self._import(rows)
        self.assertEqual(
            self.env["stock.lot"].search([("name", "=like", "IM-%")]), units
        )
        self.assertEqual(units.read(), before)
        self.assertIn("0 registered, 0 completed, 20 known", run.log)
        self.assertFalse(run.refused_file)

    def test_what_is_empty_is_filled_what_differs_is_refused(self):
        unit = self.make_unit("IM-1", sale_date=False, shipping_date=False)
        run = self._import(
            ["im1,T-4105,2025-11-01,2025-12-24,,T-dealer,," + self.city_south.name]
        )
        self.assertIn("1 completed", run.log)
        self.assertEqual(unit.shipping_date, date(2025, 12, 24))
        self.assertEqual(unit.selling_partner_id, self.dealer)
        self.assertEqual(unit.territory_id, self.south)
        self.assertEqual(unit.name, "IM-1")
        run = self._import(["im1,T-4105,2025-11-01,2025-12-25,2026-01-01"])
        self.assertIn("another value: Shipped on", self._refused(run)[2])
        self.assertFalse(unit.sale_date)

    def test_a_site_that_moved_is_neither_refused_nor_moved_back(self):
        unit = self.make_unit("IM-1", site_city_id=self.city_south.id)
        run = self._import([f"im1,T-4105,,,,,,{self.city_north.name}"])
        self.assertFalse(run.refused_count)
        self.assertEqual(unit.site_city_id, self.city_south)

    def test_an_office_registers_at_home_only(self):
        run = self._import(
            [
                "IM-1,T-4105",
                f"IM-2,T-4105,,,,,,{self.city_south.name}",
                "IM-3,T-4105,,,,T-dealer",
            ],
            user=self.office_north,
        )
        self.assertEqual(self._unit("IM1").territory_id, self.north)
        self.assertIn("outside", self._refused(run)[3])
        # The dealer of another office is not his to name, nor shown to him.
        self.assertIn("No dealer", self._refused(run)[4])

    def test_an_office_completes_no_machine_of_another(self):
        run = self._import(
            ["DX-0002,T-4105,,,,,,", "DX-0001,T-4105,,,,,,"], user=self.office_north
        )
        self.assertFalse(run.refused_count)
        unit = self.make_unit("IM-1", owner=self.customer_south, sale_date=False)
        run = self._import(["IM-1,T-4105,,,2026-02-02"], user=self.office_north)
        self.assertIn("another territory", self._refused(run)[2])
        self.assertFalse(unit.sale_date)

    def test_an_office_learns_nothing_of_a_machine_of_another(self):
        for day in ("2026-01-10", "2026-01-11"):
            with self.subTest(day):
                run = self._import([f"DX-0002,T-4105,,,{day}"], user=self.office_north)
                self.assertIn("another territory", self._refused(run)[2])
        run = self._import(["DX-0002,T-4105,,,2026-01-11"])
        self.assertIn("another value", self._refused(run)[2])

    def test_agents_start_no_imports(self):
        with self.assertRaises(AccessError):
            self._start(HEAD + "IM-1,T-4105\n", self.agent_north)

    def test_a_file_that_cannot_be_read_fails_with_one_sentence(self):
        for text, words in (
            ("", "empty"),
            ("serial,product\n", "no machine"),
            ("serial,colour,product\nx,y,z\n", "“colour”"),
        ):
            run = self._start(text)
            cron = self.env.ref("aftersales_service.ir_cron_run_work")
            with self.subTest(text), self.enter_registry_test_mode():
                cron.method_direct_trigger()
            self.assertEqual(run.state, "failed")
            self.assertIn(words, run.log)

    def test_gb18030_and_chinese_names(self):
        self.engine.default_code = "柴油机一"
        head = "序列号,产品编码,生产日期,地址\n"
        run = self._start(
            head + "IM-1,柴油机一,2024年5月3日,人民路\n", encoding="gb18030"
        )
        self._work(run)
        self.assertEqual(self._unit("IM1").site_street, "人民路")
        self.assertEqual(self._unit("IM1").production_date, date(2024, 5, 3))

    def test_loaded_in_chunks_and_cleared_up(self):
        rows = [f"IM-{i},T-4105" for i in range(25)]
        with patch.object(aftersales_run_unit_import, "CHUNK_SIZE", 10):
            run = self._start(HEAD + "\n".join(rows))
            self.assertEqual(self._work(run), 5)  # read, check, three chunks
        self.assertIn("25 registered", run.log)
        self.assertFalse(run._is_staged(25))

    def test_continued_after_a_kill_nothing_is_doubled(self):
        """Also when the staging table was lost with the database's crash."""
        rows = [f"IM-{i},T-4105" for i in range(25)] + ["IM-X,NOPE"]
        for lost in (False, True):
            with (
                self.subTest(lost=lost),
                patch.object(aftersales_run_unit_import, "CHUNK_SIZE", 10),
            ):
                run = self._start(HEAD + "\n".join(rows))
                for _batch in range(3):
                    run.sudo()._work_batch()
                self.assertEqual(run.done_count, 10)
                if lost:
                    run._finish_unit_import()
                self._work(run)
                self.assertEqual(run.state, "done")
                units = self.env["stock.lot"].search([("name", "=like", "IM-%")])
                self.assertEqual(len(units), 25)
                self.assertEqual(len(set(units.mapped("serial_key"))), 25)
                self.assertEqual(run.refused_count, 1)
                units.unlink()

    def test_a_discarded_run_leaves_no_rows(self):
        for end in ("action_cancel", "unlink"):
            run = self._start(HEAD + "IM-1,T-4105").with_user(self.administrator)
            run.sudo()._work_batch()
            self.assertTrue(run._is_staged(1))
            count = SQL(
                "SELECT count(*) FROM aftersales_unit_import_row WHERE run_id = %s",
                run.id,
            )
            getattr(run, end)()
            self.assertEqual(self.env.execute_query(count), [(0,)])

    def test_from_the_screen(self):
        Wizard = self.env["aftersales.unit.import.wizard"].with_user(self.office_north)
        wizard = Wizard.create(
            {
                "file": base64.b64encode(b"serial,product\nIM-1,T-4105\n"),
                "file_name": "a",
            }
        )
        run = self.env["aftersales.run"].browse(wizard.action_import()["res_id"])
        self._work(run)
        self.assertEqual(run.state, "done")
        self.assertTrue(self._unit("IM1"))
        for lang in ("en_US", "zh_CN"):
            url = wizard.with_context(lang=lang).action_download_template()["url"]
            self.assertIn("/static/template/machines", url)

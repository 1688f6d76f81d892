from datetime import date

from psycopg2.errors import UniqueViolation

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import AftersalesCase


@tagged("post_install", "-at_install")
class TestServiceCampaign(AftersalesCase):
    """A recall finds its machines, has them done and says how far it is."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.units = cls.env["stock.lot"].concat(
            *(
                cls.make_unit(
                    f"RC-{number:04}",
                    owner=cls.customer_north if number < 8 else cls.customer_south,
                    production_date=date(2025, number, 1),
                    production_batch="B1" if number % 2 else "B2",
                )
                for number in range(1, 11)
            )
        )
        cls.campaign = cls.env["aftersales.service.campaign"].create(
            {
                "name": "Fuel line",
                "serial_from": "rc 0003",
                "serial_to": "RC0009",
                "request_type_id": cls.repair.id,
                "component_id": cls.component.id,
                "instruction": "Exchange the fuel line.",
            }
        )

    def found(self, **conditions):
        empty = {"serial_from": False, "serial_to": False}
        campaign = self.campaign.copy({**empty, **conditions})
        campaign.action_start()
        return [int(line.unit_id.name[-4:]) for line in campaign.line_ids]

    def test_machines_are_found_by_every_condition(self):
        table = [
            ({"serial_from": "RC0003", "serial_to": "rc-0005"}, [3, 4, 5]),
            ({"production_from": "2025-09-01"}, [9, 10]),
            (
                {"production_to": "2025-02-01", "product_ids": self.engine.ids},
                [1, 2],
            ),
            ({"production_batch": "B2", "production_to": "2025-05-01"}, [2, 4]),
        ]
        extra = self.make_unit("RC-00040")
        extra.production_date = False
        (self.unit_north | self.unit_south).production_date = False
        for conditions, numbers in table:
            with self.subTest(**conditions):
                self.assertEqual(self.found(**conditions), numbers)

    def test_without_a_condition_nothing_starts(self):
        with self.assertRaises(UserError):
            self.found()

    def test_a_range_has_two_ends_of_one_length(self):
        for first, last in (("RC1", False), ("RC1", "RC22"), ("RC9", "RC1")):
            with self.subTest(first), self.assertRaises(ValidationError):
                self.campaign.write({"serial_from": first, "serial_to": last})

    def test_looking_again_adds_and_doubles_nothing(self):
        self.campaign.action_start()
        self.assertEqual(self.campaign.unit_count, 7)
        self.make_unit("RC-0005", product=self.part)
        self.campaign.action_find_units()
        self.campaign.action_find_units()
        self.assertEqual(self.campaign.unit_count, 8)
        line = self.campaign.line_ids[0]
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(UniqueViolation) as caught,
            self.cr.savepoint(),
        ):
            line.copy({"campaign_id": line.campaign_id.id, "unit_id": line.unit_id.id})
        self.assertIn("_unit_once", str(caught.exception))

    def test_a_run_makes_each_request_once_and_the_maker_pays(self):
        self.campaign.action_start()
        run = self.env["aftersales.run"].browse(
            self.campaign.action_make_requests()["res_id"]
        )
        while run._work_batch():
            pass
        self.assertEqual(run.state, "done")
        tickets = self.campaign.line_ids.ticket_id
        self.assertEqual(len(tickets), 7)
        self.assertEqual(set(tickets.mapped("warranty_result")), {"covered"})
        self.assertIn("Exchange the fuel line", tickets[0].fault_text)
        self.assertEqual(set(self.campaign.line_ids.mapped("state")), {"planned"})
        self.campaign.line_ids._grant_coverages()
        self.assertEqual(len(self.units.coverage_ids), 7)
        order = self.make_work_order(tickets[0], state="reported")
        order._finish()
        self.assertEqual(self.campaign.done_count, 1)
        self.assertAlmostEqual(self.campaign.completion, 100 / 7)
        order._return_to_station("Photo missing")
        self.assertEqual(self.campaign.done_count, 0)

    def test_an_office_serves_its_own_machines_only(self):
        self.campaign.action_start()
        lines = self.campaign.line_ids.with_user(self.office_north)
        own = lines.search([("campaign_id", "=", self.campaign.id)])
        self.assertEqual(len(own), 5)
        own[:2].action_make_requests()
        self.assertEqual(own.mapped("state")[:3], ["planned", "planned", "to_do"])
        with self.assertRaises(AccessError):
            lines.browse(
                (self.campaign.line_ids - own.sudo()).ids
            ).action_make_requests()
        for action in ("action_start", "action_make_requests", "action_close"):
            with self.assertRaises(AccessError):
                getattr(self.campaign.with_user(self.office_north), action)()

    def test_letters_are_printed_and_dated(self):
        self.campaign.letter = "<p>Dear owner</p>"
        self.campaign.action_start()
        lines = self.campaign.line_ids[:2]
        lines.action_print_letters()
        self.assertTrue(all(lines.mapped("letter_date")))
        html, _kind = self.env["ir.actions.report"]._render_qweb_html(
            "aftersales_service.report_campaign_letter", lines.ids
        )
        self.assertEqual(html.count(b"Dear owner"), 2)
        self.assertIn(b"RC-0003", html)

    def test_a_closed_campaign_makes_no_requests(self):
        self.campaign.action_start()
        self.campaign.action_close()
        with self.assertRaises(UserError):
            self.campaign.line_ids.action_make_requests()

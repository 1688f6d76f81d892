from datetime import timedelta

from lxml import html

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from .common import AftersalesCase

MONTH = 30.4375


@tagged("post_install", "-at_install")
class TestLifeStudy(AftersalesCase):
    """The quality engineer asks how long a model runs."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.today = cls.env.company._get_today()
        cls.model = cls.env["product.product"].create(
            {"name": "Engine to study", "is_storable": True, "tracking": "serial"}
        )
        Code = cls.env["aftersales.fault.code"]
        vals = {"kind": "component", "name": "Pump"}
        cls.part_group = Code.create({**vals, "code": "LG"})
        cls.part_below = Code.create(
            {**vals, "code": "LG1", "parent_id": cls.part_group.id}
        )

    def _make_lives(self, ages, component=None, **vals):
        """Machines by age in months, with their failures' ages in months."""
        first = self.env["stock.lot"].search_count([])
        units = self.env["stock.lot"].create(
            [
                {
                    "name": f"L{first + number:05d}",
                    "product_id": self.model.id,
                    "owner_id": self.customer_north.id,
                    "territory_id": self.north.id,
                    "production_date": "2025-03-05",
                    "installation_date": self._get_day(age),
                    **vals,
                }
                for number, (age, _failures) in enumerate(ages)
            ]
        )
        for unit, (age, failures) in zip(units, ages, strict=True):
            for failure in failures:
                ticket = self.make_request(
                    unit,
                    received_at=fields.Datetime.to_datetime(
                        self._get_day(age) + timedelta(days=round(failure * MONTH))
                    ),
                )
                self.make_work_order(
                    ticket,
                    state="done",
                    component_id=(component or self.part_below).id,
                )
        return units

    def _get_day(self, age):
        return self.today - timedelta(days=round(age * MONTH))

    def _study(self, user=None, **vals):
        study = (
            self.env["aftersales.life.study"]
            .with_user(user or self.quality)
            .create({"product_id": self.model.id, **vals})
        )
        study.action_compute()
        return study

    def test_curve_life_rates_and_forecast(self):
        year = 12.1
        lives = [(year, [3]), (year, [6, 7]), *[(year, [])] * 6, *[(4, [])] * 2]
        self._make_lives(lives)
        study = self._study()
        self.assertEqual((study.unit_count, study.failure_count), (10, 2))
        curve = {line.month: line.value for line in study.survival_line_ids}
        # One of ten failed at 3; the two of 4 months leave; one of seven at 6.
        self.assertEqual(len(curve), 12)
        self.assertAlmostEqual(curve[2], 100)
        self.assertAlmostEqual(curve[4], 90)
        self.assertAlmostEqual(curve[7], 90 * 6 / 7, 2)
        rates = {line.month: line for line in study.rate_line_ids}
        self.assertEqual(sum(line.failure_count for line in rates.values()), 3)
        self.assertAlmostEqual(rates[4].exposure + rates[3].exposure, 20, 0)
        self.assertIn("Weibull shape", study.life_text)
        self.assertEqual(study.forecast_line_ids.mapped("month"), list(range(1, 13)))
        last = study.forecast_line_ids[-1]
        self.assertLess(last.low, last.value)
        self.assertLess(last.value, last.high)
        self.assertIn("of 8 running machines", study.forecast_text)

    def test_no_number_is_better_than_a_wrong_one(self):
        table = {
            "nobody": ([], 0, "No machine has failed"),
            "all run": ([(12, [])] * 3, 3, "No machine has failed"),
            "one failed": ([(12, [3])], 4, "one age"),
        }
        for name, (lives, count, sentence) in table.items():
            with self.subTest(name):
                self._make_lives(lives, production_batch=name)
                study = self._study()
                self.assertEqual(study.unit_count, count)
                self.assertIn(sentence, study.life_text)
                self.assertIn("no forecast", study.forecast_text)
                self.assertFalse(study.forecast_line_ids)

    def test_a_group_holds_its_components_and_others_do_not_count(self):
        self._make_lives([(12, [3]), (12, [5])])
        self._make_lives([(12, [4])], component=self.component)
        table = {False: 3, self.part_group: 2, self.part_below: 2, self.component: 1}
        for component, count in table.items():
            with self.subTest(component=component and component.name):
                study = self._study(component_id=component and component.id)
                self.assertEqual(study.failure_count, count)

    def test_production_months_and_the_age_looked_at(self):
        self._make_lives([(30, [3]), (30, [20])])
        self._make_lives([(13, [6])], production_date="2025-06-05")
        self._make_lives([(13, [6])], production_date=False)
        study = self._study(built_from="2025-01-01", built_to="2025-03-31")
        self.assertEqual((study.unit_count, study.failure_count), (2, 2))
        study = self._study(limit_months=12)
        self.assertEqual((study.unit_count, study.failure_count), (4, 3))
        self.assertEqual(max(study.survival_line_ids.mapped("month")), 12)
        # All machines are older than what is looked at: none is left to fail.
        self.assertIn("of 0 running", study.forecast_text)
        rows = [
            [cell.text_content() for cell in row.iter("td")]
            for row in html.fromstring(study.build_table).iter("tr")
        ]
        self.assertEqual(
            [row for row in rows if row],
            [
                ["not known", "0.0", "0.0", "1000.0"],
                ["2025-03", "500.0", "500.0", "500.0"],
                ["2025-06", "0.0", "0.0", "1000.0"],
            ],
        )

    def test_what_cannot_be_looked_at_is_told(self):
        for months in (0, -3, 1000):
            with self.subTest(months), self.assertRaisesRegex(UserError, "between 1"):
                self._study(limit_months=months)

    def test_an_office_studies_its_own_machines(self):
        self._make_lives([(12, [3])])
        self._make_lives(
            [(12, [4])], territory_id=self.south.id, owner_id=self.customer_south.id
        )
        for user, count in ((self.office_north, 1), (self.headquarters, 2)):
            with self.subTest(user=user.login):
                self.assertEqual(self._study(user).unit_count, count)
        with self.assertRaises(AccessError):
            self._study(self.agent_north)

    def test_facts_are_one_statement(self):
        for count in (1, 20):
            self._make_lives([(12, [3])] * count)
            study = self._study()
            study._prepare_facts()
            with self.subTest(count), self.assertQueryCount(1):
                study._prepare_facts()

    def test_the_form_asks_and_shows(self):
        self._make_lives([(12, [3]), (12, [6])])
        form = Form(self.env["aftersales.life.study"].with_user(self.quality))
        form.product_id = self.model
        study = form.save()
        study.action_compute()
        self.assertTrue(study.is_done)
        action = study.action_open_curve()
        lines = self.env[action["res_model"]].search(action["domain"])
        self.assertEqual(lines, study.survival_line_ids)
        study.action_compute()
        self.assertEqual(len(study.survival_line_ids), len(lines))

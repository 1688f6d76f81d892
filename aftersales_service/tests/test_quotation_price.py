from datetime import date

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import Form, tagged

from ..demo import freight
from .common import AftersalesCase

MEASURES = (
    *("lowest_rate:min", "median_rate:avg", "last_rate:max"),
    *("quotation_count:sum", "won:avg"),
)


class QuotationCase(AftersalesCase):
    """A kind with a rate of its own, and quotations of it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.kind = cls.env["aftersales.interaction.kind"].create(
            {
                "name": "Offer",
                "code": "offer",
                "medium": "quotation",
                "interaction_properties_definition": [
                    {"name": "here", "type": "char", "string": "Here"},
                    {
                        "name": "there",
                        "type": "selection",
                        "string": "There",
                        "selection": [["x1", "Hamburg"], ["x2", "Santos"]],
                    },
                    {"name": "cost", "type": "float", "string": "Cost"},
                    {"name": "offer", "type": "float", "string": "Offer"},
                    {"name": "taken", "type": "boolean", "string": "Taken"},
                ],
                "price_origin": "here",
                "price_destination": "there",
                "price_base": "cost",
                "price_quoted": "offer",
                "price_won": "taken",
            }
        )

    def quote(self, *rates, user=None, moment="2026-01-10 02:00:00", **more):
        interactions = self.env["aftersales.interaction"]
        return interactions.with_user(user or self.headquarters).create(
            [
                {
                    "kind_id": self.kind.id,
                    "moment": moment,
                    "properties": {"offer": rate, **more},
                }
                for rate in rates
            ]
        )

    def group(self, measures, groupby=(), domain=(), user=None):
        self.env.flush_all()
        prices = self.env["aftersales.quotation.price"]
        rows = prices.with_user(user or self.headquarters)._read_group(
            [("kind_id", "=", self.kind.id), *domain], list(groupby), list(measures)
        )
        return rows if groupby else rows[0]


@tagged("post_install", "-at_install")
class TestQuotationPrice(QuotationCase):
    """Prices mined from the own fields of quotations."""

    def test_the_median_is_the_middle_or_the_mean_of_the_two_in_the_middle(self):
        for rates, median in (
            ((7,), 7),
            ((9, 4), 6.5),
            ((100, 1, 3), 3),
            ((8, 2, 6, 1000), 7),
            ((5, 5, 1, 9, 5), 5),
            ((2.5, 1.25), 1.875),
        ):
            with self.subTest(rates=rates):
                quotations = self.quote(*rates)
                domain = [("interaction_id", "in", quotations.ids)]
                found = self.group(["median_rate:avg"], domain=domain)
                self.assertAlmostEqual(found[0], median)

    def test_the_last_is_the_latest_whatever_was_written_last(self):
        self.quote(30, moment="2026-01-20 02:00:00")
        self.quote(10, moment="2026-01-10 02:00:00")
        self.assertEqual(self.group(MEASURES[:4]), (10, 20, 30, 2))

    def test_route_and_month_are_columns(self):
        self.quote(10, 20, here=" Shanghai ", there="x1")
        self.quote(30, here="Shanghai", there="x2")
        # In China the last hours of January are the first of February.
        late = "2026-01-31 17:00:00"
        self.quote(40, moment=late, here="Shanghai", there="x1")
        self.env.company.resource_calendar_id.tz = "Asia/Shanghai"
        rows = self.group(["quotation_count:sum"], ["route", "quoted_on:month"])
        self.assertEqual(
            rows,
            [
                ("Shanghai → Hamburg", date(2026, 1, 1), 2),
                ("Shanghai → Hamburg", date(2026, 2, 1), 1),
                ("Shanghai → Santos", date(2026, 1, 1), 1),
            ],
        )

    def test_the_pivot_gets_totals_that_are_no_sums(self):
        self.quote(1, 2, 9, here="A")
        self.quote(4, 5, here="B")
        self.env.flush_all()
        prices = self.env["aftersales.quotation.price"].with_user(self.headquarters)
        groups = prices.formatted_read_grouping_sets(
            [("kind_id", "=", self.kind.id)],
            [[], ["route"]],
            ["median_rate:avg", "lowest_rate:min"],
        )
        self.assertEqual(groups[0][0]["median_rate:avg"], 4)
        self.assertEqual(groups[0][0]["lowest_rate:min"], 1)
        self.assertEqual([row["median_rate:avg"] for row in groups[1]], [2, 4.5])

    def test_what_holds_no_price_is_no_row(self):
        self.quote(5)
        self.quote(0, False, None)
        self.assertEqual(self.group(["quotation_count:sum"]), (1,))

    def test_json_past_the_form_breaks_nothing(self):
        quotations = self.quote(5, 6, 7, taken=True)
        self.env.flush_all()
        self.env.cr.execute(
            """UPDATE aftersales_interaction
                  SET properties = '{"offer": "1; DROP", "taken": "maybe"}'
                WHERE id = %s""",
            [quotations[0].id],
        )
        self.env.cr.execute(
            """UPDATE aftersales_interaction
                  SET properties = '{"offer": 8, "taken": "maybe", "cost": []}'
                WHERE id = %s""",
            [quotations[1].id],
        )
        self.assertEqual(self.group(["quotation_count:sum", "won:avg"]), (2, 100))

    def test_the_margin_has_the_band_of_the_rule(self):
        for cost, offer, band in (
            (2000, 1999.99, "below"),
            (2000, 2000, "to_5"),
            (1, 1.05, "to_10"),
            (2000, 2200, "to_20"),
            (2000, 2400, "above"),
            (0, 2400, False),
        ):
            with self.subTest(cost=cost, offer=offer):
                quotation = self.quote(offer, cost=cost)
                domain = [("interaction_id", "=", quotation.id)]
                rows = self.group([], ["margin_band"], domain)
                self.assertEqual(rows, [(band,)])

    def test_won_is_of_those_of_which_it_is_said(self):
        self.quote(1, 2, taken=True)
        self.quote(3, taken=False)
        untold = self.quote(4)
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE aftersales_interaction SET properties = '{\"offer\": 4}'"
            " WHERE id = %s",
            [untold.id],
        )
        found = self.group(["quotation_count:sum", "won:avg"])
        self.assertEqual((found[0], round(found[1], 2)), (4, 66.67))

    def test_a_kind_without_a_rate_has_no_prices(self):
        self.quote(5)
        names = [name for name in self.kind._fields if name.startswith("price_")]
        self.kind.write(dict.fromkeys(names, False))
        self.assertEqual(self.group(["quotation_count:sum"], ["kind_id"]), [])

    def test_the_kind_names_fields_it_has(self):
        for vals in (
            {"price_quoted": "gone"},
            {"price_quoted": "here"},
            {"price_quoted": False},
            {"price_won": "offer"},
            {"price_base": "offer"},
        ):
            with self.subTest(vals=vals), self.assertRaises(ValidationError):
                self.kind.write(vals)
        definition = self.kind.interaction_properties_definition
        with self.assertRaises(ValidationError):
            self.kind.interaction_properties_definition = definition[:-1]

    def test_an_office_mines_the_prices_of_its_own_territory(self):
        self.quote(10, user=self.agent_north)
        self.quote(90, user=self.agent_south)
        for user, median in (
            (self.office_north, 10),
            (self.office_south, 90),
            (self.headquarters, 50),
        ):
            with self.subTest(user=user.login):
                found = self.group(["median_rate:avg"], user=user)
                self.assertEqual(found, (median,))
        for user in (self.station_north_user, self.interface_user()):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self.group(["median_rate:avg"], user=user)

    def interface_user(self):
        return self.make_user("interface", self.north, login="prices-interface")

    def test_another_company_has_prices_of_its_own(self):
        self.quote(10)
        other = self.env["res.company"].create({"name": "Other"})
        foreign = self.quote(99)
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE aftersales_interaction SET company_id = %s WHERE id = %s",
            [other.id, foreign.id],
        )
        self.env.invalidate_all()
        self.assertEqual(self.group(["median_rate:avg"]), (10,))

    def test_the_queries_are_the_same_for_many(self):
        counts = []
        for number in (1, 1, 50):
            self.quote(*range(1, number + 1))
            self.env.flush_all()
            self.env.invalidate_all()
            start = self.env.cr.sql_log_count
            self.group(MEASURES, ["route"])
            counts.append(self.env.cr.sql_log_count - start)
        self.assertEqual(counts[1], counts[2])


@tagged("post_install", "-at_install")
class TestFreightForwarder(QuotationCase):
    """R26 by data alone: classes, a kind and its prices, calculated by hand."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        freight.play(cls.env)
        cls.kind = cls.env.ref("aftersales_service.demo_kind_freight")

    def test_lowest_median_and_last_of_a_route_in_a_month(self):
        for route, month, expected in (
            ("Shanghai → Hamburg", "01", (1900, 2100, 2240, 3, 66.67)),
            ("Ningbo → Los Angeles", "02", (3140, 3391.2, 3140, 3, 33.33)),
            ("Qingdao → Santos", "05", (2917.2, 3117.4, 3117.4, 3, 33.33)),
            ("Shanghai → Singapore", "03", (436.8, 462, 462, 3, 66.67)),
        ):
            with self.subTest(route=route, month=month):
                found = self.group(
                    MEASURES,
                    domain=[
                        ("route", "=", route),
                        ("quoted_on", ">=", f"2026-{month}-01"),
                        ("quoted_on", "<=", f"2026-{month}-28"),
                    ],
                )
                self.assertEqual(tuple(round(item, 2) for item in found), expected)

    def test_of_an_even_number_the_median_lies_between(self):
        # 380, 410, 420 | 442.8, 448, 512.5
        domain = [
            ("route", "=", "Shanghai → Singapore"),
            ("quoted_on", "<", "2026-03-01"),
        ]
        found = self.group(MEASURES[:4], domain=domain)
        self.assertEqual([round(item, 2) for item in found], [380, 431.4, 442.8, 6])

    def test_how_many_are_won_by_margin(self):
        rows = self.group(["quotation_count:sum", "won:avg"], ["margin_band"])
        self.assertEqual(
            {band: (count, round(won, 1)) for band, count, won in rows},
            {
                "below": (8, 100),
                "to_5": (12, 100),
                "to_10": (16, 50),
                "to_20": (12, 33.3),
                "above": (12, 0),
            },
        )

    def test_containers_are_named_as_a_person_reads_them(self):
        rows = self.group(["quotation_count:sum"], ["container"])
        self.assertEqual(dict(rows), {"20GP": 15, "40GP": 15, "40HQ": 30})

    def test_customers_have_the_fields_of_their_class(self):
        shipper = self.env.ref("aftersales_service.demo_shipper_pumps")
        self.assertEqual(shipper.class_properties["shipper_boxes"], 12)
        partners = self.env["res.partner"].with_user(self.headquarters)
        self.assertEqual(
            partners.search([("class_properties.shipper_boxes", ">", 20)]),
            self.env.ref("aftersales_service.demo_shipper_toys"),
        )
        with Form(shipper.with_user(self.headquarters)) as form:
            form.customer_class_id = self.env.ref(
                "aftersales_service.demo_class_forwarder"
            )
        with self.assertRaises(AccessError):
            shipper.with_user(self.station_north_user).read(["class_properties"])

from datetime import timedelta

from odoo.fields import Command
from odoo.tests import tagged

from .portal_common import PortalCase


@tagged("post_install", "-at_install")
class TestPortalCertificates(PortalCase):
    """A station sees its own certificates and when they end, never another one's."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.today = cls.env.company._get_today()
        cls.zhang, cls.li, cls.zebra = cls.env["res.partner"].create(
            [
                {"name": name, "parent_id": station.id}
                for name, station in (
                    ("Zhang", cls.station_north),
                    ("Li", cls.station_north),
                    ("Zebra", cls.station_south),
                )
            ]
        )

    @classmethod
    def make_training(cls, days, *people, held=True, **vals):
        """A course whose certificates end in so many days."""
        training = cls.env["aftersales.training"].create(
            {
                "name": f"Course {days}",
                "held_on": cls.today - timedelta(days=400),
                "valid_until": days is not None and cls.today + timedelta(days=days),
                "product_categ_id": cls.categ_single.id,
                "territory_id": cls.north.id,
                "line_ids": [
                    Command.create({"partner_id": one.id, "is_passed": True})
                    for one in people
                ],
                **vals,
            }
        )
        if held:
            training.action_hold()
        return training

    def _rows(self, user=None, part="certificates", query=""):
        """(texts of the rows, alerts) of the page."""
        self.login(user or self.station_north_user)
        page = self.page(self.get(f"/my/certificates{query}"))
        rows = page.xpath(f"//div[@name='{part}']/div")
        alerts = page.xpath("//div[@role='alert']")
        return [
            [" ".join(node.text_content().split()) for node in nodes]
            for nodes in (rows, alerts)
        ]

    def test_what_ends_first_stands_first_with_a_warning(self):
        self.make_training(300, self.zhang)
        self.make_training(-1, self.li)
        repair = self.repair.id
        self.make_training(60, self.zhang, self.li, request_type_id=repair)
        self.make_training(61, self.zhang, product_categ_id=self.categ.id)
        rows, alerts = self._rows()
        words = [(row.split()[0], row.split()[2]) for row in rows]
        self.assertEqual(
            words,
            [
                ("Li", "-1"),
                ("Zhang", "60"),
                ("Li", "60"),
                ("Zhang", "61"),
                ("Zhang", "300"),
            ],
        )
        for row, word in zip(
            rows,
            ("Has ended", "Ends soon", "Ends soon", "Still valid", "Still valid"),
            strict=True,
        ):
            with self.subTest(row):
                self.assertIn(word, row)
        # With the skill that the two certificates of the repair carry.
        self.assertIn("Ended: 1.", alerts[0])
        self.assertIn("Ending within 60 days: 3.", alerts[1])

    def test_renewed_not_held_failed_and_former_people_are_left_out(self):
        self.make_training(-5, self.zhang)
        self.make_training(200, self.zhang)
        self.make_training(10, self.li, held=False)
        failed = self.make_training(10, self.li, held=False)
        failed.line_ids.is_passed = False
        failed.action_hold()
        former = self.li.copy({"name": "Wang"})
        self.make_training(10, former)
        former.active = False
        moved = self.li.copy({"name": "Chen"})
        self.make_training(10, moved)
        moved.parent_id = self.station_south
        rows, _alerts = self._rows()
        self.assertEqual([row.split()[0] for row in rows], ["Zhang"])
        self.assertIn("Course 200", rows[0])

    def test_without_an_end_nothing_is_warned_of(self):
        self.make_training(None, self.zhang)
        rows, alerts = self._rows()
        self.assertIn("without an end", rows[0])
        self.assertFalse(alerts)

    def test_skills_of_the_station_are_told_too(self):
        skill = self.station_north.station_skill_ids
        skill.valid_until = self.today + timedelta(days=3)
        rows, alerts = self._rows(part="skills")
        self.assertIn("Every product", rows[0])
        self.assertIn("Ends soon", rows[0])
        self.assertEqual(len(alerts), 1)

    def test_no_address_opens_another_station(self):
        self.make_training(10, self.zhang)
        foreign = self.make_training(10, self.zebra, name="Zebra course")
        line, station = foreign.line_ids, self.station_south
        for query in (
            f"?station_id={station.id}",
            f"?partner_id={self.zebra.id}&id={line.id}",
            f"?training_id={foreign.id}&company_id=0",
            "?station_id=%27%20OR%201=1&page=-1",
        ):
            rows, alerts = self._rows(query=query)
            with self.subTest(query):
                self.assertEqual([row.split()[0] for row in rows], ["Zhang"])
                self.assertNotIn("Zebra", f"{rows}{alerts}")
        rows, _alerts = self._rows(self.station_south_user)
        self.assertEqual([row.split()[0] for row in rows], ["Zebra"])
        for address in (line.id, foreign.id, station.id):
            url = f"/my/certificates/{address}"
            with self.subTest(url):
                self.assertEqual(self.get(url).status_code, 404)

    def test_another_company_is_another_matter(self):
        company = self.env["res.company"].create({"name": "Abroad"})
        self.make_training(10, self.zhang, company_id=company.id)
        rows, _alerts = self._rows()
        self.assertEqual(rows, [])

    def test_who_has_no_station_has_no_page(self):
        for user in (self.customer_user, self.office_north):
            self.login(user)
            with self.subTest(user=user.login):
                self.assertEqual(self.get("/my/certificates").status_code, 404)
                links = self.page(self.get("/my/home")).xpath(
                    "//a[@href='/my/certificates']"
                )
                self.assertFalse(links)
        self.login(self.station_north_user)
        page = self.page(self.get("/my/home"))
        self.assertTrue(page.xpath("//a[@href='/my/certificates']"))

    def test_queries_do_not_grow(self):
        def count():
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            own = self.station_north.sudo()._get_own_certificates(self.env.company)
            for line, _standing in own["certificates"]:
                line.partner_id.name, line.training_id.name  # noqa: B018
            return self.env.cr.sql_log_count - before

        self.make_training(10, self.zhang)
        count()
        few = count()
        people = [self.li.copy({"name": f"P{number}"}) for number in range(20)]
        self.make_training(20, *people)
        self.assertEqual(count(), few)

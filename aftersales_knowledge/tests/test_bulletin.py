from datetime import timedelta
from unittest.mock import patch

from lxml.html import fromstring
from psycopg2.errors import UniqueViolation

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import BaseCase, HttpCase, tagged
from odoo.tools import mute_logger

from odoo.addons.aftersales_knowledge.tools.bulletin import (
    TRANSITIONS,
    Audience,
    Receiver,
    is_addressed,
)

from .common import KnowledgeCase


@tagged("post_install", "-at_install")
class TestBulletinRule(BaseCase):
    """Whom a bulletin is for, as a table."""

    def test_role_territory_and_grade_decide(self):
        both = frozenset({"station", "dealer"})
        station = {"id": 1, "role": "station", "territory_path": (1, 5), "grade": "b"}
        dealer = {"id": 2, "role": "dealer", "territory_path": (1, 6)}
        table = [
            ({"roles": both}, station, True),
            ({"roles": frozenset({"dealer"})}, station, False),
            ({"roles": both, "territory_ids": frozenset({1})}, station, True),
            ({"roles": both, "territory_ids": frozenset({5})}, station, True),
            ({"roles": both, "territory_ids": frozenset({6})}, station, False),
            ({"roles": both, "grade": "a"}, station, False),
            ({"roles": both, "grade": "b"}, station, True),
            ({"roles": both, "grade": "a"}, dealer, True),
            ({"roles": both, "class_ids": frozenset({7})}, dealer, False),
            (
                {"roles": both, "class_ids": frozenset({7})},
                {**dealer, "class_id": 7},
                True,
            ),
            ({"roles": both, "class_ids": frozenset({7})}, station, True),
            ({"roles": both, "territory_ids": frozenset({5})}, dealer, False),
        ]
        for audience, receiver, expected in table:
            with self.subTest(audience=audience, receiver=receiver["role"]):
                found = is_addressed(Audience(**audience), Receiver(**receiver))
                self.assertEqual(found, expected)


class BulletinCase(KnowledgeCase):
    """Two stations of two regions, and news for one of them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.station = cls.station_north_user.partner_id.commercial_partner_id
        cls.elsewhere = cls.make_station("Elsewhere", cls.south)
        cls.bulletin = cls.make_bulletin()

    @classmethod
    def make_bulletin(cls, publish=True, **vals):
        bulletin = cls.env["aftersales.bulletin"].create(
            {
                "name": "New oil",
                "body": "<p>Use CF-4</p>",
                "territory_ids": [Command.set(cls.north.ids)],
                **vals,
            }
        )
        if publish:
            bulletin.with_user(cls.editor).action_plan()
            bulletin.with_user(cls.approver).action_publish()
        return bulletin

    def deliver(self):
        with patch.object(
            self.registry["ir.cron"], "_commit_progress", lambda *a, **k: float("inf")
        ):
            self.env["aftersales.bulletin.reader"]._cron_deliver()


@tagged("post_install", "-at_install")
class TestBulletin(BulletinCase):
    """Planned by an editor, published by an approver to whom it is for, once."""

    def test_publishing_addresses_the_audience_once(self):
        found = self.bulletin.reader_ids.partner_id
        self.assertIn(self.station, found)
        self.assertNotIn(self.elsewhere, found)
        self.bulletin._address()
        self.assertEqual(len(self.bulletin.reader_ids), len(found))
        with mute_logger("odoo.sql_db"), self.assertRaises(UniqueViolation):
            self.bulletin.reader_ids[0].copy()

    def test_dealers_of_another_class_do_not_get_it(self):
        shipper, farmer = self.env["aftersales.customer.class"].create(
            [{"name": name, "code": f"test_{name}"} for name in ("shipper", "farmer")]
        )
        theirs, others = (
            self.make_customer(
                one.name,
                self.north,
                aftersales_role="dealer",
                customer_class_id=one.id,
            )
            for one in (shipper, farmer)
        )
        bulletin = self.make_bulletin(class_ids=[Command.set(shipper.ids)])
        found = bulletin.reader_ids.partner_id
        self.assertIn(theirs, found)
        self.assertIn(self.station, found)
        self.assertNotIn(others, found)
        with self.assertRaisesRegex(UserError, "published"):
            bulletin.with_user(self.approver).class_ids = False

    def test_an_editor_plans_and_does_not_publish(self):
        draft = self.make_bulletin(publish=False).with_user(self.editor)
        draft.action_plan()
        with self.assertRaises(AccessError):
            draft.action_publish()
        with self.assertRaises(AccessError):
            draft.state = "published"
        with self.assertRaises(AccessError):
            self.bulletin.with_user(self.editor).action_archive_bulletin()
        draft.action_redraft()

    def test_absent_transitions_are_refused(self):
        for state, targets in TRANSITIONS.items():
            bulletin = self.make_bulletin(publish=False)
            bulletin._write_guarded({"state": state})
            for target in set(TRANSITIONS) - set(targets):
                with (
                    self.subTest(state=state, target=target),
                    self.assertRaises(UserError),
                ):
                    bulletin._update_state(target)

    def test_what_was_published_stays_as_it_is(self):
        bulletin = self.bulletin.with_user(self.approver)
        for action in (
            lambda: bulletin.write({"body": "<p>Other</p>"}),
            lambda: bulletin.write({"territory_ids": [Command.clear()]}),
            bulletin.unlink,
        ):
            with self.assertRaisesRegex(UserError, "published"):
                action()
        empty = self.make_bulletin(publish=False, body=False)
        empty.action_plan()
        with self.assertRaisesRegex(UserError, "empty"):
            empty.with_user(self.approver).action_publish()

    def test_nobody_writes_who_has_read(self):
        row = self.bulletin.reader_ids[0].with_user(self.approver)
        with self.assertRaises(AccessError):
            row.read_at = fields.Datetime.now()
        with self.assertRaises(AccessError):
            self.bulletin.with_user(self.station_north_user).read(["name"])

    def test_mail_goes_once_and_one_reminder_to_who_has_not_read(self):
        (self.station | self.elsewhere).email = "station@example.com"
        row = self.bulletin.reader_ids.filtered(
            lambda one: one.partner_id == self.station
        )
        mails = self.env["mail.mail"]
        domain = [("model", "=", row._name), ("res_id", "=", row.id)]
        counts = []
        for _again in range(2):
            self.deliver()
            counts.append(mails.search_count(domain))
        row.mailed_at -= timedelta(days=8)
        for _again in range(2):
            self.deliver()
            counts.append(mails.search_count(domain))
        self.assertEqual(counts, [1, 1, 2, 2])

    def test_who_has_read_is_not_reminded(self):
        row = self.bulletin.reader_ids[0]
        row.partner_id.email = "station@example.com"
        row._note_read()
        row.mailed_at = fields.Datetime.now() - timedelta(days=8)
        self.deliver()
        self.assertFalse(row.reminded_at)

    def test_as_many_queries_for_fifty_bulletins_as_for_one(self):
        more = self.bulletin | self.bulletin.create(
            [{"name": f"News {number}"} for number in range(49)]
        )

        def count(bulletins):
            self.env.flush_all()
            self.env.invalidate_all()
            start = self.cr.sql_log_count
            bulletins.mapped("read_count")
            return self.cr.sql_log_count - start

        count(more)
        self.assertEqual(count(more), count(self.bulletin))


@tagged("post_install", "-at_install")
class TestPortalBulletin(BulletinCase, HttpCase):
    """A station reads what is addressed to it; nothing else is there."""

    def setUp(self):
        super().setUp()
        for user in (self.station_north_user, self.customer_user):
            user.password = user.login
        self.authenticate(self.station_north_user.login, self.station_north_user.login)

    def test_a_station_reads_its_news_and_that_is_noted_once(self):
        page = fromstring(self.url_open("/my/bulletins").content)
        [link] = page.xpath("//div[@id='bulletins']/a")
        self.assertIn("New", link.text_content())
        self.assertIn("Use CF-4", self.url_open(link.get("href")).text)
        row = self.bulletin.reader_ids.filtered(
            lambda one: one.partner_id == self.station
        )
        first = row.read_at
        self.assertEqual(row.read_by_id, self.station_north_user)
        self.url_open(link.get("href"))
        self.assertEqual((row.read_at, self.bulletin.read_count), (first, 1))
        self.bulletin.with_user(self.approver).action_archive_bulletin()
        self.assertNotIn("New oil", self.url_open("/my/bulletins").text)
        self.assertIn("New oil", self.url_open("/my/bulletins?archive=1").text)

    def test_what_is_not_addressed_to_it_is_not_found(self):
        file = self.env["ir.attachment"].create({"name": "a.html", "raw": b"<b>x</b>"})
        elsewhere = self.make_bulletin(
            territory_ids=[Command.set(self.south.ids)],
            attachment_ids=[Command.set(file.ids)],
        )
        draft = self.make_bulletin(publish=False)
        self.assertNotIn(f"/my/bulletins/{elsewhere.id}", self._list())
        for url in (
            f"/my/bulletins/{elsewhere.id}",
            f"/my/bulletins/{elsewhere.id}/files/{file.id}",
            f"/my/bulletins/{self.bulletin.id}/files/{file.id}",
            f"/my/bulletins/{draft.id}",
        ):
            with self.subTest(url):
                self.assertEqual(self.url_open(url).status_code, 404)
        self.authenticate(self.customer_user.login, self.customer_user.login)
        self.assertEqual(self.url_open("/my/bulletins").status_code, 404)

    def test_a_file_is_saved_and_never_shown(self):
        file = self.env["ir.attachment"].create({"name": "a.html", "raw": b"<b>x</b>"})
        news = self.make_bulletin(attachment_ids=[Command.set(file.ids)])
        answer = self.url_open(f"/my/bulletins/{news.id}/files/{file.id}")
        self.assertEqual(answer.status_code, 200)
        self.assertIn("attachment", answer.headers["Content-Disposition"])

    def _list(self):
        return self.url_open("/my/bulletins").text

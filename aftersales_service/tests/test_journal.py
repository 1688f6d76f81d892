import json

from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from .common import AftersalesCase
from .portal_common import PortalCase


@tagged("post_install", "-at_install")
class TestJournal(AftersalesCase):
    """Who changed what and who logged in, by user and day, for administrators."""

    def read_journal(self, *domain):
        self.env.flush_all()
        self.env.invalidate_all()
        return (
            self.env["aftersales.journal"]
            .with_user(self.administrator)
            .search([("user_id", "=", self.office_north.id), *domain])
        )

    def make_change(self):
        training = (
            self.env["aftersales.training"]
            .with_user(self.office_north)
            .with_context(tracking_disable=False)
            .create({"name": "Injection", "held_on": "2026-01-05"})
        )
        self.flush_tracking()
        training.held_on = "2026-02-06"
        training.action_hold()
        self.flush_tracking()
        return training

    def flush_tracking(self):
        self.env.flush_all()
        self.cr.precommit.run()

    def test_a_tracked_change_stands_with_old_and_new_value(self):
        training = self.make_change()
        rows = self.read_journal(("kind", "=", "change"))
        told = {
            (row.field_names, row.old_value, row.new_value, row.document)
            for row in rows
        }
        self.assertIn(("Day", "2026-01-05", "2026-02-06", training.name), told)
        self.assertIn(("State", "Planned", "Held", training.name), told)
        self.assertEqual(set(rows.mapped("model_name")), {"Training"})
        self.assertEqual(rows.company_id, self.office_north.company_id)

    def test_found_by_document_and_grouped_by_user_and_day(self):
        training = self.make_change()
        found = self.read_journal(("document", "ilike", "injecti"))
        self.assertEqual(set(found.mapped("res_id")), {training.id})
        self.assertFalse(self.read_journal(("document", "ilike", "no such thing")))
        groups = (
            self.env["aftersales.journal"]
            .with_user(self.administrator)
            .formatted_read_group(
                [("user_id", "=", self.office_north.id)],
                ["user_id", "moment:day"],
                ["__count"],
            )
        )
        self.assertEqual([group["__count"] for group in groups], [len(found)])
        opened = found[:1].action_open_record()
        self.assertEqual(
            (opened["res_model"], opened["res_id"]), (training._name, training.id)
        )

    def test_log_ins_are_kept_a_day_each(self):
        logs = self.env["res.users.log"].with_user(self.office_north).sudo()
        days = ("2026-11-01 08:00", "2026-11-01 09:00", "2026-11-02 08:00")
        for day in ("2020-01-01 08:00", *days):
            log = logs.create({})
            self.env.flush_all()
            self.env.cr.execute(
                "UPDATE res_users_log SET create_date = %s WHERE id = %s",
                [day, log.id],
            )
        logs._gc_user_logs()
        rows = self.read_journal(("kind", "=", "login"))
        self.assertEqual(
            [str(row.moment)[:16] for row in rows],
            ["2026-11-02 08:00", "2026-11-01 09:00"],
        )

    def test_nobody_but_an_administrator_reads_it(self):
        employee = new_test_user(self.env, "journal-employee")
        for user in (
            self.agent_north,
            self.office_north,
            self.headquarters,
            self.quality,
            employee,
            self.station_north_user,
        ):
            for model in ("aftersales.journal", "aftersales.export.log"):
                records = self.env[model].with_user(user)
                with self.subTest(user=user.login, model=model):
                    with self.assertRaises(AccessError):
                        records.search_read([], ["user_id"])
                    with self.assertRaises(AccessError):
                        records.create({})
        menu = self.env.ref("aftersales_service.journal_menu").id
        for user, shown in ((self.office_north, False), (self.administrator, True)):
            menus = self.env["ir.ui.menu"].with_user(user).load_menus(False)
            self.assertEqual(menu in menus, shown)

    def test_not_even_an_administrator_changes_the_log_of_exports(self):
        self.env["aftersales.export.log"].with_user(self.office_north)._write_down(
            "helpdesk.ticket", 1, ["Title"]
        )
        log = self.env["aftersales.export.log"].with_user(self.administrator)
        row = log.search([], limit=1)
        self.assertTrue(row)
        with self.assertRaises(AccessError):
            row.record_count = 0
        with self.assertRaises(AccessError):
            row.unlink()

    def test_as_many_queries_for_one_row_as_for_thirty(self):
        def count(number):
            for n in range(number):
                self.make_training(n)
            self.flush_tracking()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            rows = self.env["aftersales.journal"].with_user(self.administrator)
            rows = rows.search_fetch(
                [("kind", "=", "change")], ["document", "user_id"], limit=number
            )
            rows.mapped("document")
            return self.env.cr.sql_log_count - before

        count(1)
        self.assertEqual(count(1), count(30))

    def make_training(self, number):
        training = (
            self.env["aftersales.training"]
            .with_user(self.office_north)
            .with_context(tracking_disable=False)
            .create({"name": f"Course {number}", "held_on": "2026-01-05"})
        )
        self.flush_tracking()
        training.held_on = "2026-02-06"


@tagged("post_install", "-at_install")
class TestExportLog(PortalCase):
    """What a person takes out through the export is written down."""

    def setUp(self):
        super().setUp()
        self.agent_north.group_ids |= self.env.ref("base.group_allow_export")
        self.requests = self.make_request() | self.make_request(
            unit=self.make_unit("DX-77", owner=self.customer_north)
        )
        self.login(self.agent_north)

    def find_rows(self):
        self.env.invalidate_all()
        return (
            self.env["aftersales.journal"]
            .with_user(self.administrator)
            .search([("user_id", "=", self.agent_north.id), ("kind", "=", "export")])
        )

    def export(self, model="helpdesk.ticket", groupby=()):
        fields = [
            {"name": name, "label": name, "type": "char", "store": True}
            for name in ("name", "partner_id/phone")
        ]
        data = {
            "model": model,
            "fields": fields,
            "ids": False if groupby else self.requests.ids,
            "domain": [("id", "in", self.requests.ids)],
            "groupby": list(groupby),
            "import_compat": False,
            "context": {},
        }
        self.env.flush_all()
        return self.post("/web/export/xlsx", {"data": json.dumps(data)})

    def test_an_export_stands_with_user_day_count_and_fields(self):
        self.assertEqual(self.export().status_code, 200)
        [row] = self.find_rows()
        self.assertEqual(row.record_count, 2)
        self.assertEqual(row.field_names, "Title, Contact/Phone")
        self.assertEqual(row.model_name, "Helpdesk Ticket")
        self.assertEqual(row.moment.date(), self.env.cr.now().date())
        self.assertEqual(row.company_id, self.env.company)

    def test_an_export_in_groups_is_one(self):
        self.assertEqual(self.export(groupby=["partner_id"]).status_code, 200)
        [row] = self.find_rows()
        self.assertEqual((row.record_count, row.field_names[:5]), (2, "Title"))

    def test_a_refused_export_is_none(self):
        self.agent_north.group_ids -= self.env.ref("base.group_allow_export")
        with mute_logger("odoo.addons.web.controllers.export"):
            self.export()
        self.assertFalse(self.find_rows())

    def test_a_pivot_table_is_written_down(self):
        table = {
            "model": "aftersales.work.order",
            "title": "Jobs",
            "measure_count": 1,
            "origin_count": 1,
            "col_group_headers": [[{"title": "All", "width": 1, "height": 1}]],
            "measure_headers": [{"title": "Hours", "width": 1, "is_bold": False}],
            "origin_headers": [],
            "rows": [{"title": "North", "indent": 0, "values": [{"value": 4}]}],
        }
        for model in (table["model"], "no.such.model"):
            response = self.post(
                "/web/pivot/export_xlsx",
                files={
                    "data": (
                        "data",
                        json.dumps({**table, "model": model}),
                        "application/json",
                    )
                },
            )
            self.assertEqual(response.status_code, 200)
        [row] = self.find_rows()
        self.assertEqual(
            (row.res_model, row.record_count, row.field_names),
            ("aftersales.work.order", 1, "Hours"),
        )

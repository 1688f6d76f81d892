from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.tests import tagged

from .common import AftersalesCase

# Models with rows in two territories, and how a row is found; every door of the
# office is tried on each.
GUARDED = (
    "helpdesk.ticket",
    "aftersales.work.order",
    "aftersales.work.order.operation",
    "aftersales.work.order.part",
    "aftersales.work.order.charge",
    "aftersales.warranty.decision",
    "aftersales.serial.check",
    "aftersales.unit.reading",
    "aftersales.followup",
    "aftersales.station.coverage",
    "aftersales.station.skill",
    "aftersales.station.slot",
    "aftersales.run",
    "stock.lot",
    "res.partner",
)


@tagged("post_install", "-at_install")
class TestBorder(AftersalesCase):
    """An office sees, counts and changes its own territory, and nothing else."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.own = cls._make_rows(cls.unit_north, cls.station_north, cls.north)
        cls.foreign = cls._make_rows(cls.unit_south, cls.station_south, cls.south)

    @classmethod
    def _make_rows(cls, unit, station, territory):
        """One row of each guarded model, by model name."""
        ticket = cls.make_request(unit)
        order = cls.make_work_order(ticket, station)
        rows = {
            "helpdesk.ticket": ticket,
            "aftersales.work.order": order,
            "stock.lot": unit,
            "res.partner": unit.owner_id,
            "aftersales.station.coverage": station.station_coverage_ids,
            "aftersales.station.skill": station.station_skill_ids,
        }
        lines = {"work_order_id": order.id}
        values = {
            "aftersales.work.order.operation": {
                **lines,
                "operation_id": cls.operation.id,
            },
            "aftersales.work.order.part": {**lines, "product_id": cls.part.id},
            "aftersales.work.order.charge": {**lines, "amount": 5.0},
            "aftersales.warranty.decision": {
                "ticket_id": ticket.id,
                "result": "covered",
            },
            "aftersales.serial.check": {
                "typed_serial": unit.name,
                "verdict": "genuine",
                "territory_id": territory.id,
            },
            "aftersales.unit.reading": {"unit_id": unit.id, "value": 10.0},
            "aftersales.followup": {"ticket_id": ticket.id, "due_date": "2026-01-01"},
            "aftersales.station.slot": {
                **lines,
                "station_id": station.id,
                "day": "2026-01-01",
                "number": 1,
            },
            "aftersales.run": {
                "name": "Import",
                "kind": "unit_import",
                "territory_id": territory.id,
            },
        }
        for model, vals in values.items():
            rows[model] = cls.env[model].create(vals)
        return rows

    def _as(self, user, model):
        return self.env[model].with_user(user)

    def test_rows_lie_in_the_territory_of_their_place(self):
        for name in ("helpdesk.ticket", "stock.lot", "res.partner"):
            self.assertEqual(self.own[name].territory_id, self.north)
            self.assertEqual(self.foreign[name].territory_id, self.south)

    def test_search_and_count_stop_at_the_border(self):
        for model in GUARDED:
            rows = self.own[model] | self.foreign[model]
            domain = Domain("id", "in", rows.ids)
            with self.subTest(model=model):
                door = self._as(self.office_north, model)
                self.assertEqual(door.search(domain), self.own[model])
                self.assertEqual(door.search_count(domain), len(self.own[model]))
                self.assertEqual(
                    self._as(self.headquarters, model).search(domain),
                    self.env[model].search(domain),
                )

    def test_grouped_counts_stop_at_the_border(self):
        for model in GUARDED:
            rows = self.own[model] | self.foreign[model]
            groups = self._as(self.office_north, model)._read_group(
                [("id", "in", rows.ids)], aggregates=["__count"]
            )
            with self.subTest(model=model):
                self.assertEqual(groups, [(len(self.own[model]),)])

    def test_reading_and_exporting_a_foreign_row_is_refused(self):
        for model in GUARDED:
            row = self.foreign[model].with_user(self.office_north)
            row.invalidate_recordset()
            with self.subTest(model=model):
                with self.assertRaises(AccessError):
                    row.read(["create_date"])
                with self.assertRaises(AccessError):
                    row.web_read({"create_date": {}})

    def test_export_of_a_foreign_row_is_refused(self):
        self.office_north.group_ids |= self.env.ref("base.group_allow_export")
        for model in GUARDED:
            row = self.foreign[model].with_user(self.office_north)
            row.invalidate_recordset()
            with self.subTest(model=model), self.assertRaises(AccessError):
                row.export_data(["create_date"])

    def test_changing_or_deleting_a_foreign_row_is_refused(self):
        for model in GUARDED:
            row = self.foreign[model].with_user(self.office_north)
            with self.subTest(model=model):
                with self.assertRaises(AccessError):
                    row.check_access("write")
                with self.assertRaises(AccessError):
                    row.check_access("unlink")

    def test_name_search_does_not_tell_foreign_names(self):
        for model, name in (
            ("res.partner", self.customer_south.name),
            ("stock.lot", self.unit_south.name),
            ("helpdesk.ticket", self.foreign["helpdesk.ticket"].number),
            ("aftersales.work.order", self.foreign["aftersales.work.order"].name),
        ):
            with self.subTest(model=model):
                self.assertFalse(self._as(self.office_north, model).name_search(name))
                self.assertTrue(self._as(self.headquarters, model).name_search(name))

    def test_one2many_of_a_shared_record_shows_own_rows_only(self):
        """A station that covers both regions is seen by both, its jobs are not."""
        self.env["aftersales.station.coverage"].create(
            {"station_id": self.station_south.id, "territory_id": self.north.id}
        )
        station = self.station_south.with_user(self.office_north)
        self.assertEqual(station.name, "Station South")
        unit = self.unit_south
        unit.visiting_territory_ids |= self.north
        unit.invalidate_recordset()
        seen = unit.with_user(self.office_north)
        self.assertEqual(seen.name, "DX-0002")
        self.assertFalse(seen.request_ids)
        self.assertFalse(seen.work_order_ids)

    def test_chatter_and_attachments_of_a_foreign_record_stay_closed(self):
        ticket = self.foreign["helpdesk.ticket"]
        message = ticket.message_post(body="South only")
        attachment = self.env["ir.attachment"].create(
            {
                "name": "photo.txt",
                "raw": b"South only",
                "res_model": "helpdesk.ticket",
                "res_id": ticket.id,
            }
        )
        self.env.invalidate_all()
        with self.assertRaises(AccessError):
            message.with_user(self.office_north).read(["body"])
        self.assertFalse(
            self._as(self.office_north, "mail.message").search(
                [("id", "=", message.id)]
            )
        )
        with self.assertRaises(AccessError):
            attachment.with_user(self.office_north).read(["raw"])
        with self.assertRaises(AccessError):
            ticket.with_user(self.office_north).message_post(body="From outside")

    def test_following_a_foreign_request_does_not_open_it(self):
        ticket = self.foreign["helpdesk.ticket"]
        ticket.message_subscribe(partner_ids=self.office_north.partner_id.ids)
        with self.assertRaises(AccessError):
            ticket.with_user(self.office_north).read(["name"])

    def test_revoked_territory_ends_at_once(self):
        row = self.own["helpdesk.ticket"].with_user(self.office_north)
        self.assertTrue(row.read(["name"]))
        self.north.staff_ids -= self.office_north
        row.invalidate_recordset()
        with self.assertRaises(AccessError):
            row.read(["name"])

    def test_territory_revoked_on_the_user_ends_at_once(self):
        row = self.own["helpdesk.ticket"].with_user(self.office_north)
        self.assertTrue(row.read(["name"]))
        self.office_north.territory_ids = False
        row.invalidate_recordset()
        with self.assertRaises(AccessError):
            row.read(["name"])

    def test_staff_of_a_territory_see_its_parts(self):
        city = self.env["aftersales.territory"].create(
            {"name": "City", "parent_id": self.south.id}
        )
        self.foreign["helpdesk.ticket"].territory_id = city
        seen = self._as(self.office_south, "helpdesk.ticket").search(
            [("id", "=", self.foreign["helpdesk.ticket"].id)]
        )
        self.assertTrue(seen)

    def test_machine_from_elsewhere_can_be_worked_with_where_it_breaks_down(self):
        ticket = self.make_request(
            self.unit_south, site_state_id=self.state_north.id
        ).with_user(self.office_north)
        self.assertEqual(ticket.territory_id, self.north)
        ticket.invalidate_recordset()
        self.env.invalidate_all()
        self.assertEqual(ticket.unit_id.name, "DX-0002")
        self.assertEqual(ticket.partner_id.name, "Customer South")
        data = ticket.web_read(
            {
                "unit_id": {"fields": {"display_name": {}, "name": {}}},
                "partner_id": {"fields": {"display_name": {}, "phone": {}}},
            }
        )
        self.assertEqual(data[0]["unit_id"]["name"], "DX-0002")
        with self.assertRaises(AccessError):
            ticket.unit_id.write({"production_batch": "x"})

    def test_employees_and_their_contacts_stay_visible(self):
        supplier = self.env["res.partner"].create({"name": "Supplier"})
        self.assertFalse(supplier.territory_id)
        self.assertEqual(
            self._as(self.agent_north, "res.partner").browse(supplier.id).name,
            "Supplier",
        )

    def test_contact_of_a_foreign_customer_is_behind_the_border(self):
        contact = self.env["res.partner"].create(
            {"name": "Ms. South", "parent_id": self.customer_south.id}
        )
        self.assertEqual(contact.territory_id, self.south)
        with self.assertRaises(AccessError):
            contact.with_user(self.agent_north).read(["name"])

    def test_who_is_not_bound_by_the_border_keeps_working(self):
        warehouse = self.make_user("interface", login="warehouse")
        warehouse.group_ids = self.env.ref("stock.group_stock_user")
        unit = self.unit_south.with_user(warehouse)
        self.assertEqual(unit.name, "DX-0002")

    def test_agent_creates_a_customer_without_an_address_at_home(self):
        partner = self._as(self.agent_north, "res.partner").create(
            {"name": "New caller", "aftersales_role": "customer"}
        )
        self.assertEqual(partner.territory_id, self.north)

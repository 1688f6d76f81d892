from psycopg2.errors import CheckViolation

from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import SQL, mute_logger

from . import test_access_matrix
from .border_doors import BorderDoorsMixin, GuardedModelsMixin
from .common import AftersalesCase
from .portal_common import PortalCase


def prepare_quotation_kind(env):
    """The kind of interactions that are in the price list."""
    kind = env.ref("aftersales_service.interaction_kind_quotation")
    rate = {"name": "rate", "type": "float", "string": "Rate"}
    kind.interaction_properties_definition = [rate]
    kind.price_quoted = "rate"
    return kind


def find_figures(ticket, order, followup):
    """Rows of the views of the database about a request, its job and follow-up."""
    env = ticket.env
    env.flush_all()
    # Raw: only where it lies matters here, not how it came to be done.
    env.cr.execute(
        "UPDATE aftersales_work_order SET state = 'done' WHERE id = %s", [order.id]
    )
    order.invalidate_recordset()
    ids = {
        "request": ticket.id,
        "work.order": order.id,
        "quality": order.id,
        "followup": followup.id,
        "part": order.part_line_ids[:1].id,
        # The fourth of the eight kinds of duties there may be.
        "duty": followup.id * 8 + 3,
    }
    models = {f"aftersales.{name}.figures": row_id for name, row_id in ids.items()}
    return {name: env[name].browse(row_id) for name, row_id in models.items()}


@tagged("post_install", "-at_install")
class TestBorder(GuardedModelsMixin, BorderDoorsMixin, AftersalesCase):
    """An office sees, counts and changes its own territory, and nothing else."""

    MODULE = "aftersales_service"
    NO_BORDER = test_access_matrix.TestAccessMatrix.NO_BORDER
    CORE = {"helpdesk.ticket", "stock.lot", "res.partner"}
    # A partner with a role has a territory (constraint), and its lines with it.
    ALWAYS_PLACED = {
        "res.partner",
        "aftersales.station.coverage",
        "aftersales.station.skill",
        "aftersales.station.slot",
    }
    VISITING = ALWAYS_PLACED | {
        "stock.lot",
        "aftersales.unit.reading",
        "aftersales.unit.period",
        "aftersales.warranty.coverage",
        "aftersales.counterfeit.case",
    }
    SHARED_LISTS = {
        "stock.lot.request_ids",
        "stock.lot.work_order_ids",
        "res.partner.helpdesk_ticket_ids",
        "res.partner.station_slot_ids",
        "helpdesk.ticket.warranty_decision_ids",
    }
    REPORTS = 7

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.reader, cls.overseer = cls.office_north, cls.headquarters
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
        movements = cls.env["aftersales.dealer.movement"]._unguarded()
        dealer = cls.make_customer("Dealer", territory, aftersales_role="dealer")
        movement = {"dealer_id": dealer.id, "moved_on": "2026-01-01"}
        movement["product_id"] = cls.part.id
        rows[movements._name] = movements.create(movement)._guarded_again()
        campaign = cls.env["aftersales.service.campaign"].create({"name": "Recall"})
        values = {
            "aftersales.deadline.alert": {
                "ticket_id": ticket.id,
                "kind": "answer_late",
                "deadline": "2026-01-01 08:00:00",
                "territory_id": territory.id,
                "company_id": ticket.company_id.id,
            },
            "aftersales.request.mark": {
                "ticket_id": ticket.id,
                "step_name": "Price agreed",
                "role": "office",
            },
            "aftersales.service.campaign.unit": {
                "campaign_id": campaign.id,
                "unit_id": unit.id,
            },
            "aftersales.work.order.operation": {
                **lines,
                "operation_id": cls.operation.id,
            },
            "aftersales.work.order.part": {**lines, "product_id": cls.part.id},
            "aftersales.work.order.charge": {**lines, "amount": 5.0},
            "aftersales.work.order.visit": {**lines, "travel_km": 5.0},
            "aftersales.warranty.coverage": {"unit_id": unit.id},
            "aftersales.warranty.decision": {
                "ticket_id": ticket.id,
                "result": "covered",
            },
            "aftersales.serial.check": {
                "typed_serial": unit.name,
                "verdict": "genuine",
                "territory_id": territory.id,
            },
            "aftersales.counterfeit.case": {
                "kind": "far_apart",
                "signal_key": unit.name,
                "serial_key": unit.name,
                "unit_id": unit.id,
                "territory_id": territory.id,
            },
            "aftersales.unit.registration": {
                "unit_id": unit.id,
                "partner_id": unit.owner_id.id,
                "bought_on": "2026-01-01",
            },
            "aftersales.unit.period": {
                "unit_id": unit.id,
                "kind": "owner",
                "date_to": "2025-01-01",
            },
            "aftersales.unit.reading": {"unit_id": unit.id, "value": 10.0},
            "aftersales.interaction": {
                "kind_id": prepare_quotation_kind(cls.env).id,
                "properties": {"rate": 5.0},
                "ticket_id": ticket.id,
                "unit_id": unit.id,
                "partner_id": unit.owner_id.id,
            },
            "aftersales.followup": {"ticket_id": ticket.id, "due_date": "2026-01-01"},
            "aftersales.care.gift": {
                "name": "Thermos",
                "quantity": 1,
                "territory_id": territory.id,
            },
            "aftersales.training": {
                "name": "Injection",
                "held_on": "2026-01-01",
                "territory_id": territory.id,
                "line_ids": [Command.create({"partner_id": unit.owner_id.id})],
            },
            "aftersales.station.slot": {
                **lines,
                "station_id": station.id,
                "day": "2026-01-01",
                "number": 1,
            },
            "aftersales.quality.signal": {
                "company_id": ticket.company_id.id,
                "ticket_id": ticket.id,
                "product_id": unit.product_id.id,
                "component_id": cls.component.id,
                # Told once per build, and each side has its own.
                "production_month": f"2026-{territory.id % 12 + 1:02d}-01",
            },
            "aftersales.run": {
                "name": "Import",
                "kind": "unit_import",
                "territory_id": territory.id,
            },
        }
        for model, vals in values.items():
            records = cls.env[model]
            if model in (
                "aftersales.counterfeit.case",
                "aftersales.unit.registration",
            ):
                records = records._unguarded()
            rows[model] = records.create(vals).with_env(cls.env)
        attendees = rows["aftersales.training"].line_ids
        rows[attendees._name] = attendees
        returns = cls.env["aftersales.part.return"]._unguarded()
        rows[returns._name] = returns.create(
            {"part_line_id": rows["aftersales.work.order.part"].id}
        )._guarded_again()
        rows["aftersales.warranty.tryout"] = cls.env[
            "aftersales.warranty.tryout"
        ].create(
            {
                "run_id": rows["aftersales.run"].id,
                "decision_id": rows["aftersales.warranty.decision"].id,
                "new_result": "covered",
            }
        )
        # Views; their rows have the id of what they look at, or twice that.
        interaction = rows["aftersales.interaction"]
        for view, row_id in (
            ("aftersales.request.monitor", ticket.id),
            ("aftersales.quotation.price", interaction.id),
            ("aftersales.timeline", interaction.id * 2),
        ):
            rows[view] = cls.env[view].browse(row_id)
        # What a dealer registered without a serial number is the last of its four.
        sold = rows[movements._name].id * 4 + 3
        rows["aftersales.dealer.figures"] = cls.env["aftersales.dealer.figures"].browse(
            sold
        )
        rows |= find_figures(ticket, order, rows["aftersales.followup"])
        return rows

    def test_rows_lie_in_the_territory_of_their_place(self):
        for name in ("helpdesk.ticket", "stock.lot", "res.partner"):
            self.assertEqual(self.own[name].territory_id, self.north)
            self.assertEqual(self.foreign[name].territory_id, self.south)

    def test_names_tell_neither_phone_nor_address_nor_owner(self):
        """Odoo reads display_name past the border, so a name must not tell these."""
        self.customer_south.write({"phone": "+86 139 9999 0001", "street": "Quay 7"})
        place = {"site_street": "Quay 7", "site_zip": "654321"}
        self.unit_south.write(place)
        self.foreign["helpdesk.ticket"].write(
            {**place, "contact_phone": "+86 139 9999 0001"}
        )
        self.env.invalidate_all()
        for model, rows in self.foreign.items():
            name = " ".join(rows.mapped("display_name"))
            secrets = ["9999 0001", "99990001", "Quay 7", "654321"]
            if model != "res.partner":
                secrets.append(self.customer_south.name)
            for secret in secrets:
                with self.subTest(model=model, secret=secret):
                    self.assertNotIn(secret, name)

    def test_own_rows_link_to_nothing_behind_the_border(self):
        """Also when the machine and its owner live elsewhere: they visit."""
        guest = self._make_guest_rows()
        self.env.invalidate_all()
        for model, rows in [*self.own.items(), *guest.items()]:
            for name, field in rows._fields.items():
                if field.type != "many2one" or field.comodel_name not in self.own:
                    continue
                linked = rows[name].with_user(self.office_north)
                with self.subTest(model=model, field=name):
                    self.assertTrue(linked.has_access("read"), linked.sudo())

    def _make_guest_rows(self):
        """Request and job here for a southern machine."""
        ticket = self.make_request(self.unit_south, site_state_id=self.state_north.id)
        order = self.make_work_order(ticket)
        return {"helpdesk.ticket": ticket, "aftersales.work.order": order}

    def test_rows_of_another_company_are_not_found(self):
        """Whoever passes the border is still bound by the company."""
        other = self.env["res.company"].create({"name": "Another maker"})
        for model, rows in self._make_rows_of_each_model().items():
            if not self.env[model]._auto:
                continue  # a view of rows that are tried themselves
            self.env.flush_all()
            domain = [("id", "in", rows.ids)]
            door = self._as(self.administrator, model).search
            with self.subTest(model=model):
                self.assertEqual(door(domain), rows.sudo(False))
                self.env.cr.execute(
                    SQL(
                        "UPDATE %s SET company_id = %s WHERE id IN %s",
                        SQL.identifier(self.env[model]._table),
                        other.id,
                        tuple(rows.ids),
                    )
                )
                self.env.invalidate_all()
                self.assertFalse(door(domain))

    def _make_rows_of_each_model(self):
        """A row of each stored model of this addon, by model name."""
        policy = self.env["aftersales.warranty.policy"].create(
            {
                "name": "Engines",
                "line_ids": [Command.create({"name": "All", "months": 12})],
            }
        )
        made = self.own | {
            policy._name: policy,
            policy.line_ids._name: policy.line_ids,
            "aftersales.evidence": self.env["aftersales.evidence"].create(
                {"request_type_id": self.repair.id, "name": "Nameplate"}
            ),
            "aftersales.intake.script": self.env["aftersales.intake.script"].create(
                {"name": "Hello", "text": "Hello"}
            ),
            "aftersales.customer.class": self.env["aftersales.customer.class"].create(
                {"name": "Shipper", "code": "test_shipper"}
            ),
            "aftersales.loyalty.class": self.env["aftersales.loyalty.class"].create(
                {"name": "Gold"}
            ),
            "aftersales.export.log": self.env["aftersales.export.log"].create(
                {"user_id": self.env.uid, "res_model": "helpdesk.ticket"}
            ),
            "aftersales.serial.format": self.env["aftersales.serial.format"].create(
                {"name": "Engines", "masks": "####"}
            ),
        }
        return {
            name: made.get(name) or self.env[name].search([], limit=1)
            for name, model in self.env.registry.items()
            if model._original_module == "aftersales_service"
            and not (model._abstract or model._transient)
        }

    def test_a_role_without_a_territory_lies_in_the_root(self):
        nobody = self.make_user("headquarters", login="nowhere")
        partner = self._as(nobody, "res.partner").create(
            {"name": "From somewhere", "aftersales_role": "customer"}
        )
        self.assertEqual(partner.territory_id, self.hq)
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaisesRegex(CheckViolation, "_role_has_territory"),
            self.cr.savepoint(),
        ):
            partner.sudo().territory_id = False
            partner.flush_recordset()

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


@tagged("post_install", "-at_install")
class TestPrintedBorder(PortalCase):
    """The address of a printed job gives nobody the job of somebody else."""

    def test_a_foreign_job_is_not_printed(self):
        own = self.make_work_order()
        foreign = self.make_work_order(
            self.make_request(self.unit_south), self.station_south
        )
        url = "/report/%s/aftersales_service.report_work_order/%s"
        for user in self.office_north | self.agent_north | self.station_north_user:
            self.login(user)
            for kind in ("html", "pdf", "text"):
                with self.subTest(user=user.login, kind=kind):
                    with mute_logger("odoo.http"):
                        response = self.get(url % (kind, foreign.id))
                    self.assertNotEqual(response.status_code, 200)
                    self.assertNotIn(self.customer_south.name, response.text)
            if user._is_internal():
                response = self.get(url % ("html", own.id))
                self.assertIn(own.name, response.text)
        self.assertEqual(self.get(f"/my/jobs/{foreign.id}/pdf").status_code, 404)

from datetime import date

from odoo import fields
from odoo.fields import Command
from odoo.tests import TransactionCase, new_test_user

NO_MAIL = {
    "tracking_disable": True,
    "mail_create_nolog": True,
    "no_reset_password": True,
}

GROUPS = "aftersales_service.group_aftersales_%s"


class AftersalesCase(TransactionCase):
    """A small maker: two regions, a station each, an engine, users of every role.

    Names are ``<thing>_<region>``; ``make_*`` methods give further records with
    sensible values, any of which a test may override.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context={**cls.env.context, **NO_MAIL})
        cls._create_territories()
        cls._create_users()
        cls._create_products()
        cls._create_network()

    @classmethod
    def _create_territories(cls):
        cls.country = cls.env.ref("base.cn")
        cls.env.company.country_id = cls.country
        states = cls.env["res.country.state"].search(
            [("country_id", "=", cls.country.id)], limit=2, order="code"
        )
        cls.state_north, cls.state_south = states
        cls.city_north, cls.city_south = cls.env["res.city"].create(
            [
                {
                    "name": f"City {s.code}",
                    "state_id": s.id,
                    "country_id": cls.country.id,
                }
                for s in states
            ]
        )
        Territory = cls.env["aftersales.territory"]
        cls.hq = cls.env.ref("aftersales_service.territory_headquarters")
        cls.north, cls.south = Territory.create(
            [
                {
                    "name": name,
                    "code": code,
                    "parent_id": cls.hq.id,
                    "area_ids": [
                        Command.create(
                            {"country_id": cls.country.id, "state_id": state.id}
                        )
                    ],
                }
                for name, code, state in (
                    ("North", "T-N", cls.state_north),
                    ("South", "T-S", cls.state_south),
                )
            ]
        )

    @classmethod
    def _create_users(cls):
        cls.agent_north = cls.make_user("agent", cls.north)
        cls.office_north = cls.make_user("office", cls.north)
        cls.agent_south = cls.make_user("agent", cls.south)
        cls.office_south = cls.make_user("office", cls.south)
        cls.headquarters = cls.make_user("headquarters", cls.hq)
        cls.administrator = cls.make_user("administrator", cls.hq)
        cls.quality = cls.make_user("quality", cls.hq)

    @classmethod
    def make_user(cls, role, territory=None, **vals):
        """An internal user who holds one role and works in one territory."""
        code = territory.code if territory else "none"
        return new_test_user(
            cls.env,
            login=vals.pop("login", f"{role}-{code}".lower()),
            groups=GROUPS % role,
            territory_ids=[Command.set(territory.ids if territory else [])],
            tz="Asia/Shanghai",
            context=NO_MAIL,
            **vals,
        )

    @classmethod
    def make_portal_user(cls, partner, login):
        """A portal user who is, or works for, the partner."""
        user = new_test_user(
            cls.env, login=login, groups="base.group_portal", context=NO_MAIL
        )
        user.partner_id.parent_id = partner
        return user

    @classmethod
    def _create_products(cls):
        cls.categ = cls.env["product.category"].create({"name": "Diesel engines"})
        cls.categ_single = cls.env["product.category"].create(
            {"name": "Single cylinder", "parent_id": cls.categ.id}
        )
        Product = cls.env["product.product"]
        cls.engine, cls.engine_single = Product.create(
            [
                {
                    "name": name,
                    "default_code": code,
                    "type": "consu",
                    "is_storable": True,
                    "tracking": "serial",
                    "categ_id": categ.id,
                }
                for name, code, categ in (
                    ("Engine 4105", "T-4105", cls.categ),
                    ("Engine S195", "T-S195", cls.categ_single),
                )
            ]
        )
        cls.part = Product.create(
            {
                "name": "Injection pump",
                "default_code": "T-PUMP",
                "type": "consu",
                "is_storable": True,
                "standard_price": 100.0,
                "list_price": 180.0,
            }
        )
        Fault = cls.env["aftersales.fault.code"]
        cls.component, cls.symptom, cls.cause, cls.remedy, cls.misuse = Fault.create(
            [
                {"kind": kind, "code": f"T-{code}", "name": name, **more}
                for kind, code, name, more in (
                    ("component", "C1", "Fuel system", {"component_class": "main"}),
                    ("symptom", "S1", "Does not start", {}),
                    ("cause", "U1", "Worn", {}),
                    ("remedy", "R1", "Replaced", {}),
                    ("cause", "U9", "Wrong fuel", {"is_misuse": True}),
                )
            ]
        )
        cls.operation = cls.env["aftersales.operation"].create(
            {"code": "T-OP1", "name": "Replace injection pump", "standard_hours": 2.5}
        )

    @classmethod
    def _create_network(cls):
        cls.station_north = cls.make_station("Station North", cls.north)
        cls.station_south = cls.make_station("Station South", cls.south)
        cls.station_north_user = cls.make_portal_user(cls.station_north, "st-north")
        cls.station_south_user = cls.make_portal_user(cls.station_south, "st-south")
        cls.customer_north = cls.make_customer("Customer North", cls.north)
        cls.customer_south = cls.make_customer("Customer South", cls.south)
        cls.customer_user = cls.make_portal_user(cls.customer_north, "cust-north")
        cls.unit_north = cls.make_unit("DX-0001", owner=cls.customer_north)
        cls.unit_south = cls.make_unit("DX-0002", owner=cls.customer_south)
        cls.repair = cls.env.ref("aftersales_service.request_type_repair")
        cls.installation = cls.env.ref("aftersales_service.request_type_installation")

    @classmethod
    def _place(cls, territory):
        """Address in a territory's area."""
        is_south = territory == cls.south
        return {
            "country_id": cls.country.id,
            "state_id": (cls.state_south if is_south else cls.state_north).id,
            "city_id": (cls.city_south if is_south else cls.city_north).id,
        }

    @classmethod
    def make_station(cls, name, territory, **vals):
        """A station that covers its own territory and repairs everything."""
        return cls.env["res.partner"].create(
            {
                "name": name,
                "is_company": True,
                "email": f"{name.lower().replace(' ', '.')}@example.com",
                "aftersales_role": "station",
                "station_coverage_ids": [
                    Command.create({"territory_id": territory.id, "rank": 1})
                ],
                "station_skill_ids": [Command.create({})],
                **cls._place(territory),
                **vals,
            }
        )

    @classmethod
    def make_customer(cls, name, territory, **vals):
        return cls.env["res.partner"].create(
            {
                "name": name,
                "aftersales_role": "customer",
                "phone": "+86 138 0000 0000",
                **cls._place(territory),
                **vals,
            }
        )

    @classmethod
    def make_unit(cls, serial, product=None, owner=None, **vals):
        return cls.env["stock.lot"].create(
            {
                "name": serial,
                "product_id": (product or cls.engine).id,
                "owner_id": owner.id if owner else False,
                "sale_date": date(2026, 1, 10),
                "shipping_date": date(2025, 12, 1),
                "production_date": date(2025, 11, 1),
                **vals,
            }
        )

    @classmethod
    def make_request(cls, unit=None, **vals):
        """A repair request for a unit, of its owner."""
        unit = cls.unit_north if unit is None else unit
        return cls.env["helpdesk.ticket"].create(
            {
                "name": "Does not start",
                "description": "Does not start",
                "request_type_id": cls.repair.id,
                "partner_id": unit.owner_id.id,
                "unit_id": unit.id,
                "serial_typed": unit.name,
                "symptom_id": cls.symptom.id,
                **vals,
            }
        )

    @classmethod
    def make_work_order(cls, ticket=None, station=None, state="accepted", **vals):
        """A work order already in a state, as if its earlier life had happened."""
        ticket = ticket or cls.make_request()
        now = fields.Datetime.now()
        dates = {"offered_at": now, "accepted_at": now, "answer_by": now}
        if state in ("reported", "done"):
            dates |= {"arrived_at": now, "reported_at": now}
        if state == "done":
            dates["done_at"] = now
        order = (
            cls.env["aftersales.work.order"]
            ._unguarded()
            .create(
                {
                    "ticket_id": ticket.id,
                    "station_id": (station or cls.station_north).id,
                    "state": state,
                    **dates,
                    **vals,
                }
            )
        )
        return order._guarded_again()

    @classmethod
    def report_vals(cls, **vals):
        """What a complete report of a repair holds."""
        return {
            "component_id": cls.component.id,
            "symptom_id": cls.symptom.id,
            "cause_id": cls.cause.id,
            "remedy_id": cls.remedy.id,
            "reading_value": 120.0,
            "travel_km": 40.0,
            "labor_hours": 2.5,
            "started_on": fields.Date.today(),
            "work_text": "Pump replaced",
            "operation_line_ids": [Command.create({"operation_id": cls.operation.id})],
            "part_line_ids": [
                Command.create({"product_id": cls.part.id, "quantity": 1.0})
            ],
            **vals,
        }

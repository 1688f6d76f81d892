from odoo.exceptions import AccessError
from odoo.tests import Form, tagged

from .common import AftersalesCase


@tagged("post_install", "-at_install")
class TestInteraction(AftersalesCase):
    """What is said and written between a customer and us."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.letter = cls.env.ref("aftersales_service.interaction_kind_letter")

    def write_down(self, user=None, **vals):
        interactions = self.env["aftersales.interaction"].with_user(
            user or self.agent_north
        )
        return interactions.create({"kind_id": self.letter.id, **vals})

    def test_it_lies_where_its_request_else_its_customer_belongs(self):
        ticket = self.make_request(self.unit_south, site_state_id=self.state_north.id)
        of_request = self.write_down(
            self.headquarters,
            ticket_id=ticket.id,
            partner_id=self.customer_south.id,
        )
        self.assertEqual(of_request.territory_id, self.north)
        of_customer = self.write_down(
            self.headquarters, partner_id=self.customer_south.id
        )
        self.assertEqual(of_customer.territory_id, self.south)

    def test_with_a_visiting_customer_it_stays_with_the_writer(self):
        self.make_request(self.unit_south, site_state_id=self.state_north.id)
        with_guest = self.write_down(partner_id=self.customer_south.id)
        self.assertEqual(with_guest.territory_id, self.north)
        self.assertEqual(self.write_down().territory_id, self.north)

    def test_nobody_links_what_he_may_not_read(self):
        own = self.write_down()
        for name, record in (
            ("partner_id", self.customer_south),
            ("unit_id", self.unit_south),
            ("ticket_id", self.make_request(self.unit_south)),
        ):
            with self.subTest(name):
                with self.assertRaises(AccessError):
                    self.write_down(**{name: record.id})
                with self.assertRaises(AccessError):
                    own.write({name: record.id})

    def test_an_agent_writes_his_own_and_an_office_all(self):
        colleague = self.make_user("agent", self.north, login="colleague")
        own = self.write_down()
        own.summary = "Asked for a manual"
        with self.assertRaises(AccessError):
            own.with_user(colleague).summary = "Never called"
        with self.assertRaises(AccessError):
            self.write_down(user_id=colleague.id)
        own.with_user(self.office_north).summary = "Asked for two manuals"
        with self.assertRaises(AccessError):
            own.with_user(self.office_south).read(["summary"])

    def test_what_the_telephone_system_tells_is_not_typed(self):
        own = self.write_down()
        for name, value in (
            ("call_id", "1"),
            ("recording_url", "https://example.com/1"),
            ("call_state", "ended"),
        ):
            with self.subTest(name):
                with self.assertRaises(AccessError):
                    own.write({name: value})
                with self.assertRaises(AccessError):
                    self.write_down(**{name: value})

    def test_fields_of_the_kind_are_searched_and_grouped(self):
        self.letter.interaction_properties_definition = [
            {"name": "topic", "type": "char", "string": "Topic"}
        ]
        bills = [self.write_down(properties={"topic": "Bill"}) for _time in range(2)]
        parts = self.write_down(properties={"topic": "Parts"})
        interactions = parts.browse()
        self.assertEqual(
            interactions.search([("properties.topic", "=", "Bill")]),
            interactions.concat(*reversed(bills)),
        )
        groups = interactions._read_group(
            [("kind_id", "=", self.letter.id)], ["properties.topic"], ["__count"]
        )
        self.assertEqual(dict(groups), {"Bill": 2, "Parts": 1})

    def test_the_timeline_holds_the_contacts_of_a_customer_too(self):
        contact = self.env["res.partner"].create(
            {"name": "Son", "parent_id": self.customer_north.id}
        )
        both = self.write_down(partner_id=contact.id)
        both |= self.write_down(partner_id=self.customer_north.id)
        customer = self.customer_north.with_user(self.agent_north)
        self.assertEqual(customer.interaction_count, 2)
        action = customer.action_open_interactions()
        rows = self.env[action["res_model"]].with_user(self.agent_north)
        found = rows.search(action["domain"])
        self.assertEqual(found.interaction_id, both)
        self.assertEqual(contact.with_user(self.agent_north).interaction_count, 1)

    def test_the_machine_and_the_customer_show_them(self):
        told = self.write_down(
            unit_id=self.unit_north.id, partner_id=self.customer_north.id
        )
        unit = self.unit_north.with_user(self.agent_north)
        self.env.flush_all()
        self.assertEqual(unit.timeline_ids.interaction_id, told)
        Form(unit, view="aftersales_service.unit_view_form")
        customer = self.customer_north.with_user(self.agent_north)
        self.assertIn("action_open_interactions", customer.get_view()["arch"])
        with Form(told) as form:
            form.summary = "Asked again"

    def test_counting_needs_the_same_queries_for_many_customers(self):
        partners = self.env["res.partner"].create(
            [
                {"name": f"Caller {number}", "aftersales_role": "customer"}
                for number in range(50)
            ]
        )
        for partner in partners:
            self.write_down(self.headquarters, partner_id=partner.id)
        counts = []
        for some in (partners[:1], partners[:1], partners):
            self.env.invalidate_all()
            start = self.env.cr.sql_log_count
            some.with_user(self.headquarters).mapped("interaction_count")
            counts.append(self.env.cr.sql_log_count - start)
        self.assertEqual(counts[1], counts[2])

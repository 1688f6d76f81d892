from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ..tools.state import TransitionTable
from .common import AftersalesCase


@tagged("post_install", "-at_install")
class TestStateMixin(AftersalesCase):
    """States move by their own actions only, along the table beside the field."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.order = cls.make_work_order(state="accepted")

    def _guarded_models(self):
        return [
            self.env[name]
            for name, model in self.env.registry.items()
            if issubclass(model, self.registry["aftersales.state.mixin"])
            and not model._abstract
            and "state" in model._fields
        ]

    def test_every_table_names_every_state_and_only_known_ones(self):
        self.assertTrue(self._guarded_models())
        for model in self._guarded_models():
            with self.subTest(model=model._name):
                table = TransitionTable(model.TRANSITIONS)
                states = {key for key, _label in model._fields["state"].selection}
                self.assertEqual(set(table.states), states)

    def test_state_cannot_be_written(self):
        with self.assertRaises(AccessError):
            self.order.write({"state": "done"})
        with self.assertRaises(AccessError):
            self.order.with_user(self.headquarters).state = "done"

    def test_state_cannot_be_created(self):
        with self.assertRaises(AccessError):
            self.env["aftersales.work.order"].create(
                {"ticket_id": self.order.ticket_id.id, "state": "done"}
            )

    def test_state_cannot_be_loaded(self):
        result = self.env["aftersales.work.order"].load(
            ["ticket_id/.id", "state"], [[str(self.order.ticket_id.id), "Done"]]
        )
        self.assertFalse(result["ids"])

    def test_state_is_no_default_from_outside(self):
        agent, ticket = self.office_north, self.order.ticket_id
        orders = self.env["aftersales.work.order"].with_user(agent)
        new = orders.with_context(default_state="done").create({"ticket_id": ticket.id})
        self.assertEqual(new.state, "draft")
        with self.assertRaises(AccessError):
            orders.with_context(default_state="done").create(
                {"ticket_id": ticket.id, "state": "done"}
            )
        # Everybody may save defaults of his own.
        field = self.env["ir.model.fields"]._get("aftersales.work.order", "state")
        self.env["ir.default"].with_user(agent).create(
            {"field_id": field.id, "user_id": agent.id, "json_value": '"done"'}
        )
        self.assertEqual(orders.create({"ticket_id": ticket.id}).state, "draft")

    def test_no_guarded_column_has_a_default_from_outside(self):
        for model in map(self.env.get, sorted(self.env.registry)):
            guarded = getattr(model, "_get_guarded_names", frozenset)()
            if model._abstract:
                continue
            for name in sorted(guarded):
                with self.subTest(model=model._name, name=name):
                    self.assertIn(name, model._fields)
                    default = model.default_get([name])
                    forged = model.with_context(**{f"default_{name}": "7"})
                    self.assertEqual(forged.default_get([name]).keys(), default.keys())
                    self.assertNotEqual(forged.default_get([name]).get(name), "7")

    def test_default_state_may_be_given(self):
        order = self.env["aftersales.work.order"].create(
            {"ticket_id": self.order.ticket_id.id, "state": "draft"}
        )
        self.assertEqual(order.state, "draft")

    def test_copy_begins_a_new_life(self):
        copies = (self.order | self.make_work_order(state="done")).copy()
        self.assertEqual(copies.mapped("state"), ["draft", "draft"])
        self.assertFalse(copies.mapped("offered_at")[0])

    def test_context_from_outside_opens_nothing(self):
        for forged in (True, "1", object()):
            forged_order = self.order.with_context(aftersales_guard=forged)
            with self.assertRaises(AccessError):
                forged_order.write({"state": "done"})

    def test_move_the_table_lacks_names_record_and_both_states(self):
        with self.assertRaises(UserError) as caught:
            self.order._update_state("offered")
        for word in (self.order.display_name, "Accepted", "Offered"):
            self.assertIn(word, str(caught.exception))

    def test_wrong_state_of_one_record_moves_none(self):
        other = self.make_work_order(state="done")
        with self.assertRaises(UserError):
            (self.order | other)._update_state("on_site")
        self.assertEqual(self.order.state, "accepted")

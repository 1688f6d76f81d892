from odoo.tests import BaseCase, tagged

from odoo.addons.aftersales_service.tools.state import TransitionTable

LIFE = TransitionTable(
    {
        "draft": ("open", "cancelled"),
        "open": ["draft", "done", "cancelled"],
        "done": (),
        "cancelled": (),
    }
)


@tagged("post_install", "-at_install")
class TestStateRule(BaseCase):
    """What the table lacks is refused."""

    def test_only_what_the_table_says_is_allowed(self):
        listed = {
            ("draft", "open"),
            ("draft", "cancelled"),
            ("open", "draft"),
            ("open", "done"),
            ("open", "cancelled"),
        }
        for frm in LIFE.states:
            for to in LIFE.states:
                with self.subTest(frm=frm, to=to):
                    self.assertIs(LIFE.allowed(frm, to), (frm, to) in listed)
                    self.assertIs(
                        (frm, to) in LIFE.absent_pairs(), (frm, to) not in listed
                    )
        self.assertFalse(LIFE.allowed("nowhere", "open"))
        self.assertFalse(LIFE.allowed("draft", "nowhere"))

    def test_targets_sources_and_final_states(self):
        self.assertEqual(LIFE.targets("draft"), {"open", "cancelled"})
        self.assertEqual(LIFE.sources("cancelled"), {"draft", "open"})
        self.assertEqual(LIFE.final, {"done", "cancelled"})
        self.assertEqual(LIFE.reachable("draft"), set(LIFE.states))
        self.assertEqual(LIFE.reachable("done"), {"done"})
        with self.assertRaises(KeyError):
            LIFE.targets("nowhere")

    def test_an_unknown_target_is_a_typing_error(self):
        with self.assertRaisesRegex(ValueError, "closd, opne"):
            TransitionTable({"draft": ("opne",), "open": ("closd",)})

    def test_an_extension_leaves_the_original_alone(self):
        longer = LIFE.extended({"open": ["paused"], "paused": ["open"]})
        self.assertTrue(longer.allowed("open", "paused"))
        self.assertTrue(longer.allowed("open", "done"))
        self.assertFalse(LIFE.allowed("open", "paused"))
        with self.assertRaises(ValueError):
            LIFE.extended({"open": ["lost"]})

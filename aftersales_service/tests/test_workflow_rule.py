from odoo.tests import BaseCase, tagged

from ..tools.workflow import (
    Facts,
    Step,
    ends_by_classifying,
    find_gate,
    find_next,
    find_open,
    walk,
)

MACHINE = Step(key=1, what="machine")
WARRANTY = Step(key=2, what="warranty")
PRICE = Step(key=3, what="approve", is_gate=True, only_if="customer_pays")
JOB = Step(key=4, what="dispatch")
REPORT = Step(key=5, what="report")
CALL = Step(key=6, what="callback")
ROAD = (MACHINE, WARRANTY, PRICE, JOB, REPORT, CALL)
KNOWN = {"has_machine": True, "warranty": "chargeable"}


@tagged("post_install", "-at_install")
class TestWorkflowRule(BaseCase):
    """Which step of a request is next, which gate is shut, what closing needs."""

    def test_the_next_step_follows_from_the_facts(self):
        cases = (
            ("nothing known: dispatch may not hide the warranty", {}, "warranty"),
            ("machine named", {"has_machine": True}, "warranty"),
            ("customer pays: approval", KNOWN, "approve"),
            ("asked is not given", {**KNOWN, "marks": {3: "asked"}}, "approve"),
            ("refused is not given", {**KNOWN, "marks": {3: "refused"}}, "approve"),
            ("approved", {**KNOWN, "marks": {3: "approved"}}, "dispatch"),
            ("another step's mark", {**KNOWN, "marks": {4: "approved"}}, "approve"),
            ("maker pays", {**KNOWN, "warranty": "covered"}, "dispatch"),
            ("partly: the customer pays", {**KNOWN, "warranty": "partly"}, "approve"),
            (
                "at work",
                {**KNOWN, "warranty": "covered", "job": "running"},
                "dispatch",
            ),
            ("reported", {**KNOWN, "warranty": "covered", "job": "reported"}, "report"),
            (
                "to call",
                {**KNOWN, "warranty": "covered", "job": "done", "followup": "due"},
                "callback",
            ),
            (
                "end",
                {**KNOWN, "warranty": "covered", "job": "done", "followup": "closed"},
                None,
            ),
            (
                "no rule asked the customer",
                {**KNOWN, "warranty": "covered", "job": "done"},
                None,
            ),
            (
                "the machine's name can wait, not for ever",
                {"warranty": "covered", "job": "done"},
                "machine",
            ),
        )
        for name, facts, expected in cases:
            with self.subTest(name):
                stop = find_next(walk(ROAD, Facts(**facts)))
                self.assertEqual(stop and stop.step.what, expected)

    def test_a_gate_shuts_what_comes_after_it(self):
        cases = (
            ("undecided: it may be needed", {}, "dispatch", PRICE),
            ("customer pays", KNOWN, "dispatch", PRICE),
            ("customer pays: later steps too", KNOWN, "report", PRICE),
            ("before the gate", KNOWN, "warranty", None),
            ("the gate itself", KNOWN, "approve", None),
            ("given", {**KNOWN, "marks": {3: "approved"}}, "dispatch", None),
            ("refused", {**KNOWN, "marks": {3: "refused"}}, "dispatch", PRICE),
            ("not needed", {**KNOWN, "warranty": "covered"}, "dispatch", None),
            ("not on the road", KNOWN, "answer", None),
        )
        for name, facts, what, expected in cases:
            with self.subTest(name):
                shut = find_gate(walk(ROAD, Facts(**facts)), what)
                self.assertEqual(shut and shut.step, expected)

    def test_choosing_its_kind_ends_a_road_that_ends_with_it(self):
        kind = Step(key=7, what="classify")
        cases = (
            ("chosen", (kind,), {"is_classified": True}, True),
            ("not chosen", (kind,), {}, False),
            ("an answer is open", (Step(key=8, what="answer"), kind), {}, False),
            (
                "answered and chosen",
                (Step(key=8, what="answer"), kind),
                {"is_classified": True, "is_answered": True},
                True,
            ),
            ("another road", (MACHINE,), {"has_machine": True}, False),
            ("no road", (), {"is_classified": True}, False),
        )
        for name, road, facts, expected in cases:
            with self.subTest(name):
                stops = walk(road, Facts(**facts))
                self.assertEqual(ends_by_classifying(stops), expected)

    def test_one_of_two_approvals_is_meant_by_its_key(self):
        second = Step(key=9, what="approve")
        road = walk((PRICE, second), Facts(warranty="chargeable"))
        self.assertIsNone(find_gate(road, "approve", 3))
        self.assertEqual(find_gate(road, "approve", 9).step, PRICE)

    def test_a_callback_with_a_rule_of_its_own_is_never_left_out(self):
        own = Step(key=6, what="callback", makes_followup=True)
        for step, expected in ((CALL, None), (own, own)):
            stop = find_open(walk((step,), Facts(is_answered=True)))
            self.assertEqual(stop and stop.step, expected)

    def test_closing_needs_every_step(self):
        self.assertEqual(find_open(walk(ROAD, Facts())).step, MACHINE)
        answer = Step(key=7, what="answer")
        self.assertEqual(find_open(walk((answer,), Facts())).step, answer)
        self.assertIsNone(find_open(walk((answer,), Facts(is_answered=True))))

from dataclasses import replace
from decimal import Decimal

from odoo.exceptions import AccessError
from odoo.tests import BaseCase, tagged

from odoo.addons.aftersales_settlement.tools import audit, sampling

from .common import SettlementCase
from .test_audit_rule import FACTS


@tagged("post_install", "-at_install")
class TestRiskRule(BaseCase):
    """The more risk, the more often; the same seed always draws the same claims."""

    def test_what_makes_a_claim_risky(self):
        table = [
            ({}, []),
            ({"notes": ["before_expiry"]}, [("before_expiry", "0.5")]),
            ({"is_large": True}, [("large", "1")]),
            ({"decided": 4, "changed": 4}, []),
            ({"decided": 6, "changed": 2}, [("changed", "0.3333")]),
            ({"decided": 6, "changed": 0}, []),
            ({"score": Decimal(85)}, [("score", "0.15")]),
            ({"score": Decimal(100)}, []),
            ({"score": Decimal(0)}, [("score", "1")]),
            ({"score": None}, []),
        ]
        for facts, expected in table:
            found = sampling.weigh(**{"notes": [], "is_large": False, **facts})
            with self.subTest(**facts):
                self.assertEqual(
                    [(risk.code, risk.weight) for risk in found],
                    [(code, Decimal(weight)) for code, weight in expected],
                )

    def test_the_rate_rises_from_random_to_risky(self):
        table = [
            ((), "5", "25", "5"),
            (("1",), "5", "25", "25"),
            (("0.5",), "5", "25", "15"),
            (("0.5", "0.5"), "5", "25", "20"),
            (("0.5",), "5", "1", "5"),
            (("0.3333",), "0", "100", "33.33"),
            (("1", "0.5"), "0", "0", "0"),
        ]
        for weights, random, risky, expected in table:
            risks = [sampling.Risk(code="x", weight=Decimal(w)) for w in weights]
            with self.subTest(weights=weights, random=random, risky=risky):
                rate = sampling.rate(risks, Decimal(random), Decimal(risky))
                self.assertEqual(rate, Decimal(expected))

    def test_another_seed_draws_others(self):
        drawn = [
            {n for n in range(500) if sampling.is_drawn(sampling.key(seed, n), 20)}
            for seed in ("a", "b", "a")
        ]
        self.assertEqual(drawn[0], drawn[2])
        self.assertNotEqual(drawn[0], drawn[1])

    def test_a_draw_tells_its_rate_and_risks(self):
        dice = sampling.Draw(
            sample_id=3,
            seed="s",
            random=Decimal(0),
            risky=Decimal(100),
            large_from=Decimal(500),
        )
        facts = replace(FACTS, amount=Decimal(500))
        (is_drawn, sample_id, kept), told = dice.draw(facts, ())
        self.assertEqual((is_drawn, sample_id), (True, 3))
        self.assertEqual(kept, {"percent": "100", "risks": [["large", "1"]]})
        self.assertEqual(told, kept)
        note = audit.Finding(code="before_expiry", severity="note")
        facts = replace(FACTS, amount=Decimal("499.99"))
        (_is_drawn, _sample_id, kept), _told = dice.draw(facts, (note,))
        self.assertEqual(kept["percent"], "50")


@tagged("post_install", "-at_install")
class TestAuditSample(SettlementCase):
    """Spot checks that anybody can draw again, and what they say about the checks."""

    def setUp(self):
        super().setUp()
        self.policy = self.env["aftersales.audit.policy"].search([], limit=1)

    def _decided(self, count, state="approved"):
        """Claims with hours above standard that an auditor has decided."""
        claims = self.make_many(count, lambda: self.make_claim(labor_hours=9.0))
        claims._audit()
        kind = {"rejected": "reject", "returned": "return"}.get(state)
        reason = self.get_reason(kind) if kind else None
        claims.with_user(self.auditor)._decide(state, reason)
        return claims

    def test_a_month_has_one_seed_and_its_claims(self):
        first, second = self.make_claim(), self.make_claim()
        first._audit()
        second._audit()
        sample = first.sample_id
        self.assertEqual(sample, second.sample_id)
        self.assertEqual(len(sample.seed), 32)
        self.assertEqual(sample.month, self.company._get_today().replace(day=1))
        self.assertEqual((sample.claim_count, sample.drawn_count), (2, 0))
        late = self.make_claim(labor_hours=9.0)
        late._audit()
        self.assertFalse(late.sample_id, "what a person looks at anyway is not drawn")

    def test_the_draw_comes_out_the_same_again(self):
        self.policy.sample_percent = 40.0
        claims = self.make_many(12, self.make_claim)
        claims._audit()
        sample = claims.sample_id
        self.assertTrue(sample.with_user(self.auditor).action_redraw())
        self.assertFalse(sample._find_differences())
        for claim in claims:
            seed, percent = sample.seed, Decimal(claim.sample_facts["percent"])
            self.assertEqual(percent, 40)
            self.assertEqual(
                claim.is_sampled, sampling.is_drawn(f"{seed}/{claim.id}", percent)
            )
        claims[3]._write_guarded({"is_sampled": not claims[3].is_sampled})
        self.assertEqual(sample._find_differences(), claims[3])
        told = sample.with_user(self.auditor).action_redraw()["params"]
        self.assertIn(claims[3].name, told["message"])

    def test_what_the_audit_noted_is_drawn_at_the_higher_rate(self):
        self.policy.risk_percent = 50.0
        claim = self.make_claim(decision={"end_date": self.work_date})
        claim._audit()
        self.assertEqual(
            claim.sample_facts,
            {"percent": "25", "risks": [["before_expiry", "0.5"]]},
        )

    def test_a_station_whose_claims_were_changed_is_drawn_more_often(self):
        self.policy.risk_percent = 100.0
        self._decided(4, "rejected")
        self._decided(1)
        claim, other = self.make_claim(), self.make_claim(self.station_south)
        facts = claim._prepare_audit_facts({})[claim]
        self.assertEqual((facts.station_decided, facts.station_changed), (5, 4))
        (claim | other)._audit()
        self.assertEqual(claim.sample_facts["percent"], "80")
        self.assertEqual(other.sample_facts["percent"], "0")

    def test_a_low_score_of_the_station_counts(self):
        self.env["aftersales.station.score"]._score(
            self.company, self.month, self.station_north
        )
        score = self.env["aftersales.station.score"].search(
            [("station_id", "=", self.station_north.id)]
        )
        # A score stays as it was made; this one is made by hand.
        self.env.cr.execute(
            "UPDATE aftersales_station_score SET value = 60, has_value = TRUE"
            " WHERE id = %s",
            [score.id],
        )
        claim = self.make_claim()
        self.assertEqual(claim._prepare_audit_facts({})[claim].station_score, 60)

    def test_a_spot_check_says_why(self):
        self.policy.write({"risk_amount": 400.0, "risk_percent": 100.0})
        claim = self.make_claim()
        claim._audit()
        self.assertIn("100 %", claim.finding_ids.text)
        self.assertIn("large amount", claim.finding_ids.text)

    def test_how_spot_checks_ended_is_counted(self):
        self.policy.sample_percent = 100.0
        kept, cut, waiting = claims = self.make_many(3, self.make_claim)
        claims._audit()
        kept.with_user(self.auditor)._decide("approved")
        line = cut.line_ids[0]
        self.adjust(cut, self.auditor, {line: 1.0})
        sample = waiting.sample_id
        self.assertEqual(
            (sample.claim_count, sample.drawn_count), (3, 3), "all were in order"
        )
        self.assertEqual((sample.decided_count, sample.changed_count), (2, 1))
        action = sample.action_open_drawn()
        self.assertEqual(self.env["aftersales.claim"].search(action["domain"]), claims)

    def test_seed_and_draw_cannot_be_written(self):
        claim = self.make_claim()
        claim._audit()
        for record, vals in (
            (claim.sample_id, {"seed": "0"}),
            (claim, {"sample_facts": {}}),
            (claim, {"sample_id": False}),
        ):
            with self.subTest(vals=vals), self.assertRaises(AccessError):
                record.with_user(self.manager).write(vals)

    def test_persons_overturn_a_check_by_approving_as_it_stood(self):
        self._decided(3)
        self._decided(1, "rejected")
        self._decided(1, "returned")
        waiting = self.make_claim(labor_hours=9.0)
        waiting._audit()
        Report = self.env["aftersales.audit.check.report"].with_user(self.auditor)
        [counts] = Report._read_group(
            [("code", "=", "hours_above_standard")],
            [],
            [
                "finding_count:sum",
                "decided_count:sum",
                "overturned_count:sum",
                "overturned_percent:avg",
            ],
        )
        self.assertEqual(counts, (6, 4, 3, 75.0))

    def test_another_line_that_was_cut_does_not_speak_for_the_check(self):
        claim = self.make_claim(labor_hours=9.0)
        claim._audit()
        travel = claim.line_ids.filtered(lambda line: line.kind == "travel")
        self.adjust(claim, self.auditor, {travel: 1.0})
        row = self.env["aftersales.audit.check.report"].browse(claim.finding_ids.ids)
        self.assertEqual((row.decided_count, row.overturned_count), (1, 1))

    def test_a_check_that_is_often_overturned_says_so_on_the_policy(self):
        self.policy.write({"overturn_percent": 75.0, "overturn_least": 4})
        self._decided(3)
        self.assertFalse(self.policy.notice, "too few")
        self._decided(1, "rejected")
        self.env.invalidate_all()
        self.assertIn("Hours above standard", self.policy.notice)
        self.assertIn("3 of 4", self.policy.notice)
        self.policy.overturn_percent = 76.0
        self.env.invalidate_all()
        self.assertFalse(self.policy.notice)

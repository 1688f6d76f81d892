import json
from dataclasses import replace
from datetime import date

from odoo.tests import BaseCase, tagged

from odoo.addons.aftersales_service.tools.plain import plain
from odoo.addons.aftersales_service.tools.warranty import (
    CHECKS,
    Finding,
    decide,
    find_machine_end,
    find_term,
    kept_facts,
    match_line,
)
from odoo.addons.aftersales_service.tools.warranty_clock import term_of
from odoo.addons.aftersales_service.tools.warranty_facts import (
    Coverage,
    Days,
    LegalTerms,
    PolicyLine,
    StartRule,
    UnitDates,
    WarrantyFacts,
    read_facts,
)

SINGLE, MULTI = 1, 2
CRANKSHAFT, ENGINE_BLOCK, MISUSE = 31, 30, 90
SOLD = date(2024, 1, 31)


def engine_line(line_id, category, months, *classes):
    return PolicyLine(
        id=line_id,
        policy_id=7,
        sequence=line_id,
        category_ids=frozenset({category}),
        component_classes=frozenset(classes),
        months=months,
        usage_limits={"hours": 2000},
        start_rules=(
            StartRule(basis="invoice"),
            StartRule(basis="installation"),
            StartRule(basis="shipping", grace_days=90),
        ),
        excluded_cause_ids=frozenset({MISUSE}),
    )


SINGLE_MAIN = engine_line(1, SINGLE, 18, "main")
SINGLE_WHOLE = engine_line(2, SINGLE, 9)
MULTI_MAIN = engine_line(3, MULTI, 24, "main")
MULTI_WHOLE = engine_line(4, MULTI, 12)
FACTS = WarrantyFacts(
    serial_code="genuine",
    fault_date=SOLD,
    dates=UnitDates(invoice=SOLD),
    usage={"hours": 100},
    product_id=5,
    category_path=(MULTI, 99),
    lines=(SINGLE_MAIN, SINGLE_WHOLE, MULTI_MAIN, MULTI_WHOLE),
)


@tagged("post_install", "-at_install")
class TestWarrantyRule(BaseCase):
    """The engine law as a table: who is covered until when, and why not."""

    def _codes(self, facts):
        return [finding.code for finding in decide(facts).findings]

    def _blocking(self, facts):
        return [finding.code for finding in decide(facts).findings if finding.blocks]

    def test_months_of_the_engine_law(self):
        table = [
            (SINGLE, None, SINGLE_WHOLE, date(2024, 10, 31)),
            (SINGLE, "main", SINGLE_MAIN, date(2025, 7, 31)),
            (SINGLE, "wearing", SINGLE_WHOLE, date(2024, 10, 31)),
            (MULTI, None, MULTI_WHOLE, date(2025, 1, 31)),
            (MULTI, "main", MULTI_MAIN, date(2026, 1, 31)),
            (MULTI, "other", MULTI_WHOLE, date(2025, 1, 31)),
        ]
        for category, component_class, line, end in table:
            with self.subTest(category=category, component_class=component_class):
                facts = replace(
                    FACTS,
                    category_path=(category,),
                    component_class=component_class,
                    fault_date=end,
                )
                decision = decide(facts)
                self.assertEqual(decision.policy_line_id, line.id)
                self.assertEqual(decision.policy_id, 7)
                self.assertEqual((decision.start_date, decision.end_date), (SOLD, end))
                self.assertEqual(decision.result, "covered")
                late = replace(facts, fault_date=date.fromordinal(end.toordinal() + 1))
                self.assertEqual(decide(late).result, "chargeable")
                self.assertEqual(self._blocking(late), ["period_expired"])
                self.assertEqual(decide(late).findings[3].params["days_over"], 1)

    def test_a_term_ends_on_the_same_day_or_the_months_last(self):
        table = [
            (date(2024, 1, 15), 12, date(2025, 1, 15)),
            (date(2024, 1, 31), 1, date(2024, 2, 29)),
            (date(2023, 1, 31), 1, date(2023, 2, 28)),
            (date(2024, 2, 29), 12, date(2025, 2, 28)),
            (date(2024, 5, 31), 9, date(2025, 2, 28)),
            (date(2024, 8, 31), 18, date(2026, 2, 28)),
            (date(2024, 1, 1), 0, date(2024, 1, 1)),
        ]
        for start, months, end in table:
            with self.subTest(start=start, months=months):
                line = PolicyLine(id=1, policy_id=1, months=months)
                self.assertEqual(term_of(line, UnitDates(invoice=start)).end, end)

    def test_the_first_known_date_of_the_chain_starts_the_term(self):
        day = date(2024, 3, 1)
        table = [
            (UnitDates(invoice=day, installation=SOLD), "invoice", day),
            (UnitDates(installation=day, shipping=SOLD), "installation", day),
            (UnitDates(shipping=day), "shipping", date(2024, 5, 30)),
        ]
        for dates, basis, start in table:
            with self.subTest(basis=basis):
                term = term_of(MULTI_WHOLE, dates)
                self.assertEqual((term.basis, term.start), (basis, start))
        self.assertIsNone(term_of(MULTI_WHOLE, UnitDates(production=day)))

    def test_without_a_start_date_it_is_chargeable(self):
        facts = replace(FACTS, dates=UnitDates(production=SOLD))
        decision = decide(facts)
        self.assertEqual(decision.result, "chargeable")
        self.assertEqual(decision.policy_line_id, MULTI_WHOLE.id)
        self.assertIsNone(decision.end_date)
        self.assertEqual(self._blocking(facts), ["start_missing"])

    def test_a_fault_before_the_term_is_not_covered(self):
        facts = replace(FACTS, fault_date=date(2024, 1, 30))
        self.assertEqual(self._blocking(facts), ["period_not_begun"])
        self.assertEqual(decide(replace(FACTS, fault_date=SOLD)).result, "covered")

    def test_only_a_machine_of_ours_is_covered(self):
        table = {
            "genuine": ("serial_genuine", "covered"),
            "mismatch": ("serial_mismatch", "covered"),
            "unknown": ("serial_counterfeit", "chargeable"),
            "void": ("serial_counterfeit", "chargeable"),
            "ambiguous": ("serial_ambiguous", "chargeable"),
        }
        for serial_code, (code, result) in table.items():
            with self.subTest(serial_code):
                decision = decide(replace(FACTS, serial_code=serial_code))
                self.assertEqual(decision.findings[0].code, code)
                self.assertEqual(decision.result, result)

    def test_usage_up_to_the_limit_is_covered(self):
        table = [
            (None, "usage_unknown", "covered"),
            (0, "usage_valid", "covered"),
            (2000, "usage_valid", "covered"),
            (2000.5, "usage_exceeded", "chargeable"),
        ]
        for reading, code, result in table:
            with self.subTest(reading=reading):
                usage = {} if reading is None else {"hours": reading}
                facts = replace(FACTS, usage=usage)
                self.assertIn(code, self._codes(facts))
                self.assertEqual(decide(facts).result, result)
        unlimited = replace(MULTI_WHOLE, usage_limits={})
        facts = replace(FACTS, usage={"hours": 10**9}, lines=(unlimited,))
        self.assertEqual(decide(facts).result, "covered")

    def test_of_several_meters_the_first_over_its_limit_ends_the_warranty(self):
        both = replace(MULTI_WHOLE, usage_limits={"hours": 2000, "km": 50000})
        table = [
            ({"hours": 10, "km": 50000}, ["usage_valid", "usage_valid"], "covered"),
            ({"hours": 10}, ["usage_valid", "usage_unknown"], "covered"),
            (
                {"hours": 9, "km": 50001},
                ["usage_valid", "usage_exceeded"],
                "chargeable",
            ),
        ]
        for usage, codes, result in table:
            with self.subTest(usage):
                facts = replace(FACTS, usage=usage, lines=(both,))
                found = [code for code in self._codes(facts) if "usage" in code]
                self.assertEqual(found, codes)
                self.assertEqual(decide(facts).result, result)

    def test_an_excluded_cause_or_its_parent_is_chargeable(self):
        table = [((), []), ((91,), []), ((MISUSE,), [MISUSE]), ((91, MISUSE), [91])]
        for path, blamed in table:
            with self.subTest(path=path):
                decision = decide(replace(FACTS, cause_path=path))
                found = [f for f in decision.findings if f.code == "cause_excluded"]
                self.assertEqual([f.params["cause_id"] for f in found], blamed)
                self.assertEqual(decision.result, "chargeable" if blamed else "covered")

    def test_lines_match_by_every_column_and_empty_is_any(self):
        line = PolicyLine(id=9, policy_id=1, sequence=0, months=1)
        facts = replace(
            FACTS,
            component_path=(CRANKSHAFT, ENGINE_BLOCK),
            component_class="main",
            territory_path=(8, 4),
            use_class="farm",
        )
        table = [
            ({}, True),
            ({"product_ids": {5}}, True),
            ({"product_ids": {6}}, False),
            ({"category_ids": {99}}, True),
            ({"category_ids": {SINGLE}}, False),
            ({"territory_ids": {4}}, True),
            ({"territory_ids": {5}}, False),
            ({"component_ids": {ENGINE_BLOCK}}, True),
            ({"component_ids": {32}}, False),
            ({"component_classes": {"main"}}, True),
            ({"component_classes": {"wearing"}}, False),
            ({"use_classes": {"farm"}}, True),
            ({"use_classes": {"taxi"}}, False),
            ({"product_ids": {5}, "component_ids": {32}}, False),
        ]
        for columns, expected in table:
            with self.subTest(**columns):
                sets = {name: frozenset(ids) for name, ids in columns.items()}
                matched = match_line(replace(facts, lines=(replace(line, **sets),)))
                self.assertEqual(bool(matched), expected)

    def test_an_unknown_component_falls_to_the_whole_machine(self):
        by_component = replace(
            MULTI_MAIN, sequence=0, component_ids=frozenset({CRANKSHAFT})
        )
        facts = replace(FACTS, lines=(by_component, MULTI_MAIN, MULTI_WHOLE))
        self.assertEqual(match_line(facts), MULTI_WHOLE)

    def test_the_first_line_wins_whatever_the_order_given(self):
        twin = replace(MULTI_WHOLE, id=40, months=1)
        for lines in ((MULTI_WHOLE, twin), (twin, MULTI_WHOLE)):
            self.assertEqual(match_line(replace(FACTS, lines=lines)), MULTI_WHOLE)
        first = replace(twin, sequence=1)
        facts = replace(FACTS, lines=(MULTI_WHOLE, first))
        self.assertEqual(match_line(facts), first)

    def test_the_policy_of_the_day_of_sale_holds(self):
        old = replace(MULTI_WHOLE, id=41, valid_to=SOLD)
        new = replace(MULTI_WHOLE, id=42, valid_from=date(2024, 2, 1))
        facts = replace(FACTS, fault_date=date(2024, 12, 1), lines=(old, new))
        self.assertEqual(match_line(facts), old)
        later = replace(facts, dates=UnitDates(invoice=date(2024, 2, 1)))
        self.assertEqual(match_line(later), new)
        undated = replace(facts, dates=UnitDates())
        self.assertEqual(match_line(undated), new)

    def test_without_a_policy_nothing_is_promised(self):
        facts = replace(FACTS, category_path=(77,))
        self.assertEqual(self._codes(facts), ["serial_genuine", "policy_missing"])
        self.assertEqual(self._blocking(facts), ["policy_missing"])
        decision = decide(facts)
        self.assertEqual(decision.result, "chargeable")
        self.assertIsNone(decision.policy_line_id)

    def test_what_the_line_covers_makes_the_result(self):
        table = [
            ((True, True, True), "covered"),
            ((True, False, False), "partly"),
            ((False, True, True), "partly"),
            ((False, False, True), "partly"),
            ((False, False, False), "chargeable"),
        ]
        for (parts, labor, travel), result in table:
            with self.subTest(parts=parts, labor=labor, travel=travel):
                line = replace(
                    MULTI_WHOLE,
                    covers_parts=parts,
                    covers_labor=labor,
                    covers_travel=travel,
                )
                decision = decide(replace(FACTS, lines=(line,)))
                self.assertEqual(decision.result, result)
                self.assertEqual(
                    (
                        decision.covers_parts,
                        decision.covers_labor,
                        decision.covers_travel,
                    ),
                    (parts, labor, travel),
                )
                blocked = decide(replace(FACTS, lines=(line,), cause_path=(MISUSE,)))
                self.assertFalse(
                    blocked.covers_parts
                    or blocked.covers_labor
                    or blocked.covers_travel
                )

    def test_findings_come_in_the_order_of_the_handbook(self):
        self.assertEqual(
            self._codes(FACTS),
            [
                "serial_genuine",
                "policy_found",
                "start_found",
                "period_valid",
                "usage_valid",
            ],
        )

    def test_another_addon_puts_its_check_before(self):
        def check_campaign(_facts):
            return [Finding(code="campaign"), Finding(code="hold", blocks=True)]

        decision = decide(FACTS, (check_campaign, *CHECKS))
        codes = [finding.code for finding in decision.findings]
        self.assertEqual(codes[:3], ["campaign", "hold", "serial_genuine"])
        self.assertEqual(decision.result, "chargeable")

    def test_parts_labour_and_travel_end_on_days_of_their_own(self):
        line = replace(MULTI_WHOLE, labor_months=6, travel_months=3)
        table = [
            (date(2024, 4, 30), {"parts", "labor", "travel"}),
            (date(2024, 5, 1), {"parts", "labor"}),
            (date(2024, 8, 1), {"parts"}),
            (date(2025, 1, 31), {"parts"}),
            (date(2025, 2, 1), set()),
        ]
        for day, sides in table:
            with self.subTest(day):
                facts = replace(FACTS, fault_date=day, lines=(line,))
                decision = decide(facts)
                paid = {
                    side
                    for side in ("parts", "labor", "travel")
                    if getattr(decision, f"covers_{side}")
                }
                self.assertEqual(paid, sides)
                self.assertEqual(decision.end_date, date(2025, 1, 31))
                ended = self._codes(facts).count("period_side_ended")
                self.assertEqual(ended, 3 - len(sides) if sides else 0)

    def test_the_machine_is_in_warranty_until_the_later_promise_ends(self):
        end = find_term(FACTS).end
        later, earlier = date(2027, 3, 1), date(2020, 1, 1)
        table = [
            ((), end),
            ((Coverage(id=1, kind="extended", valid_to=later),), later),
            ((Coverage(id=1, kind="extended", valid_to=earlier),), end),
            ((Coverage(id=1, kind="extended"),), date.max),
            ((Coverage(id=1, kind="part", valid_to=later),), end),
            ((Coverage(id=1, kind="goodwill", valid_to=later),), end),
            (
                (
                    Coverage(
                        id=1,
                        kind="extended",
                        valid_to=later,
                        component_ids=frozenset({ENGINE_BLOCK}),
                    ),
                ),
                end,
            ),
        ]
        for coverages, expected in table:
            with self.subTest(coverages):
                facts = replace(FACTS, coverages=coverages)
                self.assertEqual(find_machine_end(facts), expected)
        nobody = replace(FACTS, lines=())
        self.assertIsNone(find_machine_end(nobody))

    def test_what_was_granted_holds_where_the_policy_ends(self):
        late = replace(FACTS, fault_date=date(2026, 6, 1))
        misused = replace(FACTS, cause_path=(MISUSE,))
        fake = replace(FACTS, serial_code="unknown")
        crank = replace(late, component_path=(CRANKSHAFT, ENGINE_BLOCK))
        table = [
            ("extended", {}, late, "covered"),
            ("extended", {"valid_to": date(2026, 6, 1)}, late, "covered"),
            ("extended", {"valid_to": date(2026, 5, 31)}, late, "chargeable"),
            ("extended", {"valid_from": date(2026, 6, 2)}, late, "chargeable"),
            ("extended", {"usage_limits": {"hours": 99}}, late, "chargeable"),
            ("extended", {"usage_limits": {"hours": 100}}, late, "covered"),
            ("part", {"component_ids": {ENGINE_BLOCK}}, crank, "covered"),
            ("part", {"component_ids": {ENGINE_BLOCK}}, late, "chargeable"),
            ("part", {"covers_labor": False}, late, "partly"),
            ("extended", {}, misused, "chargeable"),
            ("goodwill", {}, misused, "covered"),
            ("campaign", {}, misused, "covered"),
            ("goodwill", {}, fake, "chargeable"),
            ("goodwill", {}, replace(late, lines=()), "covered"),
        ]
        for kind, values, facts, result in table:
            with self.subTest(kind=kind, **values):
                values = {
                    name: frozenset(value) if isinstance(value, set) else value
                    for name, value in values.items()
                }
                coverage = Coverage(id=5, kind=kind, **values)
                decision = decide(replace(facts, coverages=(coverage,)))
                self.assertEqual(decision.result, result)
                granted = () if result == "chargeable" else (5,)
                self.assertEqual(decision.coverage_ids, granted)

    def test_the_maker_pays_its_share_of_what_only_goodwill_covers(self):
        half = Coverage(id=1, kind="goodwill", share_percent=50)
        late = replace(FACTS, fault_date=date(2026, 6, 1), coverages=(half,))
        self.assertEqual(decide(late).share_percent, 50)
        in_term = decide(replace(FACTS, coverages=(half,)))
        self.assertEqual(in_term.share_percent, 100)
        self.assertEqual(in_term.coverage_ids, ())

    def test_a_hold_of_another_addon_stops_what_was_granted_too(self):
        def check_hold(_facts):
            return Finding(code="hold", blocks=True)

        goodwill = Coverage(id=1, kind="goodwill")
        facts = replace(FACTS, coverages=(goodwill,))
        self.assertEqual(decide(facts, (*CHECKS, check_hold)).result, "chargeable")

    def test_facts_that_are_kept_decide_the_same(self):
        law = LegalTerms(extends_by_stops=True, rolls_over_holidays=True)
        line = replace(MULTI_WHOLE, terms=law)
        facts = replace(
            FACTS,
            fault_date=date(2025, 2, 9),
            lines=(SINGLE_MAIN, line, replace(line, id=77)),
            stops=(Days(first=date(2024, 5, 1), last=date(2024, 5, 4)),),
            holidays=(
                Days(first=date(2025, 2, 3), last=date(2025, 2, 8)),
                Days(first=date(2023, 10, 1), last=date(2023, 10, 7)),
            ),
            coverages=(
                Coverage(id=1, kind="extended", valid_to=date(2024, 1, 1)),
                Coverage(id=2, kind="extended"),
            ),
        )
        kept = kept_facts(facts)
        self.assertEqual(decide(kept), decide(facts))
        self.assertEqual(kept.lines, (line,))
        self.assertEqual(len(kept.holidays), 1)
        self.assertEqual([coverage.id for coverage in kept.coverages], [2])
        stored = json.loads(json.dumps(plain(kept)))
        self.assertEqual(read_facts(stored, lines=kept.lines), kept)

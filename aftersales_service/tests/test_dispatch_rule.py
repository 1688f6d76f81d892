import json
import random
from dataclasses import replace
from datetime import date

from odoo.tests import BaseCase, tagged

from odoo.addons.aftersales_service.tools.dispatch import (
    CRITERIA,
    FILTERS,
    Candidate,
    Coverage,
    Job,
    Ranking,
    Skill,
    Value,
    as_json,
    coverage_rank,
    exclude,
    from_json,
    rank,
    skill_level,
)
from odoo.addons.aftersales_service.tools.geo import UNKNOWN, Distance
from odoo.addons.aftersales_service.tools.verdict import Verdict

COUNTY, CITY, PROVINCE = 3, 2, 1
DIESEL, ENGINE = 20, 10
REPAIR, INSTALLATION = 1, 2
DAY = date(2024, 6, 15)
JOB = Job(
    day=DAY,
    territory_path=(COUNTY, CITY, PROVINCE),
    category_path=(DIESEL, ENGINE),
    request_type_id=REPAIR,
)
STATION = Candidate(
    station_id=1,
    coverages=(Coverage(territory_id=CITY),),
    skills=(Skill(category_id=ENGINE, request_type_id=REPAIR, level=2),),
    capacity=4,
    used=1,
    distance=Distance(km=50.0, precision="exact"),
    parts_share=0.5,
    score=1.5,
)
WEIGHTS = {
    "distance": 40,
    "load": 20,
    "parts": 15,
    "score": 10,
    "skill": 10,
    "coverage": 5,
}


def skills(**values):
    return (Skill(**values),)


@tagged("post_install", "-at_install")
class TestDispatchRule(BaseCase):
    """Who can, who is best, and why: for the office and for the stations."""

    def test_each_hard_filter_names_its_reason(self):
        table = [
            ({}, None),
            ({"is_active": False}, "inactive"),
            ({"has_declined": True}, "declined"),
            ({"coverages": ()}, "not_covered"),
            ({"coverages": (Coverage(territory_id=99),)}, "not_covered"),
            ({"skills": ()}, "not_skilled"),
            ({"is_open": False}, "closed"),
            ({"used": 3}, None),
            ({"used": 4}, "full"),
            ({"used": 5}, "full"),
            ({"capacity": 0, "used": 0}, "full"),
            ({"is_active": False, "used": 4}, "inactive"),
        ]
        for change, code in table:
            with self.subTest(**change):
                verdict = exclude(replace(STATION, **change), JOB)
                self.assertEqual(verdict and verdict.code, code)
                self.assertTrue(verdict is None or verdict.blocks)

    def test_a_skill_must_fit_and_be_valid_on_the_day(self):
        table = [
            ({}, 1),
            ({"category_id": DIESEL, "level": 3}, 3),
            ({"category_id": ENGINE}, 1),
            ({"category_id": 30}, None),
            ({"request_type_id": REPAIR}, 1),
            ({"request_type_id": INSTALLATION}, None),
            ({"valid_until": DAY}, 1),
            ({"valid_until": date(2024, 6, 14)}, None),
            ({"valid_from": DAY}, 1),
            ({"valid_from": date(2024, 6, 16)}, None),
        ]
        for values, level in table:
            with self.subTest(**values):
                station = replace(STATION, skills=skills(**values))
                self.assertEqual(skill_level(station, JOB), level)
        both = replace(STATION, skills=(Skill(level=3), Skill(level=1)))
        self.assertEqual(skill_level(both, JOB), 3)

    def test_of_a_machine_nobody_has_named_the_category_is_not_asked(self):
        unnamed = replace(JOB, category_path=())
        station = replace(STATION, skills=skills(category_id=30))
        self.assertEqual(skill_level(station, unnamed), 1)

    def test_a_station_that_comes_later_needs_its_skill_then(self):
        later = date(2024, 6, 20)
        station = replace(STATION, skills=skills(valid_until=DAY))
        self.assertEqual(rank(JOB, [station], WEIGHTS).best.day, DAY)
        verdict = exclude(replace(station, day=later), JOB)
        self.assertEqual(verdict.code, "not_skilled")
        best = rank(JOB, [replace(STATION, day=later)], WEIGHTS).best
        self.assertEqual(best.day, later)

    def test_the_coverage_nearest_to_the_place_counts(self):
        table = [
            ([(CITY, 2)], 2),
            ([(PROVINCE, 1), (COUNTY, 3)], 3),
            ([(COUNTY, 3), (COUNTY, 2)], 2),
            ([(99, 1)], None),
        ]
        for lines, expected in table:
            with self.subTest(lines=lines):
                coverages = tuple(Coverage(territory_id=t, rank=r) for t, r in lines)
                station = replace(STATION, coverages=coverages)
                self.assertEqual(coverage_rank(station, JOB), expected)

    def test_points_explain_themselves(self):
        best = rank(JOB, [STATION], WEIGHTS).best
        self.assertEqual(
            [(r.criterion, r.raw, r.normalised, r.points) for r in best.reasons],
            [
                ("distance", 50.0, 0.75, 30),
                ("load", 0.25, 0.75, 15),
                ("parts", 0.5, 0.5, 7.5),
                ("score", 1.5, 0.75, 7.5),
                ("skill", 2, 0.6667, 6.667),
                ("coverage", 1, 1.0, 5),
            ],
        )
        self.assertEqual(best.points, 71.667)
        self.assertEqual(best.reasons[0].precision, "exact")
        self.assertEqual(best.reasons[1].precision, None)

    def test_a_criterion_is_brought_to_0_to_1(self):
        far = Distance(km=500.0, precision="city")
        second = (Coverage(territory_id=CITY, rank=2),)
        table = [
            ("distance", {"distance": far}, 500.0, 0),
            ("distance", {"distance": Distance(km=0.0, precision="exact")}, 0.0, 1),
            ("distance", {"distance": UNKNOWN}, None, 1),
            ("distance", {"distance": UNKNOWN, "coverages": second}, None, 0.5),
            ("load", {"used": 0}, 0, 1),
            ("parts", {"parts_share": None}, None, 1),
            ("parts", {"parts_share": 0.0}, 0.0, 0),
            ("score", {"score": None}, None, 0.5),
            ("score", {"score": 0.0}, 0.0, 0),
            ("score", {"score": 2.5}, 2.5, 1),
            ("skill", {"skills": skills(level=3)}, 3, 1),
            ("coverage", {"coverages": second}, 2, 0.5),
        ]
        for code, change, raw, normalised in table:
            with self.subTest(code, **change):
                station = replace(STATION, **change)
                (reason,) = rank(JOB, [station], {code: 10}).best.reasons
                self.assertEqual((reason.raw, reason.normalised), (raw, normalised))
                self.assertEqual(reason.points, 10 * normalised)

    def test_better_in_one_criterion_comes_first(self):
        table = [
            ("distance", {"distance": Distance(km=49.0, precision="exact")}),
            ("load", {"used": 0}),
            ("parts", {"parts_share": 1.0}),
            ("score", {"score": 1.6}),
            ("skill", {"skills": skills(level=3)}),
        ]
        for code, change in table:
            with self.subTest(code):
                better = replace(STATION, station_id=2, **change)
                ranking = rank(JOB, [STATION, better], WEIGHTS)
                self.assertEqual(ranking.best.station_id, 2)

    def test_unknown_distances_leave_it_to_the_coverage_rank(self):
        second = replace(
            STATION,
            distance=UNKNOWN,
            coverages=(Coverage(territory_id=COUNTY, rank=2),),
        )
        first = replace(second, station_id=9, coverages=STATION.coverages)
        ranking = rank(JOB, [second, first], {"distance": 1})
        self.assertEqual([r.station_id for r in ranking.ranked], [9, 1])
        self.assertEqual(ranking.best.reasons[0].precision, "none")

    def test_equal_points_go_by_coverage_then_distance_then_id(self):
        twin = replace(STATION, station_id=2)
        near = replace(
            STATION, station_id=3, distance=Distance(km=9.0, precision="city")
        )
        lost = replace(STATION, station_id=4, distance=UNKNOWN)
        second = replace(
            near, station_id=5, coverages=(Coverage(territory_id=CITY, rank=2),)
        )
        pool = [second, lost, twin, STATION, near]
        for seed in range(5):
            random.Random(seed).shuffle(pool)
            ranking = rank(JOB, pool, {"load": 1})
            self.assertEqual([r.station_id for r in ranking.ranked], [3, 1, 2, 4, 5])
            self.assertEqual([r.position for r in ranking.ranked], [1, 2, 3, 4, 5])

    def test_a_criterion_without_weight_gives_no_reason(self):
        best = rank(JOB, [STATION], {"load": 1, "score": 0}).best
        self.assertEqual([r.criterion for r in best.reasons], ["load"])

    def test_the_excluded_are_counted_by_reason(self):
        pool = [
            STATION,
            replace(STATION, station_id=5, used=4),
            replace(STATION, station_id=3, is_open=False),
            replace(STATION, station_id=4, used=9),
        ]
        ranking = rank(JOB, pool, WEIGHTS)
        self.assertEqual(ranking.excluded_counts, {"closed": 1, "full": 2})
        self.assertEqual([e.station_id for e in ranking.excluded], [3, 4, 5])
        self.assertEqual(ranking.excluded[1].verdict.params, {"used": 9, "capacity": 4})
        self.assertIsNone(rank(JOB, pool[1:], WEIGHTS).best)

    def test_stored_ranking_reads_back_with_the_ten_best(self):
        pool = [replace(STATION, station_id=n) for n in range(1, 13)]
        pool.append(replace(STATION, station_id=99, is_active=False))
        ranking = rank(JOB, pool, WEIGHTS)
        stored = json.loads(json.dumps(as_json(ranking)))
        again = from_json(stored)
        self.assertEqual(again.ranked, ranking.ranked[:10])
        self.assertEqual(again.ranked_count, 12)
        self.assertEqual(again.excluded_counts, {"inactive": 1})
        self.assertEqual(again.of(3), ranking.of(3))
        self.assertIsNone(again.of(12))
        self.assertEqual(as_json(again), as_json(ranking))
        self.assertEqual(from_json(None), Ranking())

    def test_another_addon_adds_a_filter_and_a_criterion(self):
        def check_own(candidate, _job):
            return (
                Verdict(code="odd", blocks=True) if candidate.station_id % 2 else None
            )

        def rate_id(candidate, _job):
            return Value(raw=candidate.station_id, normalised=candidate.station_id / 10)

        pool = [replace(STATION, station_id=n) for n in range(1, 5)]
        ranking = rank(
            JOB,
            pool,
            {"id": 1},
            criteria={**CRITERIA, "id": rate_id},
            filters=(*FILTERS, check_own),
        )
        self.assertEqual([r.station_id for r in ranking.ranked], [4, 2])
        self.assertEqual(ranking.excluded_counts, {"odd": 2})

from odoo.tests import BaseCase, tagged

from odoo.addons.aftersales_service.tools.service_level import (
    LevelFacts,
    ServiceLevel,
    match,
)

URGENT = ServiceLevel(
    id=3, sequence=1, priorities=frozenset({"3"}), answer_hours=0.5, resolve_hours=2
)
REPAIR_NORTH = ServiceLevel(
    id=2, sequence=2, type_ids=frozenset({1}), territory_ids=frozenset({10})
)
GENERAL = ServiceLevel(id=1, sequence=10, answer_hours=2, resolve_hours=4)
LEVELS = (GENERAL, REPAIR_NORTH, URGENT)


@tagged("post_install", "-at_install")
class TestServiceLevelRule(BaseCase):
    """The first row that takes the request sets its clock."""

    def test_first_matching_row_by_sequence(self):
        table = [
            (LevelFacts(), GENERAL),
            (LevelFacts(type_id=1, territory_path=(11, 10)), REPAIR_NORTH),
            (LevelFacts(type_id=1, territory_path=(20,)), GENERAL),
            (LevelFacts(type_id=2, territory_path=(10,)), GENERAL),
            (LevelFacts(type_id=1, territory_path=(10,), priority="3"), URGENT),
        ]
        for facts, level in table:
            with self.subTest(facts=facts):
                self.assertEqual(match(facts, LEVELS), level)
                self.assertEqual(match(facts, LEVELS[::-1]), level)

    def test_a_row_for_loyal_customers_takes_only_them(self):
        loyal = ServiceLevel(id=4, sequence=0, loyalty_ids=frozenset({7}))
        levels = (*LEVELS, loyal)
        self.assertEqual(match(LevelFacts(loyalty_id=7), levels), loyal)
        self.assertEqual(match(LevelFacts(loyalty_id=8), levels), GENERAL)
        self.assertEqual(match(LevelFacts(), levels), GENERAL)

    def test_equal_sequence_is_decided_by_id(self):
        twin = ServiceLevel(id=9)
        self.assertEqual(match(LevelFacts(), (twin, GENERAL)), GENERAL)
        self.assertEqual(match(LevelFacts(), (GENERAL, twin)), GENERAL)

    def test_no_row_no_clock(self):
        self.assertIsNone(match(LevelFacts(), (URGENT,)))
        self.assertIsNone(match(LevelFacts(), ()))

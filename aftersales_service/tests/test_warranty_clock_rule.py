from dataclasses import replace
from datetime import date, timedelta

from odoo.tests import BaseCase, tagged

from odoo.addons.aftersales_service.tools.warranty import decide
from odoo.addons.aftersales_service.tools.warranty_clock import (
    repair_limit,
    roll_over,
    stopped_days,
    term_of,
)
from odoo.addons.aftersales_service.tools.warranty_facts import (
    Days,
    LegalTerms,
    PolicyLine,
    StartRule,
    UnitDates,
    WarrantyFacts,
)

LAW = LegalTerms(
    extends_by_stops=True,
    rolls_over_holidays=True,
    repair_limit_days=40,
    repair_alarm_days=10,
    return_days=7,
    exchange_days=15,
    repairs_before_exchange=2,
)
SOLD = date(2024, 3, 10)
LINE = PolicyLine(id=1, policy_id=1, months=12, terms=LAW)
FACTS = WarrantyFacts(
    serial_code="genuine",
    fault_date=SOLD,
    dates=UnitDates(invoice=SOLD),
    lines=(LINE,),
)


def days(first, last):
    """Days of 2024 as (month, day) to (month, day); a third number is the year."""
    return Days(first=_day(*first), last=_day(*last))


def _day(month, day, year=2024):
    return date(year, month, day)


@tagged("post_install", "-at_install")
class TestWarrantyClockRule(BaseCase):
    """The law on repair, exchange and return, by the calendar."""

    def test_days_the_machine_stood_still_are_given_back_once(self):
        end = SOLD.replace(year=2025)
        table = {
            "none": ([], 0),
            "three days": ([days((5, 1), (5, 3))], 3),
            "back the same day": ([days((5, 2), (5, 1))], 0),
            "two that overlap": ([days((5, 1), (5, 3)), days((5, 2), (5, 6))], 6),
            "one in the other": ([days((5, 1), (5, 9)), days((5, 2), (5, 3))], 9),
            "before the term": ([days((3, 1), (3, 9))], 0),
            "the first day does not count": ([days((3, 8), (3, 12))], 2),
            "after the term": ([days((3, 11, 2025), (3, 20, 2025))], 0),
            "over its end": ([days((3, 9, 2025), (3, 12, 2025))], 4),
            "in the days won": (
                [days((5, 1), (5, 3)), days((3, 12, 2025), (3, 13, 2025))],
                5,
            ),
            "just after the days won": (
                [days((5, 1), (5, 3)), days((3, 14, 2025), (3, 20, 2025))],
                3,
            ),
        }
        for name, (stops, expected) in table.items():
            for order in (stops, stops[::-1]):
                with self.subTest(name):
                    self.assertEqual(stopped_days(SOLD, end, order), expected)

    def test_a_last_day_on_a_holiday_moves_behind_it(self):
        new_year = days((10, 1), (10, 7))
        weekend = days((10, 8), (10, 9))
        table = {
            (9, 30): (9, 30),
            (10, 1): (10, 8),
            (10, 7): (10, 8),
            (10, 8): (10, 8),
        }
        for day, expected in table.items():
            with self.subTest(day):
                self.assertEqual(roll_over(_day(*day), [new_year]), _day(*expected))
        for both in ([new_year, weekend], [weekend, new_year]):
            self.assertEqual(roll_over(_day(10, 3), both), _day(10, 10))

    def test_the_term_says_what_the_law_added(self):
        stop, holiday = days((5, 1), (5, 3)), days((3, 13, 2025), (3, 14, 2025))
        table = [
            (LAW, (3, 2), date(2025, 3, 15)),
            (replace(LAW, extends_by_stops=False), (0, 0), date(2025, 3, 10)),
            (replace(LAW, rolls_over_holidays=False), (3, 0), date(2025, 3, 13)),
        ]
        for terms, added, end in table:
            with self.subTest(terms):
                line = replace(LINE, terms=terms)
                term = term_of(line, FACTS.dates, [stop], [holiday])
                self.assertEqual((term.stopped_days, term.rolled_days), added)
                self.assertEqual(term.end, end)
                self.assertEqual(term.nominal_end, date(2025, 3, 10))
                facts = replace(
                    FACTS, lines=(line,), stops=(stop,), holidays=(holiday,)
                )
                last = replace(facts, fault_date=end)
                over = replace(facts, fault_date=end + timedelta(days=1))
                self.assertEqual(decide(last).result, "covered")
                self.assertEqual(decide(over).result, "chargeable")

    def test_an_exchanged_machine_begins_its_term_anew(self):
        chain = (StartRule(basis="shipping", grace_days=90), StartRule(basis="invoice"))
        line = replace(LINE, start_rules=chain)
        dates = UnitDates(invoice=SOLD, shipping=SOLD, exchange=date(2024, 9, 1))
        term = term_of(line, dates)
        self.assertEqual((term.basis, term.start), ("exchange", date(2024, 9, 1)))
        self.assertEqual(term.end, date(2025, 9, 1))

    def test_a_repair_is_in_time_up_to_the_limit(self):
        told = date(2024, 1, 31)
        table = [
            (LAW, (date(2024, 3, 1), date(2024, 3, 11))),
            (replace(LAW, repair_alarm_days=0), (date(2024, 3, 11),) * 2),
            (replace(LAW, repair_alarm_days=99), (told, date(2024, 3, 11))),
            (LegalTerms(), None),
        ]
        for terms, expected in table:
            with self.subTest(terms):
                self.assertEqual(repair_limit(told, terms), expected)
        for serial_code, limit in (("genuine", date(2024, 4, 19)), ("unknown", None)):
            decision = decide(replace(FACTS, serial_code=serial_code))
            self.assertEqual(decision.repair_limit_date, limit)

    def test_rights_of_the_customer(self):
        table = {
            "day of sale": ({"fault_date": SOLD}, {"right_return", "right_exchange"}),
            "seventh day": (
                {"fault_date": date(2024, 3, 17)},
                {"right_return", "right_exchange"},
            ),
            "eighth day": ({"fault_date": date(2024, 3, 18)}, {"right_exchange"}),
            "fifteenth day": ({"fault_date": date(2024, 3, 25)}, {"right_exchange"}),
            "sixteenth day": ({"fault_date": date(2024, 3, 26)}, set()),
            "second repair": (
                {"fault_date": date(2024, 9, 1), "repair_count": 1},
                set(),
            ),
            "third repair": (
                {"fault_date": date(2024, 9, 1), "repair_count": 2},
                {"right_exchange_repeated"},
            ),
            "forty days in repair": (
                {"fault_date": date(2024, 9, 1), "repair_days": 40},
                set(),
            ),
            "forty-one": (
                {"fault_date": date(2024, 9, 1), "repair_days": 41},
                {"right_exchange_overdue"},
            ),
            "after the term": (
                {"fault_date": date(2025, 3, 11), "repair_count": 5},
                set(),
            ),
            "counterfeit": ({"fault_date": SOLD, "serial_code": "unknown"}, set()),
            "no such law": ({"lines": (replace(LINE, terms=LegalTerms()),)}, set()),
        }
        for name, (values, expected) in table.items():
            with self.subTest(name):
                decision = decide(replace(FACTS, **values))
                rights = {f for f in decision.findings if f.code.startswith("right")}
                self.assertEqual({right.code for right in rights}, expected)
                self.assertFalse(any(right.blocks for right in rights))

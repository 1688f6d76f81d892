import sys
import unicodedata

from odoo.tests import BaseCase, tagged

from odoo.addons.aftersales_service.tools.serial import (
    MAX_LENGTH,
    Candidate,
    SerialFacts,
    check,
    normalise,
)
from odoo.addons.aftersales_service.tools.serial_format import SerialFormat

ENGINE = Candidate(unit_id=1, product_id=10, owner_id=100)
TWIN = Candidate(unit_id=2, product_id=20)
SCRAPPED = Candidate(unit_id=3, product_id=10, void_reason="scrapped")
STOLEN = Candidate(unit_id=4, product_id=20, void_reason="stolen")


@tagged("post_install", "-at_install")
class TestSerialRule(BaseCase):
    """The same number, however it is typed; the same facts, one verdict."""

    def test_one_key_however_it_is_typed(self):
        table = {
            "plain": ("YD1234567", "YD1234567"),
            "lower case": ("yd1234567", "YD1234567"),
            "full width": ("ＹＤ１２３４５６７", "YD1234567"),
            "full-width space and dash": ("ｙｄ　１２３－４５６７", "YD1234567"),
            "ascii dashes": ("YD-123-4567", "YD1234567"),
            "en, em, minus, box": ("YD–12—34−56─7", "YD1234567"),
            "no-break and zero-width": ("\ufeffYD\u00a0123\u200b4567", "YD1234567"),
            "tab and line end": ("\tYD1234567\r\n", "YD1234567"),
            "soft hyphen": ("YD123\u00ad4567", "YD1234567"),
            "direction marks": ("\u202aYD1234567\u202c", "YD1234567"),
            "null": ("YD\x001234567", "YD1234567"),
            "lone surrogate": ("YD\ud800一", "YD一"),
            "Chinese kept": ("沪a-12/3", "沪A12/3"),
            "punctuation kept": ("A.1/2_3#*", "A.1/2_3#*"),
            "empty": ("", ""),
            "none": (None, ""),
            "only dashes": ("-- —", ""),
        }
        for name, (typed, key) in table.items():
            with self.subTest(name):
                self.assertEqual(normalise(typed), key)

    def test_normalising_twice_changes_nothing(self):
        for code in range(sys.maxunicode + 1):
            if code < 0x3400 or 0xF900 <= code < 0x20000:
                key = normalise(f"A{chr(code)}\u0301B")
                if normalise(key) != key:
                    self.fail(f"U+{code:04X} {unicodedata.name(chr(code), '?')}")

    def test_length_is_bounded_even_when_a_character_unfolds(self):
        for typed in ("x" * 100_000, "\ufdfa" * 100_000, "é" * 100_000):
            self.assertLessEqual(len(normalise(typed)), MAX_LENGTH)

    def _check(self, candidates, product=None, buyer=None, key="YD1", formats=()):
        return check(
            SerialFacts(
                key=key,
                claimed_product_id=product,
                claimed_buyer_id=buyer,
                candidates=candidates,
                formats=formats,
            )
        )

    def test_verdicts(self):
        table = {
            "registered": ([ENGINE], None, None, "genuine", 1),
            "claims agree": ([ENGINE], 10, 100, "genuine", 1),
            "nobody made it": ([], None, None, "unknown", None),
            "model differs": ([ENGINE], 20, None, "mismatch", 1),
            "buyer differs": ([ENGINE], 10, 101, "mismatch", 1),
            "no owner yet": ([TWIN], 20, 101, "genuine", 2),
            "two products": ([ENGINE, TWIN], None, None, "ambiguous", None),
            "claimed product decides": ([ENGINE, TWIN], 20, None, "genuine", 2),
            "claimed product fits none": ([ENGINE, TWIN], 30, None, "ambiguous", None),
            "decided, buyer differs": ([ENGINE, TWIN], 10, 7, "mismatch", 1),
            "scrapped": ([SCRAPPED], None, None, "void", 3),
            "void before mismatch": ([STOLEN], 10, None, "void", 4),
            "one of two void": ([ENGINE, STOLEN], None, None, "ambiguous", None),
            "all void": ([STOLEN, SCRAPPED], None, None, "void", None),
            "same product twice": ([ENGINE, SCRAPPED], 10, None, "ambiguous", None),
        }
        for name, (candidates, product, buyer, code, unit_id) in table.items():
            with self.subTest(name):
                verdict = self._check(tuple(candidates), product, buyer)
                self.assertEqual((verdict.code, verdict.unit_id), (code, unit_id))
                self.assertEqual(verdict.blocks, code == "ambiguous")
                self.assertEqual(
                    verdict.is_counterfeit_suspect, code in ("unknown", "void")
                )

    def test_order_of_candidates_does_not_matter(self):
        for pair in ((ENGINE, TWIN), (STOLEN, SCRAPPED)):
            self.assertEqual(self._check(pair), self._check(pair[::-1]))

    def test_mismatch_names_what_differs_and_never_the_owner(self):
        verdict = self._check((ENGINE,), product=20, buyer=101)
        self.assertEqual(
            verdict.params, {"fields": ["product", "buyer"], "product_id": 10}
        )
        self.assertNotIn(100, verdict.params.values())

    def test_unknown_says_why(self):
        engine = SerialFormat(product_id=10, masks=("YD#######",))
        general = SerialFormat(masks=("X#",), example="X-1")
        vin = SerialFormat(product_id=30, algorithm="vin")
        wrong, other = {"reason": "format"}, {"reason": "not_registered"}
        engine_like = {"examples": ["YD#######"]}
        table = {
            "nothing typed": ("", None, (), {"reason": "empty"}),
            "no formats kept": ("ZZ", None, (), other),
            "format wrong": ("YD1", None, (engine,), wrong | engine_like),
            "whole key": ("YD12345678", None, (engine,), wrong | engine_like),
            "format right": ("YD1234567", None, (engine,), other),
            "the model's own": ("X1", 10, (engine, general), wrong | engine_like),
            "of any model": ("X1", None, (engine, general), other),
            "another product's format": ("ZZ", 20, (engine,), other),
            "general": ("Z", 20, (engine, general), wrong | {"examples": ["X-1"]}),
            "check": ("1M8GDM9A0KP042788", 30, (vin,), {"reason": "check_digit"}),
        }
        for name, (key, product, formats, params) in table.items():
            with self.subTest(name):
                verdict = self._check((), product, key=key, formats=formats)
                self.assertEqual(verdict.params, params)

    def test_a_registered_unit_needs_no_format(self):
        never = SerialFormat(masks=("NEVER",))
        self.assertEqual(self._check((ENGINE,), formats=(never,)).code, "genuine")

import string
import time

from odoo.tests import BaseCase, tagged

from odoo.addons.aftersales_service.tools.serial_format import (
    SerialFormat,
    applicable,
    find_fault,
    find_mask_fault,
    fits_mask,
    get_examples,
    luhn_check_character,
    mod11_check_character,
    vin_check_character,
)

VIN = SerialFormat(algorithm="vin")
# Published: 49 CFR 565 and its common test numbers, makers' own plates.
VINS = (
    "1M8GDM9AXKP042788",
    "11111111111111111",
    "1HGCM82633A004352",
    "5GZCZ43D13S812715",
    "WBA3A5G59DNP26082",
    "JH4KA7561PC008269",
    "LJCPCBLCX11000237",
)
LUHN = ("79927398713", "4539148803436467", "4111111111111111", "5500005555555559")
# ISO/IEC 7064 MOD 11-2: identifiers of ORCID, citizens' numbers of GB 11643.
MOD11 = (
    "0000000218250097",
    "0000000151093700",
    "000000021694233X",
    "11010519491231002X",
    "440524188001010014",
)


@tagged("post_install", "-at_install")
class TestSerialFormatRule(BaseCase):
    """Masks and check digits, with published numbers."""

    def test_masks_place_by_place(self):
        table = (
            ("YD1234567", "YD#######", True),
            ("YD123456", "YD#######", False),
            ("YD12345678", "YD#######", False),
            ("YDA234567", "YD#######", False),
            ("AB12", "@@##", True),
            ("1B12", "@@##", False),
            ("沪12", "@##", False),
            ("沪12", "沪##", True),
            ("A1", "**", True),
            ("A.", "**", False),
            ("A.", "@.", True),
            ("12X", "##!", True),
            ("12A", "##!", False),
            ("١٢", "##", False),
            ("", "", True),
        )
        for key, mask, fits in table:
            with self.subTest(key=key, mask=mask):
                self.assertEqual(fits_mask(key, mask), fits)

    def test_no_text_makes_a_mask_slow(self):
        rule = SerialFormat(masks=("*" * 64,) * 20)
        started = time.perf_counter()
        for _ in range(1000):
            find_fault("A" * 63 + "-", (rule,))
        self.assertLess(time.perf_counter() - started, 5)

    def test_published_frame_numbers_are_right(self):
        for vin in VINS:
            with self.subTest(vin):
                self.assertIsNone(find_fault(vin, (VIN,)))
                self.assertEqual(vin_check_character(vin), vin[8])

    def test_a_frame_number_with_another_check_character_is_wrong(self):
        for vin in VINS:
            for char in string.digits + "X":
                if char != vin[8]:
                    wrong = vin[:8] + char + vin[9:]
                    self.assertEqual(find_fault(wrong, (VIN,)), "check_digit", wrong)

    def test_a_slip_of_one_character_is_seen(self):
        # Characters of equal value (A, J and 1) cannot be told apart, by the standard.
        vin = "1M8GDM9AXKP042788"
        for place in (0, 3, 9, 16):
            for char in string.digits:
                wrong = vin[:place] + char + vin[place + 1 :]
                same = vin_check_character(wrong) == vin_check_character(vin)
                fault = find_fault(wrong, (VIN,))
                self.assertEqual(fault, None if same else "check_digit", wrong)
        self.assertEqual(find_fault("1M8GDM9AXKP042787", (VIN,)), "check_digit")
        self.assertEqual(find_fault("M18GDM9AXKP042788", (VIN,)), "check_digit")

    def test_a_frame_number_has_17_characters_without_i_o_q(self):
        for wrong in (
            "1M8GDM9AXKP04278",
            "1M8GDM9AXKP0427888",
            "IM8GDM9AXKP042788",
            "1M8GDM9AXKPO42788",
            "1M8GDM9AXKQ042788",
            "1M8GDM9AXKP04278.",
            "",
        ):
            with self.subTest(wrong):
                self.assertEqual(find_fault(wrong, (VIN,)), "format")

    def test_a_frame_number_may_also_have_a_mask(self):
        ours = SerialFormat(algorithm="vin", masks=("LJC**************",))
        self.assertIsNone(find_fault("LJCPCBLCX11000237", (ours,)))
        self.assertEqual(find_fault("1M8GDM9AXKP042788", (ours,)), "format")

    def _test_digits(self, numbers, algorithm, compute):
        for number in numbers:
            rule = SerialFormat(masks=("#" * (len(number) - 1) + "!",))
            rule = SerialFormat(masks=rule.masks, algorithm=algorithm)
            with self.subTest(number):
                self.assertEqual(compute(number[:-1]), number[-1])
                self.assertIsNone(find_fault(number, (rule,)))
            for place, char in enumerate(number[:-1]):
                wrong = number[:place] + str((int(char) + 1) % 10) + number[place + 1 :]
                self.assertEqual(find_fault(wrong, (rule,)), "check_digit", wrong)

    def test_luhn(self):
        self._test_digits(LUHN, "luhn", luhn_check_character)

    def test_mod_11(self):
        self._test_digits(MOD11, "mod11", mod11_check_character)

    def test_letters_of_a_mask_do_not_count_and_the_check_may_stand_inside(self):
        rule = SerialFormat(masks=("HY#########!#",), algorithm="luhn")
        digits = "7992739871"
        check = luhn_check_character(digits)
        key = "HY" + digits[:9] + check + digits[9:]
        self.assertIsNone(find_fault(key, (rule,)))
        self.assertEqual(find_fault(key[:-1] + "5", (rule,)), "check_digit")

    def test_one_format_that_fits_is_enough(self):
        formats = (SerialFormat(masks=("A#",)), SerialFormat(masks=("B#", "C#")))
        self.assertIsNone(find_fault("C1", formats))
        self.assertEqual(find_fault("D1", formats), "format")
        self.assertIsNone(find_fault("D1", ()))

    def test_the_nearest_format_counts(self):
        product = SerialFormat(product_id=1, masks=("P",))
        near = SerialFormat(categ_id=10, masks=("N",))
        far = SerialFormat(categ_id=11, masks=("F",))
        general = SerialFormat(masks=("G",))
        every = (general, far, near, product)
        table = (
            (1, (10, 11), (product,)),
            (2, (10, 11), (near,)),
            (2, (12, 11), (far,)),
            (2, (12,), (general,)),
            (None, (), every),
        )
        for product_id, categ_ids, found in table:
            with self.subTest(product=product_id, categories=categ_ids):
                self.assertEqual(applicable(every, product_id, categ_ids), found)

    def test_examples_are_few_and_different(self):
        formats = [SerialFormat(masks=("A",), example=f"E{n % 5}") for n in range(9)]
        self.assertEqual(get_examples(formats), ["E0", "E1", "E2"])
        self.assertEqual(get_examples([SerialFormat(masks=("A#",))]), ["A#"])

    def test_what_no_format_can_be(self):
        table = (
            ((), "none", "empty"),
            ((), "luhn", "empty"),
            ((), "vin", None),
            (("A#",), "none", None),
            (("A!",), "none", "places"),
            (("A!!",), "luhn", "places"),
            (("A#",), "luhn", None),
            (("A",) * 21, "none", "many"),
        )
        for masks, algorithm, fault in table:
            with self.subTest(masks=masks, algorithm=algorithm):
                self.assertEqual(find_mask_fault(masks, algorithm), fault)

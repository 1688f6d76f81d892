from odoo.tests import BaseCase, tagged

from ..tools.part_return import must_return


@tagged("post_install", "-at_install")
class TestPartReturnRule(BaseCase):
    """The part's own rule goes before the company's."""

    def test_must_return_table(self):
        # part, company, maker pays → must it come back
        cases = {
            (None, None, True): False,
            (None, "never", True): False,
            (None, "warranty", True): True,
            (None, "warranty", False): False,
            (None, "always", False): True,
            ("never", "always", True): False,
            ("warranty", "never", True): True,
            ("warranty", "always", False): False,
            ("always", "never", False): True,
        }
        for (part, company, maker_pays), expected in cases.items():
            with self.subTest(part=part, company=company, maker_pays=maker_pays):
                self.assertIs(
                    must_return(part, company, maker_pays=maker_pays), expected
                )

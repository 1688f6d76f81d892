from odoo.tests import TransactionCase, tagged

from .rpc_methods import reviewed

SERVICE = "aftersales_service"
OURS = f"odoo.addons.{SERVICE}."


def find_public_methods(registry, ours=OURS):
    """{(model, method)} that our classes define, Odoo's do not, and RPC can call."""
    found = set()
    addon = ours.split(".")[2]
    for name, model in registry.items():
        home = model._original_module
        if home.startswith("aftersales_") and home not in (addon, SERVICE):
            # Of ours it has what a mixin gives, which is reviewed with the mixin.
            continue
        by_ours, by_others = set(), set()
        for base in model.mro():
            names = {
                attribute
                for attribute, value in vars(base).items()
                if not attribute.startswith("_") and callable(value)
            }
            is_ours = base.__module__.startswith(ours)
            (by_ours if is_ours else by_others).update(names)
        found |= {
            (name, method)
            for method in by_ours - by_others
            if not getattr(getattr(model, method), "_api_private", False)
        }
    return found


@tagged("post_install", "-at_install")
class TestRpcMethods(TransactionCase):
    """No public method without somebody who looked at what keeps it."""

    def test_every_public_method_was_reviewed(self):
        found = find_public_methods(self.env.registry)
        listed = set(reviewed())
        self.assertEqual(
            (sorted(found - listed), sorted(listed - found)),
            ([], []),
            "Methods nobody reviewed, and reviewed ones that are gone: add them to"
            " tests/rpc_methods.py with who may call them and which check they do.",
        )

    def test_each_review_names_who_and_which_check(self):
        for (model, method), (who, check) in reviewed().items():
            with self.subTest(model=model, method=method):
                self.assertTrue(who.strip())
                self.assertTrue(check.strip())

"""What every role may do with every model of an addon, as one table.

An addon's own test inherits ``AccessMatrixMixin`` beside ``AftersalesCase`` and
names its module, its table and the models that need no border, each with a reason.
"""

from odoo.tests import new_test_user

OPERATIONS = {"r": "read", "w": "write", "c": "create", "d": "unlink"}

SERVICE_ROLES = {
    "agent": "aftersales_service.group_aftersales_agent",
    "office": "aftersales_service.group_aftersales_office",
    "headquarters": "aftersales_service.group_aftersales_headquarters",
    "administrator": "aftersales_service.group_aftersales_administrator",
    "quality": "aftersales_service.group_aftersales_quality",
    "account_manager": "aftersales_service.group_aftersales_account_manager",
    "department": "aftersales_service.group_aftersales_department",
    "interface": "aftersales_service.group_aftersales_interface",
    "employee": "base.group_user",
    "portal": "base.group_portal",
    "public": "base.group_public",
}


class AccessMatrixMixin:
    """Compares the rights in the database with the table of an addon.

    MODULE: technical name of the addon.
    ROLES: role → xmlid of its group.
    MATRIX: model → {role: letters of r, w, c, d}; a role not named has none.
    NO_BORDER: model → why its rows are not behind a territory.
    """

    # Odoo's loader leaves inherited test methods out unless told otherwise.
    allow_inherited_tests_method = True

    MODULE: str
    ROLES: dict[str, str] = SERVICE_ROLES
    MATRIX: dict[str, dict[str, str]]
    NO_BORDER: dict[str, str]

    def _own_models(self):
        return {
            name
            for name, model in self.env.registry.items()
            if model._original_module == self.MODULE and not model._abstract
        }

    def _stored_models(self):
        return {n for n in self._own_models() if not self.env[n]._transient}

    def _global_rules(self, model):
        return self.env["ir.rule"].search(
            [("model_id.model", "=", model), ("groups", "=", False)]
        )

    def test_every_model_is_listed(self):
        self.assertEqual(self._own_models(), set(self.MATRIX))

    def test_every_role_has_the_listed_rights(self):
        for role, group in self.ROLES.items():
            user = new_test_user(self.env, login=f"matrix-{role}", groups=group)
            access = self.env["ir.model.access"].with_user(user)
            for model, rights in self.MATRIX.items():
                actual = "".join(
                    letter
                    for letter, mode in OPERATIONS.items()
                    if access.check(model, mode, raise_exception=False)
                )
                with self.subTest(role=role, model=model):
                    self.assertEqual(actual, rights.get(role, ""))

    def test_every_model_has_a_border_for_each_operation_or_a_reason(self):
        for model in self._stored_models():
            borders = self._global_rules(model).filtered(
                lambda rule: "_get_border_domain" in rule.domain_force
            )
            with self.subTest(model=model):
                if model in self.NO_BORDER:
                    self.assertFalse(borders, "has a border after all")
                    continue
                for mode in OPERATIONS.values():
                    self.assertTrue(
                        any(rule[f"perm_{mode}"] for rule in borders),
                        f"none for {mode}",
                    )

    def test_every_model_has_a_company_and_its_rule(self):
        for model in self._stored_models():
            with self.subTest(model=model):
                self.assertIn("company_id", self.env[model]._fields)
                self.assertTrue(
                    self._global_rules(model).filtered(
                        lambda rule: "company_ids" in rule.domain_force
                    )
                )

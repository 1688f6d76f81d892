"""Odoo's own addon test_lint, on our addons instead of on all of Odoo.

Its tests walk every module they find. Here they see our manifests only, and of the
tests that walk the registry only the findings about our modules count.
"""

import logging
import os
import sys

from odoo.modules import Manifest
from odoo.modules.registry import Registry
from odoo.tools import config

_logger = logging.getLogger(__name__)
OURS = tuple(os.environ["AFTERSALES_ADDONS"].split(","))
#: Tests of the checkers themselves, and of all files of Odoo at once: our JavaScript is
#: checked by eslint with these rules, our conflict markers by the style budgets.
LEFT_OUT = {"test_checkers", "test_eslint", "test_l10n", "test_markers"}


class OnlyOurs(logging.Filter):
    """Drops warnings about controllers of others."""

    def filter(self, record):
        text = record.getMessage()
        return "odoo.addons." not in text or any(
            f"odoo.addons.{name}." in text for name in OURS
        )


def narrow(registry) -> None:
    """Make the tests of test_lint see our addons only."""
    from odoo.addons.test_lint import tests

    ours = [manifest for name in OURS if (manifest := Manifest.for_addon(name))]
    Manifest.all_addon_manifests = staticmethod(lambda: ours)
    tests.test_pofile.get_modules = lambda: OURS
    touched = {name: model for name, model in registry.items() if is_touched(model)}
    for module in (
        tests.test_docstring,
        tests.test_naming,
        tests.test_override_signatures,
    ):
        module.Registry = lambda _name: touched
    # Odoo's root folder comes on top of the manifests: only ours are ours to check.
    run = tests.test_pylint.subprocess.run
    tests.test_pylint.subprocess.run = lambda words, **options: run(
        [word for word in words if word != config.root_path], **options
    )
    tests.test_index.BTREE_INDEX_IGNORE_FIELDS.update(
        str(field)
        for model in registry.values()
        for field in model._fields.values()
        if field._module not in OURS
    )
    logging.getLogger(tests.test_routes.__name__).addFilter(OnlyOurs())


def is_touched(model) -> bool:
    """Whether one of our addons defines or extends a model."""
    return any(getattr(parent, "_module", None) in OURS for parent in model.mro())


def forgive_others() -> None:
    """Drop failures of sub-tests that name a module of others."""
    from odoo.tests.result import OdooTestResult

    add = OdooTestResult.addSubTest

    def add_ours(self, test, subtest, err):
        if is_ours(subtest):
            add(self, test, subtest, err)

    OdooTestResult.addSubTest = add_ours


def is_ours(subtest) -> bool:
    """Whether a sub-test about a module or a method is about our code."""
    parameters = subtest.params
    if "module" in parameters:
        return parameters["module"] in OURS
    if not {"model", "method"} <= set(parameters):
        return True
    classes = Registry(config["db_name"][0])[parameters["model"]].mro()
    return any(
        parameters["method"] in parent.__dict__
        and getattr(parent, "_module", None) in OURS
        for parent in classes
    )


def main() -> int:
    config.parse_config(sys.argv[1:], setup_logging=True)
    from odoo.tests import loader
    from odoo.tests.suite import OdooSuite

    registry = Registry(config["db_name"][0])
    narrow(registry)
    forgive_others()
    tests = [
        test
        for module in loader.get_test_modules("test_lint")
        if module.__name__.rpartition(".")[2] not in LEFT_OUT
        for test in loader.get_module_test_cases(module)
    ]
    result = loader.run_suite(OdooSuite(tests))
    logging.getLogger("odoo.tests.result").info("%s", result)
    return 0 if result.wasSuccessful() else 1


sys.exit(main())

from odoo.tests import TransactionCase, tagged

from odoo.addons.aftersales_service.tests.rpc_methods import reviewed
from odoo.addons.aftersales_service.tests.test_rpc_methods import find_public_methods

from .rpc_methods import REVIEWED


@tagged("post_install", "-at_install")
class TestKnowledgeRpc(TransactionCase):
    """No public method without somebody who looked at what keeps it."""

    def test_every_public_method_was_reviewed(self):
        ours = "odoo.addons.aftersales_knowledge."
        found = find_public_methods(self.env.registry, ours)
        listed = set(reviewed(REVIEWED))
        self.assertEqual((sorted(found - listed), sorted(listed - found)), ([], []))

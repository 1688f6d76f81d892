from odoo.tests import tagged

from odoo.addons.aftersales_service.tests.boards import BoardsMixin

from .common import SettlementCase


@tagged("post_install", "-at_install")
class TestFeeBoard(BoardsMixin, SettlementCase):
    MODULE = "aftersales_settlement"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.readers = {"settlement": cls.manager}
        cls.stranger = cls.auditor

from odoo.tests import tagged

from odoo.addons.aftersales_service.tests.border_doors import BorderDoorsMixin

from .common import KnowledgeCase


@tagged("post_install", "-at_install")
class TestArticleDoors(BorderDoorsMixin, KnowledgeCase):
    """No border parts the regions' articles, but a draft is its editors' alone."""

    MODULE = "aftersales_knowledge"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.reader, cls.overseer = cls.agent_north, cls.editor
        cls.own = {"aftersales.article": cls.make_article("Pump")}
        cls.foreign = {"aftersales.article": cls.make_article("Nozzle", "draft")}

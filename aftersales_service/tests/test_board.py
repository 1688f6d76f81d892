from odoo.tests import tagged

from .boards import BoardsMixin
from .common import AftersalesCase


@tagged("post_install", "-at_install")
class TestBoards(BoardsMixin, AftersalesCase):
    MODULE = "aftersales_service"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.stranger = cls.make_user("agent", cls.north, login="stranger")
        cls.readers = {
            "headquarters": cls.headquarters,
            "office": cls.office_north,
            "quality": cls.quality,
        }

    def test_sharing_a_board_is_written_down(self):
        board = self.board("office").with_user(self.office_north)
        self.env["spreadsheet.dashboard.share"].with_user(self.office_north).create(
            {"dashboard_id": board.id, "spreadsheet_data": "{}"}
        )
        log = self.env["aftersales.export.log"].search([], limit=1)
        self.assertEqual(
            (log.user_id, log.res_model, log.field_names),
            (self.office_north, "spreadsheet.dashboard.share", board.name),
        )

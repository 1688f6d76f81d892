from datetime import timedelta

from odoo import fields
from odoo.fields import Command
from odoo.tests import HttpCase, tagged

from odoo.addons.aftersales_settlement.tests.common import SettlementCase


class ToursCase(SettlementCase, HttpCase):
    """What a tour needs: Chinese users, a machine in warranty."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("zh_CN")
        users = cls.agent_north | cls.station_north_user | cls.auditor
        users.lang = "zh_CN"
        cls.unit_north.sale_date = fields.Date.today() - timedelta(days=60)
        cls.env["aftersales.warranty.policy"].create(
            {
                "name": "Engines",
                "product_categ_ids": [Command.set(cls.categ.ids)],
                "line_ids": [Command.create({"name": "Machine", "months": 12})],
            }
        )

    def _action_url(self, xmlid):
        return f"/odoo/action-{self.env.ref(xmlid).id}"


@tagged("post_install", "-at_install", "tour")
class TestTours(ToursCase):
    """The golden paths of the office in a real browser, in Chinese."""

    def test_agent_takes_a_call(self):
        self.start_tour(
            self._action_url("aftersales_service.request_action"),
            "aftersales_agent",
            login=self.agent_north.login,
        )
        request = self.unit_north.request_ids
        self.assertEqual(request.warranty_result, "covered")

    def test_auditor_approves_what_was_doubtful(self):
        claim = self.make_claim(labor_hours=9.0)
        claim._audit()
        self.assertEqual(claim.state, "review")
        self.start_tour(
            self._action_url("aftersales_settlement.claim_action_to_audit"),
            "aftersales_auditor",
            login=self.auditor.login,
        )
        claim.invalidate_recordset()
        self.assertEqual(claim.state, "approved")


@tagged("post_install", "-at_install", "tour")
class TestPhoneTours(ToursCase):
    """The golden path of a station: on its phone, where no page is too wide."""

    browser_size = "390x844"
    touch_enabled = True

    def test_station_does_a_job(self):
        order = self.make_work_order(self.make_request(), state="offered")
        self.start_tour(
            "/my/jobs", "aftersales_station", login=self.station_north_user.login
        )
        order.invalidate_recordset()
        self.assertEqual(order.state, "done")
        self.assertEqual(len(order.claim_ids), 1)

from datetime import timedelta

from odoo import fields
from odoo.fields import Command
from odoo.tests import HttpCase, tagged

from odoo.addons.aftersales_settlement.tests.common import SettlementCase
from odoo.addons.aftersales_settlement.tests.test_customer_charge import ChargeCase

# The page's scripts start after it is shown, the first time when they are built.
NARROWING = """
    const select = (kind) => document.querySelector(`select[name=${kind}_id]`);
    const choose = (kind, id) => {
        select(kind).value = id;
        select(kind).dispatchEvent(new Event("change", {bubbles: true}));
    };
    const offers = () =>
        [...select("symptom").options].some((one) => one.value === "%(symptom)s");
    const check = (tries) => {
        choose("component", "%(unfit)s");
        if (offers() && tries) {
            setTimeout(() => check(tries - 1), 200);
            return;
        }
        const isGone = !offers() && select("symptom").value === "";
        choose("component", "%(fitting)s");
        if (isGone && offers()) {
            console.log("test successful");
        } else {
            console.error("the choices did not follow");
        }
    };
    check(500);
"""


class ToursCase(SettlementCase, HttpCase):
    """What a tour needs: Chinese users, a machine in warranty."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("zh_CN")
        users = (
            *(cls.agent_north, cls.office_north, cls.auditor),
            *(cls.manager, cls.accountant),
            *(cls.station_north_user, cls.customer_user),
        )
        cls.env["res.users"].union(*users).lang = "zh_CN"
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

    def test_agent_finds_the_machine_by_its_last_digits(self):
        self.start_tour(
            self._action_url("aftersales_service.find_action"),
            "aftersales_find",
            login=self.agent_north.login,
        )
        self.assertEqual(self.unit_north.request_ids.fault_text, "冒黑烟")

    def test_office_dispatches_from_the_board(self):
        ticket = self.make_request()
        ticket._decide_warranty()
        self.start_tour(
            self._action_url("aftersales_service.dispatch_board_action"),
            "aftersales_board",
            login=self.office_north.login,
        )
        self.assertEqual(ticket.work_order_ids.station_id, self.station_north)
        self.assertEqual(ticket.work_order_ids.state, "offered")

    def test_office_has_all_that_wait_dispatched_together(self):
        self.make_request()._decide_warranty()
        self.start_tour(
            self._action_url("aftersales_service.dispatch_board_action"),
            "aftersales_board_together",
            login=self.office_north.login,
        )
        run = self.env["aftersales.run"].search([("kind", "=", "batch_dispatch")])
        self.assertEqual(run.create_uid, self.office_north)

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

    def test_auditor_decides_line_by_line(self):
        claim = self.make_claim(labor_hours=9.0)
        claim._audit()
        self.start_tour(
            self._action_url("aftersales_settlement.claim_action_to_audit"),
            "aftersales_auditor_lines",
            login=self.auditor.login,
        )
        claim.invalidate_recordset()
        line = claim.line_ids.filtered("reason_id")
        self.assertEqual((line.kind, line.approved_amount), ("labor", 200.0))
        self.assertTrue(line.adjust_reason.endswith(": 2.5"))

    def test_manager_settles_a_month(self):
        sheet = self.make_sheet()
        self.start_tour(
            self._action_url("aftersales_settlement.settlement_action"),
            "aftersales_manager",
            login=self.manager.login,
        )
        sheet.invalidate_recordset()
        self.assertEqual(sheet.state, "billed")
        self.assertEqual(sheet.bill_id.state, "posted")

    def test_accountant_finds_the_work_behind_a_bill(self):
        self.make_confirmed()._bill()
        self.start_tour(
            self._action_url("account.action_move_in_invoice"),
            "aftersales_bill",
            login=self.accountant.login,
        )


@tagged("post_install", "-at_install", "tour")
class TestChargeTours(ToursCase, ChargeCase):
    """Paid service in a real browser."""

    def test_accountant_invoices_paid_service(self):
        charge = self.make_charge()
        self.start_tour(
            self._action_url("aftersales_settlement.customer_charge_action"),
            "aftersales_accountant",
            login=self.accountant.login,
        )
        charge.invalidate_recordset()
        self.assertEqual(charge.state, "paid")


@tagged("post_install", "-at_install", "tour")
class TestPhoneTours(ToursCase):
    """The golden paths of the portal: on a phone, where no page is too wide."""

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

    def test_station_appeals(self):
        claim = self.make_claim(labor_hours=9.0)
        claim._audit()
        self.reject(claim, self.auditor)
        self.start_tour(
            "/my/claims", "aftersales_appeal", login=self.station_north_user.login
        )
        claim.invalidate_recordset()
        self.assertEqual((claim.state, claim.appeal_reason), ("review", "拆装空间小"))

    def test_station_answers_its_settlement(self):
        orders = [self.make_done_order(), self.make_done_order()]
        sheet = self.make_sent(*orders)
        count = len(sheet.line_ids)
        self.start_tour(
            "/my/settlements",
            "aftersales_station_money",
            login=self.station_north_user.login,
        )
        sheet.invalidate_recordset()
        self.assertEqual(sheet.state, "confirmed")
        self.assertLess(len(sheet.line_ids), count)
        states = orders[0].claim_ids.state, orders[1].claim_ids.state
        self.assertIn("review", states)

    def test_dealer_sells_a_machine(self):
        dealer = self.make_customer(
            "Dealer North", self.north, aftersales_role="dealer"
        )
        user = self.make_portal_user(dealer, "dealer-north")
        unit = self.make_unit("DL-0001", selling_partner_id=dealer.id, sale_date=False)
        self.start_tour("/my/stock", "aftersales_dealer", login=user.login)
        unit.invalidate_recordset()
        self.assertEqual(unit.owner_id.name, "赵大海")
        self.assertTrue(unit.sale_date)

    def test_customer_asks_for_service(self):
        self.start_tour(
            "/my/machines", "aftersales_customer", login=self.customer_user.login
        )
        request = self.unit_north.request_ids
        self.assertEqual(request.partner_id.commercial_partner_id, self.customer_north)

    def test_chosen_component_leaves_the_symptoms_that_go_with_it(self):
        job = self.make_work_order(state="on_site")
        other = self.component.create(
            {"kind": "component", "code": "T-C2", "name": "Gearbox"}
        )
        self.symptom.fits_ids = other
        self.browser_js(
            f"/my/jobs/{job.id}/report",
            NARROWING
            % {
                "symptom": self.symptom.id,
                "fitting": other.id,
                "unfit": self.component.id,
            },
            ready="document.querySelector('.o_aftersales_fault_codes') !== null",
            login=self.station_north_user.login,
            timeout=120,
        )

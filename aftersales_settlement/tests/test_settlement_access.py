from decimal import Decimal

from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.tests import tagged

from odoo.addons.aftersales_service.tests.access_matrix import (
    SERVICE_ROLES,
    AccessMatrixMixin,
)
from odoo.addons.aftersales_service.tests.border_doors import (
    BorderDoorsMixin,
    GuardedModelsMixin,
)

from ..tools import tryout
from .common import SettlementCase

MASTER = "headquarters' rules of payment, the same for every office"
RULES = {"auditor": "r", "manager": "rwcd"}
OFFICE = {"office": "r", "headquarters": "r", "administrator": "r"}
SEEN_BY_STATION = {"auditor": "r", "manager": "r", **OFFICE, "portal": "r"}
# An accountant follows a bill down to the work and the score it rests on.
EXPLAINED = {**SEEN_BY_STATION, "accountant": "r"}


@tagged("post_install", "-at_install")
class TestSettlementAccessMatrix(AccessMatrixMixin, SettlementCase):
    """Role × model × operation of aftersales_settlement."""

    MODULE = "aftersales_settlement"
    ROLES = {
        **SERVICE_ROLES,
        "auditor": "aftersales_settlement.group_settlement_auditor",
        "manager": "aftersales_settlement.group_settlement_manager",
        "accountant": "account.group_account_invoice",
    }
    MATRIX = {
        "aftersales.rate.card": RULES,
        "aftersales.rate": RULES,
        "aftersales.rate.band": RULES,
        "aftersales.rebate": RULES,
        "aftersales.rebate.tier": RULES,
        "aftersales.audit.policy": RULES,
        "aftersales.audit.limit": RULES,
        "aftersales.claim.reason": RULES,
        "aftersales.score.card": RULES,
        "aftersales.score.measure": RULES,
        "aftersales.score.point": RULES,
        "aftersales.score.band": RULES,
        "aftersales.charge.rule": RULES,
        "aftersales.customer.charge": {
            "auditor": "r",
            "manager": "r",
            **OFFICE,
            "accountant": "r",
        },
        "aftersales.paid.service.report": {"auditor": "r", "manager": "r", **OFFICE},
        "aftersales.fee.figures": {"auditor": "r", "manager": "r", **OFFICE},
        "aftersales.recovery.agreement": RULES,
        "aftersales.recovery": {
            "auditor": "r",
            "manager": "r",
            **OFFICE,
            "accountant": "r",
        },
        "aftersales.claim": {**EXPLAINED, "auditor": "rw", "manager": "rw"},
        "aftersales.claim.line": EXPLAINED,
        "aftersales.claim.finding": {
            "auditor": "r",
            "manager": "r",
            **OFFICE,
            "accountant": "r",
        },
        "aftersales.manager.score": {
            **dict.fromkeys(("auditor", "manager"), "r"),
            **dict.fromkeys(("headquarters", "administrator"), "r"),
            "account_manager": "r",
        },
        "aftersales.audit.sample": {"auditor": "r", "manager": "r"},
        "aftersales.audit.hold": RULES,
        "aftersales.audit.check.report": {"auditor": "r", "manager": "r", **OFFICE},
        "aftersales.station.score": EXPLAINED,
        "aftersales.station.score.line": EXPLAINED,
        "aftersales.work.order.authorisation": {
            "auditor": "rw",
            "manager": "rw",
            "office": "rc",
            "headquarters": "rc",
            "administrator": "rc",
        },
        "aftersales.settlement": {
            **SEEN_BY_STATION,
            "manager": "rw",
            "accountant": "r",
        },
        "aftersales.settlement.line": {**SEEN_BY_STATION, "accountant": "r"},
        "aftersales.claim.decision": {"auditor": "rwcd", "manager": "rwcd"},
        "aftersales.claim.decision.line": {"auditor": "rwcd", "manager": "rwcd"},
        "aftersales.settlement.adjustment": {"manager": "rwcd"},
        "aftersales.settlement.start": {"manager": "rwcd"},
        "aftersales.tryout": {"auditor": "r", "manager": "r", **OFFICE},
        "aftersales.tryout.line": {"auditor": "r", "manager": "r", **OFFICE},
        "aftersales.tryout.start": {"manager": "rwcd"},
        "aftersales.settlement.invoice": {"manager": "rwcd", "accountant": "rwcd"},
    }
    NO_BORDER = {
        "aftersales.manager.score": "the manager's own and headquarters'; no office's",
        "aftersales.rate.card": MASTER,
        "aftersales.rate": MASTER,
        "aftersales.rate.band": MASTER,
        "aftersales.charge.rule": MASTER,
        "aftersales.recovery.agreement": MASTER,
        "aftersales.rebate": MASTER,
        "aftersales.rebate.tier": MASTER,
        "aftersales.audit.policy": MASTER,
        "aftersales.audit.limit": MASTER,
        "aftersales.claim.reason": MASTER,
        "aftersales.audit.hold": MASTER,
        "aftersales.audit.sample": "drawn for a whole company; auditors see all claims",
        "aftersales.score.card": MASTER,
        "aftersales.score.measure": MASTER,
        "aftersales.score.point": MASTER,
        "aftersales.score.band": MASTER,
    }


@tagged("post_install", "-at_install")
class TestSettlementBorder(GuardedModelsMixin, BorderDoorsMixin, SettlementCase):
    """Offices see the money of their territory, stations their own, auditors all."""

    MODULE = "aftersales_settlement"
    NO_BORDER = TestSettlementAccessMatrix.NO_BORDER
    REPORTS = 2
    HIDDEN_FROM_PORTAL = (
        "aftersales.audit.check.report",
        "aftersales.claim.finding",
        "aftersales.customer.charge",
        "aftersales.fee.figures",
        "aftersales.paid.service.report",
        "aftersales.work.order.authorisation",
        "aftersales.recovery",
        "aftersales.tryout",
        "aftersales.tryout.line",
    )
    SHARED_LISTS = {
        "aftersales.work.order.authorisation_ids",
        "aftersales.work.order.claim_ids",
        "aftersales.work.order.customer_charge_ids",
        "res.partner.station_score_ids",
    }

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.reader, cls.overseer = cls.office_north, cls.headquarters
        cls.own = cls._make_rows(cls.station_north, cls.customer_north)
        cls.foreign = cls._make_rows(cls.station_south, cls.customer_south)

    @classmethod
    def _make_rows(cls, station, owner):
        """Rows of each model behind the border, by model name."""
        unit = cls.make_unit(f"B-{cls._next()}", owner=owner)
        claim = cls.make_claim(station, unit=unit, labor_hours=9.0)
        sheet_claim = cls.make_claim(
            station, unit=cls.make_unit(f"B-{cls._next()}", owner=owner)
        )
        claim._audit()
        cls.approve(sheet_claim)
        sheet = cls.settle(station)
        score = cls.env["aftersales.station.score"]._score(
            cls.company, cls.month, station
        )
        sheet._send()
        charge = cls.make_charge(station, unit=unit)
        consent = cls._make_consent(station, owner)
        supplier = cls.env["res.partner"].create({"name": "Bearing works"})
        return {
            "aftersales.recovery": cls.env["aftersales.recovery"].create(
                {"claim_id": sheet_claim.id, "supplier_id": supplier.id}
            ),
            "aftersales.claim": claim | sheet_claim,
            "aftersales.claim.line": claim.line_ids | sheet_claim.line_ids,
            "aftersales.claim.finding": claim.finding_ids,
            "aftersales.audit.check.report": cls.env[
                "aftersales.audit.check.report"
            ].browse(claim.finding_ids.ids),
            "aftersales.customer.charge": charge,
            "aftersales.paid.service.report": cls.env[
                "aftersales.paid.service.report"
            ].browse(charge.id),
            "aftersales.fee.figures": cls.env["aftersales.fee.figures"].browse(
                sheet.line_ids.ids
            ),
            "aftersales.settlement": sheet,
            "aftersales.settlement.line": sheet.line_ids,
            "aftersales.work.order.authorisation": consent,
            "aftersales.station.score": score,
            "aftersales.station.score.line": score.line_ids,
            **cls._make_tryout(claim),
        }

    @classmethod
    def _make_consent(cls, station, owner):
        """What a station asked for one of its open jobs."""
        unit = cls.make_unit(f"B-{cls._next()}", owner=owner)
        order = cls.make_work_order(cls.make_request(unit), station, state="on_site")
        cls.rate_card.authorisation_limit = 500.0
        return order._ask_authorisation(900.0, "Gear box broken")

    @classmethod
    def _make_tryout(cls, claim):
        run = cls.env["aftersales.run"]._start("tryout")
        outcome = tryout.Outcome(was=Decimal(1), would=Decimal(2), code="price")
        cls.env["aftersales.tryout"]._add(run, {claim: outcome})
        row = cls.env["aftersales.tryout"].search([("run_id", "=", run.id)])
        return {"aftersales.tryout": row, "aftersales.tryout.line": row.line_ids}

    def _found(self, user, model):
        rows = self.own[model] | self.foreign[model]
        return self.env[model].with_user(user).search(Domain("id", "in", rows.ids))

    def test_auditors_and_accountants_are_not_bound(self):
        for model, rows in self.own.items():
            with self.subTest(model=model):
                both = rows | self.foreign[model]
                self.assertEqual(self._found(self.auditor, model), both)
        sheets = self._found(self.accountant, "aftersales.settlement")
        self.assertEqual(len(sheets), 2)

    def test_an_auditor_who_is_an_office_too_is_bound(self):
        self.auditor.write(
            {
                "group_ids": [
                    (4, self.env.ref("aftersales_service.group_aftersales_office").id)
                ],
                "territory_ids": [(4, self.north.id)],
            }
        )
        found = self._found(self.auditor, "aftersales.claim")
        self.assertEqual(found, self.own["aftersales.claim"])

    def test_a_station_reads_its_own(self):
        for model, rows in self.own.items():
            if model in self.HIDDEN_FROM_PORTAL:
                continue
            with self.subTest(model=model):
                self.assertEqual(self._found(self.station_north_user, model), rows)

    def test_a_station_sees_a_sheet_only_when_it_was_sent(self):
        sheet = self.own["aftersales.settlement"]
        sheet._write_guarded({"state": "computed"})
        for model in ("aftersales.settlement", "aftersales.settlement.line"):
            self.assertFalse(self._found(self.station_north_user, model))

    def test_a_customer_sees_no_money(self):
        for model in self.own:
            if model in self.HIDDEN_FROM_PORTAL:
                continue
            with self.subTest(model=model):
                self.assertFalse(self._found(self.customer_user, model))

    def test_auditor_reads_what_a_claim_is_about(self):
        claim = self.foreign["aftersales.claim"][0].with_user(self.auditor)
        claim.invalidate_recordset()
        self.assertTrue(claim.work_order_id.labor_hours)
        self.assertTrue(claim.ticket_id.name)
        self.assertTrue(claim.unit_id.name)
        self.assertTrue(claim.warranty_decision_id.result)
        self.assertTrue(claim.work_order_id.part_line_ids.product_id.name)
        with self.assertRaises(AccessError):
            claim.ticket_id.name = "Changed"

    def test_company_rules_bind(self):
        company = self.env["res.company"].create({"name": "Other maker"})
        user = self.make_settlement_user("manager", "foreign-manager")
        user.write({"company_id": company.id, "company_ids": [(6, 0, company.ids)]})
        for model in self.own:
            with self.subTest(model=model):
                self.assertFalse(self._found(user, model))

from contextlib import contextmanager, nullcontext
from datetime import timedelta

from psycopg2.errors import UniqueViolation

from odoo import fields
from odoo.fields import Command
from odoo.tests import HttpCase, new_test_user
from odoo.tools import mute_logger

from odoo.addons.aftersales_service.tests.common import NO_MAIL, AftersalesCase

SETTLEMENT_GROUP = "aftersales_settlement.group_settlement_%s"


class SettlementCase(AftersalesCase):
    """The maker with rates, an auditor, a manager and the least accounting.

    ``make_claim`` gives the claim of a done job, ``make_approved`` one to settle,
    ``make_sheet`` a station's computed sheet of last month.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._create_accounting()
        cls._create_settlement_users()
        cls._create_rates()
        # Nobody is drawn unless a test says so.
        cls.env["aftersales.audit.policy"].search([]).write(
            {"sample_percent": 0.0, "risk_percent": 0.0}
        )
        today = cls.env.company._get_day(fields.Datetime.now())
        cls.month = (today.replace(day=1) - timedelta(days=1)).replace(day=1)
        cls.work_date = cls.month + timedelta(days=9)
        cls.approved_at = fields.Datetime.to_datetime(cls.month) + timedelta(days=19)

    # A test that breaks a sheet on purpose says so.
    is_tampered = False

    def tearDown(self):
        """After every test: lines, bill lines and what was posted are the same."""
        if not self.is_tampered:
            self.env.invalidate_all()
            sheets = self.env["aftersales.settlement"].search([])
            flaws = sheets._find_imbalances() | sheets._find_broken_seals()
            self.assertEqual(list(flaws.values()), [])
        super().tearDown()

    @classmethod
    def _create_accounting(cls):
        cls.company = cls.env.company
        Account = cls.env["account.account"]
        cls.payable, cls.expense = Account.create(
            [
                {
                    "name": "Payable",
                    "code": "T210",
                    "account_type": "liability_payable",
                    "reconcile": True,
                },
                {"name": "Service cost", "code": "T600", "account_type": "expense"},
            ]
        )
        cls.env["ir.default"].set(
            "res.partner",
            "property_account_payable_id",
            cls.payable.id,
            company_id=cls.company.id,
        )
        cls.journal = cls.env["account.journal"].create(
            {
                "name": "Station settlements",
                "code": "TSETL",
                "type": "purchase",
                "is_self_billing": True,
                "default_account_id": cls.expense.id,
            }
        )
        cls.company.settlement_journal_id = cls.journal
        cls.bank = cls.env["account.journal"].create(
            {"name": "Test bank", "code": "TBNK", "type": "bank"}
        )

    @classmethod
    def _create_settlement_users(cls):
        cls.auditor = cls.make_settlement_user("auditor", "auditor-one")
        cls.other_auditor = cls.make_settlement_user("auditor", "auditor-two")
        cls.other_manager = cls.make_settlement_user("manager", "other-manager")
        cls.manager = cls.make_settlement_user("manager", "settlement-manager")
        cls.accountant = new_test_user(
            cls.env,
            login="accountant",
            groups="account.group_account_invoice",
            context=NO_MAIL,
        )

    @classmethod
    def make_settlement_user(cls, role, login):
        return new_test_user(
            cls.env,
            login=login,
            groups=SETTLEMENT_GROUP % role,
            tz="Asia/Shanghai",
            context=NO_MAIL,
        )

    @classmethod
    def _create_rates(cls):
        cls.rate_card = cls.env["aftersales.rate.card"].create(
            {
                "name": "Test rates",
                "sequence": 0,
                "rate_ids": [
                    Command.create({"kind": "labor", "hourly_rate": 80.0}),
                    Command.create(
                        {
                            "kind": "labor",
                            "sequence": 5,
                            "grade": "a",
                            "hourly_rate": 80.0,
                            "grade_factor": 1.1,
                        }
                    ),
                    Command.create(
                        {
                            "kind": "travel",
                            "free_km": 10.0,
                            "band_ids": [
                                Command.create({"up_to_km": 50.0, "price_per_km": 1.5}),
                                Command.create({"price_per_km": 1.0}),
                            ],
                        }
                    ),
                    Command.create({"kind": "part", "handling_percent": 5.0}),
                    Command.create({"kind": "installation", "fee": 300.0}),
                ],
            }
        )

    @classmethod
    def make_decision(cls, ticket, result="covered", **vals):
        """The warranty decision in force of a request."""
        covers = result == "covered"
        decision = cls.env["aftersales.warranty.decision"].create(
            {
                "ticket_id": ticket.id,
                "unit_id": ticket.unit_id.id,
                "result": result,
                "covers_parts": covers,
                "covers_labor": covers,
                "covers_travel": covers,
                **vals,
            }
        )
        ticket.warranty_decision_id = decision
        return decision

    @classmethod
    def make_done_order(cls, station=None, result="covered", unit=None, **vals):
        """A job done last month whose report is complete and in time.

        :param result: of the warranty decision, None for no decision
        """
        unit = unit or cls.make_unit(f"T-{cls._next()}", owner=cls.customer_north)
        ticket = cls.make_request(unit, **vals.pop("ticket", {}))
        if result:
            cls.make_decision(ticket, result, **vals.pop("decision", {}))
        done = fields.Datetime.to_datetime(cls.work_date) + timedelta(hours=12)
        return cls.make_work_order(
            ticket,
            station,
            state="done",
            **cls.report_vals(
                **{
                    "started_on": cls.work_date,
                    "reported_at": done,
                    "done_at": done,
                    "arrived_at": done,
                    **vals,
                }
            ),
        )

    @classmethod
    def make_charge(cls, station=None, amounts=((200.0, True),), unit=None, **vals):
        """The paid service of a chargeable job of which the customer was asked for
        ``amounts``: (amount, whether he paid it on the spot)."""
        order = cls.make_done_order(
            station,
            result="chargeable",
            unit=unit,
            charge_line_ids=[
                Command.create({"amount": amount, "is_collected": is_paid})
                for amount, is_paid in amounts
            ],
            **vals,
        )
        return cls.env["aftersales.customer.charge"]._keep(order)

    @classmethod
    def make_small_order(cls, station=None):
        """A job with one amount. A thousand rows take ten inserts whatever one does:
        fifty of these stay within one."""
        return cls.make_done_order(station, travel_km=0.0, part_line_ids=False)

    @classmethod
    def make_installation_order(cls, station=None, **vals):
        """An installation done last month."""
        return cls.make_done_order(
            station,
            result=None,
            ticket={"request_type_id": cls.installation.id},
            labor_hours=0.0,
            travel_km=0.0,
            operation_line_ids=False,
            part_line_ids=False,
            **vals,
        )

    @classmethod
    def _next(cls):
        cls._number = getattr(cls, "_number", 0) + 1
        return f"{cls._number:05d}"

    @classmethod
    def make_claim(cls, *args, **vals):
        """The submitted claim of a done job."""
        return cls.make_done_order(*args, **vals)._make_claims()

    @classmethod
    def approve(cls, claims, approved_at=None):
        """Claims audited and approved, as of last month."""
        claims.filtered(lambda claim: claim.state == "submitted")._audit()
        vals = {"approved_at": approved_at or cls.approved_at}
        review = claims.filtered(lambda claim: claim.state == "review")
        review._update_state("approved", **vals)
        claims._write_guarded(vals)
        return claims

    @classmethod
    def get_reason(cls, kind):
        """The first reason code of a kind: adjust, reject or return."""
        return cls.env["aftersales.claim.reason"].search([("kind", "=", kind)], limit=1)

    @classmethod
    def adjust(cls, claims, user, amounts, comment=""):
        """``user`` approves ``claims`` with these amounts by line."""
        reason = cls.get_reason("adjust")
        verdict = {"decision": "adjusted", "reason": reason, "comment": comment}
        lines = {line: {**verdict, "amount": amounts[line]} for line in amounts}
        return claims.with_user(user)._decide("approved", lines=lines)

    @classmethod
    def reject(cls, claims, user, comment=""):
        reason = cls.get_reason("reject")
        return claims.with_user(user)._decide("rejected", reason, comment)

    @classmethod
    def send_back(cls, claims, user, comment=""):
        reason = cls.get_reason("return")
        return claims.with_user(user)._decide("returned", reason, comment)

    def run_audit_cron(self):
        """Let the server run the automatic audit that somebody has asked for."""
        cron = self.env.ref("aftersales_settlement.ir_cron_claim_audit")
        asked = self.env["ir.cron.trigger"].search([("cron_id", "=", cron.id)])
        self.assertTrue(asked, "handing in a claim wakes the audit")
        # A test with a browser is in test mode all the time.
        is_entered = isinstance(self, HttpCase)
        with nullcontext() if is_entered else self.enter_registry_test_mode():
            cron.method_direct_trigger()
        self.env.invalidate_all()

    @classmethod
    def make_approved(cls, *args, **vals):
        return cls.approve(cls.make_claim(*args, **vals))

    @contextmanager
    def assert_index_refuses(self, index):
        """The block meets the unique index of this name in the database."""
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaisesRegex(UniqueViolation, rf"_{index}\b"),
            self.cr.savepoint(),
        ):
            yield

    def count_queries(self, make, work):
        """Queries of ``work`` on what ``make(1)`` and ``make(50)`` give.

        Caches are warmed by a first round; everything is read from the database.
        """
        counts = []
        for count in (1, 1, 50):
            records = make(count)
            self.env.flush_all()
            self.env.invalidate_all()
            start = self.env.cr.sql_log_count
            work(records)
            self.env.flush_all()
            counts.append(self.env.cr.sql_log_count - start)
        return counts[1:]

    @classmethod
    def make_many(cls, count, make):
        """``count`` records, each of one call of ``make``."""
        records = make()
        for _number in range(count - 1):
            records |= make()
        return records

    @classmethod
    def settle(cls, station=None, month=None):
        """The station's sheet of the month, computed."""
        Sheet = cls.env["aftersales.settlement"]
        station = station or cls.station_north
        return Sheet._settle(cls.company, month or cls.month, station)

    @classmethod
    def make_sheet(cls, *orders):
        """A computed sheet of one repair (or of ``orders``) of the northern station."""
        for order in orders or [cls.make_done_order()]:
            cls.approve(order._make_claims())
        return cls.settle()

    @classmethod
    def make_sent(cls, *orders):
        sheet = cls.make_sheet(*orders)
        sheet._send()
        return sheet

    @classmethod
    def make_confirmed(cls, *orders):
        sheet = cls.make_sent(*orders)
        sheet._confirm(cls.station_north_user)
        return sheet

from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from .common import SettlementCase


@tagged("post_install", "-at_install")
class TestSettlement(SettlementCase):
    """A month puts every approved claim line on its station's sheet, once."""

    def _kinds(self, sheet):
        return [(line.kind, line.amount) for line in sheet.line_ids]

    def test_sheet_has_every_line_of_approved_claims(self):
        sheet = self.make_sheet(self.make_done_order(), self.make_done_order())
        self.assertEqual(sheet.state, "computed")
        self.assertEqual(sheet.line_count, 6)
        self.assertEqual(sheet.amount_total, 868.0)
        self.assertEqual(sheet.station_id, self.station_north)
        self.assertEqual(sheet.territory_id, self.north)

    def test_classifying_other_changes_nothing_that_was_paid(self):
        other = self.cause.create(
            {"kind": "cause", "code": "T-U99", "name": "Other", "is_other": True}
        )
        order = self.make_done_order(cause_id=other.id)
        order._ask_to_classify()
        claim = order._make_claims()
        self.approve(claim)
        sheet = self.settle()
        paid = self._kinds(sheet), claim.amount, sheet._verify()
        order._classify({"cause": self.misuse})
        self.assertEqual(order.cause_id, self.misuse)
        self.assertEqual((self._kinds(sheet), claim.amount, sheet._verify()), paid)

    def test_claim_lines_know_their_sheet(self):
        claim = self.make_approved()
        sheet = self.settle()
        self.assertEqual(claim.line_ids.settlement_id, sheet)
        self.assertEqual(claim.line_ids.settlement_line_id, sheet.line_ids)
        self.assertEqual(claim.settlement_ids, sheet)

    def test_settling_again_pays_nothing_twice(self):
        sheet = self.make_sheet()
        self.assertFalse(self.settle())
        self.assertEqual((sheet.line_count, sheet.amount_total), (3, 434.0))

    def test_two_stations_have_two_sheets(self):
        self.make_approved()
        self.make_approved(self.station_south)
        sheets = self.settle(self.station_north | self.station_south)
        self.assertEqual(sheets.station_id, self.station_north | self.station_south)
        self.assertEqual(sheets.mapped("amount_total"), [434.0, 434.0])

    def test_what_was_approved_after_the_month_comes_in_the_next(self):
        end = self.company._get_month_moments(self.month)[1]
        late = self.make_approved()
        late._write_guarded({"approved_at": end})
        self.assertFalse(self.settle())
        late._write_guarded({"approved_at": end - timedelta(seconds=1)})
        self.assertTrue(self.settle())

    def test_what_was_forgotten_comes_later(self):
        self.make_approved()
        later = (self.month + timedelta(days=40)).replace(day=1)
        sheet = self.settle(month=later)
        self.assertEqual((sheet.period_start, sheet.line_count), (later, 3))

    def test_claims_not_approved_stay_out(self):
        self.make_claim()
        self.make_claim(labor_hours=9.0)._audit()
        self.assertFalse(self.settle())

    def test_own_team_is_never_settled(self):
        self.station_north.is_internal_team = True
        self.make_approved()
        self.assertFalse(self.settle())

    def test_adjusted_amount_is_what_is_paid(self):
        claim = self.make_claim(labor_hours=9.0)
        claim._audit()
        labor = claim.line_ids.filtered(lambda line: line.kind == "labor")
        self.adjust(claim, self.auditor, {labor: 200.0}, "Enough")
        claim._write_guarded({"approved_at": self.approved_at})
        sheet = self.settle()
        self.assertEqual(sheet.amount_total, 434.0)
        line = sheet.line_ids.filtered(lambda row: row.claim_line_id == labor)
        self.assertIn("Enough", line.why)
        self.assertFalse(sheet._verify())

    def test_late_claims_join_a_sheet_that_is_not_sent(self):
        sheet = self.make_sheet()
        self.make_approved()
        self.assertEqual(self.settle(), sheet)
        self.assertEqual(sheet.line_count, 6)

    def test_a_sent_sheet_takes_nothing_more(self):
        sheet = self.make_sent()
        claim = self.make_approved()
        self.assertFalse(self.settle())
        self.assertEqual(sheet.line_count, 3)
        self.assertFalse(claim.line_ids.settlement_line_id)

    def test_recomputing_takes_what_is_approved_now(self):
        sheet = self.make_sheet(self.make_done_order(), self.make_done_order())
        claim = sheet.line_ids.claim_id[0]
        claim.with_user(self.auditor).action_reopen()
        self.assertEqual(sheet.line_count, 3)
        self.approve(claim)
        sheet.with_user(self.manager).action_compute()
        self.assertEqual((sheet.line_count, sheet.amount_total), (6, 868.0))

    def test_recomputing_an_emptied_sheet_leaves_it_empty(self):
        sheet = self.make_sheet()
        sheet.line_ids.claim_id.with_user(self.auditor).action_reopen()
        sheet.with_user(self.manager).action_compute()
        self.assertEqual((sheet.state, sheet.amount_total), ("computed", 0.0))

    def test_database_refuses_a_claim_line_twice(self):
        line = self.make_sheet().line_ids[0]
        again = {
            "claim_line_id": line.claim_line_id.id,
            "amount": 1.0,
            "company_id": self.company.id,
            "station_id": self.station_north.id,
            "currency_id": line.currency_id.id,
        }
        lines = line.browse()._unguarded()
        with self.assert_index_refuses("claim_paid_once"):
            lines.create({**again, "kind": "claim"})
        lines.create({**again, "kind": "multiplier"})
        with self.assert_index_refuses("multiplier_paid_once"):
            lines.create({**again, "kind": "multiplier"})

    def test_database_refuses_a_second_sheet_of_the_month(self):
        self.make_sheet()
        vals = {
            "company_id": self.company.id,
            "station_id": self.station_north.id,
            "currency_id": self.company.currency_id.id,
            "period_start": self.month,
        }
        sheets = self.env["aftersales.settlement"]
        self.assertFalse(sheets._create_sheets([vals]))
        other = {**vals, "station_id": self.station_south.id}
        self.assertEqual(len(sheets._create_sheets([vals, other])), 1)

    def test_one_query_count_for_one_and_for_fifty_claims(self):
        def make(count):
            orders = self.make_many(count, self.make_small_order)
            return self.approve(orders._make_claims())

        self.make_approved()
        self.settle()
        one, fifty = self.count_queries(make, lambda _claims: self.settle())
        self.assertEqual(one, fifty)

    def test_one_query_count_for_one_and_for_thirty_stations(self):
        def make(count):
            stations = self.env["res.partner"]
            for _number in range(count):
                station = self.make_station(f"Station {self._next()}", self.north)
                self.approve(self.make_small_order(station)._make_claims())
                stations |= station
            return stations

        one, many = self.count_queries(make, self.settle)
        self.assertEqual(one, many)


@tagged("post_install", "-at_install")
class TestSettlementLife(SettlementCase):
    """Computed, sent, confirmed by the station or the deadline, sealed."""

    def test_confirming_settles_the_claims(self):
        sheet = self.make_confirmed()
        self.assertEqual(sheet.state, "confirmed")
        self.assertEqual(sheet.line_ids.claim_id.state, "settled")
        self.assertEqual(sheet.confirmed_by_id, self.station_north_user)

    def test_deadline_confirms_by_itself(self):
        sheet = self.make_sent()
        cron = self.env.ref("aftersales_settlement.ir_cron_settlement_confirm")
        with self.enter_registry_test_mode():
            cron.method_direct_trigger()
            self.assertEqual(sheet.state, "sent")
            sheet._write_guarded({"confirm_by": sheet.confirm_by - timedelta(days=8)})
            cron.method_direct_trigger()
        self.assertEqual(sheet.state, "confirmed")
        self.assertFalse(sheet.confirmed_by_id)

    def test_sending_starts_the_deadline_and_tells_the_station(self):
        self.company.settlement_confirm_days = 5
        sheet = self.make_sent()
        today = self.company._get_day(fields.Datetime.now())
        self.assertEqual(sheet.confirm_by, today + timedelta(days=5))
        mail = self.env["mail.mail"].search(
            [("model", "=", sheet._name), ("res_id", "=", sheet.id)]
        )
        self.assertEqual(mail.recipient_ids, self.station_north)
        self.assertIn(f"/my/settlements/{sheet.id}", mail.body_html)
        self.assertIn(sheet.name, mail.subject)

    def test_disputed_line_leaves_and_comes_in_the_next_sheet(self):
        sheet = self.make_sent()
        line = sheet.line_ids.filtered(lambda row: row.work_kind == "travel")
        claim_line, claim = line.claim_line_id, line.claim_id
        line._dispute("It was 80 km")
        self.assertEqual((sheet.line_count, sheet.amount_total), (2, 389.0))
        self.assertEqual(claim.state, "review")
        self.assertEqual(claim_line.dispute_reason, "It was 80 km")
        self.assertIn("It was 80 km", claim.finding_text)
        sheet._confirm()
        self.assertEqual(claim.state, "review")
        self.adjust(claim, self.auditor, {claim_line: 90.0}, "Agreed")
        later = (self.month + timedelta(days=40)).replace(day=1)
        following = self.settle(month=later)
        self.assertEqual(following.amount_total, 90.0)
        following._send()
        following._confirm()
        self.assertEqual(claim.state, "settled")

    def test_dispute_needs_a_reason(self):
        sheet = self.make_sent()
        with self.assertRaises(UserError):
            sheet.line_ids[0]._dispute("  ")

    def test_confirmed_sheet_cannot_be_disputed(self):
        sheet = self.make_confirmed()
        with self.assertRaises(UserError):
            sheet.line_ids[0]._dispute("Too late")

    def test_disputed_amount_without_a_claim_is_held(self):
        self.make_approved()
        line = self._add_amount("manual", -50.0)
        sheet = self.settle()
        self.assertEqual(sheet.amount_total, 384.0)
        sheet._send()
        line._dispute("Not ours")
        self.assertTrue(line.is_held)
        self.assertEqual(sheet.amount_total, 434.0)
        later = (self.month + timedelta(days=40)).replace(day=1)
        self.assertFalse(self.settle(month=later))
        line.with_user(self.other_manager).action_release()
        self.assertEqual(self.settle(month=later).amount_total, -50.0)

    def _add_amount(self, kind, amount, **vals):
        wizard = self.env["aftersales.settlement.adjustment"].with_user(self.manager)
        with Form(wizard) as form:
            form.kind = kind
            form.station_id = self.station_north
            form.amount = amount
            form.reason = "Agreed by letter"
            for name, value in vals.items():
                form[name] = value
        form.record.action_add()
        line = self.env["aftersales.settlement.line"].search(
            [("kind", "=", kind)], order="id desc", limit=1
        )
        if line.is_held:
            line.with_user(self.other_manager).action_release()
        return line

    def test_a_typed_amount_needs_a_second_person(self):
        wizard = self.env["aftersales.settlement.adjustment"].with_user(self.manager)
        wizard.create(
            {
                "kind": "manual",
                "station_id": self.station_north.id,
                "amount": 50.0,
                "reason": "Agreed by letter",
            }
        ).action_add()
        line = self.env["aftersales.settlement.line"].search([("kind", "=", "manual")])
        self.assertTrue(line.is_held)
        self.assertFalse(self.settle())
        with self.assertRaisesRegex(UserError, "Another manager"):
            line.with_user(self.manager).action_release()
        line.with_user(self.other_manager).action_release()
        self.assertEqual(self.settle().amount_total, 50.0)

    def test_clawback_comes_with_the_next_sheet_once_per_document(self):
        sheet = self.make_confirmed()
        line = sheet.line_ids.filtered(lambda row: row.work_kind == "part")
        vals = {"origin_line_id": line, "reason_document": "Inspection 7"}
        back = self._add_amount("clawback", -100.0, **vals)
        self.assertFalse(back.settlement_id)
        with self.assert_index_refuses("clawback_once"):
            self._add_amount("clawback", -50.0, **vals)
        with self.assertRaises(UserError):
            self._add_amount(
                "clawback", -90.0, origin_line_id=line, reason_document="Inspection 8"
            )
        later = (self.month + timedelta(days=40)).replace(day=1)
        self.assertEqual(self.settle(month=later).amount_total, -100.0)

    def test_only_settled_amounts_are_taken_back(self):
        sheet = self.make_sheet()
        with self.assertRaises(UserError):
            sheet.line_ids[0]._claw_back(-1.0, "Wrong", "Letter 1")

    def test_every_absent_transition_is_refused(self):
        sheet = self.make_sheet()
        table = sheet.TRANSITIONS
        for state in table:
            for target in table:
                if target in table[state]:
                    continue
                sheet._write_guarded({"state": state})
                pair = f"{state} → {target}"
                with self.subTest(pair), self.assertRaises(UserError):
                    sheet._update_state(target)

    def test_only_managers_press_the_buttons(self):
        sheet = self.make_sheet()
        for user in (self.auditor, self.office_north, self.station_north_user):
            for button in ("compute", "send", "confirm", "bill"):
                with (
                    self.subTest(user=user.login, button=button),
                    self.assertRaises(AccessError),
                ):
                    getattr(sheet.with_user(user), f"action_{button}")()
        sheet.with_user(self.manager).action_send()
        sheet.with_user(self.manager).action_confirm()
        self.assertEqual(sheet.state, "confirmed")

    def test_buttons_refuse_wrong_states(self):
        sheet = self.make_confirmed().with_user(self.manager)
        for button in ("compute", "send", "confirm"):
            with self.subTest(button=button), self.assertRaises(UserError):
                getattr(sheet, f"action_{button}")()

    def test_nothing_can_be_written_from_outside(self):
        sheet = self.make_sheet()
        for record, vals in (
            (sheet.with_user(self.manager), {"state": "paid"}),
            (sheet.with_user(self.manager), {"seal": "0" * 64}),
            (sheet.line_ids[0], {"amount": 1.0}),
        ):
            with self.subTest(vals=vals), self.assertRaises(AccessError):
                record.write(vals)

    def test_seal_holds_and_amounts_come_out_the_same(self):
        sheet = self.make_confirmed()
        self.assertRegex(sheet.seal, r"^[0-9a-f]{64}$")
        self.assertFalse(sheet._verify())
        self.rate_card.rate_ids.hourly_rate = 999.0
        self.part.list_price = 1.0
        self.env.invalidate_all()
        self.assertFalse(sheet._verify())
        action = sheet.with_user(self.auditor).action_verify()
        self.assertEqual(action["params"]["type"], "success")

    def test_a_changed_cent_breaks_the_seal(self):
        sheet = self.make_confirmed()
        self.is_tampered = True
        self.cr.execute(
            "UPDATE aftersales_settlement_line SET amount = amount + 0.01"
            " WHERE id = %s",
            [sheet.line_ids[0].id],
        )
        self.env.invalidate_all()
        self.assertEqual(len(sheet._verify()), 2)
        with self.assertRaises(UserError):
            sheet._bill()

    def test_deleting_a_sheet_with_lines_is_refused(self):
        with self.assertRaises(UserError):
            self.make_sheet().unlink()

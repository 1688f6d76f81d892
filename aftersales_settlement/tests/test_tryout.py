from datetime import timedelta

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import Form, tagged

from ..models.tryout import aftersales_tryout_run as tryout_run
from .common import SettlementCase


@tagged("post_install", "-at_install")
class TestTryout(SettlementCase):
    """A draft is tried out on past months; nothing is written but the report."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.policy = cls.env["aftersales.audit.policy"].search([], limit=1)
        cls.north = cls.make_approved()
        cls.south = cls.make_approved(cls.station_south)

    def _draft(self, record, **vals):
        draft = self.env[record._name].browse(record.action_make_draft()["res_id"])
        draft.write(vals)
        return draft

    def _start(self, draft, **vals):
        action = draft.with_user(self.manager).action_try_out()
        wizard = self.env["aftersales.tryout.start"].with_user(self.manager)
        with Form(wizard.with_context(**action["context"])) as form:
            for name, value in vals.items():
                setattr(form, name, value)
        return self.env["aftersales.run"].browse(form.record.action_start()["res_id"])

    def _try(self, draft, **vals):
        """The rows of a try-out of this draft on last month, by station."""
        run = self._start(draft, **vals)
        while run._work_batch():
            pass
        self.assertEqual(run.state, "done", run.log)
        rows = self.env["aftersales.tryout"].search([("run_id", "=", run.id)])
        return rows.grouped("station_id")

    # Drafts

    def test_a_draft_is_never_used(self):
        for record, pick in (
            (
                self.rate_card,
                lambda card: card._get_cards(self.company)._pick(
                    self.company, self.work_date
                ),
            ),
            (
                self.policy,
                lambda policy: policy._get_policies(self.company)[self.company],
            ),
            (
                self.env["aftersales.score.card"]._get_card(self.company),
                lambda card: card._get_card(self.company),
            ),
        ):
            with self.subTest(model=record._name):
                draft = self._draft(record)
                self.assertTrue(draft.is_draft)
                self.assertEqual(pick(record), record)
                draft.action_use()
                self.assertEqual(pick(record), draft)

    def test_a_draft_is_a_whole_copy(self):
        draft = self._draft(self.rate_card)
        self.assertEqual(len(draft.rate_ids), len(self.rate_card.rate_ids))
        self.assertEqual(
            draft.rate_ids.band_ids.mapped("price_per_km"),
            self.rate_card.rate_ids.band_ids.mapped("price_per_km"),
        )
        self.assertIn("draft", draft.name)

    def test_only_managers_make_use_and_try_drafts(self):
        draft = self._draft(self.policy)
        for do in (
            self.policy.with_user(self.auditor).action_make_draft,
            draft.with_user(self.auditor).action_use,
        ):
            with self.assertRaises(AccessError):
                do()
        with self.assertRaises(AccessError):
            self.env["aftersales.tryout.start"].with_user(self.auditor).create({})

    # Rates

    def test_a_rate_card_pays_again(self):
        draft = self._draft(self.rate_card)
        draft.rate_ids.filtered(lambda rate: rate.kind == "labor").hourly_rate = 160.0
        labor = self.north.line_ids.filtered(lambda line: line.kind == "labor")
        paid = self.north.approved_amount
        rows = self._try(draft)
        row = rows[self.station_north]
        self.assertEqual(row.was_amount, paid)
        self.assertAlmostEqual(row.would_amount, paid + labor.amount)
        self.assertAlmostEqual(row.difference, labor.amount)
        self.assertEqual((row.claim_count, row.changed_count), (1, 1))
        self.assertEqual(row.line_ids.claim_id, self.north)
        self.assertIn("→", row.line_ids.text)
        self.assertIn(self.station_south, rows)

    def test_the_same_card_changes_nothing(self):
        for row in self._try(self._draft(self.rate_card)).values():
            self.assertFalse(row.difference or row.changed_count or row.line_ids)

    def test_nothing_is_written_but_the_report(self):
        draft = self._draft(self.rate_card)
        draft.rate_ids.unlink()
        before = self.north.read() + self.north.line_ids.read()
        self._try(draft)
        self.env.invalidate_all()
        self.assertEqual(self.north.read() + self.north.line_ids.read(), before)
        self.assertEqual(self.north.rate_card_id, self.rate_card)

    # Audit

    def test_a_stricter_policy_holds_what_passed(self):
        order = self.make_done_order()
        order._unguarded().reported_at += timedelta(days=1)
        late = self.approve(order._make_claims())
        self.assertFalse(late.finding_ids)
        strict = self._draft(self.policy, report_hours=1.0)
        row = self._try(strict)[self.station_north]
        self.assertEqual((row.claim_count, row.changed_count), (2, 1))
        self.assertEqual(row.held_amount, late.approved_amount)
        self.assertFalse(row.difference, "a person would look: nobody knows")
        self.assertEqual(row.line_ids.code, "to_review")
        self.assertIn("Report late", row.line_ids.text)

    def test_a_milder_policy_pays_what_was_cut(self):
        claim = self.make_claim(labor_hours=3.0)
        claim._audit()
        labor = claim.line_ids.filtered(lambda line: line.kind == "labor")
        self.assertEqual(claim.finding_ids.code, "hours_above_standard")
        self.adjust(claim, self.auditor, {labor: labor.amount - 30.0})
        mild = self._draft(self.policy, labor_tolerance_percent=900.0)
        row = self._try(mild)[self.station_north]
        self.assertEqual(row.line_ids.claim_id, claim)
        self.assertEqual(row.line_ids.code, "passes")
        self.assertAlmostEqual(row.difference, 30.0)

    # Scores

    def test_a_score_card_pays_other_multipliers(self):
        self.approve(self.make_installation_order()._make_claims())
        score = self.env["aftersales.station.score"]._score(
            self.company, self.month, self.station_north
        )
        card = score.card_id
        draft = self._draft(card)
        draft.band_ids = [
            Command.clear(),
            Command.create({"minimum": 0.0, "multiplier": 2.0}),
        ]
        rows = self._try(draft)
        row = rows[self.station_north]
        was = score.multiplier if score.has_value else 1.0
        would = 2.0 if score.has_value else 1.0
        self.assertAlmostEqual(row.was_amount, 300.0 * was)
        self.assertAlmostEqual(row.would_amount, 300.0 * would)
        self.assertNotIn(self.station_south, rows, "it installed nothing")

    # Which claims

    def test_own_teams_and_other_months_are_left_out(self):
        own = self.make_approved()
        own._write_guarded({"is_internal_team": True})
        rows = self._try(self._draft(self.rate_card))
        self.assertEqual(rows[self.station_north].claim_count, 1)

    def test_a_month_that_is_not_over_is_refused(self):
        draft = self._draft(self.policy)
        with self.assertRaises(UserError):
            self._start(draft, last_month=str(self.company._get_today()))
        with self.assertRaises(UserError):
            self._start(draft, first_month=str(self.company._get_today()))

    def test_a_batch_may_end_anywhere(self):
        self.patch(tryout_run, "BATCH", 1)
        rows = self._try(self._draft(self.rate_card))
        self.assertEqual(sum(row.claim_count for row in rows.values()), 2)

    def test_a_deleted_draft_stops_the_run_with_a_sentence(self):
        draft = self._draft(self.policy)
        run = self._start(draft)
        draft.unlink()
        with self.assertRaisesRegex(UserError, "deleted"):
            run._work_tryout()

    def test_the_report_goes_with_its_run(self):
        row = self._try(self._draft(self.rate_card))[self.station_north]
        lines = row.line_ids
        row.run_id.unlink()
        self.assertFalse(row.exists())
        self.assertFalse(lines.exists())

    def test_a_try_out_takes_the_same_queries_for_one_and_for_fifty(self):
        card = self._draft(self.rate_card)
        card.rate_ids.filtered(lambda rate: rate.kind == "labor").hourly_rate = 160.0
        run = self._start(card)

        def make(count):
            claims = self.make_many(
                count, lambda: self.make_small_order()._make_claims()
            )
            return self.approve(claims)

        def work(claims):
            self.env.registry.clear_cache()
            self.env["aftersales.tryout"].search([]).unlink()
            self.env["aftersales.tryout"]._add(run, run._try_rate_card(claims, card))

        one, fifty = self.count_queries(make, work)
        self.assertEqual(one, fifty)

from datetime import timedelta

from odoo import fields
from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.aftersales_settlement.models.score.aftersales_score_card import (
    MEASURES,
)

from .common import SettlementCase

DAY = timedelta(days=1)


@tagged("post_install", "-at_install")
class TestScoreMeasure(SettlementCase):
    """What each measure counts, and that a station cannot bend it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.card = cls.env["aftersales.score.card"].create(
            {"name": "Test card", "sequence": 0, "pseudo_count": 0.0}
        )
        cls.begin = fields.Datetime.to_datetime(cls.month)
        cls.installer_cause = cls.env["aftersales.fault.code"].create(
            {
                "kind": "cause",
                "code": "TEST-I",
                "name": "Badly installed",
                "is_installation_fault": True,
            }
        )
        cls.kind_of_cause = cls.env["aftersales.fault.code"].create(
            {
                "kind": "cause",
                "code": "TEST-I1",
                "name": "Not aligned",
                "parent_id": cls.installer_cause.id,
            }
        )

    def _count(self, code, station=None):
        """(good, all) of one measure for the northern station."""
        station = station or self.station_north
        self.card.measure_ids = [
            Command.clear(),
            Command.create({"code": code}),
        ]
        metrics = station._prepare_score_metrics(self.company, self.month, self.card)
        [metric] = metrics[station.id]
        return float(metric.numerator), float(metric.denominator)

    def _set(self, order, **vals):
        order._unguarded().write(vals)
        return order

    def _make_offer(self, **vals):
        offered = self.begin + 3 * DAY
        return self._set(
            self.make_done_order(),
            **{
                "offered_at": offered,
                "answer_by": offered + DAY,
                "accepted_at": offered,
                **vals,
            },
        )

    def _age(self, record, moment):
        self.env.flush_all()
        self.cr.execute(
            f"UPDATE {record._table} SET create_date = %s WHERE id = %s",
            [moment, record.id],
        )

    def test_offers_declined_and_silent_are_not_taken_on(self):
        late = self.begin + 10 * DAY
        self._make_offer()
        self._make_offer(accepted_at=late)
        self._make_offer(accepted_at=False, state="declined")
        self._make_offer(accepted_at=False, state="expired")
        self._make_offer(accepted_at=False, state="cancelled")
        self.assertEqual(self._count("offer_taken"), (2.0, 4.0))
        self.assertEqual(self._count("answer_in_time"), (2.0, 4.0))

    def test_arrival_counts_where_there_was_a_deadline(self):
        order = self.make_done_order()
        order.ticket_id.arrive_deadline = order.arrived_at - timedelta(hours=1)
        self.make_done_order()
        self.assertEqual(self._count("arrive_in_time"), (0.0, 1.0))

    def test_who_never_says_he_has_arrived_came_with_the_report(self):
        for hours in (1, -1):
            order = self._set(self.make_done_order(), arrived_at=False)
            order.ticket_id.arrive_deadline = order.reported_at + timedelta(hours=hours)
        self.assertEqual(self._count("arrive_in_time"), (1.0, 2.0))

    def test_report_counts_from_the_last_arrival_whatever_day_the_station_writes(self):
        done = self.make_done_order().done_at
        late = self._set(
            self.make_done_order(), arrived_at=done - 2 * DAY, started_on=done.date()
        )
        self.assertEqual(self._count("report_in_time"), (1.0, 2.0))
        visits = self.env["aftersales.work.order.visit"]._unguarded()
        visits.create({"work_order_id": late.id, "arrived_at": done})
        self.assertEqual(self._count("report_in_time"), (2.0, 2.0))

    def test_report_of_a_station_that_never_arrives_counts_from_its_acceptance(self):
        order = self._set(self.make_done_order(), arrived_at=False, accepted_at=False)
        self.assertEqual(self._count("report_in_time"), (0.0, 0.0))
        self._set(order, accepted_at=order.reported_at - 2 * DAY)
        self.assertEqual(self._count("report_in_time"), (0.0, 1.0))

    def test_first_time_fix_is_one_visit_and_one_job(self):
        once, twice, again = (self.make_done_order() for _number in range(3))
        visits = self.env["aftersales.work.order.visit"]._unguarded()
        for order, days in ((once, 0), (twice, 0), (twice, 1)):
            visits.create(
                {
                    "work_order_id": order.id,
                    "arrived_at": order.done_at - days * DAY,
                }
            )
        self.make_work_order(
            again.ticket_id, self.station_south, accepted_at=again.done_at + DAY
        )
        self.assertEqual(self._count("first_time_fix"), (1.0, 3.0))

    def _make_return(self, days, cause=None, **vals):
        """A repair whose look-back closes in the month, and the machine again."""
        order = self._set(self.make_done_order(), done_at=self.begin - 10 * DAY, **vals)
        again = self.make_request(order.unit_id)
        self._age(again, order.done_at + days * DAY)
        if cause:
            self.make_work_order(
                again, self.station_south, state="done", cause_id=cause.id
            )
        return order

    def test_a_machine_that_comes_back_was_not_repaired_for_good(self):
        days = self.card.repeat_days
        self._make_return(days - 1)
        self._make_return(days + 1)
        self._set(self.make_done_order(), done_at=self.begin - 10 * DAY)
        self.assertEqual(self._count("repaired_for_good"), (2.0, 3.0))

    def test_a_return_by_the_installers_fault_is_not_the_repairers(self):
        self._make_return(5, self.kind_of_cause)
        self.assertEqual(self._count("repaired_for_good"), (1.0, 1.0))

    def test_what_was_imported_is_nobodys_score(self):
        self._make_return(5, is_imported=True)
        self.assertEqual(self._count("repaired_for_good"), (0.0, 0.0))

    def _make_installed(self, days, cause):
        """An installation whose look-back closes in the month, and a repair of it by
        another station."""
        done = self.begin - (self.card.installation_days - 10) * DAY
        order = self._set(self.make_installation_order(), done_at=done)
        repair = self.make_done_order(self.station_south, unit=order.unit_id)
        self._set(repair, done_at=done + days * DAY, cause_id=cause and cause.id)
        return order

    def test_an_early_fault_counts_against_the_installer(self):
        days = self.card.installation_days
        other = self.env["aftersales.fault.code"].create(
            {"kind": "cause", "code": "TEST-W", "name": "Worn"}
        )
        self._make_installed(days - 1, self.installer_cause)
        self._make_installed(20, self.kind_of_cause)
        self._make_installed(days + 1, self.installer_cause)
        self._make_installed(20, other)
        self._make_installed(20, None)
        self.assertEqual(self._count("installed_well"), (3.0, 5.0))
        self.assertEqual(self._count("installed_well", self.station_south), (0.0, 0.0))

    def test_what_audits_took_off_counts_by_amount(self):
        small, large, refused = (self.make_approved() for _number in range(3))
        decided = self.begin + 20 * DAY
        (small | large | refused)._write_guarded({"decided_at": decided})
        large.line_ids[0]._write_guarded(
            {"approved_amount": large.line_ids[0].amount - 10.0}
        )
        refused._write_guarded({"state": "rejected"})
        total = sum((small | large | refused).mapped("amount"))
        kept = small.amount + large.amount - 10.0
        good, count = self._count("claim_kept")
        self.assertEqual(count, 3.0)
        self.assertAlmostEqual(good / count, kept / total, places=5)

    def test_failed_parts_are_sent_by_their_day_and_arrive(self):
        due = self.month + timedelta(days=14)
        parts = self.env["aftersales.part.return"]
        for _number in range(4):
            order = self.make_done_order()
            parts |= parts._unguarded().create(
                {"part_line_id": order.part_line_ids[:1].id, "due_date": due}
            )
        noon = fields.Datetime.to_datetime(due) + timedelta(hours=4)
        in_time, late, missing, _waiting = parts
        in_time._write_guarded({"state": "sent", "sent_at": noon})
        late._write_guarded({"state": "sent", "sent_at": noon + DAY})
        missing._write_guarded({"state": "closed", "sent_at": noon})
        missing._unguarded().result = "not_received"
        self.assertEqual(self._count("part_returned"), (1.0, 4.0))

    def test_only_the_stations_own_events_are_read_for_the_running_month(self):
        self._make_offer()
        self.card.measure_ids = [Command.create({"code": "offer_taken"})]
        metrics = self.station_south._prepare_running_metrics(
            self.company, self.month, self.card, {}
        )
        [metric] = metrics[self.station_south.id]
        self.assertEqual((metric.denominator, metric.network_mean), (0, None))
        counts = self.station_south._count_measures(self.company, self.month, self.card)
        self.assertEqual(counts, {"offer_taken": {}})

    def test_every_measure_of_the_standard_card_is_counted(self):
        card = self.env.ref("aftersales_settlement.score_card_default")
        codes = dict(MEASURES)
        self.assertEqual(set(card.measure_ids.mapped("code")), set(codes))
        counts = self.env["res.partner"]._count_measures(self.company, self.month, card)
        self.assertEqual(set(counts), set(codes))

from datetime import timedelta, timezone

from odoo import fields, models
from odoo.exceptions import UserError

from ...tools import places
from ...tools.worktime import due_at

# A station left out for one of these may be chosen with a reason all the same.
SOFT_EXCLUSIONS = ("declined",)
# How far ahead working time is looked up for the time to answer.
ANSWER_SEARCH_DAYS = 31


class AftersalesWorkOrder(models.Model):
    """Offer: a place in the station's day, and time to answer.

    Callers have checked that the user may dispatch ``self`` and call with ``sudo()``.
    """

    _inherit = "aftersales.work.order"

    slot_ids = fields.One2many(
        "aftersales.station.slot", "work_order_id", groups="base.group_user"
    )
    remind_at = fields.Datetime(
        readonly=True,
        copy=False,
        groups="base.group_user",
        help="When half of the time to answer is over.",
    )
    reminded_at = fields.Datetime(readonly=True, copy=False, groups="base.group_user")
    offer_seen_at = fields.Datetime(
        string="Seen",
        readonly=True,
        copy=False,
        groups="base.group_user",
        help="When the station first opened the page of the offered job.",
    )

    _offered_idx = models.Index("(answer_by) WHERE state = 'offered'")

    def _note_seen(self):
        """The station has opened the page: note the first time, once per offer."""
        unseen = self.filtered(lambda o: o.state == "offered" and not o.offer_seen_at)
        if unseen:
            unseen._write_guarded({"offer_seen_at": fields.Datetime.now()})

    # === Offering ===

    def _dispatch_best(self):
        """Rank the stations and offer each work order to its best.

        :return: the work orders that were offered; the others found no station
        """
        rankings = self._rank()
        return self._offer_best(rankings)

    def _offer_best(self, rankings):
        """Offer each to the first of its ranking that still has a place."""
        Partner = self.env["res.partner"]
        orders = self.filtered(lambda o: not o.ticket_id._get_shut_gate("dispatch"))
        taken = orders._take_places(
            {
                order: Partner.browse(r.station_id for r in rankings[order].ranked)
                for order in orders
            },
            {order: _get_first_days(rankings[order]) for order in orders},
        )
        offered = self.filtered(lambda order: order in taken)
        offered._apply_offer(taken)
        return offered

    def _offer(self, station, reason=None, first=None):
        """Offer all of ``self`` to one station: its place, the offer, the mail.

        :param reason: why not the best, in words
        :param first: no day before this one, e.g. because parts have to come
        :raise UserError: the station has no free place left
        """
        self.ticket_id._check_gate("dispatch")
        starts = {station.id: first} if first else {}
        taken = self._take_places(
            dict.fromkeys(self, station), dict.fromkeys(self, starts)
        )
        if len(taken) < len(self):
            raise UserError(
                self.env._("%(station)s has no free place.", station=station.name)
            )
        self._apply_offer(taken, reason)

    def _offer_chosen(self, station, reason):
        """Offer to the station the office chose, by the ranking of this moment.

        :raise UserError: the station cannot do the job, or it is not the best and
            nobody says why
        """
        self.ensure_one()
        ranking = self._rank()[self]
        if not self._is_choosable(station, ranking):
            raise UserError(
                self.env._("%(station)s cannot do this job.", station=station.name)
            )
        is_best = ranking.best and ranking.best.station_id == station.id
        reason = (reason or "").strip()
        if not is_best and not reason:
            raise UserError(
                self.env._("Say why: another station than the best needs a reason.")
            )
        first = _get_first_days(ranking).get(station.id)
        self._offer(station, None if is_best else reason, first)

    def _is_choosable(self, station, ranking):
        """Whether the office may choose a station: ranked, or left out softly."""
        return bool(
            ranking.of(station.id)
            or any(
                item.station_id == station.id and self._is_soft(item)
                for item in ranking.excluded
            )
        )

    def _is_soft(self, excluded):
        """Whether a station that was left out may be chosen with a reason."""
        return excluded.verdict.code in SOFT_EXCLUSIONS

    def _take_places(self, choices, starts=None):
        """Write a place for each work order, at the first of its stations that has one.

        Two offices may want the last place at the same time: the unique index of the
        slots decides, and who comes second gets the next place, day or station.

        :param choices: {work order: stations, best first}
        :param starts: {work order: {station id: first day there}}, where it is known
        :return: {work order: (station id, day, number)}, without those left over
        """
        self._check_transition("offered")
        policies = self.env["aftersales.dispatch.policy"]._match_tickets(self.ticket_id)
        windows = self._get_dispatch_windows(policies)
        stations = self.env["res.partner"].union(*choices.values())
        if not stations:
            return {}
        starts = starts or {}
        bounds = [day for window in windows.values() for day in window]
        bounds += [day for days in starts.values() for day in days.values()]
        days = stations._get_station_days(min(bounds), max(bounds))
        wanted, given = {}, set()
        for order in self:
            free = order._iterate_free(
                choices[order], days, windows[order], given, starts.get(order)
            )
            place = next(free, None)
            if place:
                wanted[order] = place
                given.add(place)
        Slot = self.env["aftersales.station.slot"]
        if wanted and not Slot._take(wanted):
            # Somebody was faster; now one by one.
            wanted = self._take_alone(choices, days, windows, starts)
        return wanted

    def _iterate_free(self, stations, days, window, given, starts=None):
        """Free places for one work order, best station first, earliest first."""
        for station in stations:
            first = max(window[0], (starts or {}).get(station.id, window[0]))
            last = max(window[1], first)
            yield from places.free_places(days[station.id], first, last, given=given)

    def _take_alone(self, choices, days, windows, starts=None):
        """As ``_take_places``, each work order by itself, until a place is its own."""
        Slot = self.env["aftersales.station.slot"]
        starts = starts or {}
        taken, lost = {}, set()
        for order in self:
            for place in order._iterate_free(
                choices[order], days, windows[order], lost, starts.get(order)
            ):
                if Slot._take({order: place}):
                    taken[order] = place
                    break
                lost.add(place)
            lost.update(taken.values())
        return taken

    def _apply_offer(self, taken, reason=None):
        """Write the offers of those that have a place, and tell the stations."""
        now = fields.Datetime.now()
        answer_times = self._get_answer_times(now, taken)
        for order in self:
            station_id, day, _number = taken[order]
            remind_at, answer_by = answer_times[order]
            order._update_state(
                "offered",
                station_id=station_id,
                planned_date=day,
                offered_at=now,
                remind_at=remind_at,
                answer_by=answer_by,
                dispatch_reason=reason,
            )
        self.ticket_id.filtered(lambda t: not t.answered_at).answered_at = now
        self._close_dispatch_activities()
        self._notify_offer()

    def _get_answer_times(self, now, taken):
        """Half and full time to answer, on the opening hours of each station.

        :return: {work order: (remind at, answer by)} in UTC
        """
        policies = self.env["aftersales.dispatch.policy"]._match_tickets(self.ticket_id)
        start = now.replace(tzinfo=timezone.utc)
        stations = self.env["res.partner"].browse({taken[o][0] for o in self})
        intervals = stations._get_station_intervals(
            start, start + timedelta(days=ANSWER_SEARCH_DAYS)
        )
        times = {}
        for order in self:
            hours = policies[order.ticket_id].offer_hours
            opening = intervals[taken[order][0]]
            times[order] = tuple(
                # A station without any opening hours answers by the clock.
                (due_at(opening, share) or start + timedelta(hours=share))
                .astimezone(timezone.utc)
                .replace(tzinfo=None)
                for share in (hours / 2, hours)
            )
        return times

    def _notify_offer(self):
        """Tell the stations of new offers. May be extended by other channels."""
        self._mail_station("aftersales_service.mail_template_job_offered")

    def _mail_station(self, template_xmlid):
        """Queue a mail to each station; the office calls those that get none.

        An office's own team works in the web client and gets no mail.
        """
        mailable = self.filtered(
            lambda order: (
                order.station_id.email and not order.station_id.is_internal_team
            )
        )
        template = self.env.ref(template_xmlid)
        if mailable:
            template.send_mail_batch(mailable.ids)
        silent = (self - mailable).filtered(
            lambda order: not order.station_id.is_internal_team
        )
        silent._ask_office(
            lambda order: order.env._("Call the station: it has no e-mail")
        )


def _get_first_days(ranking):
    """First day of each ranked station: a free place, and its parts there."""
    return {item.station_id: item.day for item in ranking.ranked if item.day}

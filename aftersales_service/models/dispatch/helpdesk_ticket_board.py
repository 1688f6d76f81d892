from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import format_date

from .helpdesk_ticket_dispatch import WAITING_DOMAIN

BOARD_REQUESTS = 200
"""Most waiting requests the board shows: the urgent and the oldest first."""

BOARD_DAYS = 5
"""How many days of its stations the board shows."""


class HelpdeskTicket(models.Model):
    """Dispatch board: waiting requests, offers without an answer, stations' days.

    The methods without underscore are called by the board; each checks the user.
    """

    _inherit = "helpdesk.ticket"

    @api.model
    def get_dispatch_board(self):
        """All that the board shows at first, as plain values.

        The user sees what the border lets him see: his requests, the stations that
        serve his territory.
        """
        self.env["aftersales.work.order"].check_access("create")
        days = self._get_board_days()
        return {
            "days": [format_date(self.env, day, date_format="EEE d") for day in days],
            "requests": self._get_board_requests(),
            "offers": self._get_board_offers(),
            "stations": self._get_board_stations(days),
        }

    @api.model
    def _get_board_days(self):
        today = self.env.company._get_today()
        return [today + timedelta(days=number) for number in range(BOARD_DAYS)]

    def _get_board_requests(self):
        """Requests that wait for a station and are the user's to dispatch."""
        tickets = self.search(
            WAITING_DOMAIN,
            order="priority desc, answer_deadline, id",
            limit=BOARD_REQUESTS,
        )._filtered_access("write")
        now = fields.Datetime.now()
        steps = dict(self._fields["next_step"]._description_selection(self.env))
        return [
            {
                "id": ticket.id,
                "number": ticket.number,
                "type": ticket.request_type_id.name or "",
                "customer": ticket.partner_id.name or "",
                "machine": ticket.product_id.name or ticket.serial_typed or "",
                "symptom": ticket.symptom_id.name or "",
                "place": ticket.site_city_id.name or ticket.territory_id.name or "",
                "priority": int(ticket.priority or 0),
                "deadline": ticket._get_board_time(ticket.answer_deadline),
                "is_late": bool(
                    ticket.answer_deadline and ticket.answer_deadline < now
                ),
                "step": (
                    ""
                    if ticket.next_step == "dispatch"
                    else steps.get(ticket.next_step, "")
                ),
            }
            for ticket in tickets
            if ticket.can_dispatch
        ]

    def _get_board_offers(self):
        """Offers of the user's requests that no station has answered yet."""
        orders = self.env["aftersales.work.order"].search(
            [("state", "=", "offered")], order="answer_by, id", limit=BOARD_REQUESTS
        )
        now = fields.Datetime.now()
        return [
            {
                "id": order.id,
                "number": order.ticket_id.number,
                "station_id": order.station_id.id,
                "station": order.station_id.name,
                "title": order._get_job_title(),
                "answer_by": self._get_board_time(order.answer_by),
                "is_seen": bool(order.offer_seen_at),
                "is_late": bool(order.answer_by and order.answer_by < now),
                "is_half": bool(order.remind_at and order.remind_at < now),
            }
            for order in orders
        ]

    def _get_board_time(self, moment):
        """A moment in the user's time, short."""
        if not moment:
            return ""
        local = fields.Datetime.context_timestamp(self, moment)
        return f"{local:%m-%d %H:%M}"

    def _get_board_stations(self, days):
        """Stations the user may see that take jobs, with what is taken of each day."""
        stations = self.env["res.partner"].search(
            [("aftersales_role", "=", "station"), ("is_station_open", "=", True)],
            order="name, id",
        )
        # Calendars and places, of stations the search let the user see.
        facts = stations.sudo()._get_station_days(days[0], days[-1])
        return [
            {
                "id": station.id,
                "name": station.name,
                "territory": station.territory_id.name or "",
                "days": [
                    {
                        "is_open": day in facts[station.id].open_days,
                        "taken": len(facts[station.id].taken.get(day, ())),
                        "capacity": facts[station.id].capacity,
                    }
                    for day in days
                ],
            }
            for station in stations
        ]

    def _rank_now(self):
        """The ranking of this moment, for looking at; nothing is written.

        The caller has checked that the user may dispatch this request.

        :return: (work order that is not written, `dispatch.Ranking`)
        """
        self.ensure_one()
        orders = self.env["aftersales.work.order"].sudo()  # guard: see above
        order = orders.new({"ticket_id": self.id})
        return order, order._get_rankings(order._prepare_dispatch_candidates())[order]

    def get_dispatch_choices(self):
        """For one request: each station's place in the ranking, or why not."""
        self.ensure_one()
        self._check_can_dispatch()
        order, ranking = self._rank_now()
        words = self.env["aftersales.dispatch.words"]
        exclusions = words._get_exclusions()
        choices = {
            item.station_id: {
                "position": item.position,
                "points": item.points,
                "day": format_date(self.env, item.day) if item.day else "",
                "reasons": [
                    words._describe_reason(reason)["text"]
                    for reason in item.reasons
                    if reason.criterion in ("distance", "parts")
                ],
            }
            for item in ranking.ranked
        }
        choices |= {
            item.station_id: {
                "position": 0,
                "why_not": exclusions.get(item.verdict.code, item.verdict.code),
                "is_soft": order._is_soft(item),
            }
            for item in ranking.excluded
        }
        return choices

    def action_dispatch_to(self, station_id, reason=None):
        """Offer one request to a station, by id; another than the best needs a reason.

        The ranking of this moment says whether the station may be chosen.
        """
        self.ensure_one()
        self._check_can_dispatch()
        # Checked above; places and mail of the whole network follow.
        station = self.env["res.partner"].sudo().browse(int(station_id)).exists()
        order = self.sudo()._get_orders_to_dispatch()
        order._offer_chosen(station, str(reason or "")[:200])
        return self._notify_dispatched(order, order.browse())

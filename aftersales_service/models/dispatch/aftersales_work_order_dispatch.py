from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta, timezone

from odoo import api, fields, models

from ...tools import dispatch, geo, places
from ...tools.dispatch_filter import Candidate, Job
from ..work_order.aftersales_work_order import OPEN_STATES

# A station with such a work order of the same request is not asked again.
ASKED_STATES = ("offered", "declined", "expired", "moved", *OPEN_STATES)


@dataclass(frozen=True, kw_only=True, slots=True)
class DispatchCase:
    """One work order before the rule: what it asks for and who could do it."""

    policy: models.Model
    job: Job
    candidates: tuple[Candidate, ...]
    window: tuple[date, date]


@dataclass(frozen=True, kw_only=True, slots=True)
class DispatchFacts:
    """What is fetched once for all work orders of a batch."""

    coverages: dict
    days: dict
    scores: dict
    asked: dict
    on_hand: dict
    # Of each station once, though many work orders ask for it.
    covers: dict
    skills: dict
    points: dict
    today: date
    usages: dict = field(default_factory=dict)


class AftersalesWorkOrder(models.Model):
    """Dispatch: facts of the stations → rule → ranking stored as it was."""

    _inherit = "aftersales.work.order"

    ranking = fields.Json(
        readonly=True,
        copy=False,
        groups="base.group_user",
        help="The ten best stations with their points, and who was left out and why.",
    )
    dispatch_reason = fields.Char(
        readonly=True,
        copy=False,
        groups="base.group_user",
        help="Why another station than the best was chosen.",
    )
    dispatch_why = fields.Html(
        compute="_compute_dispatch_why",
        sanitize=False,
        string="Why this station",
        groups="base.group_user",
    )

    @api.depends("ranking", "station_id")
    @api.depends_context("lang")
    def _compute_dispatch_why(self):
        for order in self:
            order.dispatch_why = order.ranking and self.env["ir.qweb"]._render(
                "aftersales_service.dispatch_why", order._prepare_why_values()
            )

    def _prepare_why_values(self):
        """The stored ranking in words, for the panel and the wizard."""
        self.ensure_one()
        words = self.env["aftersales.dispatch.words"]
        stored = self.ranking or {}
        names = stored.get("names", {})
        ranking = dispatch.from_json(stored)
        rows = [
            {
                "position": item.position,
                "name": names.get(str(item.station_id)),
                "day": item.day,
                "points": item.points,
                "is_chosen": item.station_id == self.station_id.id,
                "reasons": [words._describe_reason(r) for r in item.reasons],
            }
            for item in ranking.ranked
        ]
        return {
            "rows": rows,
            "more": max(ranking.ranked_count - len(rows), 0),
            "excluded": words._describe_excluded(ranking.excluded_counts),
            "policy": stored.get("policy"),
            "reason": self.dispatch_reason,
            "is_for_all": bool(stored.get("batch"))
            and any(row["is_chosen"] and row["position"] > 1 for row in rows),
            "is_listed": any(row["is_chosen"] for row in rows),
            "station": self.station_id,
        }

    # === Facts ===

    def _prepare_dispatch_candidates(self):
        """Facts of the stations that cover the place, for each work order.

        A constant number of queries whatever the number of work orders. Reads all
        stations, parts and calendars: callers have checked that the user may dispatch
        ``self`` and call with ``sudo()``.

        :return: {work order: `DispatchCase`}
        """
        policies = self.env["aftersales.dispatch.policy"]._match_tickets(self.ticket_id)
        windows = self._get_dispatch_windows(policies)
        facts = self._prepare_dispatch_facts(windows, policies)
        cases = {}
        for order in self:
            policy, window = policies[order.ticket_id], windows[order]
            parts, site = order._get_usual_parts(), order._get_dispatch_point()
            cases[order] = DispatchCase(
                policy=policy,
                window=window,
                job=order._prepare_dispatch_job(policy, window[0]),
                candidates=tuple(
                    order._prepare_candidate(
                        station, facts, policy, window, parts, site
                    )
                    for station in order._get_covering_stations(facts.coverages)
                ),
            )
        return cases

    def _get_parts_delay(self, policies):
        """Longest time that parts may take, in days."""
        return max((policy.parts_days for policy in policies.values()), default=0)

    def _prepare_dispatch_facts(self, windows, policies):
        """Everything about all stations in question, once."""
        coverage_lines = self._get_coverage_lines()
        coverages = coverage_lines.grouped(lambda line: line.territory_id.id)
        stations = coverage_lines.station_id
        days = [day for window in windows.values() for day in window]
        return DispatchFacts(
            coverages=coverages,
            covers={
                station.id: station._prepare_coverage_facts(lines)
                for station, lines in coverage_lines.grouped("station_id").items()
            },
            skills={s.id: s._prepare_skill_facts() for s in stations},
            points={s.id: s._get_dispatch_point() for s in stations},
            today=self.env.company._get_today(),
            days=(
                stations._get_station_days(
                    min(days),
                    max(days) + timedelta(days=self._get_parts_delay(policies)),
                )
                if days
                else {}
            ),
            scores=stations._get_dispatch_scores(),
            asked=self._get_asked_stations(),
            on_hand=stations._get_parts_on_hand(self._get_usual_parts()),
        )

    def _get_dispatch_windows(self, policies):
        """First and last day on which a place is looked for, by work order."""
        company = self.env.company
        today, zone = company._get_today(), company._get_service_zone()
        windows = {}
        for order in self:
            first, wished = today, order.ticket_id.wished_at
            if wished:
                local = wished.replace(tzinfo=timezone.utc).astimezone(zone)
                first = max(today, local.date())
            horizon = policies[order.ticket_id].horizon_days
            windows[order] = (first, first + timedelta(days=max(horizon, 1) - 1))
        return windows

    def _get_coverage_lines(self):
        """Coverage lines on the territories of ``self`` and what they are part of."""
        paths = {
            territory_id
            for territory in self.ticket_id.territory_id
            for territory_id in territory._get_path_ids()
        }
        return self.env["aftersales.station.coverage"].search(
            [
                ("territory_id", "in", list(paths)),
                ("station_id.active", "=", True),
                ("station_id.aftersales_role", "=", "station"),
            ]
        )

    def _get_covering_stations(self, coverages):
        """Stations that cover the place of one work order, of its company."""
        self.ensure_one()
        ticket = self.ticket_id
        path = ticket.territory_id._get_path_ids() if ticket.territory_id else ()
        stations = self.env["res.partner"].union(
            *(coverages[t].station_id for t in path if t in coverages)
        )
        return stations.filtered(
            lambda s: s.company_id.id in (False, ticket.company_id.id)
        )

    def _get_asked_stations(self):
        """Ids of the stations that had each request before: {ticket id: set}."""
        groups = self.env["aftersales.work.order"]._read_group(
            [
                ("ticket_id", "in", self.ticket_id.ids),
                ("state", "in", ASKED_STATES),
                ("station_id", "!=", False),
            ],
            ["ticket_id", "station_id"],
        )
        asked = defaultdict(set)
        for ticket, station in groups:
            asked[ticket.id].add(station.id)
        return asked

    def _get_usual_parts(self):
        """Parts that the reported component and symptom usually take."""
        tickets = self.ticket_id
        return tickets.component_id.part_ids | tickets.symptom_id.part_ids

    def _prepare_dispatch_job(self, policy, day):
        """What one work order asks for. May be extended."""
        self.ensure_one()
        ticket = self.ticket_id
        categ_path = ticket.product_id.categ_id.parent_path or ""
        return Job(
            day=day,
            territory_path=(
                ticket.territory_id._get_path_ids() if ticket.territory_id else ()
            ),
            category_path=tuple(
                int(part) for part in reversed(categ_path.split("/")[:-1])
            ),
            request_type_id=ticket.request_type_id.id or None,
            reach_km=policy.max_distance_km,
        )

    def _prepare_candidate(self, station, facts, policy, window, parts, site):
        """One station before one work order. May be extended.

        :param parts: parts usually needed; site: where the fault is
        """
        self.ensure_one()
        share = self._get_parts_share(parts, facts.on_hand[station.id])
        first, last = places.with_parts(*window, facts.today, share, policy.parts_days)
        key = (station.id, first, last)
        if key not in facts.usages:
            facts.usages[key] = places.usage(facts.days[station.id], first, last)
        usage = facts.usages[key]
        return Candidate(
            station_id=station.id,
            is_active=station.is_station_open,
            is_open=usage.is_open,
            has_declined=station.id in facts.asked[self.ticket_id.id],
            coverages=facts.covers[station.id],
            skills=facts.skills[station.id],
            capacity=usage.capacity,
            used=usage.used,
            distance=geo.between(facts.points[station.id], site),
            parts_share=share,
            score=facts.scores.get(station.id),
            day=usage.first_free,
            window=(first, last),
        )

    def _get_parts_share(self, parts, on_hand):
        """Share of the usual parts that a station has, None when none is known."""
        if not parts:
            return None
        return round(sum(on_hand.get(p.id, 0) > 0 for p in parts) / len(parts), 4)

    def _get_dispatch_point(self):
        """Where the fault is: the request's site, the machine's, or the owner."""
        self.ensure_one()
        ticket = self.ticket_id
        for place in (ticket, ticket.unit_id):
            city = place.site_city_id
            point = geo.locate(
                (place.site_latitude, place.site_longitude),
                (city.latitude, city.longitude) if city else None,
            )
            if city or point.precision != "none":
                return point
        return (
            ticket.partner_id._get_dispatch_point()
            if ticket.partner_id
            else geo.Point()
        )

    # === Ranking ===

    def _get_rankings(self, cases):
        """Ask the rule: {work order: `dispatch.Ranking`}."""
        return {
            order: dispatch.rank(
                cases[order].job,
                cases[order].candidates,
                cases[order].policy._get_weights(),
            )
            for order in self
        }

    def _rank(self):
        """Rank the stations for each work order and keep the ranking as it was.

        Callers have checked that the user may dispatch ``self``; runs with ``sudo()``.

        :return: {work order: `dispatch.Ranking`}, all stations in it
        """
        cases = self._prepare_dispatch_candidates()
        rankings = self._get_rankings(cases)
        for order, ranking in rankings.items():
            order._write_guarded(
                {"ranking": order._prepare_ranking_json(cases[order], ranking)}
            )
        return rankings

    def _prepare_ranking_json(self, case, ranking, chosen_id=None):
        """What the work order remembers: the rule's own answer, names and days.

        :param chosen_id: station that is remembered though not among the best
        """
        stored = dispatch.as_json(ranking, keep=chosen_id)
        stations = self.env["res.partner"].browse(
            [item["station_id"] for item in stored["ranked"]]
        )
        return {
            **stored,
            "policy": case.policy.name or None,
            "names": {str(station.id): station.name for station in stations},
        }

from dataclasses import dataclass, replace

from odoo import models

from ...tools import assignment, dispatch


@dataclass(frozen=True, kw_only=True, slots=True)
class BatchPlan:
    """What batch dispatch found: the answer, and why some got nobody.

    given: {work order: `assignment.Given`}. refused: {work order: reason}.
    """

    answer: assignment.Assignment
    given: dict
    refused: dict


class AftersalesWorkOrder(models.Model):
    """Batch dispatch: what is best for all of ``self`` together.

    Callers have checked that the user may dispatch ``self`` and call with ``sudo()``.
    """

    _inherit = "aftersales.work.order"

    def _plan_batch(self):
        """Rank the stations for each, assign all together, remember the rankings.

        A constant number of queries whatever the number of work orders.

        :return: `BatchPlan`; nothing is offered yet
        """
        cases = self._prepare_dispatch_candidates()
        rankings, requests, stations = {}, [], {}
        for order in self:
            case = cases[order]
            if case.policy.mode == "off":
                continue
            weights = case.policy._get_weights()
            ranking = dispatch.rank(case.job, case.candidates, weights)
            requests.append(order._prepare_batch_request(case, ranking, weights))
            # Only what may be needed again, not all stations of the country.
            rankings[order] = replace(
                ranking, ranked=ranking.ranked[: assignment.NEAREST], excluded=()
            )
        stations = self._prepare_batch_stations(cases, requests)
        price = max((c.policy.load_weight for c in cases.values()), default=0)
        price = round(price * dispatch.COST_PER_POINT)
        answer = assignment.solve(requests, stations, waiting=price, fairness=price)
        return self._keep_batch(cases, rankings, answer)

    def _prepare_batch_request(self, case, ranking, weights):
        """One work order for the assignment: its days and its stations' costs."""
        self.ensure_one()
        windows = {c.station_id: c.window for c in case.candidates}
        first, last = case.window
        return assignment.Request(
            key=self.id,
            first=first,
            last=last,
            priority=int(self.priority or 0),
            choices=tuple(
                assignment.Choice(
                    station_id=entry.station_id,
                    cost=dispatch.cost(entry, weights),
                    first=windows[entry.station_id][0],
                    last=windows[entry.station_id][1],
                )
                for entry in ranking.ranked
            ),
        )

    def _prepare_batch_stations(self, cases, requests):
        """Days of the stations that can do one of the requests."""
        ids = {choice.station_id for one in requests for choice in one.choices}
        if not ids:
            return {}
        days = [choice.last for one in requests for choice in one.choices]
        first = min(case.window[0] for case in cases.values())
        stations = self.env["res.partner"].browse(sorted(ids))
        return stations._get_station_days(first, max(days))

    def _keep_batch(self, cases, rankings, answer):
        """Store each ranking with the station chosen; say who got nobody and why."""
        refused = {}
        for order in self:
            given = answer.given.get(order.id)
            if not given:
                refused[order] = order._describe_no_station(rankings.get(order))
            if order not in rankings:
                continue
            ranking = rankings[order]
            if given and not ranking.of(given.station_id):
                case = cases[order]
                ranking = dispatch.rank(
                    case.job, case.candidates, case.policy._get_weights()
                )
            stored = order._prepare_ranking_json(
                cases[order], ranking, given and given.station_id
            )
            order._write_guarded({"ranking": {**stored, "batch": True}})
        by_id = {order.id: order for order in self}
        given = {by_id[key]: item for key, item in answer.given.items()}
        return BatchPlan(answer=answer, given=given, refused=refused)

    def _describe_no_station(self, ranking):
        """Why a work order got no station, in the user's words."""
        if ranking is None:
            return self.env._("Its dispatch policy leaves the choice to the office.")
        if ranking.ranked_count:
            return self.env._("All places of the stations that can do it are given.")
        words = self.env["aftersales.dispatch.words"]
        causes = words._describe_excluded(ranking.excluded_counts)
        if not causes:
            return self.env._("No station covers the place.")
        return self.env._(
            "No station can do it: %(causes)s.",
            causes=", ".join(f"{text} ({count})" for text, count in causes),
        )

    def _offer_planned(self, plan):
        """Offer each to its station of the plan, from its day on.

        Who lost his place to somebody faster goes to the next of its own ranking.

        :param plan: {work order: (station id, day)}
        :return: the work orders that were offered
        """
        Partner = self.env["res.partner"]
        choices, starts = {}, {}
        for order in self:
            station_id, day = plan[order]
            ranking = dispatch.from_json(order.ranking)
            others = [r.station_id for r in ranking.ranked]
            choices[order] = Partner.browse(dict.fromkeys([station_id, *others]))
            starts[order] = {r.station_id: r.day for r in ranking.ranked if r.day}
            starts[order][station_id] = day
        taken = self._take_places(choices, starts)
        offered = self.filtered(lambda order: order in taken)
        offered._apply_offer(taken)
        return offered

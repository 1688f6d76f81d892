import json

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ...tools import pricing, rebate
from .aftersales_settlement_rows import SEQUENCES


class AftersalesSettlement(models.Model):
    """Rebates come with the settlement of the last month of their period, once."""

    _inherit = "aftersales.settlement"

    @api.model
    def _get_stations_to_reward(self, company, month, found, after):
        """Stations with a rebate to come and nothing else to settle.

        :param found: stations with something else
        """
        month = month.replace(day=1)
        due = self.env["aftersales.rebate"]._get_due(company, month)
        if not due or not company._is_month_over(month):
            return self.env["res.partner"]
        stations = self.env["res.partner"].search(
            [
                ("aftersales_role", "=", "station"),
                ("id", ">", after),
                ("id", "not in", found.ids),
            ]
        )
        earned = {vals["station_id"] for vals in self._earn(company, month, stations)}
        return stations.filtered(lambda station: station.id in earned)

    @api.model
    def _earn(self, company, month, stations):
        """Values of the rebates that these stations have earned and that no sheet has.

        :param month: first day of the month to settle
        """
        Rebate = self.env["aftersales.rebate"]
        vals_list = []
        for row, (first, last) in Rebate._get_due(company, month).items():
            rule = row._prepare_rule()
            round_amount = pricing.rounder(row.currency_id.round)
            free = row._admits(stations) - self._get_rewarded(row, first)
            for station, facts in row._prepare_facts(free, first, last).items():
                verdict = rebate.rebate(facts, rule, round_amount)
                if verdict:
                    vals_list.append(
                        {
                            "rebate_id": row.id,
                            "rebate_start": first,
                            "station_id": station,
                            "currency_id": row.currency_id.id,
                            "amount": str(verdict.amount),
                            "explanation": {
                                **verdict.explanation,
                                "measure": row.measure,
                                "first": str(first),
                                "last": str(last),
                            },
                        }
                    )
        return vals_list

    @api.model
    def _get_rewarded(self, row, first):
        """Stations that have this rebate of the period that begins on ``first``."""
        domain = Domain(
            [
                ("rebate_id", "=", row.id),
                ("rebate_start", "=", first),
            ]
        )
        lines = self.env["aftersales.settlement.line"].search(domain)
        return lines.station_id

    @api.model
    def _make_rebates(self, company, month, stations):
        """Make the rebates of the month anew; those on no sheet yet are counted again.

        Two processes make one: the unique index decides, the other tries again.
        """
        due = self.env["aftersales.rebate"]._get_due(company, month)
        if not due or not company._is_month_over(month):
            return
        self._drop_open_rebates(due, stations)
        vals_list = self._earn(company, month, stations)
        if vals_list:
            self._insert_rebates(company, vals_list)

    @api.model
    def _drop_open_rebates(self, due, stations):
        """Forget rebates of these periods that wait for a sheet."""
        lines = self.env["aftersales.settlement.line"]
        for row, (first, _last) in due.items():
            lines |= lines.search(
                [
                    ("rebate_id", "=", row.id),
                    ("rebate_start", "=", first),
                    ("station_id", "in", stations.ids),
                    ("settlement_id", "=", False),
                    ("is_held", "=", False),
                ]
            )
        lines._unguarded().unlink()

    @api.model
    def _insert_rebates(self, company, vals_list):
        """Write the lines; one that another process has just made is left out."""
        self.env.flush_all()
        columns = ("rebate_id", "rebate_start", "station_id", "currency_id", "amount")
        lists = {name: [vals[name] for vals in vals_list] for name in columns}
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO aftersales_settlement_line
                    (company_id, kind, sequence, is_held, rebate_id, rebate_start,
                     station_id, territory_id, currency_id, amount, explanation,
                     create_uid, write_uid, create_date, write_date)
                SELECT %(company)s, 'rebate', %(sequence)s, false, earned.rebate_id,
                       earned.first, station.id, station.territory_id,
                       earned.currency_id, earned.amount, earned.explanation,
                       %(uid)s, %(uid)s, now() AT TIME ZONE 'UTC',
                       now() AT TIME ZONE 'UTC'
                  FROM unnest(%(rebate_id)s::int[], %(rebate_start)s::date[],
                              %(station_id)s::int[], %(currency_id)s::int[],
                              %(amount)s::numeric[], %(explanations)s::text[]::jsonb[])
                       AS earned(rebate_id, first, station_id, currency_id, amount,
                                 explanation)
                  JOIN res_partner station ON station.id = earned.station_id
                    ON CONFLICT DO NOTHING
                """,
                company=company.id,
                sequence=SEQUENCES["rebate"],
                uid=self.env.uid,
                explanations=[json.dumps(vals["explanation"]) for vals in vals_list],
                **lists,
            )
        )
        self._forget_rows()


class AftersalesSettlementLine(models.Model):
    """A rebate of one station and period."""

    _inherit = "aftersales.settlement.line"

    rebate_id = fields.Many2one(
        "aftersales.rebate",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
        groups="base.group_user",
    )
    rebate_start = fields.Date(
        string="Rebate from",
        readonly=True,
        groups="base.group_user",
        help="First day of the rebate's period.",
    )

    _rebate_once = models.UniqueIndex(
        "(rebate_id, station_id, rebate_start) WHERE rebate_id IS NOT NULL",
        "This station has the rebate of this period already.",
    )

    def _tell_rebate(self):
        """What was reached, the step, and the sum; of an older line its reason."""
        facts = self.explanation or {}
        if not facts:
            return self._tell_reason()
        tellers = {
            "volume": self._tell_volume,
            "growth": self._tell_growth,
            "target": self._tell_target,
        }
        parts = []
        if facts["percent"] != "0":
            parts.append(
                self.env._(
                    "%(percent)s %% of %(claims)s",
                    percent=facts["percent"],
                    claims=self._money(facts["claims"]),
                )
            )
        if facts["bonus"] != "0":
            parts.append(self._money(facts["bonus"]))
        return self.env._(
            "%(rebate)s, %(first)s to %(last)s: %(reached)s; %(sum)s = %(amount)s",
            rebate=self.sudo().rebate_id.name,
            first=facts["first"],
            last=facts["last"],
            reached=tellers[facts["basis"]](facts),
            sum=" + ".join(parts),
            amount=self._money(facts["amount"]),
        )

    def _tell_measured(self, facts, name):
        """A measured value in the words of its measure."""
        if facts["measure"] == "amount":
            return self._money(facts[name])
        if facts["measure"] == "jobs":
            return self.env._("%(count)s jobs", count=facts[name])
        return self.env._("%(count)s installations", count=facts[name])

    def _tell_volume(self, facts):
        return self.env._(
            "%(measured)s, step from %(minimum)s",
            measured=self._tell_measured(facts, "measured"),
            minimum=self._tell_measured(facts, "minimum"),
        )

    def _tell_growth(self, facts):
        return self.env._(
            "%(measured)s against %(before)s a year before, %(reached)s %% more (step"
            " from %(minimum)s %%)",
            measured=self._tell_measured(facts, "measured"),
            before=self._tell_measured(facts, "before"),
            reached=facts["reached"],
            minimum=facts["minimum"],
        )

    def _tell_target(self, facts):
        return self.env._(
            "%(measured)s of %(target)s, %(reached)s %% (step from %(minimum)s %%)",
            measured=self._tell_measured(facts, "measured"),
            target=self._tell_measured(facts, "target"),
            reached=facts["reached"],
            minimum=facts["minimum"],
        )

    def _recompute_rebate(self):
        """The rebate by its own facts and step; an older line has none."""
        if not self.explanation:
            return self._get_decimal()
        return rebate.again(self.explanation, pricing.rounder(self.currency_id.round))

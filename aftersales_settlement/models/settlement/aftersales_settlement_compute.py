from collections import defaultdict

from psycopg2.errors import UniqueViolation

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import mute_logger

from ...tools import pricing, settle
from ..rate.aftersales_rate import to_decimal

STATION_BATCH = 100
OPEN_STATES = ("draft", "computed")


class AftersalesSettlement(models.Model):
    """Facts → rule → sheets: which lines a month pays each station."""

    _inherit = "aftersales.settlement"

    # === WHO IS SETTLED === #

    @api.model
    def _get_lines_domain(self, company, month):
        """Claim lines the month's settlement takes: approved until its end, unsettled.

        An own team's work is costed by its claims and never settled.
        """
        return Domain(
            [
                ("settlement_line_id", "=", False),
                ("company_id", "=", company.id),
                ("claim_id.state", "=", "approved"),
                ("claim_id.is_internal_team", "=", False),
                ("claim_id.approved_at", "<", company._get_month_moments(month)[1]),
            ]
        )

    @api.model
    def _get_multiplier_domain(self, company):
        """Settled fees whose multiplier was not known yet."""
        return Domain(
            [
                ("settlement_line_id", "!=", False),
                ("company_id", "=", company.id),
                ("kind", "=", "installation"),
                ("is_multiplier_done", "=", False),
            ]
        )

    @api.model
    def _get_waiting_domain(self, company):
        """Amounts without a claim that wait for the station's next sheet."""
        return Domain(
            [
                ("settlement_id", "=", False),
                ("company_id", "=", company.id),
                ("is_held", "=", False),
            ]
        )

    @api.model
    def _get_stations_to_settle(self, company, month, after=0):
        """Stations with something to settle in the month by id, after ``after``."""
        found = self.env["res.partner"]
        for model, domain in (
            ("aftersales.claim.line", self._get_lines_domain(company, month)),
            ("aftersales.claim.line", self._get_multiplier_domain(company)),
            ("aftersales.settlement.line", self._get_waiting_domain(company)),
        ):
            for (station,) in self.env[model]._read_group(domain, ["station_id"]):
                found |= station
        found = found.filtered(lambda station: station.id > after)
        return (
            found | self._get_stations_to_reward(company, month, found, after)
        ).sorted("id")

    # === ONE BATCH === #

    @api.model
    def _settle(self, company, month, stations):
        """Put on the stations' sheets of the month whatever is to be settled.

        The sheet's lines and the mark on the claim lines are written in this one
        transaction. Claim lines another process is settling are left to it. May be
        called again: what is on a sheet is not found a second time.

        :param date month: any day of it
        :return: the sheets, computed
        """
        month = settle.period(month).first
        self._make_rebates(company, month, stations)
        lines = self._lock_claim_lines(company, month, stations)
        fees = self._lock_pending_fees(company, stations)
        waiting = self._lock_waiting_amounts(company, stations)
        multipliers = self._get_multipliers(company, lines, fees)
        late, idle = self._split_fees(fees, multipliers)
        keys = lines.keys() | late.keys() | waiting.keys()
        sheets = self._find_or_create_sheets(company, month, keys)
        verdicts, done = [], idle
        for key, sheet in sheets.items():
            known = multipliers[key[0]]
            own, extra = lines.get(key, ()), late.get(key, ())
            verdicts += [
                (sheet.id, verdict)
                for verdict in sheet._prepare_lines(own, extra, known)
            ]
            done += [line.id for line in (*own, *extra) if line.has_multiplier(known)]
            if key in waiting:
                rows = self.env["aftersales.settlement.line"].browse(waiting[key])
                rows._write_guarded({"settlement_id": sheet.id})
        self._write_lines(verdicts)
        self._mark_fees(done)
        return self._mark_computed(company, month, sheets)

    @api.model
    def _lock_claim_lines(self, company, month, stations):
        """The claim lines to settle that nobody else is settling now, locked.

        :return: see ``_lock_line_facts``
        """
        domain = self._get_lines_domain(company, month)
        return self._lock_line_facts(company, stations, domain)

    @api.model
    def _lock_pending_fees(self, company, stations):
        """Settled fees that may get their multiplier now, locked.

        :return: see ``_lock_line_facts``
        """
        domain = self._get_multiplier_domain(company)
        return self._lock_line_facts(company, stations, domain)

    @api.model
    def _lock_waiting_amounts(self, company, stations):
        """{(station id, currency id): ids} of amounts without a claim that wait for a
        sheet, locked."""
        rows = self.env["aftersales.settlement.line"].search(
            self._get_waiting_domain(company) & Domain("station_id", "in", stations.ids)
        )
        groups = defaultdict(list)
        for row in rows.try_lock_for_update():
            groups[row.station_id.id, row.currency_id.id].append(row.id)
        return groups

    @api.model
    def _split_fees(self, fees, multipliers):
        """Of settled fees: those with an amount to come, and what comes to nothing.

        :param fees: see ``_lock_line_facts``
        :return: the same of fees whose multiplier adds or takes something, and ids of
            those whose known multiplier does neither
        """
        late, idle = {}, []
        for (station, currency), rows in fees.items():
            known = multipliers[station]
            round_amount = self._get_rounder(currency)
            bonus = [
                row for row in rows if settle.multiplier_line(row, known, round_amount)
            ]
            if bonus:
                late[station, currency] = bonus
            kept = {row.id for row in bonus}
            idle += [
                row.id
                for row in rows
                if row.id not in kept and row.has_multiplier(known)
            ]
        return late, idle

    @api.model
    def _get_rounder(self, currency_id):
        """The rounding of a currency as the rules want it."""
        return pricing.rounder(self.env["res.currency"].browse(currency_id).round)

    @api.model
    def _find_or_create_sheets(self, company, month, keys):
        """{(station id, currency id): its open sheet of the month}; made where missing.

        A sheet the station has takes nothing more, nor one that another process is
        making now: those lines come with the next settlement.
        """
        keys = sorted(keys)
        known = self.search(
            [
                ("company_id", "=", company.id),
                ("period_start", "=", month),
                ("station_id", "in", [station for station, _currency in keys]),
            ]
        ).grouped(lambda sheet: (sheet.station_id.id, sheet.currency_id.id))
        made = self._create_sheets(
            [
                {
                    "company_id": company.id,
                    "station_id": station,
                    "currency_id": currency,
                    "period_start": month,
                }
                for station, currency in keys
                if (station, currency) not in known
            ]
        )
        known |= made.grouped(lambda sheet: (sheet.station_id.id, sheet.currency_id.id))
        return {
            key: known[key]
            for key in keys
            if key in known and known[key].state in OPEN_STATES
        }

    @api.model
    def _create_sheets(self, vals_list):
        """Make sheets; one that another process has just made is left out."""
        Sheet = self.with_context(tracking_disable=True)._unguarded()
        try:
            with self.env.cr.savepoint(), mute_logger("odoo.sql_db"):
                sheets = Sheet.create([dict(vals) for vals in vals_list])
                sheets.flush_recordset()
        except UniqueViolation:
            if len(vals_list) == 1:
                return self.browse()
            sheets = Sheet.browse()
            for vals in vals_list:
                sheets |= self._create_sheets([vals])
        return self.browse(sheets.ids)

    @api.model
    def _get_multipliers(self, company, *groups):
        """{station id: {month key: multiplier}} of the months installations fell in.

        Months that are not over have none yet.
        :param groups: see ``_lock_line_facts``
        """
        found = defaultdict(dict)
        stations_of = defaultdict(set)
        for rows_of in groups:
            for (station, _currency), rows in rows_of.items():
                for row in rows:
                    if row.kind in settle.MULTIPLIED_KINDS:
                        stations_of[row.done_date.replace(day=1)].add(station)
        for first, stations in sorted(stations_of.items()):
            if not company._is_month_over(first):
                continue
            key = settle.period(first).key
            scores = self.env["aftersales.station.score"]._score(
                company, first, self.env["res.partner"].browse(sorted(stations))
            )
            for row in scores:
                found[row.station_id.id][key] = to_decimal(row.multiplier)
        return found

    def _prepare_lines(self, lines, fees, multipliers):
        """This sheet's new lines, by the rule. May be extended.

        :param lines: facts of claim lines that come on the sheet
        :param fees: facts of fees of earlier sheets that get their multiplier now
        :param multipliers: month key → multiplier of this station
        :return: list of ``settle.Line``
        """
        self.ensure_one()
        round_amount = self._get_rounder(self.currency_id.id)
        month = settle.period(self.period_start)
        verdicts = settle.settlement_lines(lines, month, multipliers, round_amount)
        extra = (settle.multiplier_line(row, multipliers, round_amount) for row in fees)
        return [*verdicts, *filter(None, extra)]

    @api.model
    def _mark_computed(self, company, month, sheets):
        """Move the sheets to computed and give them the month's score."""
        found = self.browse([sheet.id for sheet in sheets.values()])
        if not found:
            return found
        scores = {}
        if company._is_month_over(month):
            rows = self.env["aftersales.station.score"]._score(
                company, month, found.station_id
            )
            scores = {row.station_id: row.id for row in rows}
        quiet = found.with_context(tracking_disable=True)
        quiet._update_state("computed", computed_at=fields.Datetime.now())
        for sheet in quiet:
            sheet._write_guarded({"score_id": scores.get(sheet.station_id, False)})
        return found

    # === AGAIN === #

    def _recompute_sheets(self):
        """Empty these open sheets and compute them again from what is approved now."""
        for sheet in self.filtered(lambda sheet: sheet.state not in OPEN_STATES):
            sheet._check_transition("computed")
        self._release_lines()
        for company, sheets in self.grouped("company_id").items():
            for month, batch in sheets.grouped("period_start").items():
                self._settle(company, month, batch.station_id)
        self.filtered(lambda sheet: sheet.state == "draft")._update_state(
            "computed", computed_at=fields.Datetime.now()
        )

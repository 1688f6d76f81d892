from collections import defaultdict

from psycopg2.errors import UniqueViolation

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import mute_logger

from odoo.addons.aftersales_service.tools.plain import decimal_text

from ..tools import pricing, settle
from .aftersales_rate import to_decimal

STATION_BATCH = 50
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
        return found.filtered(lambda station: station.id > after).sorted("id")

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
        lines = self._lock_claim_lines(company, month, stations)
        pending = self._lock_pending_fees(company, stations)
        waiting = self._lock_waiting_amounts(company, stations)
        multipliers = self._get_multipliers(company, lines | pending)
        pending = pending.filtered(lambda line: line._has_multiplier(multipliers))
        idle = pending.filtered(lambda line: not line._get_bonus(multipliers))
        by_key = {
            name: self._group_by_sheet(rows)
            for name, rows in (
                ("lines", lines),
                ("pending", pending - idle),
                ("waiting", waiting),
            )
        }
        keys = {key for groups in by_key.values() for key in groups}
        sheets = self._find_or_create_sheets(company, month, keys)
        vals_list, done = [], idle
        for key, sheet in sheets.items():
            own, late, other = (rows.get(key, ()) for rows in by_key.values())
            vals_list += sheet._prepare_line_vals_list(
                own, late, multipliers[key[0].id]
            )
            for row in other:
                row._write_guarded({"settlement_id": sheet.id})
            for line in (*own, *late):
                if line._has_multiplier(multipliers):
                    done |= line
        self._write_lines(vals_list)
        done._write_guarded({"is_multiplier_done": True})
        return self._mark_computed(company, month, sheets)

    @api.model
    def _lock_claim_lines(self, company, month, stations):
        """The claim lines to settle that nobody else is settling now, locked."""
        lines = self.env["aftersales.claim.line"].search(
            self._get_lines_domain(company, month)
            & Domain("station_id", "in", stations.ids),
            order="id",
        )
        return lines.try_lock_for_update()

    @api.model
    def _lock_pending_fees(self, company, stations):
        """Settled fees that may get their multiplier now, locked."""
        lines = self.env["aftersales.claim.line"].search(
            self._get_multiplier_domain(company)
            & Domain("station_id", "in", stations.ids),
            order="id",
        )
        return lines.try_lock_for_update()

    @api.model
    def _lock_waiting_amounts(self, company, stations):
        """Amounts without a claim that wait for a sheet, locked."""
        rows = self.env["aftersales.settlement.line"].search(
            self._get_waiting_domain(company) & Domain("station_id", "in", stations.ids)
        )
        return rows.try_lock_for_update()

    @api.model
    def _group_by_sheet(self, rows):
        """{(station, currency): rows} of claim lines or settlement lines."""
        groups = defaultdict(list)
        for row in rows:
            groups[row.station_id, row.currency_id].append(row)
        return groups

    @api.model
    def _find_or_create_sheets(self, company, month, keys):
        """{(station, currency): its open sheet of the month}; made where missing.

        A sheet the station has takes nothing more, nor one that another process is
        making now: those lines come with the next settlement.
        """
        stations = {station.id for station, _currency in keys}
        known = {
            (sheet.station_id, sheet.currency_id): sheet
            for sheet in self.search(
                [
                    ("company_id", "=", company.id),
                    ("period_start", "=", month),
                    ("station_id", "in", list(stations)),
                ]
            )
        }
        missing = sorted(keys - known.keys(), key=lambda key: (key[0].id, key[1].id))
        made = self._create_sheets(
            [
                {
                    "company_id": company.id,
                    "station_id": station.id,
                    "currency_id": currency.id,
                    "period_start": month,
                }
                for station, currency in missing
            ]
        )
        known |= {(sheet.station_id, sheet.currency_id): sheet for sheet in made}
        return {
            key: known[key]
            for key in sorted(keys, key=lambda key: (key[0].id, key[1].id))
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
    def _get_multipliers(self, company, lines):
        """{station id: {month key: multiplier}} of the months installations fell in.

        Months that are not over have none yet.
        """
        found = defaultdict(dict)
        stations_of = defaultdict(lambda: self.env["res.partner"])
        for line in lines.filtered(lambda line: line.kind == "installation"):
            first = settle.period(line.claim_id.work_date).first
            stations_of[first] |= line.station_id
        for first, stations in sorted(stations_of.items()):
            if not company._is_month_over(first):
                continue
            key = settle.period(first).key
            scores = self.env["aftersales.station.score"]._score(
                company, first, stations
            )
            for row in scores:
                found[row.station_id.id][key] = to_decimal(row.multiplier)
        return found

    def _prepare_line_vals_list(self, lines, pending, multipliers):
        """Values of this sheet's new lines, by the rule. May be extended.

        :param lines: claim lines that come on the sheet
        :param pending: fees of earlier sheets that may get their multiplier now
        :param multipliers: month key → multiplier of this station
        """
        self.ensure_one()
        month = settle.period(self.period_start)
        round_amount = pricing.rounder(self.currency_id.round)
        verdicts = settle.settlement_lines(
            [line._prepare_settle_line() for line in lines],
            month,
            multipliers,
            round_amount,
        )
        extra = (
            settle.multiplier_line(
                line._prepare_settle_line(), multipliers, round_amount
            )
            for line in pending
        )
        by_id = {line.id: line for line in (*lines, *pending)}
        return [
            self._prepare_line_vals(verdict, by_id[verdict.claim_line_id])
            for verdict in (*verdicts, *filter(None, extra))
        ]

    def _prepare_line_vals(self, verdict, claim_line):
        """Values of the row of one line of the rule."""
        explanation = dict(verdict.explanation)
        if verdict.kind == "claim":
            explanation |= {
                "priced": decimal_text(to_decimal(claim_line.amount)),
                "fee": claim_line.explanation,
                "facts": claim_line.facts,
                "adjust_reason": claim_line.adjust_reason or None,
            }
        return {
            "settlement_id": self.id,
            "company_id": self.company_id.id,
            "station_id": self.station_id.id,
            "currency_id": self.currency_id.id,
            "kind": verdict.kind,
            "work_kind": claim_line.kind,
            "claim_line_id": claim_line.id,
            "amount": float(verdict.amount),
            "explanation": explanation,
        }

    @api.model
    def _write_lines(self, vals_list):
        """Make the lines and mark their claim lines, in this one transaction."""
        rows = self.env["aftersales.settlement.line"]._unguarded().create(vals_list)
        for row in rows.filtered(lambda row: row.kind == "claim"):
            row.claim_line_id._write_guarded(
                {"settlement_line_id": row.id, "settlement_id": row.settlement_id.id}
            )

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

    def _release_lines(self):
        """Take everything off these sheets; nothing is lost, it waits for a sheet."""
        rows = self.line_ids
        others = rows.filtered(lambda row: not row.claim_line_id)
        others._write_guarded({"settlement_id": False})
        rows.claim_line_id._leave_sheet(self)

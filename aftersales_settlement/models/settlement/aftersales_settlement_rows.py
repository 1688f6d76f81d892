import json
from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL, split_every

from ...tools import settle
from .aftersales_settlement import SEALED_STATES
from .aftersales_settlement_line import LINE_KINDS

# Lines that are written by one statement.
LINE_BATCH = 2_000

SEQUENCES = {kind: number for number, (kind, _label) in enumerate(LINE_KINDS)}


@dataclass(frozen=True, kw_only=True, slots=True)
class Sum:
    """Lines of a sheet of one kind and one rate card, summed up.

    is_charge: cash of a customer's invoice. card_id: None where no claim's rate card
    says the tax; tax_ids: ids in order. line: one of the lines.
    """

    kind: str
    work_kind: str | None
    is_charge: bool
    card_id: int | None
    tax_ids: tuple[int, ...]
    line: models.BaseModel
    count: int
    amount: Decimal

    def get_bill_key(self):
        """What one line of the bill has in common."""
        return self.kind, self.work_kind, self.is_charge, self.tax_ids


class AftersalesSettlement(models.Model):
    """Rows of sheets in bulk: read, written and sealed by one statement each.

    What the guard of the columns is for holds here too: nothing in this file is public,
    and every statement writes what a rule or a transition of a sheet has decided. Each
    method flushes what it reads and forgets what it wrote.
    """

    _inherit = "aftersales.settlement"

    # === FACTS === #

    @api.model
    def _lock_line_facts(self, company, stations, domain):
        """Claim lines as the rule of settlement reads them, locked.

        Lines another process holds are left to it.
        :return: {(station id, currency id): list of ``settle.ClaimLine`` by id}
        """
        self.env.flush_all()
        Line = self.env["aftersales.claim.line"]
        table = Line._table
        domain = Domain(domain) & Domain("station_id", "in", stations.ids)
        query = Line._search(domain, order="id")
        for alias, other, column in (
            ("claim", "aftersales_claim", "claim_id"),
            ("money", "res_currency", "currency_id"),
        ):
            condition = SQL(
                "%s = %s", SQL.identifier(alias, "id"), SQL.identifier(table, column)
            )
            query.add_join("JOIN", alias, other, condition)
        wanted = SQL(
            "%(line)s.id, %(line)s.kind, %(line)s.station_id, %(line)s.currency_id,"
            " round(COALESCE(%(line)s.approved_amount, 0), money.decimal_places)::text,"
            " claim.work_date,"
            " (claim.approved_at AT TIME ZONE 'UTC' AT TIME ZONE %(zone)s)::date,"
            " %(line)s.settlement_line_id IS NOT NULL",
            line=SQL.identifier(table),
            zone=str(company._get_service_zone()),
        )
        rows = self.env.execute_query(
            SQL(
                "%s FOR UPDATE OF %s SKIP LOCKED",
                query.select(wanted),
                SQL.identifier(table),
            )
        )
        facts = defaultdict(list)
        for number, kind, station, currency, amount, done, approved, settled in rows:
            facts[station, currency].append(
                settle.ClaimLine(
                    id=number,
                    kind=kind,
                    amount=Decimal(amount),
                    done_date=done,
                    approved_date=approved,
                    is_settled=settled,
                )
            )
        return dict(facts)

    # === LINES === #

    @api.model
    def _write_lines(self, verdicts):
        """Make lines and mark their claim lines, in this one transaction.

        :param verdicts: pairs of a sheet's id and a ``settle.Line``
        """
        if not verdicts:
            return
        self.env.flush_all()
        # What a statement reads and writes lies side by side and is not too much for
        # the processor's cache: checks of keys take a fifth longer otherwise.
        verdicts = sorted(verdicts, key=lambda pair: pair[1].claim_line_id)
        for batch in split_every(LINE_BATCH, verdicts):
            self.env.execute_query(
                SQL(
                    "WITH made AS (%s RETURNING id, settlement_id, claim_line_id, kind)"
                    " UPDATE aftersales_claim_line AS claim_line"
                    " SET settlement_line_id = made.id,"
                    " settlement_id = made.settlement_id,"
                    " write_uid = %s, write_date = now() AT TIME ZONE 'UTC'"
                    " FROM made"
                    " WHERE made.kind = 'claim' AND claim_line.id = made.claim_line_id"
                    " RETURNING 1",
                    self._insert_lines(batch),
                    self.env.uid,
                )
            )
        self._forget_rows()
        sheets = self.browse({sheet for sheet, _verdict in verdicts})
        sheets._recompute_amounts()

    @api.model
    def _insert_lines(self, verdicts):
        """The statement that makes the lines; of a claim line it keeps the facts.

        They are numbered before they are joined: in the order of the verdicts, however
        the database goes about it. What explains a claim line is made in one go: the
        operator that adds keys would write its facts twice.
        """
        return SQL(
            """
            INSERT INTO aftersales_settlement_line
                (id, settlement_id, company_id, station_id, territory_id, currency_id,
                 sequence, kind, work_kind, claim_line_id, claim_id, amount,
                 explanation, create_uid, write_uid, create_date, write_date)
            SELECT verdict.line_id, sheet.id, sheet.company_id, sheet.station_id,
                   station.territory_id, sheet.currency_id,
                   (%(sequences)s::jsonb ->> verdict.kind)::int,
                   verdict.kind, work.kind, work.id, work.claim_id, verdict.amount,
                   CASE WHEN verdict.kind = 'claim' THEN
                       jsonb_build_object(
                           'code', verdict.explanation -> 'code',
                           'amount', verdict.explanation -> 'amount',
                           'priced', trim_scale(round(work.amount, 6))::text,
                           'fee', work.explanation, 'facts', work.facts,
                           'adjust_reason', NULLIF(work.adjust_reason, ''))
                   ELSE verdict.explanation END,
                   %(uid)s, %(uid)s, now() AT TIME ZONE 'UTC', now() AT TIME ZONE 'UTC'
              FROM (SELECT nextval('aftersales_settlement_line_id_seq') AS line_id, *
                      FROM json_to_recordset(%(verdicts)s)
                           AS one(sheet_id int, work_id int, kind text,
                                  amount numeric, explanation jsonb)
                   ) AS verdict
              JOIN aftersales_settlement sheet ON sheet.id = verdict.sheet_id
              JOIN res_partner station ON station.id = sheet.station_id
              JOIN aftersales_claim_line work ON work.id = verdict.work_id
            """,
            sequences=json.dumps(SEQUENCES),
            uid=self.env.uid,
            verdicts=json.dumps(
                [
                    {
                        "sheet_id": sheet,
                        "work_id": verdict.claim_line_id,
                        "kind": verdict.kind,
                        "amount": str(verdict.amount),
                        "explanation": verdict.explanation,
                    }
                    for sheet, verdict in verdicts
                ]
            ),
        )

    @api.model
    def _mark_fees(self, line_ids):
        """Note that the multiplier of these fees is settled or comes to nothing."""
        lines = self.env["aftersales.claim.line"].browse(line_ids)
        lines._write_guarded({"is_multiplier_done": True})

    def _release_lines(self):
        """Take everything off these sheets; nothing is lost, it waits for a sheet."""
        self.env.flush_all()
        sheets = tuple(self.ids) or (0,)
        self.env.execute_query(
            SQL(
                "UPDATE aftersales_claim_line SET is_multiplier_done = false"
                " WHERE id IN (SELECT claim_line_id FROM aftersales_settlement_line"
                " WHERE settlement_id IN %s) RETURNING 1",
                sheets,
            )
        )
        self.env.execute_query(
            SQL(
                "UPDATE aftersales_claim_line SET settlement_line_id = NULL,"
                " settlement_id = NULL WHERE settlement_id IN %s RETURNING 1",
                sheets,
            )
        )
        self.env.execute_query(
            SQL(
                "DELETE FROM aftersales_settlement_line WHERE settlement_id IN %s"
                " AND claim_line_id IS NOT NULL RETURNING 1",
                sheets,
            )
        )
        self.env.execute_query(
            SQL(
                "UPDATE aftersales_settlement_line SET settlement_id = NULL"
                " WHERE settlement_id IN %s RETURNING 1",
                sheets,
            )
        )
        self._forget_rows()
        self._recompute_amounts()

    @api.model
    def _forget_rows(self):
        """Drop from memory what a statement has written beside it."""
        self.env["aftersales.settlement.line"].invalidate_model(flush=False)
        self.env["aftersales.claim.line"].invalidate_model(flush=False)
        self.env["aftersales.claim"].invalidate_model(flush=False)
        self.invalidate_model(["line_ids"], flush=False)

    def _recompute_amounts(self):
        """Sum these sheets up again after their lines were written."""
        for name in ("amount_total", "line_count"):
            self.env.add_to_compute(self._fields[name], self)
        self._recompute_recordset(["amount_total", "line_count"])

    # === SUMS === #

    def _read_sums(self):
        """{sheet id: list of ``Sum``} in the order the sheets tell them."""
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT line.settlement_id, line.kind, line.work_kind,
                       line.customer_charge_id IS NOT NULL, claim.rate_card_id,
                       min(line.id), count(*), sum(line.amount)::text
                  FROM aftersales_settlement_line line
             LEFT JOIN aftersales_claim claim ON claim.id = line.claim_id
                 WHERE line.settlement_id IN %s
                 GROUP BY 1, line.sequence, 2, 3, 4, 5
                 ORDER BY 1, line.sequence, min(line.id)
                """,
                tuple(self.ids) or (0,),
            )
        )
        cards = {row[4] for row in rows if row[4]}
        # Bare tax of the cards these sheets' claims were priced with.
        cards = self.env["aftersales.rate.card"].sudo().browse(cards)
        taxes = {card.id: card.tax_ids.ids for card in cards}
        default = {sheet.id: sheet._get_default_taxes().ids for sheet in self}
        samples = self.env["aftersales.settlement.line"].browse(row[5] for row in rows)
        sums = defaultdict(list)
        for row, sample in zip(rows, samples, strict=True):
            number, kind, work_kind, is_charge, card, _line, count, amount = row
            sums[number].append(
                Sum(
                    kind=kind,
                    work_kind=work_kind if kind == "claim" else None,
                    is_charge=is_charge,
                    card_id=card,
                    tax_ids=tuple(taxes.get(card) or default[number]),
                    line=sample,
                    count=count,
                    amount=Decimal(amount),
                )
            )
        return sums

    def _read_totals(self):
        """{sheet id: sum of its lines} as exact amounts."""
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                "SELECT settlement_id, sum(amount)::text"
                " FROM aftersales_settlement_line"
                " WHERE settlement_id IN %s GROUP BY settlement_id",
                tuple(self.ids) or (0,),
            )
        )
        return {number: Decimal(total) for number, total in rows}

    def _get_default_taxes(self):
        """Tax on what no rate card says the tax of."""
        self.ensure_one()
        # What a bill is made from, which the callers have checked.
        return self.company_id.sudo().settlement_tax_ids

    def _get_sum_label(self, kind, work_kind):
        """What the amounts of a kind are called on sheet and bill."""
        field = "work_kind" if kind == "claim" else "kind"
        labels = self.env["aftersales.settlement.line"]._fields[field]
        labels = dict(labels._description_selection(self.env))
        return labels.get(work_kind if kind == "claim" else kind, "")

    # === SEAL === #

    def _read_digests(self):
        """{sheet id: (hash of its lines, their sum)} of these sheets.

        A line's text is a JSON array: id, kind, claim line, what it takes back, reason,
        document, amount, hash of its explanation as the database spells it.
        """
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT settlement_id, sum(amount)::text,
                       array_agg(jsonb_build_array(
                           id, kind, claim_line_id, origin_line_id,
                           NULLIF(reason, ''), NULLIF(reason_document, ''),
                           trim_scale(amount)::text,
                           encode(sha256(convert_to(
                               COALESCE(explanation, '{}')::text, 'UTF8')), 'hex')
                       )::text ORDER BY id)
                  FROM aftersales_settlement_line
                 WHERE settlement_id IN %s
                 GROUP BY settlement_id
                """,
                tuple(self.ids) or (0,),
            )
        )
        return {
            number: (settle.digest(lines), Decimal(total))
            for number, total, lines in rows
        }

    def _get_seals(self):
        """{sheet: the seal its present rows have}."""
        digests = self._read_digests()
        empty = (settle.digest(()), Decimal(0))
        return {
            sheet: settle.seal(sheet._prepare_seal_facts(*digests.get(sheet.id, empty)))
            for sheet in self
        }

    def _settle_claims(self):
        """Claims of these sheets with everything on sealed sheets are settled for good.

        Where an approved claim waits for a part of its money it stays approved.
        """
        self.env.flush_all()
        sheets = tuple(self.ids) or (0,)
        # Statistics know nothing of lines that were just written: as joins this was
        # planned for one claim and read every line for each of thousands. An array and
        # a subquery of one value are always looked up by index.
        self.env.execute_query(
            SQL(
                """
                UPDATE aftersales_claim AS claim
                   SET state = 'settled', write_uid = %s,
                       write_date = now() AT TIME ZONE 'UTC'
                 WHERE claim.state = 'approved'
                   AND claim.id = ANY(ARRAY(
                       SELECT claim_id FROM aftersales_settlement_line
                        WHERE settlement_id IN %s))
                   AND NOT EXISTS (
                       SELECT FROM aftersales_claim_line line
                        WHERE line.claim_id = claim.id
                          AND (line.settlement_id IS NULL
                               OR line.settlement_id NOT IN %s
                              AND (SELECT state NOT IN %s FROM aftersales_settlement
                                    WHERE id = line.settlement_id)))
                RETURNING 1
                """,
                self.env.uid,
                sheets,
                sheets,
                SEALED_STATES,
            )
        )
        self._forget_rows()

import io
import json

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.aftersales_service.tools.plain import plain

from ...tools import audit, audit_load

AUDIT_BATCH = 5_000
# What the audit writes past the ORM.
WRITTEN = (
    *("state", "audit_facts", "approved_at", "decided_at"),
    *("is_sampled", "sample_id", "sample_facts"),
)
SEVERITY_RANK = {"block": 0, "review": 1, "note": 2}
VERDICT_COLUMNS = ("claim_id", "state", "is_sampled", "sample_id", "sample_facts")
FINDING_COLUMNS = (
    *("claim_id", "company_id", "line_id", "code", "severity", "params"),
    *("severity_rank", "create_uid", "write_uid", "create_date", "write_date"),
)


class AftersalesClaim(models.Model):
    """Facts → rule → effects of a claim's automatic audit.

    How it works: one statement builds the facts of the batch in the database, the pure
    rule reads them, COPY brings back what it found, one statement writes findings and
    one the claims. The rule alone decides; SQL only carries.
    """

    _inherit = "aftersales.claim"

    # === AUTOMATIC AUDIT === #

    @api.model
    def _cron_audit(self):
        """Audit what was handed in, in committed batches."""
        domain = self._get_to_audit_domain()
        left = self.search_count(domain)
        self.env["ir.cron"]._commit_progress(remaining=left)
        after = 0
        while claims := self.search(
            domain & Domain("id", ">", after), limit=AUDIT_BATCH, order="id"
        ):
            after = claims[-1].id
            claims.try_lock_for_update()._audit()
            if not self.env["ir.cron"]._commit_progress(len(claims)):
                break

    def _audit(self):
        """Judge submitted claims by the rule: approved, or on to a person, in batch.

        :raise UserError: a claim is not submitted
        """
        self.fetch(["state", "company_id"])
        self._check_transition("review")
        for claim in self.filtered(lambda claim: claim.state != "submitted"):
            claim._check_transition("submitted")
        if not self:
            return
        policies = self.env["aftersales.audit.policy"]._get_policies(self.company_id)
        self._keep_audit_facts(policies)
        verdicts, findings = self._judge(policies)
        self._apply_findings(findings)
        self._apply_verdicts(verdicts, policies)
        self._after_audit()

    @api.model
    def _get_audit_checks(self):
        """The checks in the order of the handbook; another addon adds its own."""
        return audit.CHECKS

    def _after_audit(self):
        """Hook: what follows for these claims, now approved or under review. Batch."""

    # === STEPS === #

    def _keep_audit_facts(self, policies):
        """The facts of these claims in a table of this transaction."""
        self.env.cr.execute(
            "CREATE TEMP TABLE IF NOT EXISTS aftersales_audit_facts ("
            "claim_id integer PRIMARY KEY, company_id integer, facts jsonb NOT NULL)"
            " ON COMMIT DROP; TRUNCATE aftersales_audit_facts"
        )
        self.env.cr.execute(
            SQL(
                "WITH %(tables)s"
                " INSERT INTO aftersales_audit_facts"
                " SELECT g.id, COALESCE(g.company_id, 0), %(facts)s FROM %(source)s",
                **self._get_audit_query(policies),
            )
        )

    def _judge(self, policies):
        """What the rule says of the kept facts.

        :return: ([verdict's columns], [finding's columns])
        """
        limits = {
            company.id or 0: numbers
            for company, numbers in self._get_audit_limits(policies).items()
        }
        draws = self._prepare_draws(policies)
        checks, verdicts, found = self._get_audit_checks(), [], []
        for claim_id, company_id, data in self.env.execute_query(
            SQL("SELECT claim_id, company_id, facts FROM aftersales_audit_facts")
        ):
            facts = audit_load.facts(data, limits[company_id])
            findings = audit.audit(facts, checks)
            state, draw = audit.outcome(findings), (False, None, None)
            head = (claim_id, company_id or None)
            if state == "approved" and company_id in draws:
                draw, params = draws[company_id].draw(facts, findings)
                if draw[0]:
                    state = "review"
                    found.append((*head, None, "spot_check", "review", params))
            verdicts.append((claim_id, state, *draw))
            found += [
                (*head, item.line_id, item.code, item.severity, plain(item.params))
                for item in findings
            ]
        return verdicts, found

    def _prepare_draws(self, policies):
        """{company id: what draws its spot checks}."""
        samples = self.env["aftersales.audit.sample"]._get_samples(policies)
        return {
            company.id: policies[company]._prepare_draw(sample)
            for company, sample in samples.items()
        }

    def _apply_findings(self, rows):
        """These findings instead of those of an audit before."""
        cr, uid = self.env.cr, self.env.uid
        cr.execute(
            SQL(
                "DELETE FROM aftersales_claim_finding WHERE claim_id = ANY(%s)",
                self.ids,
            )
        )
        now = fields.Datetime.to_string(cr.now())
        self._copy(
            "aftersales_claim_finding",
            FINDING_COLUMNS,
            ((*row, SEVERITY_RANK[row[4]], uid, uid, now, now) for row in rows),
        )
        self.env["aftersales.claim.finding"].invalidate_model()

    def _apply_verdicts(self, verdicts, policies):
        """Facts and states of the whole batch.

        :raise UserError: another process moved one of these claims meanwhile
        """
        cr = self.env.cr
        cr.execute(
            "CREATE TEMP TABLE IF NOT EXISTS aftersales_audit_verdict ("
            "claim_id integer PRIMARY KEY, state varchar, is_sampled boolean,"
            " sample_id integer, sample_facts jsonb)"
            " ON COMMIT DROP; TRUNCATE aftersales_audit_verdict"
        )
        self._copy("aftersales_audit_verdict", VERDICT_COLUMNS, verdicts)
        limits = self._get_audit_limits(policies)
        cr.execute(
            SQL(
                "UPDATE aftersales_claim c SET state = v.state,"
                " is_sampled = v.is_sampled, sample_id = v.sample_id,"
                " sample_facts = v.sample_facts, audit_facts = f.facts || l.limits,"
                " approved_at = CASE WHEN v.state = 'approved' THEN %(now)s END,"
                " decided_at = CASE WHEN v.state = 'approved' THEN %(now)s END,"
                " write_uid = %(uid)s, write_date = %(now)s"
                " FROM aftersales_audit_verdict v"
                " JOIN aftersales_audit_facts f USING (claim_id)"
                " JOIN (VALUES %(limits)s) AS l(company_id, limits) USING (company_id)"
                " WHERE c.id = v.claim_id AND c.state = 'submitted'",
                now=fields.Datetime.now(),
                uid=self.env.uid,
                limits=SQL(", ").join(
                    SQL(
                        "(%s, %s::jsonb)",
                        company.id or 0,
                        json.dumps({"thresholds": plain(numbers)}),
                    )
                    for company, numbers in limits.items()
                ),
            )
        )
        if cr.rowcount != len(self):
            raise UserError(self.env._("A claim has changed meanwhile. Try again."))
        self.invalidate_recordset()
        self.modified(WRITTEN)

    def _copy(self, table, columns, rows):
        """COPY the rows of JSON, text, numbers and booleans into a table."""
        target = SQL(
            "COPY %s (%s) FROM STDIN",
            SQL.identifier(table),
            SQL(", ").join(map(SQL.identifier, columns)),
        )
        text = "".join("\t".join(map(_cell, row)) + "\n" for row in rows)
        self.env.cr.copy_expert(target.code, io.StringIO(text))


def _cell(value):
    """A value as COPY reads it."""
    if value is None:
        return "\\N"
    if isinstance(value, dict):
        value = json.dumps(value)
    if isinstance(value, str):
        return (
            value.replace("\\", "\\\\")
            .replace("\t", "\\t")
            .replace("\n", "\\n")
            .replace("\r", "\\r")
        )
    return str(value)

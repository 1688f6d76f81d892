from odoo import fields, models
from odoo.tools import SQL


class AftersalesAuditCheckReport(models.Model):
    """How often persons agree with a check: a view, one row per finding.

    A check is overturned when a person approves the line, or the whole claim, as it
    stood. Findings nobody decided on count as open.
    """

    _name = "aftersales.audit.check.report"
    _description = "Checks and decisions"
    _auto = False
    _log_access = True
    _depends = {
        "aftersales.claim": [
            *("state", "amount", "approved_amount", "decided_by_id", "decided_at"),
            *("station_id", "territory_id", "request_type_id"),
        ],
        "aftersales.claim.finding": ["claim_id", "line_id", "code"],
        "aftersales.claim.line": ["amount", "approved_amount"],
    }
    _order = "id desc"
    _rec_name = "claim_id"

    claim_id = fields.Many2one("aftersales.claim", readonly=True)
    code = fields.Selection(selection="_get_codes", string="Check", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    territory_id = fields.Many2one("aftersales.territory", readonly=True)
    station_id = fields.Many2one("res.partner", readonly=True)
    request_type_id = fields.Many2one(
        "aftersales.request.type", string="Request type", readonly=True
    )
    decided_by_id = fields.Many2one("res.users", string="Auditor", readonly=True)
    decided_at = fields.Datetime(string="Decided on", readonly=True)
    finding_count = fields.Integer(string="Findings", readonly=True)
    decided_count = fields.Integer(
        string="Decided", readonly=True, help="Decided by a person."
    )
    overturned_count = fields.Integer(
        string="Overturned", readonly=True, help="Approved by a person as it stood."
    )
    overturned_percent = fields.Float(
        string="Overturned (%)",
        readonly=True,
        aggregator="avg",
        help="Of what persons decided. A check that is often overturned is too strict.",
    )
    saved = fields.Monetary(
        readonly=True, help="What the lines were cut by, per finding."
    )

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT id, create_uid, create_date, write_uid, write_date, claim_id, code,
                company_id, currency_id, territory_id, station_id, request_type_id,
                decided_by_id, decided_at,
                1 AS finding_count,
                CASE WHEN is_decided THEN 1 ELSE 0 END AS decided_count,
                CASE WHEN is_decided AND NOT is_changed THEN 1 ELSE 0 END
                    AS overturned_count,
                CASE WHEN is_decided THEN CASE WHEN is_changed THEN 0.0 ELSE 100.0 END
                    END AS overturned_percent,
                CASE WHEN is_decided THEN saved ELSE 0 END AS saved
            FROM (
                SELECT f.id, f.create_uid, f.create_date, f.write_uid, f.write_date,
                    f.claim_id, f.code, f.company_id, c.currency_id,
                    c.territory_id, c.station_id, c.request_type_id, c.decided_by_id,
                    c.decided_at,
                    c.decided_by_id IS NOT NULL AND c.state
                        IN ('approved', 'rejected', 'settled') AS is_decided,
                    c.state = 'rejected'
                        OR COALESCE(l.approved_amount <> l.amount,
                            c.approved_amount <> c.amount) AS is_changed,
                    COALESCE(l.amount - l.approved_amount,
                        c.amount - c.approved_amount) AS saved
                FROM aftersales_claim_finding f
                JOIN aftersales_claim c ON c.id = f.claim_id
                LEFT JOIN aftersales_claim_line l ON l.id = f.line_id
                WHERE f.code NOT IN ('dispute', 'appeal')
            ) AS row
            """
        )

    def _get_codes(self):
        """The checks there are."""
        codes = self.env["aftersales.claim.finding"]._fields["code"]
        return codes._description_selection(self.env)

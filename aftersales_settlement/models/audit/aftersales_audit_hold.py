from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

# Evidence a hold demands: the field, and the code the audit knows it by.
EVIDENCE = {
    "requires_photo": "photo",
    "requires_reading": "reading",
    "requires_signature": "signature",
    "requires_codes": "fault_codes",
}
KEY = ("company_id", "component_id", "product_id", "production_batch")


class AftersalesAuditHold(models.Model):
    """For a time no claim of a component, a model or a build is approved by itself.

    Kept by the settlement manager; a signal about quality makes one or prolongs it.
    """

    _name = "aftersales.audit.hold"
    _description = "Suspended approval"
    _inherit = ["mail.thread"]
    _order = "valid_from desc, id desc"

    name = fields.Char(
        string="Reason", required=True, help="What is wrong, for the auditors."
    )
    active = fields.Boolean(default=True, tracking=True)
    company_id = fields.Many2one(
        "res.company", default=lambda self: self.env.company, index=True
    )
    component_id = fields.Many2one(
        "aftersales.fault.code",
        domain="[('kind', '=', 'component')]",
        index="btree_not_null",
        tracking=True,
        help="A group stands for everything in it; empty means every component.",
    )
    product_id = fields.Many2one(
        "product.product",
        string="Model",
        tracking=True,
        help="Of the machine; empty means every model.",
    )
    production_batch = fields.Char(
        string="Production batch", tracking=True, help="Empty means every build."
    )
    valid_from = fields.Date(
        string="Valid from",
        required=True,
        default=lambda self: self.env.company._get_today(),
        tracking=True,
        help="Claims audited from this day on go to a person.",
    )
    valid_to = fields.Date(
        string="Valid to", tracking=True, help="Last day; empty means no end."
    )
    requires_photo = fields.Boolean(string="Asks for photos")
    requires_reading = fields.Boolean(string="Asks for the reading")
    requires_signature = fields.Boolean(string="Asks for the signature")
    requires_codes = fields.Boolean(string="Asks for fault codes")
    ticket_id = fields.Many2one(
        "helpdesk.ticket",
        string="Request",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
        help="The request whose signal began it.",
    )

    _days_ordered = models.Constraint(
        "CHECK(valid_to IS NULL OR valid_to >= valid_from)",
        "A suspension cannot end before it begins.",
    )
    _says_what = models.Constraint(
        "CHECK(component_id IS NOT NULL OR product_id IS NOT NULL"
        " OR COALESCE(production_batch, '') <> '')",
        "Say which component, model or production batch is meant.",
    )

    @api.model
    def _signal(self, key, vals, days):
        """The hold of this component, model and build, made or prolonged.

        :param dict key: values of ``KEY``
        :param dict vals: reason, evidence and request where one is made
        :param days: how long from today
        """
        today = self.env["res.company"].browse(key["company_id"])._get_today()
        end = today + timedelta(days=days)
        domain = Domain.AND(
            Domain(name, "=", value or False) for name, value in key.items()
        )
        known = self.search(domain & Domain("valid_from", "<=", today)).filtered(
            lambda hold: not hold.valid_to or hold.valid_to >= today
        )[:1]
        if not known:
            return self.create({**key, **vals, "valid_from": today, "valid_to": end})
        asked = {name: True for name in EVIDENCE if vals.get(name)}
        if known.valid_to and known.valid_to < end:
            asked["valid_to"] = end
        known.write(asked)
        return known


class AftersalesClaim(models.Model):
    """The audit knows for which claims approval is suspended."""

    _inherit = "aftersales.claim"

    @api.model
    def _get_audit_tables(self):
        asked = SQL(", ").join(
            SQL("bool_or(h.%s) AS %s", SQL.identifier(name), SQL.identifier(name))
            for name in EVIDENCE
        )
        hold = SQL(
            """
            SELECT b.id, jsonb_build_object('id', min(h.id), 'count', count(*),
                'until', max(COALESCE(h.valid_to, 'infinity'))) AS facts, %s
            FROM batch b
            LEFT JOIN aftersales_fault_code code ON code.id = b.component_id
            JOIN aftersales_audit_hold h ON h.active
                AND COALESCE(h.company_id, b.company_id) = b.company_id
                AND b.today BETWEEN h.valid_from AND COALESCE(h.valid_to, 'infinity')
                AND (h.component_id IS NULL OR strpos('/' || code.parent_path,
                    '/' || h.component_id || '/') > 0)
                AND (h.product_id IS NULL OR h.product_id = b.product_id)
                AND (COALESCE(h.production_batch, '') = ''
                    OR h.production_batch = b.production_batch)
            GROUP BY b.id
            """,
            asked,
        )
        return super()._get_audit_tables() | {"hold": hold}

    @api.model
    def _get_audit_joins(self):
        return [*super()._get_audit_joins(), SQL("LEFT JOIN hold ON hold.id = g.id")]

    @api.model
    def _get_audit_facts(self):
        return super()._get_audit_facts() | {"hold": SQL("hold.facts")}

    @api.model
    def _get_required_evidence_sql(self):
        tests = super()._get_required_evidence_sql()
        return {
            code: f"{tests[code]} OR hold.{name}" for name, code in EVIDENCE.items()
        }


class HelpdeskTicket(models.Model):
    """A signal about quality stops automatic approval for a time."""

    _inherit = "helpdesk.ticket"

    def _apply_quality_signal(self, signal):
        result = super()._apply_quality_signal(signal)
        # Follows from what was found, whoever reports it.
        Hold = self.env["aftersales.audit.hold"].sudo()
        Policy = self.env["aftersales.audit.policy"].sudo()
        for ticket in self.sudo():
            company = ticket.company_id or self.env.company
            key = {
                "company_id": company.id,
                "component_id": signal.get("component_id") or False,
                "product_id": signal.get("product_id") or False,
                "production_batch": signal.get("production_batch") or False,
            }
            if not any(key[name] for name in KEY[1:]):
                key |= ticket._get_suspected()
            if not any(key[name] for name in KEY[1:]):
                continue
            policy = Policy._get_policies(company).get(company, Policy)
            vals = {
                "name": signal.get("reason")
                or self.env._("Signal from %(request)s", request=ticket.number),
                "ticket_id": ticket.id,
                **{
                    name: code in signal.get("evidence", ("photo",))
                    for name, code in EVIDENCE.items()
                },
            }
            Hold._signal(key, vals, signal.get("days") or policy._get_hold_days())
        return result

    def _get_suspected(self):
        """{component, model}: what a signal is about that names nothing itself."""
        self.ensure_one()
        component = self.component_id
        return {
            "component_id": component.id,
            "product_id": component and self.product_id.id,
        }


class AftersalesWorkOrder(models.Model):
    """The station is told before it goes what is asked for while approval waits."""

    _inherit = "aftersales.work.order"

    def _get_evidence_list(self):
        texts = super()._get_evidence_list()
        # Only what is asked for leaves, not why.
        asked = self.sudo()._get_holds()
        kind = self.request_type_id
        labels = {
            "requires_photo": self.env._("At least one photo"),
            "requires_reading": self.env._("Reading of the meter"),
            "requires_signature": self.env._("The customer's signature"),
            "requires_codes": self.env._("Component, symptom, cause and remedy"),
        }
        return texts + [
            label
            for name, label in labels.items()
            if not kind[name] and any(asked.mapped(name))
        ]

    def _get_holds(self):
        """Suspensions that concern this job as far as it is known now."""
        self.ensure_one()
        if not self.company_id:
            # The form of a job that is not there yet.
            return self.env["aftersales.audit.hold"]
        today = self._get_local_today()
        component = self.component_id or self.ticket_id.component_id
        holds = self.env["aftersales.audit.hold"].search(
            [
                ("company_id", "in", [False, self.company_id.id]),
                ("valid_from", "<=", today),
            ]
        )
        return holds.filtered(
            lambda hold: (
                (not hold.valid_to or hold.valid_to >= today)
                and (
                    not hold.component_id
                    or hold.component_id.id in component._get_path_ids()
                )
                and (not hold.product_id or hold.product_id == self.product_id)
                and (
                    not hold.production_batch
                    or hold.production_batch == self.unit_id.production_batch
                )
            )
        )

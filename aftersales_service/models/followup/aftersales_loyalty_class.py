from odoo import api, fields, models
from odoo.tools import SQL, format_date, split_every

from ...tools import loyalty as loyalty_rule

BATCH = 1000


class AftersalesLoyaltyClass(models.Model):
    """How loyal a customer is, by what he has bought and paid."""

    _name = "aftersales.loyalty.class"
    _description = "Loyalty class"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10, help="The first class that fits is his.")
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company",
        index=True,
        help="Only for this company's own customers; empty means every customer.",
    )
    min_machines = fields.Integer(
        string="Machines from", help="That he owns; 0 does not ask."
    )
    min_services = fields.Integer(
        string="Paid services from",
        help="Done jobs for which he was asked to pay; 0 does not ask.",
    )
    min_years = fields.Integer(
        string="Years from",
        help="Since the sale of the first of his machines; 0 does not ask.",
    )

    _conditions_positive = models.Constraint(
        "CHECK(min_machines >= 0 AND min_services >= 0 AND min_years >= 0)",
        "The conditions of a loyalty class cannot be negative.",
    )

    def _prepare_class(self):
        """One row for ``loyalty.classify``."""
        self.ensure_one()
        return loyalty_rule.LoyaltyClass(
            id=self.id,
            sequence=self.sequence,
            machines=self.min_machines,
            services=self.min_services,
            years=self.min_years,
            company_id=self.company_id.id or None,
        )

    @api.model
    def _cron_classify(self):
        """Give every customer the class of his history, in committed batches."""
        cron = self.env["ir.cron"]
        for number, left in self._classify():
            if not cron._commit_progress(number, remaining=left):
                return

    @api.model
    def _classify(self):
        """Give every customer his class; yield (just changed, still to do)."""
        changes = self._find_changes()
        left = sum(len(ids) for ids in changes.values())
        partners = self.env["res.partner"].with_context(tracking_disable=True)
        for class_id, partner_ids in changes.items():
            for ids in split_every(BATCH, partner_ids):
                partners.browse(ids).loyalty_class_id = class_id
                left -= len(ids)
                yield len(ids), left

    @api.model
    def _find_changes(self):
        """{class id or False: ids of the customers who shall have it and do not}."""
        rows = [row._prepare_class() for row in self.search([])]
        today = self.env.company._get_today()
        changes = {}
        for partner_id, now_id, history in self._read_histories():
            found = loyalty_rule.classify(history, rows, today)
            class_id = found.id if found else None
            if class_id != now_id:
                changes.setdefault(class_id or False, []).append(partner_id)
        return changes

    @api.model
    def _read_histories(self, partner_ids=None):
        """What the customers have with us: (id, present class id, History) of each.

        :param partner_ids: only these; None means all
        """
        self.env.flush_all()

        def only(column):
            """Only the customers who were asked for; before counting, not after."""
            if partner_ids is None:
                return SQL("TRUE")
            return SQL("%s IN %s", SQL.identifier(*column), tuple(partner_ids))

        rows = self.env.execute_query(
            SQL(
                """
                WITH machine AS (
                    SELECT owner_id, COUNT(*) AS number, MIN(sale_date) AS first_sale
                      FROM stock_lot WHERE owner_id IS NOT NULL AND %s
                  GROUP BY owner_id
                ), service AS (
                    SELECT o.partner_id, COUNT(*) AS number
                      FROM aftersales_work_order o
                     WHERE o.state = 'done' AND o.partner_id IS NOT NULL
                       AND EXISTS (
                           SELECT FROM aftersales_work_order_charge c
                            WHERE c.work_order_id = o.id AND c.amount > 0)
                       AND %s
                  GROUP BY o.partner_id
                )
                SELECT p.id, p.loyalty_class_id, p.company_id,
                       COALESCE(machine.number, 0), COALESCE(service.number, 0),
                       machine.first_sale
                  FROM res_partner p
             LEFT JOIN machine ON machine.owner_id = p.id
             LEFT JOIN service ON service.partner_id = p.id
                 WHERE %s AND p.active AND (p.loyalty_class_id IS NOT NULL
                       OR machine.number > 0 OR service.number > 0)
              ORDER BY p.id
                """,
                only(("stock_lot", "owner_id")),
                only(("o", "partner_id")),
                only(("p", "id")),
            )
        )
        for partner_id, class_id, company_id, machines, services, first in rows:
            history = loyalty_rule.History(
                machines=machines,
                services=services,
                first_sale=first,
                company_id=company_id,
            )
            yield partner_id, class_id, history


class ResPartner(models.Model):
    """The loyalty of a customer, and why."""

    _inherit = "res.partner"

    loyalty_class_id = fields.Many2one(
        "aftersales.loyalty.class",
        string="Loyalty",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        groups="base.group_user",
        help="Follows each night from the machines he owns, what he has paid and since"
        " when.",
    )
    loyalty_reason = fields.Char(
        compute="_compute_loyalty_reason",
        string="Why this loyalty",
        groups="base.group_user",
    )

    @api.depends("loyalty_class_id")
    @api.depends_context("lang")
    def _compute_loyalty_reason(self):
        classed = self.filtered("loyalty_class_id")
        found = {}
        if classed.ids:
            # How many machines and services; of a customer the user may read.
            model = self.env["aftersales.loyalty.class"].sudo()
            found = {row[0]: row[2] for row in model._read_histories(classed.ids)}
        for partner in self:
            history = found.get(partner._origin.id)
            partner.loyalty_reason = history and partner._get_loyalty_sentence(history)

    def _get_loyalty_sentence(self, history):
        """Why this customer has his class."""
        self.ensure_one()
        first = history.first_sale
        return self.env._(
            "%(machines)s machines, the first of %(first)s; %(services)s paid services",
            machines=history.machines,
            first=format_date(self.env, first) if first else self.env._("unknown day"),
            services=history.services,
        )

    def _get_loyalty_class(self):
        """The class of this customer, else that of the firm he belongs to."""
        return self.loyalty_class_id or self.commercial_partner_id.loyalty_class_id


class HelpdeskTicket(models.Model):
    """The desk sees whom it speaks with; a service level may ask for it."""

    _inherit = "helpdesk.ticket"

    loyalty_class_id = fields.Many2one(
        related="partner_id.loyalty_class_id",
        string="Loyalty",
        groups="base.group_user",
    )


class StockLot(models.Model):
    """The machine's file shows how loyal its owner is."""

    _inherit = "stock.lot"

    loyalty_class_id = fields.Many2one(
        related="owner_id.loyalty_class_id", string="Loyalty", groups="base.group_user"
    )


class AftersalesServiceLevel(models.Model):
    """Loyal customers may be promised more."""

    _inherit = "aftersales.service.level"

    loyalty_class_ids = fields.Many2many(
        "aftersales.loyalty.class",
        string="Loyalty",
        help="Only for customers of these classes; empty means every customer.",
    )


class AftersalesFollowupRule(models.Model):
    """Care may go to loyal customers only."""

    _inherit = "aftersales.followup.rule"

    loyalty_class_ids = fields.Many2many(
        "aftersales.loyalty.class",
        string="Of this loyalty",
        help="Empty means every customer, else only those of these classes.",
    )

    def _get_audience_domain(self):
        domain = super()._get_audience_domain()
        if self.loyalty_class_ids:
            domain &= self._of_loyalty("loyalty_class_id") | self._of_loyalty(
                "parent_id.loyalty_class_id"
            )
        return domain

    def _of_loyalty(self, path):
        return fields.Domain(path, "in", self.loyalty_class_ids.ids)

from dataclasses import replace
from datetime import time

from odoo import api, fields, models

from ...tools import reading as reading_rule
from ...tools import warranty as warranty_rule
from ...tools import warranty_facts
from ...tools.matching import path_ids
from ...tools.plain import plain


class HelpdeskTicket(models.Model):
    """Who pays: facts for the warranty rule, and the decision as it was made."""

    _inherit = "helpdesk.ticket"

    warranty_decision_ids = fields.One2many(
        "aftersales.warranty.decision",
        "ticket_id",
        string="Warranty decisions",
    )
    warranty_decision_id = fields.Many2one(
        "aftersales.warranty.decision",
        readonly=True,
        copy=False,
        help="The decision in force.",
    )
    warranty_result = fields.Selection(
        related="warranty_decision_id.result", string="Warranty", store=True
    )
    repair_limit_date = fields.Date(
        related="warranty_decision_id.repair_limit_date",
        store=True,
        groups="base.group_user",
    )
    repair_alarm_date = fields.Date(
        related="warranty_decision_id.repair_alarm_date",
        store=True,
        groups="base.group_user",
    )
    coverage_ids = fields.One2many(
        "aftersales.warranty.coverage", "ticket_id", groups="base.group_user"
    )
    can_offer_goodwill = fields.Boolean(compute="_compute_can_offer_goodwill")
    warranty_why = fields.Html(
        related="warranty_decision_id.why",
        string="Why",
    )

    @api.depends("warranty_result", "unit_id", "closed")
    @api.depends_context("uid")
    def _compute_can_offer_goodwill(self):
        is_office = self.env.user.has_group(
            "aftersales_service.group_aftersales_office"
        )
        for ticket in self:
            ticket.can_offer_goodwill = (
                is_office
                and bool(ticket.unit_id)
                and not ticket.closed
                and ticket.warranty_result in ("chargeable", "partly")
            )

    def _decide_warranty(self, work_orders=None):
        """Decide who pays for each request and store how it was decided.

        :param work_orders: one work order at most per request; with it the decision
            is about what was found at the machine (component, cause, reading)
        :return: new ``aftersales.warranty.decision`` records in the order of ``self``

        In batch. An unknown machine is chargeable, never refused.
        """
        facts_list = self._prepare_warranty_facts(work_orders)
        checks = self._get_warranty_checks()
        orders = {order.ticket_id: order for order in work_orders or ()}
        vals_list = [
            {
                "ticket_id": ticket.id,
                "work_order_id": orders[ticket].id if ticket in orders else False,
                "unit_id": ticket.unit_id.id,
                **self._prepare_decision_vals(
                    facts, warranty_rule.decide(facts, checks)
                ),
            }
            for ticket, facts in zip(self, facts_list, strict=True)
        ]
        # Only code makes decisions; the callers have checked who may ask for one.
        decisions = self.env["aftersales.warranty.decision"].sudo().create(vals_list)
        for ticket, decision in zip(self, decisions, strict=True):
            ticket.sudo().with_context(tracking_disable=True).write(
                {"warranty_decision_id": decision.id}
            )
            if ticket in orders:
                orders[ticket].sudo()._write_guarded(
                    {"warranty_decision_id": decision.id}
                )
        self._ask_approvals()
        self._plan_alerts()
        return decisions.sudo(self.env.su)

    def _get_warranty_checks(self):
        """The checks of the warranty rule, in the order of the handbook.

        May be extended: put further ones before or after, each a function of
        ``WarrantyFacts``, and words for their findings in
        ``aftersales.warranty.decision._get_finding_templates``.
        """
        return warranty_rule.CHECKS

    def _prepare_decision_vals(self, facts, decision):
        """The decision and what it rests on as values of its record."""
        return {
            "result": decision.result,
            "covers_parts": decision.covers_parts,
            "covers_labor": decision.covers_labor,
            "covers_travel": decision.covers_travel,
            "policy_line_id": decision.policy_line_id,
            "start_date": decision.start_date,
            "end_date": decision.end_date,
            "facts": plain(warranty_rule.kept_facts(facts)),
            "share_percent": decision.share_percent,
            "repair_limit_date": decision.repair_limit_date,
            "repair_alarm_date": decision.repair_alarm_date,
            "findings": plain(decision.findings),
        }

    def _prepare_warranty_facts(self, work_orders=None):
        """Facts for ``warranty.decide``, one per request, in constant queries.

        May be extended to replace or enrich facts; keep the order of ``self``.
        """
        # A machine from elsewhere is judged by its whole file, past the border; only
        # dates and the verdict come out.
        tickets = self.sudo()
        orders = {order.ticket_id.id: order for order in (work_orders or ())}
        readings = tickets.unit_id._prepare_readings()
        for order, (meter, reading) in (
            work_orders._prepare_report_readings() if work_orders else {}
        ).items():
            readings[order.unit_id.id].setdefault(meter, []).append(reading)
        law = tickets._prepare_law_facts()
        repairs = tickets._count_repairs(work_orders)
        lines = {
            company: self.env["aftersales.warranty.policy.line"]
            .sudo()
            ._prepare_policy_lines(company)
            for company in tickets.company_id
        }
        return [
            ticket._prepare_ticket_warranty_facts(
                orders.get(ticket.id),
                readings.get(ticket.unit_id.id, {}),
                lines=lines[ticket.company_id],
                repair_count=repairs.get(ticket.id, 0),
                **law[ticket.id],
            )
            for ticket in tickets
        ]

    def action_offer_goodwill(self):
        """Open a goodwill coverage for this request, ready to be explained."""
        self.ensure_one()
        self.check_access("write")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Goodwill"),
            "res_model": "aftersales.warranty.coverage",
            "view_mode": "form",
            "context": {
                "default_kind": "goodwill",
                "default_ticket_id": self.id,
                "default_unit_id": self.unit_id.id,
                "default_component_id": self.component_id.id,
                "default_valid_from": self._get_local_date(self.received_at),
            },
        }

    def _prepare_law_facts(self):
        """{request id: keywords of the facts that the legal clock needs}."""
        goodwill = (
            self.env["aftersales.warranty.coverage"]
            .search([("ticket_id", "in", self.ids), ("state", "=", "granted")])
            .grouped("ticket_id")
        )
        by_unit = {
            company: self.filtered(
                lambda t, own=company: t.company_id == own
            ).unit_id._prepare_law_facts(company)
            for company in self.company_id
        }
        found = {}
        for ticket in self:
            law = dict(by_unit[ticket.company_id].get(ticket.unit_id.id, {}))
            law["coverages"] = (
                *law.get("coverages", ()),
                *(
                    coverage._prepare_coverage_facts()
                    for coverage in goodwill.get(ticket, ())
                ),
            )
            found[ticket.id] = law
        return found

    def _count_repairs(self, work_orders):
        """{request id: earlier repairs of the component that failed}, in one query."""
        components = {
            order.ticket_id.id: order.sudo().component_id for order in work_orders or ()
        }
        done = self.unit_id._get_repairs().grouped(
            lambda order: (order.unit_id, order.component_id)
        )
        counts = {}
        for ticket in self:
            component = components.get(ticket.id) or ticket.component_id
            same = done.get((ticket.unit_id, component), ()) if component else ()
            counts[ticket.id] = len(
                {
                    order.ticket_id.id
                    for order in same
                    if order.ticket_id != ticket and order.done_at <= ticket.received_at
                }
            )
        return counts

    def _prepare_ticket_warranty_facts(self, order, readings, **law):
        self.ensure_one()
        fault_date = self._get_local_date(self.received_at)
        # The meter is read when somebody stands before the machine.
        worked_on = order.sudo()._get_work_day() if order else fault_date
        unit, product = self.unit_id, self.product_id
        component = (order and order.sudo().component_id) or self.component_id
        cause = order.sudo().cause_id if order else component.browse()
        territory = unit.territory_id or self.territory_id
        return warranty_facts.WarrantyFacts(
            serial_code=self._get_serial_code(),
            fault_date=fault_date,
            dates=(unit._prepare_unit_dates() if unit else warranty_facts.UnitDates()),
            usage={
                meter: run
                for meter, series in readings.items()
                if (run := reading_rule.usage_on(series, max(fault_date, worked_on)))
                is not None
            },
            product_id=product.id or None,
            category_path=path_ids(product.categ_id.parent_path),
            territory_path=path_ids(territory.parent_path),
            component_path=component._get_path_ids(),
            component_class=component.component_class or None,
            cause_path=cause._get_path_ids(),
            use_class=unit.use_class or None,
            repair_days=(worked_on - fault_date).days if order else None,
            **law,
        )

    def _prepare_alert_facts(self):
        """The legal limit of the repair warns and escalates, waiting or not."""
        facts = super()._prepare_alert_facts()
        is_repaired = self.service_state in ("to_follow_up", "done")
        if self.closed or is_repaired or not self.repair_limit_date:
            return facts
        return replace(
            facts,
            repair_limit=self._get_moment(self.repair_limit_date, time.max),
            repair_alarm_at=self._get_moment(self.repair_alarm_date, time.min),
        )

    def _get_serial_code(self):
        """Authenticity of the machine this request is about, as the rule names it."""
        self.ensure_one()
        if self.unit_id.void_reason:
            return "void"
        if self.unit_id and (not self.serial_typed or self._is_serial_of_unit()):
            return "mismatch" if self.serial_verdict == "mismatch" else "genuine"
        return self.serial_verdict or "unknown"

    def _get_local_date(self, moment):
        """The day of a moment in the company's time zone."""
        self.ensure_one()
        return self.company_id._get_day(moment)

    def _get_moment(self, day, clock):
        """The naive UTC moment of a clock time on a day in the company's time zone."""
        self.ensure_one()
        return self.company_id._get_moment(day, clock.replace(microsecond=0))

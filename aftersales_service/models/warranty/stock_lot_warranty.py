from odoo import api, fields, models
from odoo.tools import SQL

from ...tools import warranty as warranty_rule
from ...tools import warranty_facts
from ...tools.matching import path_ids


class StockLot(models.Model):
    """How long the whole machine is in warranty, for the person who only asks."""

    _inherit = "stock.lot"

    warranty_end = fields.Date(
        string="Warranty until",
        compute="_compute_warranty_end",
        groups="base.group_user",
        help="Of the whole machine, as its policy stands today and with what was"
        " granted beside it. What a repair costs is decided on the request.",
    )

    coverage_ids = fields.One2many(
        "aftersales.warranty.coverage", "unit_id", groups="base.group_user"
    )

    @api.depends(
        "product_id",
        "production_date",
        "shipping_date",
        "sale_date",
        "installation_date",
        "exchange_date",
        "use_class",
        "territory_id",
        "coverage_ids.state",
        "coverage_ids.valid_to",
    )
    @api.depends_context("company")
    def _compute_warranty_end(self):
        ends = self._get_warranty_ends()
        for unit in self:
            unit.warranty_end = ends.get(unit.id)

    def write(self, vals):
        if "owner_id" in vals:
            moved = self.filtered(
                lambda unit: unit.owner_id and unit.owner_id.id != vals["owner_id"]
            )
            moved._end_personal_coverages()
        return super().write(vals)

    def _end_personal_coverages(self):
        """What was promised to the owner and not to the machine ends with him."""
        # Follows from the change of owner, which the caller may make.
        self.sudo().coverage_ids.filtered(
            lambda coverage: (
                coverage.state == "granted" and not coverage.is_transferable
            )
        )._end(self.env._("The machine has another owner."))

    def _get_warranty_ends(self):
        """Last day in warranty of each whole machine, as things stand today.

        :return: {unit id: day}; machines of which none is known are missing

        Queries do not grow with the number of machines.
        """
        # The policy is public to who may ask about the machine; only a day comes out.
        return self._find_warranty_ends(
            [unit._prepare_machine() for unit in self.sudo()]
        )

    @api.model
    def _find_warranty_ends(self, machines):
        """``_get_warranty_ends`` of what is known about each of these machines.

        :param machines: list of ``tools.warranty_facts.Machine``
        """
        Line = self.env["aftersales.warranty.policy.line"].sudo()
        history = self._prepare_history([machine.unit_id for machine in machines])
        ends = {}
        for machine in machines:
            company = self.env["res.company"].browse(machine.company_id)
            company = company or self.env.company
            law = {
                **history.get(machine.unit_id, {}),
                "holidays": company._prepare_public_holidays(),
                "lines": Line._prepare_policy_lines(company),
            }
            facts = warranty_facts.of_whole_machine(
                machine, company._get_today(), **law
            )
            if end := warranty_rule.find_machine_end(facts):
                ends[machine.unit_id] = end
        return ends

    @api.model
    def _prepare_history(self, ids):
        """``_prepare_law_facts`` of those that were repaired or granted anything.

        Most machines were not: one short question finds out.
        """
        units = self.sudo().browse(ids)
        if not units.ids:
            return {}
        self.env["aftersales.work.order"].flush_model(["unit_id", "state"])
        self.env["aftersales.warranty.coverage"].flush_model(["unit_id", "state"])
        rows = self.env.execute_query(
            SQL(
                """
                SELECT unit_id FROM aftersales_work_order
                 WHERE unit_id = ANY(%(ids)s) AND state = 'done'
                 UNION ALL
                SELECT unit_id FROM aftersales_warranty_coverage
                 WHERE unit_id = ANY(%(ids)s) AND state = 'granted'
                """,
                ids=units.ids,
            )
        )
        found = units.browse({unit_id for (unit_id,) in rows})
        return found._prepare_law_facts(self.env.company) if found else {}

    def _prepare_machine(self):
        """This file for the warranty rule."""
        self.ensure_one()
        return warranty_facts.Machine(
            unit_id=self.id,
            company_id=self.company_id.id or None,
            product_id=self.product_id.id or None,
            category_path=path_ids(self.product_id.categ_id.parent_path),
            territory_path=path_ids(self.territory_id.parent_path),
            use_class=self.use_class or None,
            dates=self._prepare_unit_dates(),
        )

    def _prepare_law_facts(self, company):
        """{unit id: keywords of the warranty facts that the legal clock needs}.

        Stops, public holidays and granted coverages, in constant queries. The caller
        has checked that the machines' files may be looked at.
        """
        units = self.sudo()
        holidays = company._prepare_public_holidays()
        repairs = units._get_repairs().grouped("unit_id")
        granted = (
            units.env["aftersales.warranty.coverage"]
            .search([("unit_id", "in", units.ids), ("state", "=", "granted")])
            .grouped("unit_id")
        )
        return {
            unit.id: {
                "holidays": holidays,
                "stops": tuple(
                    order._prepare_stop() for order in repairs.get(unit, ())
                ),
                "coverages": tuple(
                    coverage._prepare_coverage_facts()
                    for coverage in granted.get(unit, ())
                    if not coverage.ticket_id
                ),
            }
            for unit in units
        }

    def _get_repairs(self):
        """Done work for which these machines stood still, in one query."""
        return self.env["aftersales.work.order"].search(
            [
                ("unit_id", "in", self.ids),
                ("state", "=", "done"),
                ("done_at", "!=", False),
                ("request_type_id.stops_machine", "=", True),
            ]
        )

    def _prepare_unit_dates(self):
        """The days a warranty term may start from."""
        self.ensure_one()
        return warranty_facts.UnitDates(
            exchange=self.exchange_date or None,
            invoice=self.sale_date or None,
            installation=self.installation_date or None,
            shipping=self.shipping_date or None,
            production=self.production_date or None,
        )

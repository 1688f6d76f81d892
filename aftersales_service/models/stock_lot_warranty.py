from odoo import api, fields, models

from ..tools import warranty as warranty_rule
from ..tools import warranty_facts


class StockLot(models.Model):
    """How long the whole machine is in warranty, for the person who only asks."""

    _inherit = "stock.lot"

    warranty_end = fields.Date(
        string="Warranty until",
        compute="_compute_warranty_end",
        groups="base.group_user",
        help="Of the whole machine, as its policy stands today. What a repair costs is"
        " decided on the request.",
    )

    @api.depends(
        "product_id",
        "production_date",
        "shipping_date",
        "sale_date",
        "installation_date",
        "territory_id",
    )
    @api.depends_context("company")
    def _compute_warranty_end(self):
        ends = self._get_warranty_ends()
        for unit in self:
            unit.warranty_end = ends.get(unit.id)

    def _get_warranty_ends(self):
        """Last day in warranty of each whole machine, as its policy stands today.

        :return: {unit id: day}; machines without a policy or start date are missing

        Queries do not grow with the number of machines.
        """
        # The policy is public to who may ask about the machine; only a day comes out.
        units = self.sudo()
        Line = self.env["aftersales.warranty.policy.line"].sudo()
        ends = {}
        for company, same in units.grouped(
            lambda unit: unit.company_id or self.env.company
        ).items():
            lines = Line._prepare_policy_lines(company)
            for unit in same:
                facts = unit._prepare_whole_machine_facts(lines)
                if term := warranty_rule.find_term(facts):
                    ends[unit.id] = term.end
        return ends

    def _prepare_whole_machine_facts(self, lines):
        """Facts for the warranty rule when no fault is known yet."""
        self.ensure_one()
        category_path = self.product_id.categ_id.parent_path or ""
        return warranty_facts.WarrantyFacts(
            serial_code="genuine",
            fault_date=fields.Date.context_today(self),
            dates=self._prepare_unit_dates(),
            product_id=self.product_id.id or None,
            category_path=tuple(map(int, reversed(category_path.split("/")[:-1]))),
            territory_path=(
                self.territory_id._get_path_ids() if self.territory_id else ()
            ),
            lines=lines,
        )

    def _prepare_unit_dates(self):
        """The days a warranty term may start from."""
        self.ensure_one()
        return warranty_facts.UnitDates(
            invoice=self.sale_date or None,
            installation=self.installation_date or None,
            shipping=self.shipping_date or None,
            production=self.production_date or None,
        )

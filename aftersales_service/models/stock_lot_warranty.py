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
        help="Of the whole machine, as its policy stands today and with what was granted"
        " beside it. What a repair costs is decided on the request.",
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
        units = self.sudo()
        Line = self.env["aftersales.warranty.policy.line"].sudo()
        ends = {}
        for company, same in units.grouped(
            lambda unit: unit.company_id or self.env.company
        ).items():
            lines = Line._prepare_policy_lines(company)
            law = same._prepare_law_facts(company)
            for unit in same:
                facts = unit._prepare_whole_machine_facts(lines, **law[unit.id])
                if end := warranty_rule.find_machine_end(facts):
                    ends[unit.id] = end
        return ends

    def _prepare_whole_machine_facts(self, lines, **law):
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
            use_class=self.use_class or None,
            lines=lines,
            **law,
        )

    def _prepare_law_facts(self, company):
        """{unit id: keywords of the warranty facts that the legal clock needs}.

        Stops, public holidays and granted coverages, in constant queries. The caller
        has checked that the machines' files may be looked at.
        """
        units = self.sudo()
        holidays = company.sudo().resource_calendar_id._prepare_public_holidays()
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

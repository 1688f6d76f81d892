from odoo import api, fields, models
from odoo.exceptions import UserError

from ...tools.extended_warranty import extend


class ProductTemplate(models.Model):
    """Extended warranty as something that is sold."""

    _inherit = "product.template"

    extended_warranty_months = fields.Integer(
        string="Extended warranty (months)",
        help="A posted customer invoice of this product gives the machine named on its"
        " line so many further months. 0: no extended warranty.",
    )

    _extended_warranty_positive = models.Constraint(
        "CHECK(extended_warranty_months >= 0)",
        "The months of an extended warranty cannot be negative.",
    )


class AccountMoveLine(models.Model):
    """The machine a customer buys a warranty for."""

    _inherit = "account.move.line"

    unit_id = fields.Many2one(
        "stock.lot",
        string="Machine",
        index="btree_not_null",
        groups="base.group_user",
        help="The machine an extended warranty is sold for.",
    )
    extended_warranty_months = fields.Integer(
        related="product_id.extended_warranty_months", groups="base.group_user"
    )

    def _sells_warranty(self):
        """Whether this line sells, or takes back, an extended warranty."""
        self.ensure_one()
        return self.display_type == "product" and bool(self.extended_warranty_months)

    def _prepare_warranty_vals(self, current_end):
        """Values of the coverage this line sells."""
        self.ensure_one()
        term = extend(
            self.move_id.invoice_date, current_end, self.extended_warranty_months
        )
        return {
            "kind": "extended",
            "unit_id": self.unit_id.id,
            "company_id": self.company_id.id,
            "valid_from": term.first,
            "valid_to": term.last,
            "reference": self.move_id.name,
            "invoice_line_id": self.id,
        }


class AccountMove(models.Model):
    """A posted customer invoice grants the warranty it sells, undone it ends it."""

    _inherit = "account.move"

    sells_warranty = fields.Boolean(
        compute="_compute_sells_warranty", groups="base.group_user"
    )

    @api.depends("invoice_line_ids.extended_warranty_months")
    def _compute_sells_warranty(self):
        for move in self:
            months = move.invoice_line_ids.mapped("extended_warranty_months")
            move.sells_warranty = any(months)

    def _post(self, soft=True):
        self._check_warranty_lines()
        posted = super()._post(soft=soft)
        posted._grant_warranties()
        posted._take_back_warranties()
        return posted

    def button_draft(self):
        result = super().button_draft()
        self._end_warranties(self.env._("The invoice was taken back."))
        return result

    def button_cancel(self):
        result = super().button_cancel()
        self._end_warranties(self.env._("The invoice was cancelled."))
        return result

    def _get_warranty_lines(self, move_type):
        """Lines of these moves that sell a warranty, or take one back."""
        moves = self.filtered(lambda move: move.move_type == move_type)
        return moves.invoice_line_ids.filtered(lambda line: line._sells_warranty())

    def _check_warranty_lines(self):
        """Raise where a line that sells a warranty does not name one machine."""
        for line in self._get_warranty_lines("out_invoice"):
            if not line.unit_id or line.quantity != 1:
                raise UserError(
                    self.env._(
                        "Name the machine “%(product)s” is sold for: one line and the"
                        " quantity 1 for each machine.",
                        product=line.name or line.product_id.display_name,
                    )
                )

    def _grant_warranties(self):
        """What is posted is promised; months sold together follow each other."""
        # Posting was the check: whoever may post an invoice sells what is on it.
        lines = self._get_warranty_lines("out_invoice").sudo()
        if not lines:
            return
        ends = lines.unit_id._get_warranty_ends()
        vals_list = []
        for line in lines.sorted("id"):
            vals = line._prepare_warranty_vals(ends.get(line.unit_id.id))
            ends[line.unit_id.id] = vals["valid_to"]
            vals_list.append(vals)
        self.env["aftersales.warranty.coverage"].sudo().create(vals_list)._grant()

    def _take_back_warranties(self):
        """A posted credit note ends what the invoice it reverses had granted."""
        for move in self.filtered("reversed_entry_id"):
            units = move._get_warranty_lines("out_refund").unit_id
            if units:
                move.reversed_entry_id._end_warranties(
                    self.env._("Credit note %(number)s.", number=move.name), units
                )

    def _end_warranties(self, reason, units=None):
        """End the warranties these moves have granted (of ``units``)."""
        # Follows from what accounting does with the invoice.
        coverages = (
            self.env["aftersales.warranty.coverage"]
            .sudo()
            .search(
                [
                    ("invoice_line_id.move_id", "in", self.ids),
                    ("state", "=", "granted"),
                ]
            )
        )
        if units is not None:
            coverages = coverages.filtered(lambda row: row.unit_id in units)
        coverages._end(reason)


class AftersalesWarrantyCoverage(models.Model):
    """The invoice line an extended warranty was sold with."""

    _inherit = "aftersales.warranty.coverage"

    invoice_line_id = fields.Many2one(
        "account.move.line",
        string="Sold with",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        groups="account.group_account_readonly,account.group_account_invoice",
    )

    _invoice_line_once = models.UniqueIndex(
        "(invoice_line_id) WHERE invoice_line_id IS NOT NULL AND state = 'granted'",
        "This invoice line has granted its warranty already.",
    )

    def _get_promise_fields(self):
        return super()._get_promise_fields() | {"invoice_line_id"}

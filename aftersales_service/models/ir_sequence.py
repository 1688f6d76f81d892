from odoo import api, models
from odoo.tools import SQL


class IrSequence(models.Model):
    """Numbers in batches."""

    _inherit = "ir.sequence"

    @api.model
    def _next_numbers(self, code, count):
        """The next ``count`` numbers of a sequence in one query.

        :raise ValueError: no sequence has this code or it is not a standard one
        """
        # Numbers are given to whoever may create the record that asks.
        sequence = self.sudo().search(
            [("code", "=", code), ("company_id", "in", [self.env.company.id, False])],
            order="company_id",
            limit=1,
        )
        if (
            not sequence
            or sequence.implementation != "standard"
            or sequence.use_date_range
        ):
            raise ValueError(f"no standard sequence {code!r}")
        rows = self.env.execute_query(
            SQL(
                "SELECT nextval(%s) FROM generate_series(1, %s)",
                f"ir_sequence_{sequence.id:03d}",
                count,
            )
        )
        return [sequence.get_next_char(number) for (number,) in rows]

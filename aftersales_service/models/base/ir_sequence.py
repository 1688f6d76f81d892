from odoo import api, models, tools
from odoo.tools import SQL


class IrSequence(models.Model):
    """Numbers in batches."""

    _name = "ir.sequence"
    _inherit = ["ir.sequence", "aftersales.cached.mixin"]

    @api.model
    def _next_numbers(self, code, count):
        """The next ``count`` numbers of a sequence in one query.

        :raise ValueError: no sequence has this code or it is not a standard one
        """
        sequence_id, pattern = self._get_standard(code, self.env.company.id)
        rows = self.env.execute_query(
            SQL(
                "SELECT nextval(%s) FROM generate_series(1, %s)",
                f"ir_sequence_{sequence_id:03d}",
                count,
            )
        )
        if pattern:
            return [pattern % number for (number,) in rows]
        # Numbers are given to whoever may create the record that asks.
        sequence = self.sudo().browse(sequence_id)
        return [sequence.get_next_char(number) for (number,) in rows]

    @api.model
    @tools.ormcache("code", "company_id")
    def _get_standard(self, code, company_id):
        """Id and pattern of the sequence that counts in PostgreSQL; kept.

        The pattern is None where the day is part of the number.
        """
        # Numbers are given to whoever may create the record that asks.
        sequence = self.sudo().search(
            [("code", "=", code), ("company_id", "in", [company_id, False])],
            order="company_id",
            limit=1,
        )
        if (
            not sequence
            or sequence.implementation != "standard"
            or sequence.use_date_range
        ):
            raise ValueError(f"no standard sequence {code!r}")
        around = (sequence.prefix or "", sequence.suffix or "")
        has_date = "%" in "".join(around)
        pattern = f"%0{sequence.padding}d".join(around)
        return sequence.id, None if has_date else pattern

from odoo import api, models


class MailFollowers(models.Model):
    """Who follows a record is told to who may read the record.

    Core tells names and addresses of all followers to every employee.
    """

    _inherit = "mail.followers"

    @api.model
    def _search(
        self, domain, offset=0, limit=None, order=None, *, bypass_access=False, **kwargs
    ):
        query = super()._search(
            domain, offset, limit, order, bypass_access=bypass_access, **kwargs
        )
        if self.env.su or bypass_access:
            return query
        # As core does with activities: a page may hold less than its limit.
        return self.browse(query)._filter_told()._as_query(order)

    def _check_access(self, operation):
        result = super()._check_access(operation)
        if self.env.su or not self.ids:
            return result
        told = self - result[0] if result else self
        forbidden = self - told._filter_told()
        if not forbidden:
            return None
        rules = self.env["ir.rule"]
        return forbidden, lambda: rules._make_access_error(operation, forbidden)

    def _filter_told(self):
        """Those of records that the user may read."""
        told = self.browse()
        # Which record is followed only; it is asked next.
        for model, rows in self.sudo().grouped("res_model").items():
            if model not in self.env:
                continue
            records = self.env[model].browse(set(rows.mapped("res_id"))).exists()
            readable = set(records._filtered_access("read").ids)
            told += rows.filtered(lambda row, ids=readable: row.res_id in ids)
        return self & told.with_env(self.env)

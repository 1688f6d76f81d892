from odoo import fields, models
from odoo.fields import Domain
from odoo.tools import SQL


class AftersalesFiguresMixin(models.AbstractModel):
    """Figures about one subject: a view of the database, read under the border.

    How to use: inherit, set ``_auto = False``, ``_log_access = True`` and ``_rec_name``
    to the record a row tells about, declare dimensions and measures, and give
    ``_table_query``. A measure means something when it is added up or averaged; a share
    is 0 or 100, or empty where nothing can be said yet, so that its average is a
    percentage.

    How it works: no sub-select, no window and joins by primary key only, so that the
    database reads of a view no more than what is asked for.
    """

    _name = "aftersales.figures.mixin"
    _description = "Figures"

    company_id = fields.Many2one("res.company", readonly=True)
    territory_id = fields.Many2one("aftersales.territory", readonly=True)

    def _get_choices(self, model, name):
        """The choices of a field that a row takes over from what it tells about."""
        return self.env[model]._fields[name]._description_selection(self.env)

    def action_open_record(self):
        """Open what this row tells about."""
        self.ensure_one()
        return self[self._rec_name].get_formview_action()

    def _get_day_end(self, day, company):
        """The moment a day is over where the company works, naive UTC, as SQL.

        :param SQL day: a date
        :param SQL company: the id of the company whose day it is
        """
        zone = self._get_zone(company)
        return SQL("(%s + 1)::timestamp AT TIME ZONE %s AT TIME ZONE 'UTC'", day, zone)

    def _get_zone(self, company):
        """The time zone a company works in, as SQL.

        :param SQL company: the id of the company
        """
        # Where a company works is no secret.
        companies = self.env["res.company"].sudo().search(Domain.TRUE)
        zones = {item.id: str(item._get_service_zone()) for item in companies}
        zone = SQL("%s", zones[companies[:1].id])
        if len(set(zones.values())) > 1:
            cases = [SQL("WHEN %s THEN %s", *item) for item in zones.items()]
            zone = SQL("CASE %s %s END", company, SQL(" ").join(cases))
        return zone

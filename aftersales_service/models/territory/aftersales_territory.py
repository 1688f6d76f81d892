from odoo import api, fields, models, tools
from odoo.exceptions import ValidationError

from ...tools.matching import path_ids


class AftersalesTerritory(models.Model):
    """A service region: the border of what its staff see, and the areas it covers."""

    _name = "aftersales.territory"
    _description = "Territory"
    _parent_store = True
    _order = "parent_path, sequence, name"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(help="Short code of the office, printed on documents.")
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one("res.company", index=True)
    parent_id = fields.Many2one(
        "aftersales.territory",
        string="Part of",
        index=True,
        ondelete="restrict",
        help="Staff of a territory also see the territories that are part of it.",
    )
    parent_path = fields.Char(index=True)
    child_ids = fields.One2many(
        "aftersales.territory", "parent_id", string="Territories below"
    )
    office_partner_id = fields.Many2one(
        "res.partner", string="Office", help="Name and address of the regional office."
    )
    manager_id = fields.Many2one(
        "res.users", string="Office manager", domain="[('share', '=', False)]"
    )
    staff_ids = fields.Many2many(
        "res.users",
        "aftersales_territory_staff_rel",
        "territory_id",
        "user_id",
        domain="[('share', '=', False)]",
        help="Agents and office staff who work in this territory and all its parts.",
    )
    access_user_ids = fields.Many2many(
        "res.users",
        string="Who works here",
        compute="_compute_access_user_ids",
        recursive=True,
        help="Staff of this territory and of those it is part of.",
    )
    area_ids = fields.One2many(
        "aftersales.territory.area", "territory_id", string="Areas"
    )

    _code_uniq = models.UniqueIndex("(company_id, code) WHERE code IS NOT NULL")

    @api.depends("staff_ids", "parent_id.access_user_ids")
    def _compute_access_user_ids(self):
        for territory in self:
            territory.access_user_ids = (
                territory.staff_ids | territory.parent_id.access_user_ids
            )

    @api.constrains("parent_id")
    def _check_parent_id(self):
        if self._has_cycle():
            raise ValidationError(self.env._("A territory cannot be part of itself."))

    @api.model_create_multi
    def create(self, vals_list):
        territories = super().create(vals_list)
        self.env.registry.clear_cache()
        return territories

    def write(self, vals):
        result = super().write(vals)
        if vals.keys() & {"staff_ids", "parent_id", "active", "company_id", "sequence"}:
            # What a user may see is cached with the record rules; so is the root.
            self.env.registry.clear_cache()
        return result

    def unlink(self):
        result = super().unlink()
        self.env.registry.clear_cache()
        return result

    @api.model
    def _get_root(self):
        """The territory that everything else is part of, for the current company."""
        return self.sudo().browse(self._get_root_ids(self.env.company.id))

    @api.model
    @tools.ormcache("company_id")
    def _get_root_ids(self, company_id):
        return (
            self.sudo()
            .search(
                [
                    ("parent_id", "=", False),
                    ("company_id", "in", [False, company_id]),
                ],
                order="company_id, sequence, id",
                limit=1,
            )
            ._ids
        )

    def _get_responsible(self):
        """Who is asked about something here: the manager, else the office's first."""
        self.ensure_one()
        return (
            self.manager_id
            or self.access_user_ids.filtered(
                lambda user: user.has_group(
                    "aftersales_service.group_aftersales_office"
                )
            ).sorted("id")[:1]
        )

    @tools.ormcache("self.id")
    def _get_path_ids(self):
        """Ids from this territory up to the root; kept."""
        self.ensure_one()
        # Bare ids.
        return path_ids(self.sudo().parent_path)

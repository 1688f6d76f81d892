from odoo import api, fields, models, tools
from odoo.fields import Domain


class ResUsers(models.Model):
    """Staff of territories, and the border that follows from it."""

    _inherit = "res.users"

    territory_ids = fields.Many2many(
        "aftersales.territory",
        "aftersales_territory_staff_rel",
        "user_id",
        "territory_id",
        string="Territories",
        groups="base.group_user",
        help="Where this user works; their parts are seen too.",
    )
    phone_extension = fields.Char(
        groups="base.group_user",
        copy=False,
        help="At which extension of the telephone system this user answers: there the"
        " caller's card is shown.",
    )

    _phone_extension_uniq = models.UniqueIndex(
        "(company_id, phone_extension) WHERE phone_extension != ''",
        "Another user has this extension.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        users = super().create(vals_list)
        if any("territory_ids" in vals for vals in vals_list):
            self.env.registry.clear_cache()
        return users

    def write(self, vals):
        result = super().write(vals)
        if "territory_ids" in vals:
            self.env.registry.clear_cache()
        return result

    def _is_territory_bound(self):
        """Whether the border binds this user: agent or office without headquarters."""
        self.ensure_one()
        return self.has_group("aftersales_service.group_aftersales_agent") and (
            not self.has_group("aftersales_service.group_aftersales_headquarters")
        )

    @tools.ormcache("self.id")
    def _get_territory_ids(self):
        """Ids of the territories this user works in and of all their parts.

        Cached in the registry; whoever changes staff or tree clears the cache,
        and so do all other processes at their next request.
        """
        self.ensure_one()
        # The question is about the user himself and answers with bare ids.
        territories = self.sudo().territory_ids
        return tuple(
            territories.search([("id", "child_of", territories.ids)]).ids
            if territories
            else ()
        )

    def _get_border_domain(self, *paths, unassigned=False):
        """Domain of the record rules: what lies in this user's territories.

        :param paths: field paths to a territory, any of which opens the record
        :param unassigned: records without a home territory stay visible
        """
        if not self._is_territory_bound():
            return Domain.TRUE
        ids = self._get_territory_ids()
        domain = Domain.OR(Domain(path, "in", ids) for path in paths)
        return domain | Domain(paths[0], "=", False) if unassigned else domain

    @tools.ormcache("self.id")
    def _get_ordered_company_ids(self):
        """Ids of this user's companies, his own first; kept."""
        self.ensure_one()
        own = self.sudo().company_id.id
        return [own, *(i for i in self._get_company_ids() if i != own)]

    @api.model
    def _get_default_territory(self):
        """Home of what this user creates without an address: his own, else the root."""
        user = self or self.env.user
        territories = self.env["aftersales.territory"]
        # Bare id of the user's own territory, needed before any rule looks.
        own = territories.sudo().browse(user._get_own_territory_ids()[:1])
        return own or territories._get_root()

    @tools.ormcache("self.id")
    def _get_own_territory_ids(self):
        """Ids of the territories this user was given; kept."""
        self.ensure_one()
        return self.sudo().territory_ids._ids

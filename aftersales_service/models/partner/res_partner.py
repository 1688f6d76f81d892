import re

from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.phone_validation.models.mail_thread_phone import PHONE_REGEX_PATTERN

from ..base.aftersales_search import PARTNER_NAME, PARTNER_PHONE, PARTNER_TEXT


class ResPartner(models.Model):
    """Role in after-sales service and home territory of a partner."""

    _inherit = "res.partner"

    aftersales_role = fields.Selection(
        [
            ("contact", "Contact"),
            ("customer", "Customer"),
            ("shop", "Shop"),
            ("dealer", "Dealer"),
            ("station", "Service station"),
        ],
        required=True,
        default="contact",
        index="btree_not_null",
        groups="base.group_user",
        help="Every role but Contact belongs to a territory and is seen only there.",
    )
    territory_id = fields.Many2one(
        "aftersales.territory",
        compute="_compute_territory_id",
        store=True,
        readonly=False,
        recursive=True,
        precompute=True,
        index="btree_not_null",
        ondelete="restrict",
        groups="base.group_user",
        help="From the address, else the creating user's, else the root. A contact of"
        " a station or customer belongs where that one does.",
    )
    visiting_territory_ids = fields.Many2many(
        "aftersales.territory",
        "aftersales_partner_visiting_rel",
        "partner_id",
        "territory_id",
        string="Also seen in",
        copy=False,
        groups="base.group_user",
        help="Territories that work with this partner though it belongs elsewhere:"
        " those a station covers, those of a customer's recent requests.",
    )
    owned_unit_ids = fields.One2many("stock.lot", "owner_id", groups="base.group_user")

    _role_has_territory = models.Constraint(
        "CHECK(aftersales_role = 'contact' OR territory_id IS NOT NULL)",
        "A customer, shop, dealer or station needs a territory.",
    )
    # The search box: exact and beginning, the end of a phone, words anywhere.
    _search_name_idx = models.Index(f"(({PARTNER_NAME}) text_pattern_ops)")
    _search_phone_idx = models.Index(
        f"(({PARTNER_PHONE}) text_pattern_ops) WHERE phone IS NOT NULL"
    )
    _search_text_idx = models.Index(
        lambda registry: (
            f"USING gin (({PARTNER_TEXT}) gin_trgm_ops)" if registry.has_trigram else ""
        )
    )

    @api.depends(
        "aftersales_role",
        "parent_id.territory_id",
        "country_id",
        "state_id",
        "city_id",
        "zip",
    )
    def _compute_territory_id(self):
        placed = self.filtered(lambda partner: partner.aftersales_role != "contact")
        territories = self.env["aftersales.territory.area"]._match_addresses(
            [partner._prepare_area_address() for partner in placed]
        )
        default = self.env.user._get_default_territory() if placed else None
        for partner, territory in zip(placed, territories, strict=True):
            partner.territory_id = (
                territory
                or partner.parent_id.territory_id
                or partner.territory_id
                or default
            )
        for partner in self - placed:
            partner.territory_id = partner.parent_id.territory_id

    def _compute_helpdesk_ticket_count(self):
        # Core searches by the id of each record, which a new one has none of.
        saved = self._origin
        super(ResPartner, saved)._compute_helpdesk_ticket_count()
        for partner in self - saved:
            known = partner._origin
            partner.helpdesk_ticket_count = known.helpdesk_ticket_count
            partner.helpdesk_ticket_active_count = known.helpdesk_ticket_active_count
            partner.helpdesk_ticket_count_string = (
                known.helpdesk_ticket_count_string or "0 / 0"
            )

    def _prepare_area_address(self):
        """Address facts for ``aftersales.territory.area._match_addresses``."""
        self.ensure_one()
        country = (
            self.country_id or self.state_id.country_id or self.env.company.country_id
        )
        return {
            "country_id": country.id,
            "province_id": self.state_id.id or None,
            "city_id": self.city_id.id or None,
            "postcode": self.zip or None,
        }

    @api.model
    def _find_customer(self, name, phone):
        """The customer of this name and phone, as a station or dealer typed them.

        See `_find_customers`; empty where none is known.
        """
        return self._find_customers([(name, phone)])[name, phone]

    @api.model
    def _find_customers(self, told):
        """{(name, phone) as typed: the customer, empty where none is known}, in one go.

        Both must fit: whoever types a stranger's number must not come upon his file.
        Called with ``sudo()``.

        :raise UserError: what was typed is too short for a phone number
        """
        asked = [(name, phone) for name, phone in told if name and phone]
        shortest = self._phone_search_min_length
        if any(len(phone.strip()) < shortest for _name, phone in asked):
            raise UserError(self.env._("Enter the whole phone number."))
        found = self.search_fetch(
            [
                ("name", "in", [name for name, _phone in asked]),
                ("phone", "!=", False),
                ("aftersales_role", "=", "customer"),
                ("company_id", "in", [False, self.env.company.id]),
            ],
            ["name", "phone"],
        )
        known = {}
        for partner in found:
            known.setdefault((partner.name, _get_phone_key(partner.phone)), partner)
        return {
            (name, phone): known.get((name, _get_phone_key(phone)), self.browse())
            for name, phone in told
        }

    def _get_service_station(self):
        """The station this partner is or works for, else an empty record.

        Used by the portal to know who is asking; callers check nothing else.
        """
        self.ensure_one()
        # Only the own company of the partner is looked at.
        station = self.sudo().commercial_partner_id
        return station if station.aftersales_role == "station" else station.browse()


def _get_phone_key(phone):
    """A number as `phone_mobile_search` compares it: + and 00 mean the same."""
    digits = re.sub(PHONE_REGEX_PATTERN, "", phone or "")
    return f"00{digits[1:]}" if digits.startswith("+") else digits

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import plaintext2html

SHOP_ROLES = ("shop", "dealer")


class AftersalesWorkOrder(models.Model):
    """Registering an installation: request and work order, reported in one go."""

    _inherit = "aftersales.work.order"

    @api.model
    def _register_installation(self, vals):
        """A station tells what it installed; its work order comes out as reported.

        :param vals: dict of
            ``station``: the partner who installed,
            ``unit``: the machine, which nobody has installed yet,
            ``customer``: dict of name and phone,
            ``site``: values of ``aftersales.site.mixin``,
            ``shop``: where it was bought, as typed, or nothing,
            ``report``: values for ``_save_report`` (day, reading, ...),
            ``photos``: values for ``_add_photos``, or nothing
        :return: the work order, done unless the request type asks for approval
        :raise ReportError: evidence is missing
        :raise UserError: the machine is installed already

        Called with ``sudo()``; the controller has checked who asks.
        """
        unit = vals["unit"]
        unit._check_installable()
        ticket = self.env["helpdesk.ticket"].create(
            self._prepare_installation_ticket_vals(vals)
        )
        now = fields.Datetime.now()
        order = (
            self._unguarded()
            .create(
                {
                    "ticket_id": ticket.id,
                    "station_id": vals["station"].id,
                    "accepted_at": now,
                }
            )
            ._guarded_again()
        )
        order._save_report(vals["report"])
        order._add_photos(vals.get("photos") or [])
        order._submit_report()
        return order

    def _prepare_installation_ticket_vals(self, vals):
        """The request of an installation that is done already. May be extended."""
        unit, site, shop = vals["unit"], vals["site"], vals.get("shop") or ""
        customer = self._find_or_create_installed_customer(vals)
        request_type = self._get_installation_type()
        place = self._find_shop(shop)
        if place and not unit.purchase_place_id:
            unit.purchase_place_id = place
        text = self.env._("Registered by %(station)s.", station=vals["station"].name)
        if shop and not place:
            text += "\n" + self.env._("Bought at: %(shop)s", shop=shop)
        if unit.owner_id and unit.owner_id != customer:
            text += "\n" + self.env._(
                "The machine's file names another owner. Please check."
            )
        return {
            "name": f"{request_type.name} {unit.product_id.name}",
            "description": plaintext2html(text),
            "fault_text": text,
            "request_type_id": request_type.id,
            "unit_id": unit.id,
            "product_id": unit.product_id.id,
            "partner_id": customer.id,
            "contact_phone": vals["customer"]["phone"],
            "territory_id": self._get_place_territory(vals).id,
            **site,
        }

    def _get_installation_type(self):
        kinds = self.env["aftersales.request.type"].search(
            [
                ("is_installation", "=", True),
                ("company_id", "in", [False, self.env.company.id]),
            ],
            limit=1,
        )
        if not kinds:
            raise UserError(self.env._("Installations cannot be registered here."))
        return kinds

    def _get_place_territory(self, vals):
        """Territory of the typed place, else the station's own."""
        site = self.env["helpdesk.ticket"].new(vals["site"])
        (found,) = self.env["aftersales.territory.area"]._match_addresses(
            [site._prepare_site_address()]
        )
        return found or vals["station"].territory_id

    def _find_or_create_installed_customer(self, vals):
        """The customer who was typed, or a new one where the machine stands."""
        customer, site = vals["customer"], vals["site"]
        Partner = self.env["res.partner"]
        if known := Partner._find_customer(customer["name"], customer["phone"]):
            return known
        city = self.env["res.city"].browse(site.get("site_city_id"))
        state = city.state_id or self.env["res.country.state"].browse(
            site.get("site_state_id")
        )
        country = state.country_id or self.env.company.country_id
        return Partner.create(
            {
                "name": customer["name"],
                "phone": customer["phone"],
                "aftersales_role": "customer",
                "street": site.get("site_street"),
                "zip": site.get("site_zip"),
                "city_id": city.id,
                "city": city.name,
                "state_id": state.id,
                "country_id": country.id,
                "territory_id": self._get_place_territory(vals).id,
                "company_id": self.env.company.id,
            }
        )

    def _find_shop(self, text):
        """The one shop or dealer of exactly this name, else nothing."""
        if not text:
            return self.env["res.partner"]
        found = self.env["res.partner"].search(
            [
                ("name", "=", text),
                ("aftersales_role", "in", SHOP_ROLES),
                ("company_id", "in", [False, self.env.company.id]),
            ],
            limit=2,
        )
        return found if len(found) == 1 else found.browse()


class StockLot(models.Model):
    """A machine is installed once."""

    _inherit = "stock.lot"

    def _check_installable(self):
        """Raise when the machine is installed or its installation is reported.

        Two stations that register one machine at the same moment both change its
        row: the later one starts again, on what the first has written.
        """
        self.ensure_one()
        self._hold_row()
        reported = self.work_order_ids.filtered(
            lambda order: order._is_live() and order.request_type_id.is_installation
        )
        if self.installation_date or reported:
            raise UserError(
                self.env._(
                    "%(serial)s is installed already or its installation is being"
                    " worked on.",
                    serial=self.name,
                )
            )

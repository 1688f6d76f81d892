from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_list

from ...tools import geo
from ...tools import radar as radar_rule

# What a later step may add to a logged query: the request it led to, and where.
_LINKABLE = {"ticket_id", "territory_id"}


class AftersalesSerialCheck(models.Model):
    """One query "is this serial genuine?", whoever asked; never changed afterwards.

    It answers past the border on purpose, so it holds all that may be told there:
    verdict, model, dates, warranty; never owner or address.
    """

    _name = "aftersales.serial.check"
    _description = "Authenticity check"
    _inherit = ["aftersales.territory.mixin"]
    _order = "id desc"
    _rec_name = "typed_serial"

    typed_serial = fields.Char(string="Serial as typed", required=True, readonly=True)
    serial_key = fields.Char(readonly=True)
    serial_search = fields.Char(
        string="Serial number",
        compute="_compute_serial_search",
        search="_search_serial_search",
    )
    verdict = fields.Selection(
        [
            ("genuine", "Genuine"),
            ("unknown", "Unknown serial"),
            ("ambiguous", "Several models have it"),
            ("mismatch", "Model or buyer differs"),
            ("void", "Scrapped or stolen"),
        ],
        required=True,
        readonly=True,
    )
    is_suspect = fields.Boolean(
        string="Counterfeit suspect", readonly=True, help="Unknown or void serial."
    )
    reasons = fields.Json(readonly=True)
    answer = fields.Text(compute="_compute_answer", help="The verdict in plain words.")
    channel = fields.Selection(
        [
            ("office", "Office"),
            ("station", "Station"),
            ("portal", "Customer portal"),
            ("public", "Public page"),
            ("import", "Import"),
        ],
        required=True,
        default="office",
        readonly=True,
    )
    unit_id = fields.Many2one(
        "stock.lot", string="Machine", readonly=True, index="btree_not_null"
    )
    can_open_unit = fields.Boolean(compute="_compute_can_open_unit")
    product_id = fields.Many2one("product.product", string="Model", readonly=True)
    production_date = fields.Date(string="Produced on", readonly=True)
    sale_date = fields.Date(string="Sold on", readonly=True)
    installation_date = fields.Date(string="Installed on", readonly=True)
    warranty_end = fields.Date(
        string="Warranty until",
        readonly=True,
        help="Of the whole machine, as the policy stood when the question was asked.",
    )
    ticket_id = fields.Many2one(
        "helpdesk.ticket", string="Request", readonly=True, index="btree_not_null"
    )
    partner_id = fields.Many2one(
        "res.partner",
        string="Buyer as told",
        readonly=True,
        help="Who bought the machine, by the words of who asked.",
    )
    city_id = fields.Many2one(
        "res.city",
        string="Asked in",
        readonly=True,
        groups="base.group_user",
        help="Where who asked is at home; a request's own place counts first.",
    )
    latitude = fields.Float(digits=(4, 1), readonly=True, groups="base.group_user")
    longitude = fields.Float(digits=(4, 1), readonly=True, groups="base.group_user")
    case_ids = fields.Many2many(
        "aftersales.counterfeit.case",
        "aftersales_counterfeit_check_rel",
        "check_id",
        "case_id",
        string="Counterfeit cases",
        groups="base.group_user",
    )
    user_id = fields.Many2one(
        "res.users",
        string="Asked by",
        readonly=True,
        default=lambda self: self.env.user,
    )
    company_id = fields.Many2one(
        "res.company", readonly=True, default=lambda self: self.env.company, index=True
    )

    _serial_key_idx = models.Index("(serial_key varchar_pattern_ops)")
    # The list of a day and the trend of suspects.
    _day_idx = models.Index("(create_date)")

    def _compute_serial_search(self):
        self.serial_search = False

    def _search_serial_search(self, operator, value):
        return self.env["stock.lot"]._search_serial_search(operator, value)

    @api.depends("verdict", "reasons", "product_id")
    @api.depends_context("lang")
    def _compute_answer(self):
        for check in self:
            check.answer = check._get_answer()

    def _get_answer(self):
        """The verdict as the sentence an agent can read out. May be extended."""
        self.ensure_one()
        if self.verdict == "genuine":
            return self.env._("Genuine: this machine is registered.")
        if self.verdict == "ambiguous":
            return self._get_ambiguous_answer()
        if self.verdict == "mismatch":
            return self._get_mismatch_answer()
        return self._get_suspect_answer()

    def _get_suspect_answer(self):
        """What is said of an unknown or void serial, by its reason."""
        reasons = self.reasons or {}
        answers = {
            "empty": self.env._("Type the serial number as it is on the nameplate."),
            "format": self._get_format_answer(reasons.get("examples")),
            "check_digit": self.env._(
                "The check digit of this serial number is wrong. Read the nameplate"
                " again. If it is so, this is a counterfeit suspect: service is"
                " chargeable."
            ),
            "scrapped": self.env._(
                "This machine was scrapped. Counterfeit suspect: service is chargeable."
            ),
            "stolen": self.env._(
                "This machine was reported stolen. Counterfeit suspect: service is"
                " chargeable."
            ),
            "copied": self.env._(
                "This serial number was copied by counterfeiters. Counterfeit suspect:"
                " service is chargeable."
            ),
        }
        return answers.get(reasons.get("reason")) or self.env._(
            "No machine has this serial number. Read the nameplate again. If it is so,"
            " this is a counterfeit suspect: service is chargeable."
        )

    def _get_format_answer(self, examples):
        if not examples:
            return self.env._(
                "Our serial numbers do not look like this. Read the nameplate again."
                " If it is so, this is a counterfeit suspect: service is chargeable."
            )
        if self.product_id:
            return self.env._(
                "Serial numbers of this model look like %(examples)s. Read the"
                " nameplate again. If it is so, this is a counterfeit suspect: service"
                " is chargeable.",
                examples=format_list(self.env, examples, "or"),
            )
        return self.env._(
            "Our serial numbers look like %(examples)s. Read the nameplate again. If it"
            " is so, this is a counterfeit suspect: service is chargeable.",
            examples=format_list(self.env, examples, "or"),
        )

    def _get_ambiguous_answer(self):
        ids = (self.reasons or {}).get("product_ids", [])
        # Names of models are no secret; the log keeps their ids.
        products = self.env["product.product"].sudo().browse(ids).exists()
        return self.env._(
            "More than one machine has this serial number: %(models)s. Ask for the"
            " model and check again.",
            models=format_list(self.env, products.mapped("display_name")) or "-",
        )

    def _get_mismatch_answer(self):
        differing = (self.reasons or {}).get("fields", [])
        if "product" not in differing:
            return self.env._(
                "Registered, but to another buyer. Ask where the machine was bought."
            )
        model = self.product_id.display_name or "-"
        if "buyer" not in differing:
            return self.env._(
                "Registered, but as another model: %(model)s.", model=model
            )
        return self.env._(
            "Registered, but as another model (%(model)s) and to another buyer.",
            model=model,
        )

    @api.depends("unit_id")
    @api.depends_context("uid")
    def _compute_can_open_unit(self):
        visible = self.unit_id._filtered_access("read")
        for check in self:
            check.can_open_unit = check.unit_id in visible

    def write(self, vals):
        if not self.env.su or vals.keys() - _LINKABLE:
            raise UserError(
                self.env._("Authenticity checks are a log and stay as they are.")
            )
        return super().write(vals)

    def action_open_unit(self):
        """Open the machine's file; the border decides."""
        self.ensure_one()
        return self.unit_id.get_formview_action()

    def action_new_request(self):
        """Open a new request with what was asked."""
        self.ensure_one()
        context = {
            "default_serial_typed": self.typed_serial,
            "default_product_id": self.product_id.id,
            "default_partner_id": self.partner_id.id,
        }
        if self.can_open_unit:
            context["default_unit_id"] = self.unit_id.id
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("New request"),
            "res_model": "helpdesk.ticket",
            "view_mode": "form",
            "context": context,
        }

    @api.model
    def _prepare_log_vals(self, queries, facts, verdicts, files, channel):
        """One row per query, in the same order.

        :param files: ``stock.lot._read_files`` of the queries
        """
        # The public is told nothing of a void unit, in no more time than of an unknown.
        is_public = channel == "public"
        ids = {
            verdict.unit_id
            for verdict in verdicts
            if not (is_public and verdict.is_counterfeit_suspect)
        } - {None}
        dates = self.env["stock.lot"]._prepare_check_dates([files[i] for i in ids])
        shared = {
            "channel": channel,
            "user_id": self.env.uid,
            "company_id": self.env.company.id,
            **self._get_asker_place(),
        }
        return [
            {
                **shared,
                **query.get("place", {}),
                **dates.get(verdict.unit_id, {}),
                "typed_serial": (query["text"] or "")[:64] or "-",
                "serial_key": fact.key,
                "verdict": verdict.code,
                "is_suspect": verdict.is_counterfeit_suspect,
                "reasons": verdict.params,
                "unit_id": verdict.unit_id,
                "product_id": self._get_product_id(query, fact, verdict),
                "ticket_id": query.get("ticket_id"),
                "partner_id": query.get("partner_id"),
                "territory_id": query.get("territory_id") or shared["territory_id"],
            }
            for query, fact, verdict in zip(queries, facts, verdicts, strict=True)
        ]

    def _get_asker_place(self):
        """Where a station or customer is at home; an office asks for others."""
        user = self.env.user
        if user._is_public():
            return {"territory_id": self.env["aftersales.territory"]._get_root().id}
        territory = user._get_default_territory()
        if not user.share:
            return {"territory_id": territory.id}
        # The asker's own place, to 10 km.
        partner = user.partner_id._get_service_station() or user.partner_id.sudo()
        return {
            "territory_id": (partner.territory_id or territory).id,
            "city_id": partner.city_id.id,
            "latitude": round(partner.partner_latitude, 1),
            "longitude": round(partner.partner_longitude, 1),
        }

    def _get_asked_city(self):
        """City of the request, else of who asked."""
        self.ensure_one()
        return self.ticket_id.site_city_id or self.city_id

    def _prepare_sightings(self):
        """These questions for ``tools.radar``; queries do not grow with them."""
        return [
            radar_rule.Sighting(
                check_id=check.id,
                key=check.serial_key or "",
                at=check.create_date,
                territory_id=check.territory_id.id or None,
                point=check._get_point(),
            )
            for check in self
        ]

    def _get_point(self):
        """Where a serial was asked about: the request's place, else the asker's."""
        self.ensure_one()
        ticket, city = self.ticket_id, self._get_asked_city()
        site = ticket.site_latitude, ticket.site_longitude
        exact = site if any(site) else None
        if not exact and not ticket.site_city_id:
            exact = self.latitude, self.longitude
        return geo.locate(exact, (city.latitude, city.longitude) if city else None)

    def _get_product_id(self, query, fact, verdict):
        """The model of the unit found, else the model claimed."""
        found = {unit.unit_id: unit.product_id for unit in fact.candidates}
        return found.get(verdict.unit_id, query.get("product_id"))

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ...tools import registration as registration_rule

REASON_LENGTH = 200


class AftersalesUnitRegistration(models.Model):
    """A customer registered a machine as his own.

    Where nobody is known to have it he is the owner at once; the office looks at the
    proof, and the day of purchase counts from then. Else the office decides.
    """

    _name = "aftersales.unit.registration"
    _description = "Registration by a customer"
    _inherit = ["mail.thread", "mail.activity.mixin", "aftersales.state.mixin"]
    _order = "id desc"
    _rec_name = "unit_id"

    TRANSITIONS = {
        "asked": ("confirmed", "refused"),
        "own": ("confirmed", "refused"),
        "confirmed": (),
        "refused": (),
    }
    _guarded_fields = (
        *("state", "unit_id", "partner_id", "bought_on", "shop", "photo"),
        *("previous_owner_id", "decided_by_id"),
    )

    unit_id = fields.Many2one(
        "stock.lot", string="Machine", required=True, index=True, ondelete="cascade"
    )
    product_id = fields.Many2one(related="unit_id.product_id", string="Model")
    partner_id = fields.Many2one(
        "res.partner", string="Customer", required=True, index=True
    )
    previous_owner_id = fields.Many2one(
        "res.partner",
        string="Owner before",
        help="Who owned the machine when it was registered.",
    )
    territory_id = fields.Many2one(
        related="unit_id.territory_id", store=True, index=True
    )
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company, index=True
    )
    bought_on = fields.Date(string="Bought on", required=True)
    owner_since = fields.Date(
        string="His since",
        copy=False,
        help="Where the owner before had it on the day of purchase: the day it became"
        " his. Empty means the day of purchase.",
    )
    shop = fields.Char(string="Bought at", help="In the customer's words.")
    photo = fields.Binary(string="Proof", attachment=True)
    state = fields.Selection(
        [
            ("asked", "Whose is it: decide"),
            ("own", "Proof to look at"),
            ("confirmed", "Confirmed"),
            ("refused", "Turned down"),
        ],
        required=True,
        default="asked",
        readonly=True,
        index=True,
        tracking=True,
    )
    refusal = fields.Char(string="Why refused", help="The customer reads this.")
    decided_by_id = fields.Many2one("res.users", string="Decided by", readonly=True)

    _once = models.UniqueIndex(
        "(unit_id, partner_id) WHERE state IN ('asked', 'own')",
        "This machine is registered for you already.",
    )

    @api.depends("unit_id.name")
    def _compute_display_name(self):
        for registration in self:
            registration.display_name = registration.unit_id.name

    @api.model
    def _prepare_registration_facts(self, unit, partner, code, vals):
        """What `tools.registration` decides on. Called with sudo by the portal."""
        # Two customers at once: the later one begins again, on what the first wrote.
        unit._hold_row()
        owner = unit.owner_id.commercial_partner_id
        waiting = self.search(
            [("partner_id", "=", partner.id), ("state", "in", ("asked", "own"))]
        )
        is_own = owner == partner.commercial_partner_id or unit in waiting.unit_id
        return registration_rule.RegistrationFacts(
            today=self.env.company._get_today(),
            serial_code=code,
            owner="self" if unit and is_own else "other" if owner else "nobody",
            is_component=bool(unit.parent_unit_id),
            is_known=self._is_unit_known(unit),
            was_refused=bool(
                self.search_count(
                    [
                        ("unit_id", "=", unit.id),
                        ("partner_id", "=", partner.id),
                        ("state", "=", "refused"),
                    ],
                    limit=1,
                )
            ),
            bought_on=vals.get("bought_on") or None,
            produced_on=unit.production_date or None,
            has_photo=bool(vals.get("photo")),
            open_count=len(waiting),
        )

    @api.model
    def _is_unit_known(self, unit):
        """Whether the machine's file tells of somebody besides an owner."""
        is_unsold = unit.selling_partner_id and not unit.sale_date
        return bool(
            is_unsold
            or unit.installation_date
            or unit.site_address
            or unit.request_ids[:1]
        )

    @api.model
    def _get_registration_sentence(self, finding):
        """What to do about a finding of ``tools.registration``, in words."""
        return {
            "serial.ambiguous": self.env._(
                "We made more than one model with this serial number. Please call us."
            ),
            "serial.unknown": self.env._(
                "We cannot confirm this serial number. Compare it with the nameplate,"
                " or call us."
            ),
            "serial.own": self.env._("This machine is registered for you already."),
            "bought_on.missing": self.env._("Enter the day you bought it."),
            "bought_on.future": self.env._("This day is still to come."),
            "bought_on.before_production": self.env._(
                "The machine was not made yet on this day. Look at the invoice."
            ),
            "photo.missing": self.env._(
                "Add a photo of the invoice, or of the nameplate."
            ),
            "form.too_many": self.env._(
                "Several of your registrations are still looked at. Please wait for"
                " our answer."
            ),
        }[f"{finding.field}.{finding.code}"]

    @api.model
    def _keep(self, unit, partner, facts, vals):
        """Keep a registration that the rule found nothing against.

        Called with sudo by the portal, for the user's own partner.
        """
        state = registration_rule.decide(facts)
        registration = self._unguarded().create(
            {
                **vals,
                "unit_id": unit.id,
                "partner_id": partner.id,
                "previous_owner_id": unit.owner_id.id,
                "state": state,
            }
        )
        if state == "own":
            partner._become_customer(unit.territory_id)
            unit._with_change(
                day=facts.bought_on, reason=self.env._("Registered by the customer")
            ).owner_id = partner
        registration._tell_office()
        return registration._guarded_again()

    def _tell_office(self):
        """A task for the office of the machine."""
        for registration in self:
            user = registration.territory_id._get_responsible()
            if not user:
                continue
            ours = registration.with_context(lang=user.lang)
            registration.activity_schedule(
                "mail.mail_activity_data_todo",
                summary=(
                    ours.env._("A customer says this machine is his: decide")
                    if registration.state == "asked"
                    else ours.env._("Look at the proof of purchase")
                ),
                user_id=user.id,
            )

    def action_confirm(self):
        """The proof is good: owner, and the day of purchase where the file has none.

        A machine that has gone to somebody else since stays with him.
        """
        self.check_access("write")
        self._check_transition("confirmed")
        # Guard above: the office may write what is registered in its territory.
        for registration in self.sudo():
            unit, partner = registration.unit_id, registration.partner_id
            is_his = (
                unit.owner_id.commercial_partner_id == partner.commercial_partner_id
            )
            if registration.state == "asked" and not is_his:
                registration._check_owner_before()
                partner._become_customer(unit.territory_id)
                unit._transfer(
                    partner,
                    registration.owner_since or registration.bought_on,
                    self.env._("Registered by the customer"),
                )
            if not unit.sale_date:
                unit.sale_date = registration.bought_on
        self._close("confirmed")
        return True

    def _check_owner_before(self):
        """Raise where the machine has gone to somebody else since it was asked for."""
        self.ensure_one()
        if self.unit_id.owner_id != self.previous_owner_id:
            raise UserError(
                self.env._(
                    "%(unit)s has got another owner since: look at its file.",
                    unit=self.unit_id.name,
                )
            )

    def action_refuse(self):
        """It is not his; the machine goes back to whom it was registered for."""
        self.check_access("write")
        self._check_transition("refused")
        for registration in self:
            reason = " ".join((registration.refusal or "").split())
            if not reason:
                raise UserError(self.env._("Say in “Why refused” what is wrong."))
        # Guard above, see `action_confirm`.
        for registration in self.sudo():
            unit = registration.unit_id
            if registration.state == "own" and unit.owner_id == registration.partner_id:
                unit._with_change(
                    reason=self.env._("Registration refused")
                ).owner_id = False
        self._close("refused")
        return True

    def _close(self, state):
        self._update_state(state, decided_by_id=self.env.uid)
        self.sudo().activity_unlink(["mail.mail_activity_data_todo"])
        for registration in self.sudo():
            registration.message_post(
                body=registration._get_answer(),
                partner_ids=registration.partner_id.ids,
                subtype_xmlid="mail.mt_comment",
            )

    def _get_answer(self):
        """What the customer is told, in his language."""
        self.ensure_one()
        ours = self.with_context(lang=self.partner_id.lang or self.env.lang)
        if self.state == "confirmed":
            return ours.env._(
                "Your machine %(serial)s is registered for you.",
                serial=self.unit_id.name,
            )
        return ours.env._(
            "We could not register %(serial)s for you: %(reason)s",
            serial=self.unit_id.name,
            reason=self.refusal,
        )


class ResPartner(models.Model):
    """Somebody who signed up and owns a machine is a customer."""

    _inherit = "res.partner"

    def _become_customer(self, territory):
        """Give a partner without a role that of a customer. Called with sudo."""
        for partner in self.commercial_partner_id:
            if partner.aftersales_role == "contact":
                partner.write(
                    {
                        "aftersales_role": "customer",
                        "territory_id": (partner.territory_id or territory).id,
                    }
                )

    def _prepare_portal_registrations(self):
        """Registrations of this person that the office still looks at."""
        self.ensure_one()
        # Of the user himself only.
        rows = self.env["aftersales.unit.registration"].sudo()
        return [
            {"serial": row.unit_id.name}
            for row in rows.search(
                [("partner_id", "=", self.id), ("state", "in", ("asked", "own"))]
            )
        ]


class StockLot(models.Model):
    """A machine's row as two transactions see it."""

    _inherit = "stock.lot"

    def _hold_row(self):
        """Let a second transaction that changes this machine begin again.

        A lock would not refresh its snapshot, a changed row ends it.
        """
        self.flush_recordset()
        self.env.cr.execute(
            SQL(
                "UPDATE stock_lot SET write_date = write_date WHERE id = ANY(%s)",
                list(self.ids),
            )
        )

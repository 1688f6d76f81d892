from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import format_datetime

# What only a telephone system tells.
GUARDED_FIELDS = (
    *("call_id", "call_state", "call_events", "extension", "line_number"),
    *("answered_at", "ended_at", "recording_url"),
)
LINKS = ("partner_id", "unit_id", "ticket_id")


class AftersalesInteraction(models.Model):
    """One contact with a customer: a call, a message, a letter, a visit, a quotation.

    Calls come from the telephone system, the rest is written by who had the contact.
    Its kind says which fields it has beside the usual (`properties`).
    """

    _name = "aftersales.interaction"
    _description = "Interaction"
    _inherit = ["aftersales.guard.mixin"]
    _order = "moment desc, id desc"

    kind_id = fields.Many2one(
        "aftersales.interaction.kind",
        required=True,
        index=True,
        ondelete="restrict",
        default=lambda self: self._get_default_kind(),
    )
    medium = fields.Selection(related="kind_id.medium", string="Goes by")
    direction = fields.Selection(
        [("in", "They to us"), ("out", "We to them")], required=True, default="in"
    )
    moment = fields.Datetime(
        string="When", required=True, default=fields.Datetime.now, copy=False
    )
    duration_minutes = fields.Float(
        string="Minutes", help="How long it took, as minutes:seconds."
    )
    partner_id = fields.Many2one(
        "res.partner", string="Customer", index="btree_not_null"
    )
    unit_id = fields.Many2one(
        "stock.lot", string="Machine", index="btree_not_null", ondelete="set null"
    )
    ticket_id = fields.Many2one(
        "helpdesk.ticket",
        string="Request",
        index="btree_not_null",
        ondelete="set null",
    )
    user_id = fields.Many2one(
        "res.users",
        string="Of us",
        index="btree_not_null",
        default=lambda self: self.env.user,
        help="Who of us had the contact.",
    )
    number = fields.Char(
        string="Their number", help="The customer's number or address, as it was told."
    )
    summary = fields.Text(help="What it was about, in a few words.")
    properties = fields.Properties(
        "Fields of the kind",
        definition="kind_id.interaction_properties_definition",
        copy=True,
    )
    # Told by the telephone system, see aftersales_interaction_call.
    call_id = fields.Char(string="Call ID", readonly=True, copy=False)
    call_state = fields.Selection(
        [
            ("ringing", "Ringing"),
            ("answered", "Talking"),
            ("ended", "Over"),
            ("missed", "Missed"),
        ],
        string="State of the call",
        readonly=True,
        copy=False,
    )
    call_events = fields.Json(readonly=True, copy=False)
    extension = fields.Char(readonly=True, copy=False)
    line_number = fields.Char(
        string="Our number", readonly=True, copy=False, help="The line that was used."
    )
    answered_at = fields.Datetime(string="Answered at", readonly=True, copy=False)
    ended_at = fields.Datetime(string="Hung up", readonly=True, copy=False)
    recording_url = fields.Char(string="Recording", readonly=True, copy=False)

    territory_id = fields.Many2one(
        "aftersales.territory",
        compute="_compute_territory_id",
        store=True,
        readonly=False,
        precompute=True,
        index=True,
        ondelete="restrict",
        help="Where the request, else the customer belongs; else the home of who had"
        " the contact.",
    )
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company, index=True
    )

    _call_uniq = models.UniqueIndex(
        "(company_id, call_id) WHERE call_id IS NOT NULL",
        "This call is written down already.",
    )
    # The list of a day.
    _moment_idx = models.Index("(moment)")

    @api.model
    def _get_default_kind(self):
        return self.env.ref("aftersales_service.interaction_kind_phone", False)

    @api.depends("kind_id", "moment")
    @api.depends_context("lang", "tz")
    def _compute_display_name(self):
        for interaction in self:
            moment = interaction.moment
            when = moment and format_datetime(self.env, moment, dt_format="short")
            parts = (interaction.kind_id.name, when)
            interaction.display_name = " ".join(part for part in parts if part)

    @api.depends("ticket_id", "partner_id", "unit_id")
    def _compute_territory_id(self):
        user = self.env.user
        own = user._get_territory_ids() if user._is_territory_bound() else None
        for interaction in self:
            # Homes of what the writer may read, see _check_links.
            told = interaction.sudo()
            homes = (
                told.ticket_id.territory_id,
                told.partner_id.territory_id,
                told.unit_id.territory_id,
            )
            interaction.territory_id = next(
                (home for home in homes if home and (own is None or home.id in own)),
                interaction.territory_id or user._get_default_territory(),
            )

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_guarded({name for name in vals if vals[name]})
        interactions = super().create(vals_list)
        interactions._check_links(LINKS)
        return interactions

    def write(self, vals):
        self._check_guarded(vals.keys())
        result = super().write(vals)
        self._check_links(name for name in LINKS if vals.get(name))
        return result

    @api.model
    def _get_guarded_names(self):
        return super()._get_guarded_names() | set(GUARDED_FIELDS)

    @api.model
    def _check_guarded(self, names):
        """Refuse what only the telephone system tells."""
        if not self.env.su and not names.isdisjoint(GUARDED_FIELDS):
            raise AccessError(
                self.env._("What the telephone system told of a call stays as it is.")
            )

    def _check_links(self, names):
        """Nobody links what he may not read: its name would show."""
        for name in names:
            self[name].check_access("read")

from odoo import api, fields, models
from odoo.exceptions import AccessError


class AftersalesTrainingAttendee(models.Model):
    """Who attended a course and with what certificate.

    A certificate of a station's technician carries a skill of the station from the
    day the course is marked as held until it is undone.
    """

    _name = "aftersales.training.attendee"
    _description = "Attendee of a training"
    _inherit = ["aftersales.state.mixin"]
    _order = "training_id, id"
    _rec_name = "training_id"
    _guarded_fields = ("skill_id",)

    training_id = fields.Many2one(
        "aftersales.training", required=True, index=True, ondelete="cascade"
    )
    partner_id = fields.Many2one(
        "res.partner",
        string="Attendee",
        required=True,
        index=True,
        ondelete="restrict",
        domain="[('commercial_partner_id.aftersales_role', 'in',"
        " ('station', 'customer', 'dealer'))]",
        help="A technician of a station, a dealer's employee or a customer.",
    )
    station_id = fields.Many2one(
        "res.partner",
        compute="_compute_station_id",
        store=True,
        index="btree_not_null",
        help="The station whose skill the certificate proves.",
    )
    territory_id = fields.Many2one(related="training_id.territory_id", store=True)
    company_id = fields.Many2one(related="training_id.company_id", store=True)
    held_on = fields.Date(related="training_id.held_on", store=True)
    is_passed = fields.Boolean("Passed", copy=False)
    valid_until = fields.Date(
        "Certificate valid until",
        compute="_compute_valid_until",
        store=True,
        readonly=False,
        help="The last day of the certificate; empty means no end.",
    )
    skill_id = fields.Many2one(
        "aftersales.station.skill",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        help="The skill of the station that this certificate opened or renewed.",
    )

    _attendee_uniq = models.UniqueIndex(
        "(training_id, partner_id)", "Somebody is on the list twice."
    )

    @api.depends("partner_id.commercial_partner_id.aftersales_role")
    def _compute_station_id(self):
        for line in self:
            line.station_id = line.partner_id._get_service_station()

    @api.depends("training_id.valid_until")
    def _compute_valid_until(self):
        for line in self:
            line.valid_until = line.training_id.valid_until

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines.training_id._check_open()
        lines._check_links()
        return lines

    def write(self, vals):
        if not vals.keys() <= {"skill_id"}:
            self.training_id._check_open()
        result = super().write(vals)
        if "training_id" in vals:
            self.training_id._check_open()
        if "partner_id" in vals:
            self._check_links()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_held(self):
        self.training_id._check_open()

    def _check_links(self):
        """Nobody links what he may not read: its name would show."""
        if not self.partner_id.has_access("read"):
            raise AccessError(
                self.env._("Somebody on the list belongs to another territory.")
            )

    def _get_skill_key(self):
        training = self.training_id
        return (self.station_id, training.product_categ_id, training.request_type_id)

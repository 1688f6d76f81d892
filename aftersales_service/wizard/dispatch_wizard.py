from odoo import api, fields, models
from odoo.exceptions import UserError


class AftersalesDispatchWizard(models.TransientModel):
    """The office looks at the ranked stations and chooses one.

    Another than the best needs a reason, and so does taking a job from a station.
    """

    _name = "aftersales.dispatch.wizard"
    _description = "Choose a station"

    ticket_id = fields.Many2one(
        "helpdesk.ticket", string="Request", required=True, readonly=True
    )
    move_order_id = fields.Many2one(
        "aftersales.work.order", string="Taken from", readonly=True
    )
    company_id = fields.Many2one(related="ticket_id.company_id")
    current_station_id = fields.Many2one(related="move_order_id.station_id")
    line_ids = fields.One2many(
        "aftersales.dispatch.wizard.line", "wizard_id", string="Stations"
    )
    selectable_station_ids = fields.Many2many(
        "res.partner", compute="_compute_selectable_station_ids"
    )
    best_station_id = fields.Many2one(
        "res.partner", string="Best", compute="_compute_selectable_station_ids"
    )
    station_id = fields.Many2one(
        "res.partner",
        string="Offer to",
        compute="_compute_station_id",
        store=True,
        readonly=False,
        domain="[('id', 'in', selectable_station_ids)]",
    )
    has_excluded = fields.Boolean(compute="_compute_selectable_station_ids")
    needs_reason = fields.Boolean(compute="_compute_needs_reason")
    reason = fields.Char(help="Why this station and not the best one.")

    @api.depends("line_ids.station_id", "line_ids.is_selectable", "line_ids.position")
    def _compute_selectable_station_ids(self):
        for wizard in self:
            lines = wizard.line_ids
            wizard.selectable_station_ids = lines.filtered("is_selectable").station_id
            best = lines.filtered(lambda line: line.position == 1)
            wizard.best_station_id = best.station_id
            wizard.has_excluded = any(lines.mapped("is_excluded"))

    @api.depends("best_station_id")
    def _compute_station_id(self):
        for wizard in self:
            wizard.station_id = wizard.station_id or wizard.best_station_id

    @api.depends("station_id", "best_station_id", "move_order_id")
    def _compute_needs_reason(self):
        for wizard in self:
            wizard.needs_reason = bool(
                wizard.move_order_id
                or (wizard.station_id and wizard.station_id != wizard.best_station_id)
            )

    @api.model
    def _open(self, ticket, move_order=None):
        """The action that shows the ranking for a request; the caller has checked."""
        wizard = self.create(
            {
                "ticket_id": ticket.id,
                "move_order_id": move_order.id if move_order else False,
            }
        )
        wizard._fill_lines()
        return wizard._get_action()

    def _get_action(self):
        """The dialog of this choice."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Choose a station"),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
            "context": {"dialog_size": "extra-large"},
        }

    def _fill_lines(self):
        """The ranking as it is now, best first, then those left out and why."""
        self.ensure_one()
        # The caller checked that the user may dispatch this request.
        order, ranking = self.ticket_id._rank_now()
        words = self.env["aftersales.dispatch.words"]
        exclusions = words._get_exclusions()
        values = [
            {
                "station_id": item.station_id,
                "position": item.position,
                "points": item.points,
                "promised_date": item.day,
                "is_selectable": True,
                **{
                    f"{r.criterion}_text": words._describe_reason(r)["text"]
                    for r in item.reasons
                    if f"{r.criterion}_text" in self.line_ids._fields
                },
            }
            for item in ranking.ranked
        ]
        values += [
            {
                "station_id": item.station_id,
                "exclusion": exclusions.get(item.verdict.code, item.verdict.code),
                "is_selectable": order._is_soft(item)
                and item.station_id != self.move_order_id.sudo().station_id.id,
            }
            for item in ranking.excluded
        ]
        self.line_ids = [fields.Command.create(vals) for vals in values]

    def action_offer(self):
        """Offer the request to the chosen station."""
        self.ensure_one()
        if not self.station_id:
            raise UserError(self.env._("Choose a station."))
        # Only the id: the fresh ranking says whether this station may be chosen.
        station = self.station_id.sudo()
        if self.move_order_id:
            self.move_order_id._check_can_move()
            # Checked above; places and mail of the whole network follow.
            order = self.move_order_id.sudo()._move(station, self.reason)
        else:
            self.ticket_id._check_can_dispatch()
            # Checked above; places and mail of the whole network follow.
            order = self.ticket_id.sudo()._get_orders_to_dispatch()
            order._offer_chosen(station, self.reason)
        return self.ticket_id._notify_dispatched(order, order.browse())


class AftersalesDispatchWizardLine(models.TransientModel):
    """One station in the choice, with what was found about it."""

    _name = "aftersales.dispatch.wizard.line"
    _description = "Station to choose"
    _order = "is_excluded, position, id"

    wizard_id = fields.Many2one(
        "aftersales.dispatch.wizard", required=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="wizard_id.company_id")
    station_id = fields.Many2one("res.partner", required=True, readonly=True)
    position = fields.Integer(string="No.", readonly=True)
    points = fields.Float(digits=(6, 1), readonly=True)
    promised_date = fields.Date(string="First free day", readonly=True)
    distance_text = fields.Char(string="Distance", readonly=True)
    load_text = fields.Char(string="Load", readonly=True)
    parts_text = fields.Char(string="Parts on hand", readonly=True)
    score_text = fields.Char(string="Score", readonly=True)
    skill_text = fields.Char(string="Skill", readonly=True)
    coverage_text = fields.Char(string="Coverage rank", readonly=True)
    exclusion = fields.Char(string="Why not", readonly=True)
    is_excluded = fields.Boolean(compute="_compute_is_excluded", store=True)
    is_selectable = fields.Boolean(readonly=True)

    @api.depends("position")
    def _compute_is_excluded(self):
        for line in self:
            line.is_excluded = not line.position

    def action_choose(self):
        """Take this station as the choice."""
        self.ensure_one()
        self.wizard_id.station_id = self.station_id
        return self.wizard_id._get_action()

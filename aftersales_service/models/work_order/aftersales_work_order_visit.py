from dataclasses import replace

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from ...tools import places

PLACE_TRIES = 5
"""How many places of a day are tried when others are booking too."""


class AftersalesWorkOrderVisit(models.Model):
    """One trip to the machine: planned, made, and the kilometres driven for it."""

    _name = "aftersales.work.order.visit"
    _description = "Visit of a work order"
    _inherit = ["aftersales.work.order.line.mixin", "aftersales.state.mixin"]
    _order = "work_order_id, id"

    # Planned and made by the steps of the job; the report tells the kilometres.
    _guarded_fields = ("planned_date", "arrived_at", "technician_id", "reason")

    planned_date = fields.Date(string="Planned for", readonly=True, copy=False)
    arrived_at = fields.Datetime(readonly=True, copy=False)
    technician_id = fields.Many2one("res.partner", readonly=True, copy=False)
    reason = fields.Selection(
        selection="_get_reasons",
        string="Why once more",
        readonly=True,
        copy=False,
        help="What was missing before this visit.",
    )
    travel_km = fields.Float(string="Kilometres driven", help="There and back.")

    _travel_positive = models.Constraint(
        "CHECK(travel_km >= 0)", "Kilometres cannot be below zero."
    )

    @api.model
    def _get_reasons(self):
        orders = self.env["aftersales.work.order"]
        return orders._fields["wait_reason"]._description_selection(self.env)

    @api.depends("planned_date", "arrived_at")
    def _compute_display_name(self):
        for visit in self:
            day = visit._get_day()
            visit.display_name = (
                fields.Date.to_string(day) if day else self.env._("Visit")
            )

    @api.model_create_multi
    def create(self, vals_list):
        visits = super().create(vals_list)
        visits.work_order_id._sum_travel()
        return visits

    def write(self, vals):
        result = super().write(vals)
        if {"travel_km", "arrived_at"} & vals.keys():
            self.work_order_id._sum_travel()
        return result

    def _get_day(self):
        """The day of the visit: made, else planned; may be empty."""
        self.ensure_one()
        if not self.arrived_at:
            return self.planned_date
        zone = self.work_order_id.company_id.sudo()._get_service_zone()
        local = self.with_context(tz=zone.zone)
        return fields.Datetime.context_timestamp(local, self.arrived_at).date()


class AftersalesWorkOrder(models.Model):
    """A job may take several visits; its one report covers them all.

    A visit that is planned makes the job wait until the station is there again; the
    promise to the customer and the place in the station's day move with it. One day is
    one visit, however often somebody says that he is there.
    """

    _inherit = "aftersales.work.order"

    visit_ids = fields.One2many(
        "aftersales.work.order.visit",
        "work_order_id",
        string="Visits",
        groups="base.group_user",
    )
    visit_count = fields.Integer(compute="_compute_visit_count")
    has_trips = fields.Boolean(
        string="Kilometres by visit",
        compute="_compute_has_trips",
        help="Several visits were made: the kilometres are told for each of them.",
    )
    can_visit = fields.Boolean(compute="_compute_can")

    @api.depends("visit_ids")
    def _compute_visit_count(self):
        # How many there are is no secret of whoever may see the job.
        for order in self.sudo():
            order.visit_count = len(order.visit_ids)

    @api.depends("visit_ids.arrived_at")
    def _compute_has_trips(self):
        # As little a secret as their number.
        for order in self.sudo():
            order.has_trips = len(order._get_made_visits()) > 1

    def write(self, vals):
        result = super().write(vals)
        if "travel_km" in vals:
            # Where several visits tell the kilometres, nothing else does.
            self._sum_travel()
        return result

    def _can(self, action):
        if action == "arrive" and self.state == "waiting" and self._get_open_visit():
            return self._is_for("station")
        return super()._can(action)

    def action_plan_visit(self):
        return self._ask_reason("visit")

    def _get_next_step(self):
        visit = self._get_open_visit() if self.state == "waiting" else None
        if not visit:
            return super()._get_next_step()
        return self.env._(
            "The station comes again on %(day)s.",
            day=format_date(self.env, visit.planned_date),
        )

    def _get_open_visit(self):
        """The visit that is planned and not made yet."""
        self.ensure_one()
        # Whether one is planned is asked for the buttons of the station too.
        return self.sudo().visit_ids.filtered(lambda visit: not visit.arrived_at)[:1]

    def _get_made_visits(self):
        return self.visit_ids.filtered("arrived_at")

    def _get_visit_days(self):
        """The days on which somebody was there."""
        self.ensure_one()
        return {visit._get_day() for visit in self._get_made_visits()}

    # Steps. Callers have checked who asks.

    def _plan_visit(self, day, reason=None, technician=None):
        """The station comes (again) on ``day``; until then the job waits.

        :param reason: key of ``wait_reason``; may be empty for a job that waits
        :param technician: who comes, empty for who is named on the job
        """
        self.ensure_one()
        if not day or day < self._get_local_today():
            raise UserError(self.env._("Choose a day that is still to come."))
        if self.state != "waiting" or reason:
            if reason not in dict(self._fields["wait_reason"].selection):
                raise UserError(self.env._("Choose what the job waits for."))
        if self.state != "waiting":
            self._wait(reason)
        elif reason:
            self.wait_reason = reason
        if technician:
            self.technician_id = technician
        vals = {
            "planned_date": day,
            "technician_id": self.technician_id.id,
            "reason": self.wait_reason,
        }
        if visit := self._get_open_visit():
            visit._write_guarded(vals)
        else:
            visits = self.env["aftersales.work.order.visit"]._unguarded()
            visits.create({**vals, "work_order_id": self.id})
        self.planned_date = day
        self._move_place(day)

    def _arrive(self):
        """The first arrival stays the job's; each one is a visit."""
        before = {order: order.arrived_at for order in self}
        result = super()._arrive()
        for order, arrived_at in before.items():
            if arrived_at:
                order._write_guarded({"arrived_at": arrived_at})
        self._write_guarded({"wait_reason": False})
        self._note_visits()
        return result

    def _note_visits(self):
        """What was planned is made; a trip nobody planned is a visit too.

        Who was there today already makes no other visit.
        """
        vals_list = []
        for order in self:
            today, made = order._get_local_today(), order._get_made_visits()
            planned = order._get_open_visit()
            if made.filtered(lambda visit, today=today: visit._get_day() == today):
                planned._unguarded().unlink()
                continue
            if len(made) == 1 and not made.travel_km:
                # Until now the job's kilometres were those of its one visit.
                made.travel_km = order.travel_km
            vals = {
                "arrived_at": fields.Datetime.now(),
                "technician_id": order.technician_id.id,
            }
            if planned:
                planned._write_guarded(vals)
            else:
                vals_list.append({**vals, "work_order_id": order.id})
        self.env["aftersales.work.order.visit"]._unguarded().create(vals_list)

    def _move_place(self, day):
        """Another day in the station's calendar; a day that was used stays.

        The station itself promises the day, so it may be one more than its usual.
        """
        self.ensure_one()
        today, Slot = self._get_local_today(), self.env["aftersales.station.slot"]
        used = {visit._get_day() for visit in self.visit_ids if visit.arrived_at}
        self.slot_ids.filtered(
            lambda slot: slot.day >= today and slot.day not in used
        ).unlink()
        if day in self.slot_ids.mapped("day"):
            return
        station = self.station_id
        taken = Slot._get_taken(station, day, day)[station.id][day]
        facts = places.Days(
            station_id=station.id,
            capacity=len(taken) + PLACE_TRIES,
            open_days=(day,),
            taken={day: taken},
        )
        if not self._take_alone(
            {self: station}, {station.id: facts}, {self: (day, day)}
        ):
            raise UserError(
                self.env._("This day is being booked by others. Try again.")
            )

    # Travel

    def _sum_travel(self):
        """The job's kilometres are those of its visits, where it has several."""
        for order in self.filtered("has_trips"):
            total = sum(order._get_made_visits().mapped("travel_km"))
            if order.travel_km != total:
                order.travel_km = total

    def _get_trips(self):
        """Kilometres of each trip of the job: one where nobody told visits apart."""
        self.ensure_one()
        visits = self._get_made_visits().filtered("travel_km")
        if self.has_trips and visits:
            return visits.mapped("travel_km")
        return [self.travel_km]

    def _prepare_report_facts(self):
        return [
            replace(facts, trips=order._prepare_trip_facts())
            for order, facts in zip(self, super()._prepare_report_facts(), strict=True)
        ]

    def _prepare_trip_facts(self):
        """{id as text: kilometres} of visits that are told one by one."""
        self.ensure_one()
        if not self.has_trips:
            return {}
        return {str(visit.id): visit.travel_km for visit in self._get_made_visits()}

    def _apply_report(self):
        """A visit that was planned and not made is none; one visit drove it all."""
        orders = self._unguarded()
        for order in orders:
            made = order._get_made_visits()
            (order.visit_ids - made).unlink()
            if len(made) == 1:
                made.travel_km = order.travel_km
        orders._sum_travel()
        return super()._apply_report()

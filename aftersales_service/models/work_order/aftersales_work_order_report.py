from odoo import fields, models
from odoo.exceptions import UserError, ValidationError

from ...tools import reading as reading_rule
from ...tools import report as report_rule
from .aftersales_work_order import CODE_KINDS, REPORT_FIELDS


class ReportError(ValidationError):
    """A report that cannot be submitted yet: everything that is missing or wrong.

    ``errors`` holds (work order, field, line key or None, sentence), in the order of
    the form; the message is all sentences, one per line.
    """

    def __init__(self, errors):
        self.errors = errors
        super().__init__("\n".join(dict.fromkeys(error[3] for error in errors)))


class AftersalesWorkOrder(models.Model):
    """The station's report: checked as a whole, then it has its effects once."""

    _inherit = "aftersales.work.order"

    def action_submit_report(self):
        try:
            return super().action_submit_report()
        except ReportError as problem:
            # The client shows Odoo's own errors in words, any other as a crash.
            raise UserError(str(problem)) from problem

    def _save_report(self, vals):
        """Keep a draft of the report.

        :param vals: values of ``REPORT_FIELDS``; any other is refused
        """
        if vals.keys() - REPORT_FIELDS:
            raise UserError(self.env._("Only the report can be saved here."))
        self._check_report_open()
        self.write(vals)

    def _add_photos(self, vals_list):
        """Attach pictures to the report of one order; they share its rights.

        :param vals_list: list of dicts: name, raw and mimetype
        """
        self.ensure_one()
        self._check_report_open()
        owner = {"res_model": self._name, "res_id": self.id}
        self.photo_ids |= self.env["ir.attachment"].create(
            [vals | owner for vals in vals_list]
        )

    def _submit_report(self):
        """The station says: done. Checks everything, then applies the effects once.

        Order: state, corrections, readings, parts, warranty decision; then done by
        itself unless the request type asks for approval.

        :raise ReportError: evidence is missing or cannot be right
        :raise UserError: the state does not allow it, or it is being submitted now
        """
        if self.try_lock_for_update() != self:
            raise UserError(
                self.env._("This report is being submitted already. Look again.")
            )
        self._check_transition("reported")
        if errors := self._get_report_errors():
            raise ReportError(errors)
        # A second submit that began before this one ended fails on this row.
        self._update_state(
            "reported", reported_at=fields.Datetime.now(), return_reason=False
        )
        self._apply_report()
        self.filtered(
            lambda order: not order.request_type_id.needs_report_approval
        )._finish()

    def _apply_report(self):
        """What a submitted report changes elsewhere. Batch; may be extended."""
        orders = self._unguarded()
        for order in orders.filtered(lambda order: not order.started_on):
            order.started_on = order._get_work_day()
        orders._apply_corrections()
        orders._apply_readings()
        orders.part_line_ids._consume()
        orders._apply_warranty_decision()

    # What is missing

    def _get_report_errors(self):
        """(order, field, line key or None, sentence) for all that is to be mended."""
        facts = self._prepare_report_facts()
        return [
            (order, finding.field, finding.key, order._get_report_sentence(finding))
            for order, fact in zip(self, facts, strict=True)
            for finding in report_rule.check(fact)
        ]

    def _prepare_report_facts(self):
        """Facts for ``report.check``, one per order, in constant queries."""
        readings = self._get_unit_readings()
        return [
            report_rule.ReportFacts(
                today=order._get_local_today(),
                done_on=order.started_on or None,
                requires_reading=order.request_type_id.requires_reading
                and bool(order.unit_id),
                requires_codes=order.request_type_id.requires_codes,
                requires_photo=order.request_type_id.requires_photo,
                requires_signature=order.request_type_id.requires_signature,
                reading=order.reading_value,
                reading_reason=order.reading_reason or None,
                **readings[order.id],
                photo_count=len(order.photo_ids),
                is_signed=bool((order.signed_by or "").strip() or order.signature),
                travel_km=order.travel_km,
                labor_hours=order.labor_hours,
                parts=tuple(line._prepare_part_facts() for line in order.part_line_ids),
                **{f"{kind}_id": order[f"{kind}_id"].id or None for kind in CODE_KINDS},
            )
            for order in self
        ]

    def _get_unit_readings(self):
        """Order id → readings of its unit's meter for ``report.check``."""
        # A station sees no readings; only the neighbours reach its own report.
        everything = self.sudo().unit_id.reading_ids
        by_meter = everything.grouped(lambda row: (row.unit_id.id, row.meter))
        meters, found = self._get_meters(), {}
        for order in self:
            series = by_meter.get((order.unit_id.id, meters[order.id]), everything[:0])
            own = series.filtered(lambda row, order=order: row.work_order_id == order)
            found[order.id] = {
                "reading_id": own[:1].id or None,
                "readings": tuple(row._prepare_reading_facts() for row in series - own),
            }
        return found

    def _prepare_report_readings(self):
        """Order → (meter, reading for ``tools.reading``) of those that report one."""
        meters = self._get_meters()
        # Only what the machine counts; the caller may see the order.
        return {
            order: (
                meters[order.id],
                reading_rule.Reading(
                    id=reading_rule.NEWEST,
                    read_on=order._get_work_day(),
                    value=order.reading_value,
                    reason=order.reading_reason or None,
                ),
            )
            for order in self.sudo()
            if order.unit_id and order.reading_value
        }

    def _get_meters(self):
        """Order id → what its unit counts: as read last, else operating hours."""
        # Only the kind of meter is looked at.
        return {order.id: order.unit_id.sudo().last_meter or "hours" for order in self}

    def _get_work_day(self):
        """The day of the work as reported, else today."""
        self.ensure_one()
        return self.started_on or self._get_local_today()

    def _get_local_today(self):
        """The day of the work is counted where the company works."""
        self.ensure_one()
        return self.company_id._get_today()

    def _get_report_sentence(self, finding):
        """What to do about a finding of ``report.check``, in words. May be extended."""
        if finding.code == "missing":
            return self._get_missing_sentence(finding.field)
        sentences = {
            "negative": self.env._("This number cannot be below zero."),
            "too_high": self.env._("This number is too high: at most %(limit)s."),
            "future": self.env._("The work cannot be done in the future."),
            "falls": self.env._(
                "The last reading was %(before)s. Choose why it is lower now."
            ),
            "above_later": self.env._(
                "On a later day the meter showed only %(later)s. Check day and reading."
            ),
            "serial_missing": self.env._("Enter the serial number of the new part."),
            "serial_quantity": self.env._(
                "A part with a serial number is one piece: use one line for each."
            ),
        }
        params = {name: f"{value:,.10g}" for name, value in finding.params.items()}
        return sentences[finding.code] % params

    def _get_missing_sentence(self, field):
        return {
            "component_id": self.env._("Choose the component."),
            "symptom_id": self.env._("Choose the symptom."),
            "cause_id": self.env._("Choose the cause."),
            "remedy_id": self.env._("Choose the remedy."),
            "reading_value": self.env._("Enter the reading of the meter."),
            "photo_ids": self.env._("Add at least one photo."),
            "signed_by": self.env._("Have the customer sign."),
        }[field]

    # What it changes

    def _apply_readings(self):
        """One reading per order, corrected when the report comes again."""
        meters = self._get_meters()
        # Written for the station whose report was accepted by the checks.
        Reading = self.env["aftersales.unit.reading"].sudo()
        orders = self.filtered(lambda order: order.unit_id and order.reading_value)
        existing = {
            reading.work_order_id.id: reading
            for reading in Reading.search([("work_order_id", "in", self.ids)])
        }
        new = []
        for order in orders:
            vals = {
                "value": order.reading_value,
                "read_on": order.started_on,
                "correction_reason": order.reading_reason,
            }
            if reading := existing.pop(order.id, None):
                reading.write(vals)
                continue
            vals |= {
                "unit_id": order.unit_id.id,
                "meter": meters[order.id],
                "company_id": order.company_id.id,
                "work_order_id": order.id,
            }
            new.append(vals)
        Reading.create(new)

    def _apply_corrections(self):
        """Phone and place as found, on request, machine and customer, and told so."""
        for order in self:
            if vals := order._prepare_found_site_vals():
                order._apply_found_site(vals)
            phone = (order.found_phone or "").strip()
            # The visiting station may correct what it found: named fields only.
            partner = order.partner_id.sudo()
            if phone and phone != partner.phone:
                order._tell_correction(
                    partner, self.env._("Phone"), partner.phone, phone
                )
                partner.phone = phone
                order.ticket_id.sudo().contact_phone = phone

    def _prepare_found_site_vals(self):
        """The site as found, as values of the site mixin; only what differs."""
        self.ensure_one()
        ticket = self.ticket_id.sudo()
        vals = {
            "site_street": (self.found_street or "").strip(),
            "site_zip": (self.found_zip or "").strip(),
            "site_city_id": self.found_city_id.id,
        }
        vals = {
            name: value
            for name, value in vals.items()
            if value
            and value != ticket._fields[name].convert_to_write(ticket[name], ticket)
        }
        if vals:
            # The coordinates were those of the place told on the phone.
            vals |= {"site_latitude": 0.0, "site_longitude": 0.0}
        return vals

    def _apply_found_site(self, vals):
        """Move request and machine to the place found; a private customer with it.

        A machine or customer at home elsewhere stays there: the roadside where it
        broke down would take it from its office. The note tells where it was.
        """
        self.ensure_one()
        # Callers hold the report of the visiting station: named fields only.
        ticket, unit, partner = (
            self.ticket_id.sudo(),
            self.unit_id.sudo(),
            self.partner_id.sudo(),
        )
        before = ticket.site_address
        is_home = (
            self._is_local(partner)
            and not partner.is_company
            and (not partner.street or partner.street == ticket.site_street)
        )
        is_unit_local = self._is_local(unit)
        ticket.write(vals)
        place = ticket._prepare_site_vals()
        if is_unit_local:
            unit.write({name: value for name, value in place.items() if value})
        if is_home and partner:
            partner.write(
                {
                    "street": ticket.site_street,
                    "zip": ticket.site_zip,
                    "city_id": ticket.site_city_id.id,
                    "state_id": ticket.site_state_id.id,
                }
            )
        self._tell_correction(
            unit or partner, self.env._("Site"), before, ticket.site_address
        )

    def _is_local(self, record):
        """Whether machine or customer belongs where the job is, or nobody knows."""
        self.ensure_one()
        # Callers hold the report: only the tree of territories is looked at.
        here, home = self.ticket_id.sudo().territory_id, record.sudo().territory_id
        if not (here and home):
            return True
        return home.id in here._get_path_ids() or here.id in home._get_path_ids()

    def _tell_correction(self, record, label, before, after):
        """Leave a note on the corrected record: what, by which work order."""
        self.ensure_one()
        if record:
            record._message_log(
                body=self.env._(
                    "%(label)s corrected by %(order)s: %(before)s → %(after)s",
                    label=label,
                    order=self.name,
                    before=before or "-",
                    after=after,
                )
            )

    def _tell_office_of_stock(self, short):
        """Parts used that the stock did not hold: a note, and a task for the manager.

        :param short: product → quantity below zero
        """
        self.ensure_one()
        parts = ", ".join(
            f"{product.display_name} ({quantity:g})"
            for product, quantity in short.items()
        )
        text = self.env._(
            "%(station)s used more than its stock holds: %(parts)s. Check its stock.",
            station=self.station_id.name,
            parts=parts,
        )
        self._set_office_task(self.env._("Parts stock below zero"), text)

    def _set_office_task(self, summary, text):
        """A note on the job, and a task for the manager of its territory."""
        self.ensure_one()
        self._message_log(body=text)
        if manager := self.territory_id.manager_id:
            self.activity_schedule(
                "mail.mail_activity_data_todo",
                summary=summary,
                note=text,
                user_id=manager.id,
            )

    def _apply_warranty_decision(self):
        """Decide again on what was found, where the request type wants a decision."""
        orders = self.filtered("request_type_id.needs_warranty_decision")
        if not orders:
            return
        # The rule looks at facts of machine and policy that a station cannot read.
        orders.ticket_id.sudo()._decide_warranty(orders)

    def _apply_installation(self):
        """An installation gives the machine its date, installer, owner, site."""
        for order in self.filtered("request_type_id.is_installation"):
            # The report was accepted; a station cannot write machines itself.
            unit = order.unit_id.sudo()
            if not unit:
                continue
            vals = order._prepare_installation_vals(unit)
            unit.write(vals)

    def _prepare_installation_vals(self, unit):
        """What an installation writes on its unit. Single; may be extended."""
        self.ensure_one()
        vals = {}
        if not unit.installation_date or unit.installer_id == self.station_id:
            vals |= {
                "installation_date": self.started_on or self._get_local_today(),
                "installer_id": self.station_id.id,
            }
        if not unit.owner_id:
            vals["owner_id"] = self.partner_id.id
        site = self.ticket_id.sudo()._prepare_site_vals()
        if site["site_street"] or site["site_city_id"]:
            vals |= site
        return vals

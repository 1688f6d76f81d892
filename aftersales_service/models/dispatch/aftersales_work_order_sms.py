from odoo import fields, models


class ResPartner(models.Model):
    """Stations that want an SMS beside the mail."""

    _inherit = "res.partner"

    wants_sms = fields.Boolean(
        string="Offers by SMS",
        groups="base.group_user",
        help="The station also gets an SMS when a job is offered to it.",
    )


class AftersalesWorkOrder(models.Model):
    """Offers by SMS, through Odoo's own queue."""

    _inherit = "aftersales.work.order"

    def _notify_offer(self):
        super()._notify_offer()
        self._text_station("aftersales_service.sms_template_job_offered")

    def _text_station(self, template_xmlid):
        """Queue an SMS to each station that wants one and has a phone."""
        wanted = self.filtered(
            lambda order: order.station_id.wants_sms and order.station_id.phone
        )
        if not wanted:
            return
        template = self.env.ref(template_xmlid)
        bodies = template._render_field("body", wanted.ids, compute_lang=True)
        self.env["sms.sms"].create(
            [
                {
                    "number": order.station_id.phone_sanitized
                    or order.station_id.phone,
                    "partner_id": order.station_id.id,
                    "body": bodies[order.id],
                }
                for order in wanted
            ]
        )

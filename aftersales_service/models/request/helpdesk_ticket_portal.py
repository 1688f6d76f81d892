from odoo import api, models

# What customers and stations may read of a request; everything else is for staff.
PORTAL_FIELDS = {
    "access_url",
    "access_warning",
    "active",
    "attachment_ids",
    "category_id",
    "closed",
    "closed_date",
    "commercial_partner_id",
    "company_id",
    "component_id",
    "contact_phone",
    "create_date",
    "description",
    "display_name",
    "fault_text",
    "has_message",
    "id",
    "last_stage_update",
    "message_ids",
    "message_is_follower",
    "name",
    "number",
    "owner_id",
    "partner_email",
    "partner_id",
    "partner_name",
    "priority",
    "product_id",
    "promised_date",
    "received_at",
    "request_type_id",
    "resolve_deadline",
    "serial_typed",
    "service_state",
    "site_address",
    "site_city_id",
    "site_latitude",
    "site_longitude",
    "site_state_id",
    "site_street",
    "site_zip",
    "stage_id",
    "station_id",
    "summary",
    "symptom_id",
    "unit_id",
    "warranty_result",
    "website_message_ids",
    "wished_at",
    "write_date",
}


class HelpdeskTicket(models.Model):
    """What customers and stations may read of a request, and what they are told.

    Core lets the portal read every field of a ticket. Here a portal user reads what
    `_get_portal_readable_fields` lists; a field that somebody adds later is for staff
    until it is listed.
    """

    _inherit = "helpdesk.ticket"

    def _has_field_access(self, field, operation):
        if not super()._has_field_access(field, operation):
            return False
        if self.env.su or not self.env.user.share:
            return True
        readable = self._get_portal_readable_fields()
        return operation == "read" and field.name in readable

    @api.model
    def _get_portal_readable_fields(self):
        """Names of the fields portal users may read. May be extended."""
        return PORTAL_FIELDS

    def _get_portal_state(self):
        """Where the request stands, in the customer's words, and the badge's colour."""
        self.ensure_one()
        words = {
            "new": (self.env._("Request received"), "text-bg-info"),
            "to_dispatch": (self.env._("Request received"), "text-bg-info"),
            "offered": (self.env._("Station asked"), "text-bg-info"),
            "in_progress": (self.env._("In progress"), "text-bg-primary"),
            "waiting": (self.env._("Waiting"), "text-bg-warning"),
            "to_follow_up": (self.env._("Work done"), "text-bg-success"),
            "done": (self.env._("Closed"), "text-bg-secondary"),
        }
        return words[self.service_state or "new"]

    def _is_portal_customer(self, user):
        """Whether a portal user is the caller or the owner, who may close it."""
        self.ensure_one()
        # Compared with ids stored on the request, whose readability was checked.
        ticket = self.sudo()
        return user.commercial_partner_id in (
            ticket.commercial_partner_id,
            ticket.owner_id,
        )

    def _get_portal_close_stages(self, user):
        """Stages a customer may close this request with now."""
        self.ensure_one()
        # The caller has checked that the user may read this request.
        ticket = self.sudo()
        # What was done cannot be called off any more.
        is_over = ticket.closed or ticket.service_state in ("to_follow_up", "done")
        if is_over or not ticket._is_portal_customer(user):
            return ticket.stage_id.browse()
        stages = ticket.team_id._get_applicable_stages()
        return stages.filtered(
            lambda stage: (
                stage.close_from_portal and not ticket._get_open_step_for(stage)
            )
        )

    def _notify_get_reply_to(self, default=None, author_id=False):
        # Core reads the team as the author, who may be a customer.
        return super(HelpdeskTicket, self.sudo())._notify_get_reply_to(
            default=default, author_id=author_id
        )

    def _notify_thread_with_out_of_office_get_additional_users(self, *args, **kwargs):
        # Core reads the assigned user as the author, who may be a customer.
        return super(
            HelpdeskTicket, self.sudo()
        )._notify_thread_with_out_of_office_get_additional_users(*args, **kwargs)

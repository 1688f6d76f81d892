from odoo.tests import tagged

from .common import AftersalesCase

# What a station reads of its job beside what mail and portal bring along; nothing
# is added unless a portal page needs it.
WORK_ORDER_FIELDS = """
    accepted_at answer_by arrived_at can_accept can_approve can_arrive can_cancel
    can_decline can_report can_resume can_return can_visit can_wait cause_id
    charge_line_ids
    company_id component_id create_date create_uid currency_id decline_reason done_at
    found_city_id found_phone found_street found_zip has_trips invoice_number
    is_own_job labor_hours
    name
    next_deadline next_step offered_at operation_line_ids part_line_ids partner_id
    photo_ids planned_date priority product_id reading_reason reading_value remedy_id
    reported_at request_type_id return_reason signature signed_by site_address
    started_on state station_id symptom_id technician_id ticket_id travel_km unit_id
    visit_count wait_reason warranty_decision_id work_text write_date write_uid
"""


class PortalFieldsMixin:
    """Compares what portal may read of an addon's own fields with a list."""

    MODULE: str

    def _readable_fields(self, model, user):
        """The addon's own fields of the model that the user may read."""
        records = self.env[model].with_user(user)
        return {
            name
            for name in records.fields_get()
            if self.MODULE in records._fields[name]._modules
        }

    def assert_portal_reads(self, user, table):
        """:param table: {model: names of fields in one string}"""
        for model, names in table.items():
            with self.subTest(model):
                found = self._readable_fields(model, user)
                self.assertEqual(found, set(names.split()))


@tagged("post_install", "-at_install")
class TestPortalFields(PortalFieldsMixin, AftersalesCase):
    """What a portal user may read of the models he reaches, field by field."""

    MODULE = "aftersales_service"

    def test_portal_reads_these_fields_and_no_others(self):
        self.assert_portal_reads(
            self.station_north_user,
            {
                "res.partner": "",
                "res.users": "",
                "helpdesk.ticket.stage": "is_withdrawal",
                "aftersales.work.order": WORK_ORDER_FIELDS,
            },
        )

    def test_machines_and_what_hangs_on_them_are_closed_to_portal(self):
        for model in (
            "stock.lot",
            "stock.quant",
            "rating.rating",
            "survey.user_input",
            "survey.user_input.line",
        ):
            with self.subTest(model):
                door = self.env[model].with_user(self.station_north_user)
                self.assertFalse(door.has_access("read"))

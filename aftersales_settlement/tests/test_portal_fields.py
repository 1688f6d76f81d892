from odoo.tests import tagged

from odoo.addons.aftersales_service.tests.test_portal_fields import PortalFieldsMixin

from .common import SettlementCase

# Fields of portal's models, settlement's own; the words of an audit and who made it
# stay inside.
PORTAL_FIELDS = {
    "res.partner": "",
    "res.users": "",
    "account.move": "",
    "aftersales.work.order": "",
    "aftersales.claim": """
        amount answer_by appeal_answer_by appeal_by appeal_reason appealed_at
        approved_amount approved_at audit_hint can_audit can_reopen cause_id
        company_id component_id create_date create_uid currency_id decided_at
        decision_reason finding_ids is_internal_team labor_hours line_ids name photo_ids
        product_id remedy_id reported_at request_type_id settlement_ids state station_id
        submitted_at symptom_id ticket_id travel_km unit_id work_date work_order_id
        work_text write_date write_uid
    """,
    "aftersales.claim.line": """
        adjust_reason amount approved_amount claim_id company_id create_date create_uid
        currency_id decision dispute_reason disputed_at explanation is_adjusted kind
        occasion operation_id product_id quantity rate_id sequence settlement_id
        settlement_line_id standard_hours station_id why write_date write_uid
    """,
    "aftersales.settlement": """
        amount_total can_bill can_compute can_confirm can_send company_id computed_at
        confirm_by confirmed_at create_date create_uid currency_id invoice_date
        invoice_number line_count line_ids multiplier name period period_start score_id
        seal sent_at state station_id sums waits_for_invoice write_date write_uid
    """,
    "aftersales.settlement.line": """
        amount claim_id claim_line_id company_id create_date create_uid currency_id
        dispute_reason is_held job kind origin_line_id reason reason_document sequence
        settlement_id settlement_state station_id why work_kind write_date write_uid
    """,
    "aftersales.station.score": """
        card_id company_id create_date create_uid grade grade_count grade_place
        has_value line_ids multiplier network_value period period_start place
        place_count place_text station_id value write_date write_uid
    """,
    "aftersales.station.score.line": """
        code company_id contribution create_date create_uid event_count good_count
        network_share points score_id sentence share weight write_date write_uid
    """,
}


@tagged("post_install", "-at_install")
class TestPortalFields(PortalFieldsMixin, SettlementCase):
    """What a station may read of its money, field by field."""

    MODULE = "aftersales_settlement"

    def test_portal_reads_these_fields_and_no_others(self):
        self.assert_portal_reads(self.station_north_user, PORTAL_FIELDS)

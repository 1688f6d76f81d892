"""SQL of the facts of an audit: how the database tells them, never what they mean.

Each table reads ``batch``, the claims that are audited, and those before it.
"""

from odoo.addons.aftersales_service.tools.geo import EARTH_RADIUS_KM

# A number as the rule reads it: six digits behind the point, no idle zeros.
_TEXT = "trim_scale(round(({})::numeric, {}))::text"
# Numbers of this length are given once in the whole country.
LONG_NUMBER = 8


def text_of(expression, digits=6):
    """SQL of a number as the text the rule reads."""
    return _TEXT.format(expression, digits)


KM = f"""{2 * EARTH_RADIUS_KM} * asin(least(1, sqrt(
    power(sin(radians(g.site_latitude - g.latitude) / 2), 2)
    + cos(radians(g.latitude)) * cos(radians(g.site_latitude))
    * power(sin(radians(g.site_longitude - g.longitude) / 2), 2))))"""

# What was read of the claim itself. {names}: facts of their own, by name.
BATCH = """
    SELECT c.id, c.work_order_id, c.unit_id, c.station_id, c.company_id, c.amount,
        c.authorisation_limit, c.authorised_amount,
        c.currency_id, c.request_type_id, c.work_date, o.component_id, o.symptom_id,
        o.invoice_key, o.reading_value, o.reading_reason, o.started_on, o.reported_at,
        o.name AS order_name, s.station_grade, pt.categ_id, u.production_batch,
        c.product_id, a.zone, a.today, a.look_days, a.peer_months,
        date_trunc('month', c.work_date)::date AS month,
        t.serial_verdict, k.needs_warranty_decision, c.is_chargeable,
        k.requires_photo, k.requires_reading, k.requires_signature, k.requires_codes,
        d.covers_parts, d.covers_labor, d.covers_travel, d.end_date,
        (o.cause_id IS NOT NULL AND o.remedy_id IS NOT NULL
            AND o.component_id IS NOT NULL AND o.symptom_id IS NOT NULL) AS has_codes,
        COALESCE(o.signed_by, '') <> '' AS is_signed,
        s.partner_latitude::float8 AS latitude,
        s.partner_longitude::float8 AS longitude,
        t.site_latitude::float8 AS site_latitude,
        t.site_longitude::float8 AS site_longitude
    FROM aftersales_claim c
    JOIN aftersales_work_order o ON o.id = c.work_order_id
    JOIN res_partner s ON s.id = c.station_id
    -- Every claim finds its row; an outer join tells the planner so.
    LEFT JOIN (VALUES %(companies)s)
        AS a(company_id, zone, today, look_days, peer_months)
        ON a.company_id = COALESCE(c.company_id, 0)
    LEFT JOIN helpdesk_ticket t ON t.id = c.ticket_id
    LEFT JOIN aftersales_request_type k ON k.id = c.request_type_id
    LEFT JOIN aftersales_warranty_decision d ON d.id = c.warranty_decision_id
    LEFT JOIN product_product pp ON pp.id = c.product_id
    LEFT JOIN product_template pt ON pt.id = pp.product_tmpl_id
    LEFT JOIN stock_lot u ON u.id = c.unit_id
    WHERE c.id = ANY(%(ids)s)
"""

# A group stands for everything in it, so a family is the code, its groups and parts.
FAMILY = """
    SELECT code.id, jsonb_agg(kin.id ORDER BY kin.id) AS ids,
        bool_or(EXISTS (SELECT FROM aftersales_fault_code_part_rel p
            WHERE p.aftersales_fault_code_id = kin.id)) AS is_listed
    FROM (SELECT DISTINCT component_id AS id FROM batch) own
    JOIN aftersales_fault_code code ON code.id = own.id
    JOIN aftersales_fault_code kin ON kin.kind = 'component'
        AND (code.parent_path LIKE kin.parent_path || '%%'
            OR kin.parent_path LIKE code.parent_path || '%%')
    GROUP BY code.id
"""

PART = """
    SELECT p.product_product_id AS product_id,
        jsonb_agg(code.id ORDER BY code.id) AS ids
    FROM aftersales_fault_code_part_rel p
    JOIN aftersales_fault_code code ON code.id = p.aftersales_fault_code_id
        AND code.kind = 'component'
    GROUP BY p.product_product_id
"""

# Claims of the months before that were approved before the month began: the same
# whenever they are asked for.
PEER_MONTH = """
    SELECT c.company_id, c.currency_id, c.request_type_id, s.station_grade,
        pt.categ_id, date_trunc('month', c.work_date)::date AS month,
        date_trunc('month', c.approved_at)::date AS approved_month,
        count(*) AS number, sum(c.amount) AS total, sum(c.amount * c.amount) AS squares
    FROM aftersales_claim c
    JOIN res_partner s ON s.id = c.station_id
    JOIN product_product pp ON pp.id = c.product_id
    JOIN product_template pt ON pt.id = pp.product_tmpl_id
    WHERE c.state IN ('approved', 'settled') AND c.approved_at IS NOT NULL
        AND c.work_date < (SELECT max(month) FROM batch)
        AND c.work_date >= (SELECT min(month - make_interval(months => peer_months))
            FROM batch)
    GROUP BY 1, 2, 3, 4, 5, 6, 7
"""

PEERS = f"""
    SELECT mine.*, jsonb_build_object(
        'count', sum(p.number),
        'mean', {text_of("sum(p.total) / sum(p.number)", 2)},
        'deviation', {
    text_of(
        "sqrt(greatest(0, (sum(p.squares) - sum(p.total) * sum(p.total)"
        " / sum(p.number)) / greatest(1, sum(p.number) - 1)))",
        2,
    )
}) AS facts
    FROM (SELECT DISTINCT company_id, currency_id, request_type_id, station_grade,
        categ_id, month, peer_months FROM batch) mine
    JOIN peer_month p ON p.company_id = mine.company_id
        AND p.currency_id = mine.currency_id
        AND p.request_type_id = mine.request_type_id
        AND p.station_grade IS NOT DISTINCT FROM mine.station_grade
        AND p.categ_id IS NOT DISTINCT FROM mine.categ_id AND p.month < mine.month
        AND p.approved_month < mine.month
        AND p.month >= mine.month - make_interval(months => mine.peer_months)
    GROUP BY 1, 2, 3, 4, 5, 6, 7
"""

LINES = f"""
    SELECT b.id, jsonb_agg(jsonb_build_object(
        'id', l.id, 'kind', l.kind, 'quantity', {text_of("l.quantity")},
        'amount', {text_of("l.amount")},
        'standard_hours', CASE WHEN l.standard_hours <> 0
            THEN {text_of("l.standard_hours")} END,
        'has_rate', l.rate_id IS NOT NULL,
        'is_authorised', b.amount > 0 AND b.authorised_amount >= b.amount,
        'component_ids', part.ids) ORDER BY l.sequence, l.id) AS facts
    FROM batch b JOIN aftersales_claim_line l ON l.claim_id = b.id
    LEFT JOIN part ON part.product_id = l.product_id
    GROUP BY b.id
"""

EARLIER = """
    SELECT b.id, jsonb_agg(jsonb_build_object(
        'id', c.id, 'unit_id', c.unit_id, 'done_date', c.work_date,
        'component_id', o.component_id, 'symptom_id', o.symptom_id,
        'station_id', c.station_id) ORDER BY c.id) AS facts
    FROM batch b
    JOIN aftersales_claim c ON c.unit_id = b.unit_id AND c.id <> b.id
        AND c.state NOT IN ('draft', 'rejected')
        AND c.work_date BETWEEN b.work_date - b.look_days AND b.work_date + b.look_days
    JOIN aftersales_work_order o ON o.id = c.work_order_id
    GROUP BY b.id
"""

PHOTO = """
    SELECT b.id, count(x.id) AS number FROM batch b
    JOIN aftersales_work_order_photo_rel r
        ON r.aftersales_work_order_id = b.work_order_id
    JOIN ir_attachment x ON x.id = r.ir_attachment_id
    GROUP BY b.id
"""

_TWIN = """jsonb_build_object('order_id', min(twin.id),
        'claim_id', (array_agg(c.id ORDER BY twin.id))[1],
        'count', count(DISTINCT twin.id)) AS facts"""

SAME_PHOTO = f"""
    SELECT b.id, {_TWIN}
    FROM batch b
    JOIN aftersales_work_order_photo_rel r
        ON r.aftersales_work_order_id = b.work_order_id
    JOIN ir_attachment x ON x.id = r.ir_attachment_id
    JOIN ir_attachment y ON y.checksum = x.checksum
    JOIN aftersales_work_order_photo_rel q ON q.ir_attachment_id = y.id
        AND q.aftersales_work_order_id <> b.work_order_id
    JOIN aftersales_work_order twin ON twin.id = q.aftersales_work_order_id
    LEFT JOIN aftersales_claim c ON c.work_order_id = twin.id
    GROUP BY b.id
"""

SAME_INVOICE = f"""
    SELECT b.id, {_TWIN}
    FROM batch b
    JOIN aftersales_work_order twin ON twin.invoice_key = b.invoice_key
        AND twin.id <> b.work_order_id
        AND (twin.station_id = b.station_id OR length(b.invoice_key) >= {LONG_NUMBER})
    LEFT JOIN aftersales_claim c ON c.work_order_id = twin.id
    GROUP BY b.id
"""

VISIT = """
    SELECT b.id,
        count(DISTINCT ((v.arrived_at AT TIME ZONE 'UTC') AT TIME ZONE b.zone)::date)
            AS number
    FROM batch b JOIN aftersales_work_order_visit v
        ON v.work_order_id = b.work_order_id AND v.arrived_at IS NOT NULL
    GROUP BY b.id
"""

# The last reading of another job, of the same meter where this job's is known.
METER = f"""
    SELECT b.id, jsonb_build_object(
        'value', {text_of("b.reading_value")}, 'read_on', b.work_date,
        'before', {text_of("r.value")}, 'before_on', r.read_on,
        'meter', r.meter, 'reason', b.reading_reason) AS facts
    FROM batch b
    LEFT JOIN aftersales_unit_reading own ON own.work_order_id = b.work_order_id
    CROSS JOIN LATERAL (
        SELECT r.value, r.read_on, r.meter FROM aftersales_unit_reading r
        WHERE r.unit_id = b.unit_id AND r.read_on <= b.work_date
            AND r.work_order_id IS DISTINCT FROM b.work_order_id
            AND (own.id IS NULL OR r.meter = own.meter)
            AND (own.id IS NULL OR r.read_on < own.read_on OR r.id < own.id)
        ORDER BY r.read_on DESC, r.id DESC LIMIT 1) r
    WHERE b.reading_value <> 0
"""

RETURN = """
    SELECT b.id, count(*) AS number FROM batch b
    JOIN aftersales_part_return r ON r.work_order_id = b.work_order_id
        AND r.state = 'due' AND r.due_date < b.today
    GROUP BY b.id
"""

STATION_RETURN = """
    SELECT own.station_id, own.company_id, count(*) AS number
    FROM (SELECT DISTINCT station_id, company_id, today FROM batch) own
    JOIN aftersales_part_return r ON r.station_id = own.station_id
        AND r.company_id = own.company_id AND r.state = 'due' AND r.due_date < own.today
    GROUP BY 1, 2
"""

# What persons made of the station's claims in the half year before the audit.
TRUST = """
    SELECT own.station_id, own.company_id, count(c.id) AS decided,
        count(c.id) FILTER (WHERE c.state = 'rejected'
            OR c.approved_amount <> c.amount) AS changed
    FROM (SELECT DISTINCT station_id, company_id, today FROM batch) own
    JOIN aftersales_claim c ON c.station_id = own.station_id
        AND c.company_id = own.company_id AND c.decided_by_id IS NOT NULL
        AND c.state IN ('approved', 'rejected', 'settled')
        AND c.decided_at >= own.today - 182
    GROUP BY 1, 2
"""

SCORE = """
    SELECT DISTINCT ON (own.station_id, own.company_id) own.station_id, own.company_id,
        x.value
    FROM (SELECT DISTINCT station_id, company_id FROM batch) own
    JOIN aftersales_station_score x ON x.station_id = own.station_id
        AND x.company_id = own.company_id AND x.has_value
    ORDER BY own.station_id, own.company_id, x.period_start DESC
"""

SIGNATURE = """EXISTS (SELECT FROM ir_attachment x
    WHERE x.res_model = 'aftersales.work.order' AND x.res_id = g.work_order_id
        AND x.res_field = 'signature')"""
REPORT_HOURS = """extract(epoch FROM g.reported_at - (
    ((g.started_on + 1)::timestamp AT TIME ZONE g.zone) AT TIME ZONE 'UTC')) / 3600"""
ON_GLOBE = """(g.latitude <> 0 OR g.longitude <> 0)
    AND (g.site_latitude <> 0 OR g.site_longitude <> 0)
    AND abs(g.latitude) <= 90 AND abs(g.longitude) <= 180
    AND abs(g.site_latitude) <= 90 AND abs(g.site_longitude) <= 180"""


def codes_of(**tests):
    """SQL of the sorted list of those codes whose test holds."""
    cases = ", ".join(
        f"CASE WHEN {test} THEN '{code}' END" for code, test in sorted(tests.items())
    )
    return f"array_remove(ARRAY[{cases}], NULL)"

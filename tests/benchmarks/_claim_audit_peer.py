"""The peer of the automatic audit: one SQL statement that checks and writes the same.

It reads the same tables, makes every check of the handbook in SQL, throws the same dice
and writes the same rows with the same columns: findings, facts, states.
"""

from odoo.tools import SQL


def text(expression):
    """SQL of a number as it is kept: no idle zeros."""
    return f"trim_scale(({expression})::numeric)::text"


# One select per check: (claim, line, code, severity, params, order of the handbook).
CHECKS = (
    # Coverage.
    """SELECT g.id, l.id, 'not_covered', 'block', jsonb_build_object('kind', l.kind), 1
        FROM line l JOIN g ON g.id = l.claim_id
        WHERE g.needs AND l.amount <> 0
            AND NOT (g.amount > 0 AND COALESCE(g.authorised_amount, 0) >= g.amount)
            AND CASE l.kind WHEN 'part' THEN NOT g.covers_parts
                WHEN 'labor' THEN NOT g.covers_labor
                WHEN 'travel' THEN NOT g.covers_travel ELSE FALSE END""",
    f"""SELECT g.id, NULL, 'authorisation_missing', 'block', jsonb_build_object(
            'amount', {text("t.amount")}, 'limit', {text("g.authorisation_limit")},
            'granted', {text("COALESCE(g.authorised_amount, 0)")}), 2
        FROM total t JOIN g ON g.id = t.claim_id
        WHERE g.authorisation_limit > 0 AND t.amount
            > greatest(g.authorisation_limit, g.authorised_amount)""",
    # Counterfeit.
    """SELECT g.id, NULL, CASE WHEN g.serial_verdict IN ('unknown', 'void')
            THEN 'counterfeit' ELSE 'serial_doubtful' END,
            CASE WHEN g.serial_verdict IN ('unknown', 'void')
            THEN 'block' ELSE 'review' END,
            jsonb_build_object('serial_code', g.serial_verdict), 3 FROM g
        WHERE g.serial_verdict IN ('unknown', 'void', 'ambiguous', 'mismatch')""",
    # Other jobs of the machine.
    """SELECT id, NULL, 'duplicate', 'review', jsonb_build_object(
            'claim_id', (array_agg(other ORDER BY days, other))[1],
            'days', min(days), 'same', (array_agg(same ORDER BY days, other))[1],
            'count', count(*)), 4
        FROM job WHERE days <= %(duplicate_days)s AND NOT is_repeat AND same IS NOT NULL
        GROUP BY id""",
    """SELECT id, NULL, 'repeat', 'review', jsonb_build_object(
            'claim_id', (array_agg(other ORDER BY days, other))[1],
            'days', min(days), 'count', count(*)), 5
        FROM job WHERE is_repeat AND is_before AND days <= %(repeat_days)s
        GROUP BY id""",
    *(
        f"""SELECT id, NULL, '{name}', 'review', jsonb_build_object('order_id',
            facts->'order_id', 'claim_id', facts->'claim_id', 'count', facts->'count'),
            {number} FROM {name}"""
        for number, name in ((6, "same_invoice"), (7, "same_photo"))
    ),
    # Hours, kilometres, meters, parts.
    f"""SELECT l.claim_id, l.id, 'hours_above_standard', 'review', jsonb_build_object(
            'hours', {text("l.quantity")}, 'standard_hours', {text("l.standard")},
            'allowed_hours',
            {text("l.standard * (1 + %(labor_tolerance_percent)s / 100.0)")}), 8
        FROM line l WHERE l.kind = 'labor' AND l.standard <> 0
            AND l.quantity > l.standard * (1 + %(labor_tolerance_percent)s / 100.0)""",
    f"""SELECT way.id, way.line_id, 'mileage_above_distance', 'review',
            jsonb_build_object('km', {text("way.km")}, 'distance_km',
            {text("way.distance")}, 'allowed_km', {text("way.allowed")}), 9
        FROM (SELECT t.claim_id AS id, t.travel_line AS line_id, t.km, g.distance,
                greatest(x.expected * (1 + %(mileage_tolerance_percent)s / 100.0),
                    x.expected + %(mileage_free_km)s) AS allowed
            FROM total t JOIN g ON g.id = t.claim_id AND g.distance IS NOT NULL
            CROSS JOIN LATERAL (SELECT g.distance * %(road_factor)s * %(trips)s
                * g.visits AS expected) x) way
        WHERE way.km > way.allowed""",
    f"""SELECT m.id, NULL, m.code, 'review', jsonb_build_object(
            'value', {text("m.value")}, 'before', {text("m.before")},
            'before_on', m.before_on, 'most',
            {text("CASE m.code WHEN 'reading_fell' THEN m.before ELSE m.most END")},
            'meter', m.meter), 10
        FROM (SELECT x.*, CASE WHEN x.value < x.before THEN 'reading_fell'
                WHEN x.value > x.most THEN 'reading_jumped' END AS code
            FROM (SELECT id, facts->>'meter' AS meter,
                    (facts->>'value')::numeric AS value,
                    (facts->>'before')::numeric AS before,
                    facts->'before_on' AS before_on,
                    (facts->>'before')::numeric + CASE facts->>'meter' WHEN 'km'
                        THEN %(km_per_day)s ELSE %(hours_per_day)s END
                    * greatest(1, (facts->>'read_on')::date
                        - (facts->>'before_on')::date) AS most
                FROM meter WHERE facts->>'reason' IS NULL) x) m
        WHERE m.code IS NOT NULL""",
    """SELECT l.claim_id, l.id, 'part_foreign', 'review', jsonb_build_object(
            'component_id', g.component_id, 'component_ids', l.component_ids), 11
        FROM line l JOIN g ON g.id = l.claim_id AND g.is_listed
        WHERE l.component_ids IS NOT NULL AND NOT EXISTS (
            SELECT FROM jsonb_array_elements(l.component_ids) part
            WHERE g.family @> part)""",
    # The report.
    f"""SELECT id, NULL, 'report_late', 'review', jsonb_build_object('hours',
            {text("late")}, 'allowed_hours', {text("%(report_hours)s")}), 12
        FROM g WHERE late > %(report_hours)s""",
    """SELECT id, NULL, 'evidence_missing', 'review',
            jsonb_build_object('missing', missing), 13
        FROM g WHERE cardinality(missing) > 0""",
    """SELECT claim_id, id, 'rate_missing', 'review', jsonb_build_object('kind', kind),
            14 FROM line WHERE rate_id IS NULL""",
    """SELECT id, NULL, 'quality_hold', 'review', jsonb_build_object('hold_id',
            facts->'id', 'count', facts->'count', 'until', facts->'until'), 18
        FROM hold""",
    # Warranty, peers, returns.
    """SELECT id, NULL, 'before_expiry', 'note', jsonb_build_object('days',
            end_date - work_date, 'coverage_end', end_date), 15
        FROM g WHERE end_date - work_date >= 0
            AND end_date - work_date < %(expiry_days)s""",
    f"""SELECT id, NULL, 'outlier', 'review', jsonb_build_object(
            'amount', {text("amount")}, 'mean', {text("mean")}, 'most',
            {text("round(mean + %(outlier_deviation)s * deviation, 2)")},
            'count', peer_count), 16
        FROM g WHERE peer_count >= %(outlier_samples)s AND deviation > 0
            AND amount > mean + %(outlier_deviation)s * deviation""",
    """SELECT id, NULL, CASE WHEN own_overdue > 0 THEN 'return_overdue'
            ELSE 'returns_overdue' END,
            CASE WHEN own_overdue > 0 THEN 'review' ELSE 'note' END,
            jsonb_build_object('count', CASE WHEN own_overdue > 0 THEN own_overdue
            ELSE station_overdue END), 17
        FROM g WHERE own_overdue > 0
            OR (%(overdue_returns)s > 0 AND station_overdue >= %(overdue_returns)s)""",
)

# The claims with what the checks read, and their facts as they are kept.
G = """g AS MATERIALIZED (
    SELECT g.*, COALESCE(g.needs_warranty_decision, FALSE) AS needs,
        %(distance)s AS distance, %(late)s AS late, family.ids AS family,
        COALESCE(family.is_listed, FALSE) AS is_listed,
        (peers.facts->>'count')::int AS peer_count,
        (peers.facts->>'mean')::numeric AS mean,
        (peers.facts->>'deviation')::numeric AS deviation,
        greatest(COALESCE(visit.number, 1), 1) AS visits,
        COALESCE(returns.number, 0) AS own_overdue,
        COALESCE(station_returns.number, 0) AS station_overdue,
        COALESCE(trust.decided, 0) AS decided, COALESCE(trust.changed, 0) AS changed,
        round(score.value, 2) AS score,
        array_remove(ARRAY[
            CASE WHEN (g.requires_codes OR hold.requires_codes) AND NOT g.has_codes
                THEN 'fault_codes' END,
            CASE WHEN (g.requires_photo OR hold.requires_photo) AND photo.number IS NULL
                THEN 'photo' END,
            CASE WHEN (g.requires_reading OR hold.requires_reading)
                AND COALESCE(g.reading_value, 0) = 0
                THEN 'reading' END,
            CASE WHEN (g.requires_signature OR hold.requires_signature)
                AND NOT (g.is_signed OR %(signature)s)
                THEN 'signature' END
        ], NULL) AS missing,
        %(facts)s || %(limits)s::jsonb AS facts
    FROM %(source)s)"""

LINE = """line AS MATERIALIZED (
    SELECT l.id, l.claim_id, l.kind, l.sequence, l.rate_id, l.amount,
        round(l.quantity::numeric, 6) AS quantity,
        round(l.standard_hours::numeric, 6) AS standard, part.ids AS component_ids
    FROM batch b JOIN aftersales_claim_line l ON l.claim_id = b.id
    LEFT JOIN part ON part.product_id = l.product_id),
total AS MATERIALIZED (
    SELECT claim_id, sum(amount) AS amount,
        sum(quantity) FILTER (WHERE kind = 'travel') AS km,
        (array_agg(id ORDER BY sequence, id) FILTER (WHERE kind = 'travel'))[1]
            AS travel_line
    FROM line GROUP BY claim_id),
job AS MATERIALIZED (
    SELECT b.id, c.id AS other, abs(b.work_date - c.work_date) AS days,
        c.work_date < b.work_date AS is_before,
        CASE WHEN o.component_id = b.component_id THEN 'component'
            WHEN o.symptom_id = b.symptom_id THEN 'symptom' END AS same,
        COALESCE(c.work_date <> b.work_date AND c.station_id = b.station_id
            AND o.component_id = b.component_id, FALSE) AS is_repeat
    FROM batch b
    JOIN aftersales_claim c ON c.unit_id = b.unit_id AND c.id <> b.id
        AND c.state NOT IN ('draft', 'rejected')
        AND c.work_date BETWEEN b.work_date - b.look_days AND b.work_date + b.look_days
    JOIN aftersales_work_order o ON o.id = c.work_order_id)"""

# The dice: rate by risk, a hash of seed and claim.
DRAW = """state AS MATERIALIZED (
    SELECT g.id, bool_or(f.severity <> 'note') IS TRUE AS is_stopped,
        array_agg(f.code ORDER BY f.place) FILTER (WHERE f.code IS NOT NULL) AS codes
    FROM g LEFT JOIN found f ON f.claim_id = g.id GROUP BY g.id),
risk AS (
    SELECT s.id, x.place, x.number, x.code, x.weight FROM state s
    CROSS JOIN LATERAL unnest(s.codes) WITH ORDINALITY n(code, number)
    CROSS JOIN LATERAL (SELECT 1 AS place, n.number, n.code, 0.5 AS weight) x
    WHERE NOT s.is_stopped
    UNION ALL SELECT g.id, 2, 1, 'large', 1 FROM g
    WHERE %(large_from)s > 0 AND g.amount >= %(large_from)s
    UNION ALL SELECT g.id, 3, 1, 'changed', round(changed::numeric / decided, 4) FROM g
    WHERE changed > 0 AND decided >= 5
    UNION ALL SELECT g.id, 4, 1, 'score', round(1 - greatest(score, 0) / 100, 4) FROM g
    WHERE score < 100),
dice AS MATERIALIZED (
    SELECT d.*, ticket < percent / 100 * 1000000 AS is_drawn, jsonb_build_object(
        'percent', trim_scale(percent)::text, 'risks', risks) AS facts
    FROM (SELECT s.id, COALESCE(r.risks, '[]'::jsonb) AS risks,
            round(%(random)s + (greatest(%(risky)s, %(random)s) - %(random)s)
                * (1 - COALESCE(r.safe, 1)), 4) AS percent,
            mod(CASE WHEN h.half < 0 THEN h.half::numeric + 18446744073709551616
                ELSE h.half END, 1000000) AS ticket
        FROM state s
        LEFT JOIN (SELECT id, jsonb_agg(jsonb_build_array(code,
                    trim_scale(weight)::text) ORDER BY place, number) AS risks,
                CASE WHEN max(weight) >= 1 THEN 0
                    ELSE exp(sum(ln(CASE WHEN weight < 1 THEN 1 - weight ELSE 1 END)))
                END AS safe
            FROM (SELECT id, place, number, code, weight::numeric(6, 4) AS weight
                FROM risk) w GROUP BY id) r ON r.id = s.id
        CROSS JOIN LATERAL (SELECT ('x' || substr(encode(sha256(
            (%(seed)s || '/' || s.id)::bytea), 'hex'), 1, 16))::bit(64)::bigint
            AS half) h
        WHERE NOT s.is_stopped) d)"""

WRITE = """written AS (
    INSERT INTO aftersales_claim_finding (claim_id, line_id, code, severity, params,
        company_id, severity_rank, create_uid, write_uid, create_date, write_date)
    SELECT f.claim_id, f.line_id, f.code, f.severity, f.params, g.company_id,
        CASE f.severity WHEN 'block' THEN 0 WHEN 'review' THEN 1 ELSE 2 END,
        %(uid)s, %(uid)s, %(now)s, %(now)s
    FROM (SELECT claim_id, line_id, code, severity, params FROM found
        UNION ALL SELECT id, NULL, 'spot_check', 'review', facts
        FROM dice WHERE is_drawn) f
    JOIN g ON g.id = f.claim_id)
UPDATE aftersales_claim c SET
    state = CASE WHEN d.id IS NULL OR d.is_drawn THEN 'review' ELSE 'approved' END,
    is_sampled = COALESCE(d.is_drawn, FALSE),
    sample_id = CASE WHEN d.id IS NOT NULL THEN %(sample)s END,
    sample_facts = d.facts, audit_facts = g.facts,
    approved_at = CASE WHEN NOT d.is_drawn THEN %(now)s END,
    decided_at = CASE WHEN NOT d.is_drawn THEN %(now)s END,
    write_uid = %(uid)s, write_date = %(now)s
FROM g LEFT JOIN dice d ON d.id = g.id
WHERE c.id = g.id AND c.state = 'submitted'"""


def statement(parts, limits, kept, dice, stamp):
    """The whole statement.

    :param parts: tables, facts and source as the audit reads them
    :param limits: the numbers of the policy by name
    :param kept: the policy as it is kept with each claim, JSON text
    :param dice: seed, sample, random, risky, large_from
    :param stamp: uid, now
    """
    found = SQL(" UNION ALL ").join(
        SQL("(%s)", SQL(check, **limits) if "%(" in check else SQL(check))
        for check in CHECKS
    )
    return SQL(
        "WITH %s, %s, %s, found(claim_id, line_id, code, severity, params, place)"
        " AS MATERIALIZED (%s), %s, %s",
        parts["tables"],
        SQL(
            G,
            distance=parts["distance"],
            late=parts["late"],
            signature=parts["signature"],
            facts=parts["facts"],
            source=parts["source"],
            limits=kept,
        ),
        SQL(LINE),
        found,
        SQL(DRAW, **dice),
        SQL(WRITE, sample=dice["sample"], **stamp),
    )

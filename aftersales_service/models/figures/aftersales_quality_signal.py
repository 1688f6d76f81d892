from collections import defaultdict
from datetime import timedelta

from dateutil.relativedelta import relativedelta
from markupsafe import Markup

from odoo import api, fields, models
from odoo.tools import SQL

from ...tools import control_limit as control_rule
from ...tools.reliability import Cohort, measure_exposure

# Claims of older machines say little about how a month's build was made.
SERVICE_MONTHS = 24
# A build whose claims have ceased is history, not a warning.
RECENT_DAYS = 60


class AftersalesQualitySignal(models.Model):
    """A build month with more claims of a component than those before it explain.

    Found at night for every component, model and production month, told once: the
    signal opens a case, a problem sheet at headquarters, and stays as it was.
    """

    _name = "aftersales.quality.signal"
    _description = "Quality signal"
    _order = "id desc"

    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True
    )
    ticket_id = fields.Many2one(
        "helpdesk.ticket",
        string="Case",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
        help="The problem sheet in which it is looked into.",
    )
    territory_id = fields.Many2one(
        related="ticket_id.territory_id", store=True, index=True
    )
    product_id = fields.Many2one(
        "product.product",
        string="Model",
        required=True,
        readonly=True,
        ondelete="cascade",
    )
    component_id = fields.Many2one(
        "aftersales.fault.code", required=True, readonly=True, ondelete="cascade"
    )
    production_month = fields.Date(
        required=True, readonly=True, help="First day of the month."
    )
    claim_count = fields.Integer(string="Repairs", readonly=True)
    expected_count = fields.Float(
        string="Repairs expected",
        digits=(12, 1),
        readonly=True,
        help="At the rates of the builds before it, at the same months in service.",
    )
    limit_count = fields.Integer(
        string="Control limit",
        readonly=True,
        aggregator=None,
        help="So many repairs would still be chance.",
    )
    exposure = fields.Float(
        string="Machine-months in service", digits=(12, 1), readonly=True
    )
    finding = fields.Text(compute="_compute_finding")

    _told_once = models.UniqueIndex(
        "(company_id, product_id, component_id, production_month)",
        "This signal is told already.",
    )

    @api.depends("component_id", "product_id", "production_month")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for signal in self:
            signal.display_name = " · ".join(signal._get_subject())

    @api.depends("claim_count", "expected_count", "limit_count")
    @api.depends_context("lang")
    def _compute_finding(self):
        for signal in self:
            signal.finding = self.env._(
                "%(claims)s repairs; %(expected)s were to be expected, up to %(limit)s"
                " would still be chance.",
                claims=signal.claim_count,
                expected=round(signal.expected_count, 1),
                limit=signal.limit_count,
            )

    def _get_subject(self):
        """Component, model and production month, in words."""
        self.ensure_one()
        return (
            self.component_id.display_name or "",
            self.product_id.display_name or "",
            (self.production_month or fields.Date.today()).strftime("%Y-%m"),
        )

    def action_open_case(self):
        """Open the problem sheet in which it is looked into."""
        self.ensure_one()
        return self.ticket_id.get_formview_action()

    @api.model
    def _cron_find(self):
        """Look at every build; what was told is not told again."""
        for company in self.env["res.company"].sudo().search([("active", "=", True)]):
            radar = self.with_company(company)
            signals = radar._find(company)
            radar._apply_signals(company, signals)
            self.env["ir.cron"]._commit_progress(len(signals))

    @api.model
    def _find(self, company):
        """Values of the signals of a company that are not told yet."""
        policy = company._prepare_control_policy()
        exposures, claims = self._prepare_control_facts(company, policy)
        told = {
            (signal.product_id.id, signal.component_id.id, signal.production_month)
            for signal in self.search([("company_id", "=", company.id)])
        }
        since = company._get_today() - timedelta(days=RECENT_DAYS)
        signals = []
        for (product_id, component_id), facts in sorted(claims.items()):
            # A signal needs so many claims in one build: most pairs have none.
            if max(sum(build["claims"].values()) for build in facts.values()) < (
                policy.min_claims
            ):
                continue
            cells = [
                control_rule.Cell(
                    build=build,
                    service_month=month,
                    exposure=exposure,
                    claims=facts[build]["claims"][month] if build in facts else 0,
                )
                for (build, month), exposure in exposures[product_id].items()
            ]
            for control in control_rule.find_signals(cells, policy):
                key = product_id, component_id, _get_month(control.build)
                recent = control.is_signal and facts[control.build]["last"] >= since
                if recent and key not in told:
                    batches = facts[control.build]["batches"]
                    signals.append((key, control, batches))
        return signals

    @api.model
    def _prepare_control_facts(self, company, policy):
        """Exposure and claims of all builds looked at, in one statement.

        :return: {product id: {(build, month in service): machine-months}},
            {(product id, component id): {build: claims by month, last day, batches}}
        """
        today = company._get_today()
        first = today - relativedelta(months=SERVICE_MONTHS + policy.baseline_months)
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """
                WITH unit AS MATERIALIZED (
                    SELECT id, product_id, production_batch,
                           (extract(year FROM production_date) * 12
                            + extract(month FROM production_date) - 1)::int AS build,
                           COALESCE(installation_date, sale_date) AS start,
                           LEAST(%(months)s, (%(today)s - COALESCE(
                               installation_date, sale_date)) / 30.4375) AS age
                      FROM stock_lot
                     WHERE production_date >= %(first)s
                       AND COALESCE(installation_date, sale_date) <= %(today)s
                       AND void_reason IS NULL
                       AND COALESCE(company_id, %(company)s) = %(company)s
                )
                SELECT product_id, NULL, build, floor(age)::int, count(*),
                       sum(age - floor(age))::float, NULL, NULL
                  FROM unit GROUP BY product_id, build, floor(age)
             UNION ALL
                SELECT product_id, component_id, build, month, count(*), 0,
                       max(day), array_agg(DISTINCT batch)
                  FROM (
                    SELECT unit.product_id, w.component_id, unit.build,
                           t.received_at::date AS day,
                           COALESCE(unit.production_batch, '') AS batch,
                           GREATEST(0, floor((t.received_at::date - unit.start)
                               / 30.4375))::int AS month
                      FROM aftersales_work_order w
                      JOIN unit ON unit.id = w.unit_id
                      JOIN helpdesk_ticket t ON t.id = w.ticket_id
                      JOIN aftersales_request_type k
                        ON k.id = w.request_type_id AND k.is_installation IS NOT TRUE
                     WHERE w.state IN ('reported', 'returned', 'done')
                       AND w.company_id = %(company)s AND w.component_id IS NOT NULL
                  ) AS claim
                 WHERE month < %(months)s
              GROUP BY product_id, component_id, build, month
                """,
                months=SERVICE_MONTHS,
                today=today,
                first=first.replace(day=1),
                company=company.id,
            )
        )
        cohorts, claims = defaultdict(list), defaultdict(dict)
        for product_id, component_id, build, month, count, fraction, day, batch in rows:
            if not component_id:
                # Of one whole age, the mean stands for all: exposure is linear in it.
                age = month + fraction / count
                cohorts[product_id].append(Cohort(month=build, age=age, count=count))
                continue
            facts = claims[product_id, component_id].setdefault(
                build, {"claims": defaultdict(int), "last": day, "batches": set()}
            )
            facts["claims"][month] += count
            facts["last"] = max(facts["last"], day)
            facts["batches"].update(batch)
        exposures = {
            product_id: measure_exposure(group) for product_id, group in cohorts.items()
        }
        return exposures, claims

    @api.model
    def _apply_signals(self, company, signals):
        """Open a case for each signal and tell whoever keeps claims back."""
        territory = self.env.ref("aftersales_service.territory_headquarters")
        user = territory._get_responsible()
        localised = self.with_context(lang=user.lang or self.env.lang)
        told = localised.create(
            [
                {
                    "company_id": company.id,
                    "product_id": product_id,
                    "component_id": component_id,
                    "production_month": month,
                    "claim_count": control.claims,
                    "expected_count": control.expected,
                    "limit_count": int(control.limit),
                    "exposure": control.exposure,
                }
                for (product_id, component_id, month), control, _batches in signals
            ]
        )
        cases = self.env["helpdesk.ticket"].create(
            [signal._prepare_case_vals(territory) for signal in told]
        )
        for signal, case, (_key, _control, batches) in zip(
            told, cases, signals, strict=True
        ):
            signal.ticket_id = case
            case._apply_quality_signal(signal._prepare_quality_signal(batches))
        return told

    def _prepare_case_vals(self, territory):
        """Values of the problem sheet of a signal. May be extended."""
        self.ensure_one()
        kind = self.env.ref("aftersales_service.request_type_problem")
        return {
            "name": self.env._(
                "Too many repairs: %(subject)s", subject=self.display_name
            ),
            "description": Markup("<p>%s</p>") % self.finding,
            "request_type_id": kind.id,
            "team_id": kind.team_id.id,
            "product_id": self.product_id.id,
            "component_id": self.component_id.id,
            "territory_id": territory.id,
            "company_id": self.company_id.id,
            "user_id": False,
            "priority": "2",
        }

    def _prepare_quality_signal(self, batches):
        """What ``helpdesk.ticket._apply_quality_signal`` is told. May be extended.

        :param set batches: production batches of the machines that failed; one that
            explains all is named, so that other builds are not kept back
        """
        self.ensure_one()
        return {
            "reason": self.ticket_id.name,
            "component_id": self.component_id.id,
            "product_id": self.product_id.id,
            "production_batch": next(iter(batches)) if len(batches) == 1 else False,
        }


def _get_month(build):
    """First day of a build month counted from year 0."""
    return fields.Date.to_date(f"{build // 12:04d}-{build % 12 + 1:02d}-01")

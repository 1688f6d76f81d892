from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL, format_date

from ..tools import reliability, weibull

AGES = (3, 6, 12, 24, 36)
FAILED = ("reported", "returned", "done")


class AftersalesLifeStudy(models.TransientModel):
    """How long a model, or one component of it, runs: asked by the quality engineer.

    Facts come in one statement from what the user may read; machines that still run
    count among those at risk. The figures are those of ``tools.reliability`` and
    ``tools.weibull``.
    """

    _name = "aftersales.life.study"
    _description = "Life of a model"
    _rec_name = "product_id"

    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    product_id = fields.Many2one("product.product", string="Model", required=True)
    component_id = fields.Many2one(
        "aftersales.fault.code",
        domain="[('kind', '=', 'component')]",
        help="A group stands for everything in it; empty means every component.",
    )
    built_from = fields.Date(string="Produced from")
    built_to = fields.Date(string="Produced until")
    limit_months = fields.Integer(
        string="Months in service looked at",
        default=36,
        help="Repairs of older machines are not counted, and older machines count as"
        " running up to this age: after the warranty not every repair is told.",
    )
    is_done = fields.Boolean()
    unit_count = fields.Integer(string="Machines in service", readonly=True)
    failure_count = fields.Integer(
        string="Machines that failed", readonly=True, help="Their first failure."
    )
    life_text = fields.Text(string="Life", readonly=True)
    forecast_text = fields.Text(string="Next 12 months", readonly=True)
    build_table = fields.Html(
        string="Failures per thousand machines, by production month",
        readonly=True,
        sanitize=False,
    )
    line_ids = fields.One2many("aftersales.life.study.line", "study_id")
    survival_line_ids = fields.One2many(
        "aftersales.life.study.line", "study_id", domain=[("kind", "=", "survival")]
    )
    rate_line_ids = fields.One2many(
        "aftersales.life.study.line", "study_id", domain=[("kind", "=", "rate")]
    )
    forecast_line_ids = fields.One2many(
        "aftersales.life.study.line", "study_id", domain=[("kind", "=", "forecast")]
    )

    def action_compute(self):
        """Compute the figures of what was chosen."""
        for study in self:
            if not 1 <= study.limit_months <= 240:
                raise UserError(
                    self.env._("Look at between 1 and 240 months in service.")
                )
            lives, cohorts, failures = study._prepare_facts()
            study._apply_figures(lives, cohorts, failures)

    def action_open_curve(self):
        """Show the points of the survival curve as a line."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Machines that still run (%)"),
            "res_model": "aftersales.life.study.line",
            "views": [[False, "graph"], [False, "list"]],
            "domain": [("study_id", "=", self.id), ("kind", "=", "survival")],
        }

    def _get_units_domain(self):
        self.ensure_one()
        domain = Domain("product_id", "=", self.product_id.id) & Domain(
            "void_reason", "=", False
        )
        if self.built_from:
            domain &= Domain("production_date", ">=", self.built_from)
        if self.built_to:
            domain &= Domain("production_date", "<=", self.built_to)
        return domain

    def _get_orders_domain(self):
        self.ensure_one()
        domain = Domain("product_id", "=", self.product_id.id) & Domain(
            "state", "in", FAILED
        )
        if self.component_id:
            domain &= Domain("component_id", "child_of", self.component_id.id)
        return domain & Domain("request_type_id.is_installation", "=", False)

    def _prepare_facts(self):
        """Lives, cohorts and failures, as the rules of ``tools.reliability`` take them.

        One statement over the machines and work orders the user may read.
        """
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """
                WITH unit AS MATERIALIZED (
                    SELECT id, date_trunc('month', production_date)::date AS build,
                           COALESCE(installation_date, sale_date) AS start,
                           (%(today)s - COALESCE(installation_date, sale_date))
                               / 30.4375 AS age
                      FROM stock_lot
                     WHERE id IN %(units)s
                       AND COALESCE(installation_date, sale_date) <= %(today)s
                ), failure AS MATERIALIZED (
                    SELECT unit.id, unit.build, GREATEST(
                               (t.received_at::date - unit.start) / 30.4375, 0) AS at
                      FROM unit
                      JOIN aftersales_work_order w ON w.unit_id = unit.id
                      JOIN helpdesk_ticket t ON t.id = w.ticket_id
                     WHERE w.id IN %(orders)s
                ), life AS (
                    SELECT unit.age, min(failure.at) AS first
                      FROM unit
                 LEFT JOIN failure ON failure.id = unit.id
                       AND failure.at < %(months)s
                     GROUP BY unit.id, unit.age
                )
                SELECT 'life', NULL, LEAST(COALESCE(first, age), %(months)s)::float,
                       first IS NOT NULL, count(*)
                  FROM life GROUP BY 3, 4
             UNION ALL
                SELECT 'cohort', build, LEAST(age, %(months)s)::float, NULL, count(*)
                  FROM unit GROUP BY 2, 3
             UNION ALL
                SELECT 'failure', build, floor(at)::float, NULL, count(*)
                  FROM failure WHERE at < %(months)s GROUP BY 2, 3
                """,
                today=self.company_id._get_today(),
                months=self.limit_months,
                units=self.env["stock.lot"]
                ._search(self._get_units_domain())
                .subselect(),
                orders=self.env["aftersales.work.order"]
                ._search(self._get_orders_domain())
                .subselect(),
            )
        )
        never = fields.Date.to_date("1000-01-01")
        lives, cohorts, failures = [], [], []
        for kind, build, age, failed, count in rows:
            if kind == "life":
                lives.append(reliability.Life(age=age, failed=failed, count=count))
            elif kind == "cohort":
                cohorts.append(
                    reliability.Cohort(month=build or never, age=age, count=count)
                )
            else:
                failures.append(
                    reliability.Failures(
                        month=build or never, service_month=int(age), count=count
                    )
                )
        return lives, cohorts, failures

    def _apply_figures(self, lives, cohorts, failures):
        self.ensure_one()
        life = weibull.fit(
            weibull.Observation(
                age=item.age,
                kind="failed" if item.failed else "running",
                count=item.count,
            )
            for item in lives
        )
        running = [
            (item.age, item.count)
            for item in lives
            if not item.failed and item.age < self.limit_months
        ]
        forecast = () if life.problem else weibull.forecast(life, running)
        self.line_ids.unlink()
        self.write(
            {
                "is_done": True,
                "unit_count": sum(item.count for item in lives),
                "failure_count": sum(item.count for item in lives if item.failed),
                "life_text": self._get_life_text(life),
                "forecast_text": self._get_forecast_text(forecast, running),
                "build_table": self._get_build_table(cohorts, failures),
            }
        )
        self.env["aftersales.life.study.line"].create(
            [
                {"study_id": self.id, **vals}
                for vals in (
                    *self._prepare_survival_lines(lives),
                    *self._prepare_rate_lines(cohorts, failures),
                    *self._prepare_forecast_lines(forecast),
                )
            ]
        )

    def _get_life_text(self, life):
        """The fit in words, or why there is none."""
        problems = {
            "no_failures": self.env._("No machine has failed: no life can be told."),
            "one_age": self.env._(
                "All failures came at one age: two different ages are needed to tell"
                " a life."
            ),
            "flat": self.env._("The failures fit any life: more are needed."),
        }
        if life.problem:
            return problems[life.problem]
        trend = self.env._("Whether age plays a part cannot be told yet.")
        if life.shape_low > 1:
            trend = self.env._("It fails more often the older it is: it wears out.")
        elif life.shape_high < 1:
            trend = self.env._("It fails less often the older it is: early faults.")
        return self.env._(
            "Weibull shape %(shape)s (%(shape_low)s to %(shape_high)s), scale %(scale)s"
            " months (%(scale_low)s to %(scale_high)s), with 95 %% confidence."
            " %(trend)s",
            **{
                name: f"{getattr(life, name):,.2f}"
                for name in ("shape", "shape_low", "shape_high")
            },
            **{
                name: f"{getattr(life, name):,.1f}"
                if getattr(life, name) < 1e6
                else "∞"
                for name in ("scale", "scale_low", "scale_high")
            },
            trend=trend,
        )

    def _get_forecast_text(self, forecast, running):
        if not forecast:
            return self.env._("Without a life there is no forecast.")
        last = forecast[-1]
        return self.env._(
            "%(value)s of %(running)s running machines will fail for the first time"
            " (%(low)s to %(high)s, with 95 %% confidence). Machines not in service yet"
            " are not in it.",
            value=f"{last.value:,.1f}",
            low=f"{last.low:,.1f}",
            high=f"{last.high:,.1f}",
            running=sum(count for _age, count in running),
        )

    def _get_build_table(self, cohorts, failures):
        """Failures per thousand after some months in service, a row per build."""
        ages = [age for age in AGES if age <= self.limit_months]
        found = {}
        for rate in reliability.measure_rates(cohorts, failures):
            if rate.exposure:
                months = found.setdefault(rate.month, {})
                months[rate.service_month + 1] = rate.cumulative
        whole = {}
        for cohort in cohorts:
            oldest = max(whole.get(cohort.month, 0), int(cohort.age))
            whole[cohort.month] = oldest
        head = Markup("").join(
            Markup("<th class='text-end'>%s</th>")
            % self.env._("after %(months)s months", months=age)
            for age in ages
        )
        rows = Markup("").join(
            Markup("<tr><td>%s</td>%s</tr>")
            % (
                self._get_month_name(month),
                Markup("").join(
                    Markup("<td class='text-end'>%s</td>")
                    % (f"{rates.get(age, 0):.1f}" if age <= whole[month] else "–")
                    for age in ages
                ),
            )
            for month, rates in sorted(found.items())
        )
        return Markup(
            "<table class='table table-sm'><thead><tr><th>%s</th>%s</tr></thead>"
            "<tbody>%s</tbody></table>"
        ) % (self.env._("Production month"), head, rows)

    def _get_month_name(self, month):
        if month.year == 1000:
            return self.env._("not known")
        return format_date(self.env, month, date_format="yyyy-MM")

    @api.model
    def _prepare_survival_lines(self, lives):
        """The curve at the end of each month in service that somebody has reached."""
        steps = reliability.estimate_survival(lives)
        oldest = max((item.age for item in lives), default=0)
        now, position, lines = None, 0, []
        for month in range(1, int(oldest) + 1):
            while position < len(steps) and steps[position].age <= month:
                now = steps[position]
                position += 1
            lines.append(
                {
                    "kind": "survival",
                    "month": month,
                    "value": 100 * now.survival if now else 100.0,
                    "low": 100 * (now.survival_low or 0.0) if now else 100.0,
                    "high": 100 * (now.survival_high or 0.0) if now else 100.0,
                }
            )
        return lines

    @api.model
    def _prepare_rate_lines(self, cohorts, failures):
        """Failures per thousand of all builds together, by month in service."""
        together = [
            reliability.Cohort(month=0, age=item.age, count=item.count)
            for item in cohorts
        ]
        counted = [
            reliability.Failures(
                month=0, service_month=item.service_month, count=item.count
            )
            for item in failures
        ]
        return [
            {
                "kind": "rate",
                "month": rate.service_month + 1,
                "failure_count": rate.failures,
                "exposure": rate.exposure,
                "value": rate.per_thousand,
                "high": rate.cumulative,
            }
            for rate in reliability.measure_rates(together, counted)
            if rate.exposure
        ]

    @api.model
    def _prepare_forecast_lines(self, forecast):
        return [
            {
                "kind": "forecast",
                "month": item.month,
                "value": item.value,
                "low": item.low,
                "high": item.high,
            }
            for item in forecast
        ]


class AftersalesLifeStudyLine(models.TransientModel):
    """A point of a study: of the curve, of the rates or of the forecast."""

    _name = "aftersales.life.study.line"
    _description = "Point of a life study"
    _order = "kind, month"

    study_id = fields.Many2one(
        "aftersales.life.study", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="study_id.company_id")
    kind = fields.Selection(
        [
            ("survival", "Machines that still run (%)"),
            ("rate", "Failures per thousand"),
            ("forecast", "Forecast"),
        ],
        required=True,
    )
    month = fields.Integer(string="Months in service", aggregator=None)
    failure_count = fields.Integer(string="Failures")
    exposure = fields.Float(string="Machine-months", digits=(12, 1))
    value = fields.Float(string="Estimate", digits=(12, 2), aggregator="avg")
    low = fields.Float(string="Lower limit", digits=(12, 2), aggregator="avg")
    high = fields.Float(string="Upper limit", digits=(12, 2), aggregator="avg")

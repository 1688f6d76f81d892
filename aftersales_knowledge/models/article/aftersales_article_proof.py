from odoo import api, fields, models
from odoo.tools import SQL

from ...tools import suggestion
from .aftersales_article_search import IS_FIXED


class AftersalesArticleProof(models.Model):
    """Finished repairs and the articles used on them: what is proven, what is missing.

    A view of the database, one row per finished repair and article used, one without
    an article where none was. Repairs are counted, rows are not.
    """

    _name = "aftersales.article.proof"
    _description = "Repairs and articles"
    _auto = False
    _log_access = True
    _order = "done_at desc, id desc"
    _rec_name = "work_order_id"

    work_order_id = fields.Many2one(
        "aftersales.work.order",
        string="Repairs",
        readonly=True,
        aggregator="count_distinct",
    )
    article_id = fields.Many2one(
        "aftersales.article", string="Article used", readonly=True
    )
    company_id = fields.Many2one("res.company", readonly=True)
    territory_id = fields.Many2one("aftersales.territory", readonly=True)
    station_id = fields.Many2one("res.partner", readonly=True)
    product_id = fields.Many2one("product.product", string="Model", readonly=True)
    symptom_id = fields.Many2one("aftersales.fault.code", readonly=True)
    component_id = fields.Many2one("aftersales.fault.code", readonly=True)
    done_at = fields.Datetime(readonly=True)
    work_text = fields.Text(string="What was done", readonly=True)
    first_time_fix = fields.Float(
        string="First-time fix (%)",
        readonly=True,
        aggregator="avg",
        help="Repairs done with one visit, and no second job for the request.",
    )
    is_known = fields.Boolean(
        string="Has an article",
        readonly=True,
        help="A published article is about its symptom or component, or their group.",
    )
    is_other = fields.Boolean(
        string="“Other”",
        readonly=True,
        help="The report chose “other”: its text says what the dictionary lacks.",
    )

    @property
    def _table_query(self):
        return SQL(
            """
            WITH known AS (
                SELECT DISTINCT code.id
                  FROM aftersales_article article
                  JOIN aftersales_article_aftersales_fault_code_rel about
                    ON about.aftersales_article_id = article.id
                  JOIN aftersales_fault_code said
                    ON said.id = about.aftersales_fault_code_id
                  JOIN aftersales_fault_code code
                    ON code.parent_path LIKE said.parent_path || '%%'
                 WHERE article.state = 'published'),
            other AS (SELECT id FROM aftersales_fault_code WHERE is_other)
            SELECT job.id::bigint * 10000000 + COALESCE(used.article_id, 0) AS id,
                   job.id AS work_order_id, used.article_id, job.company_id,
                   job.territory_id, job.station_id, job.product_id, job.symptom_id,
                   job.component_id, job.done_at, job.work_text,
                   CASE WHEN %s THEN 100.0 ELSE 0.0 END AS first_time_fix,
                   (job.symptom_id IN (SELECT id FROM known)) IS TRUE
                   OR (job.component_id IN (SELECT id FROM known)) IS TRUE AS is_known,
                   (job.symptom_id IN (SELECT id FROM other)) IS TRUE
                   OR (job.component_id IN (SELECT id FROM other)) IS TRUE
                   OR (job.cause_id IN (SELECT id FROM other)) IS TRUE AS is_other,
                   job.create_uid, job.create_date, job.write_uid, job.write_date
              FROM aftersales_work_order job
              JOIN aftersales_request_type kind ON kind.id = job.request_type_id
              LEFT JOIN aftersales_article_use_rel used ON used.work_order_id = job.id
             WHERE job.state = 'done' AND kind.needs_warranty_decision
            """,
            IS_FIXED,
        )


class AftersalesArticle(models.Model):
    """How often an article was used, and how well."""

    _inherit = "aftersales.article"

    use_count = fields.Integer(
        string="Repairs",
        compute="_compute_proof",
        help="Finished jobs it was used on, in all regions.",
    )
    first_time_fix = fields.Float(
        string="First-time fix (%)",
        compute="_compute_proof",
        help="Of these jobs, those done with one visit and no second job.",
    )
    is_failing = fields.Boolean(
        string="Fails",
        compute="_compute_proof",
        search="_search_is_failing",
        help="Used three times or more, and most of these repairs needed another"
        " visit.",
    )

    @api.depends("state")
    def _compute_proof(self):
        proofs = self._origin._count_proofs()
        for article in self:
            used, fixed = proofs.get(article._origin.id, (0, 0))
            article.use_count = used
            article.first_time_fix = 100 * fixed / used if used else 0
            article.is_failing = suggestion.is_failing(used, fixed)

    def _search_is_failing(self, operator, value):
        if operator != "in":
            return NotImplemented
        # Numbers only; which articles the reader sees, his own search decides.
        used = self.sudo()._read_used_ids()
        proofs = self.browse(used)._count_proofs()
        failing = [
            key for key, proof in proofs.items() if suggestion.is_failing(*proof)
        ]
        return [("id", "in" if True in value else "not in", failing)]

    @api.model
    def _read_used_ids(self):
        query = "SELECT DISTINCT article_id FROM aftersales_article_use_rel"
        return [row[0] for row in self.env.execute_query(SQL(query))]

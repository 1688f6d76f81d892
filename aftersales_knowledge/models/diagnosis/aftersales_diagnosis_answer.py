from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from odoo.addons.aftersales_service.tools import dictionary

from ...tools import diagnosis as diagnosis_rule

END_KINDS = ("symptom", "component", "cause")
# What a request's form has a field for; the cause is found at the machine.
REQUEST_KINDS = ("symptom", "component")


class AftersalesDiagnosisAnswer(models.Model):
    """An answer: it leads to the next question, or ends at codes and an article."""

    _name = "aftersales.diagnosis.answer"
    _description = "Answer of a guide"
    _inherit = ["aftersales.diagnosis.part.mixin"]
    _order = "question_id, sequence, id"
    _check_company_auto = True

    question_id = fields.Many2one(
        "aftersales.diagnosis.question", required=True, index=True, ondelete="cascade"
    )
    diagnosis_id = fields.Many2one(
        related="question_id.diagnosis_id", string="Guide", store=True, index=True
    )
    company_id = fields.Many2one(
        related="question_id.company_id", store=True, index=True
    )
    sequence = fields.Integer(default=10)
    name = fields.Char(string="Answer", required=True, translate=True)
    next_question_id = fields.Many2one(
        "aftersales.diagnosis.question",
        string="Next question",
        index="btree_not_null",
        ondelete="set null",
        domain="[('diagnosis_id', '=', diagnosis_id), ('id', '!=', question_id)]",
        help="Empty where the answer is the end: then name codes or an article.",
    )
    symptom_id = fields.Many2one(
        "aftersales.fault.code",
        domain="[('kind', '=', 'symptom')]",
        check_company=True,
        help="At the end: what the request is given as its symptom.",
    )
    component_id = fields.Many2one(
        "aftersales.fault.code",
        domain="[('kind', '=', 'component')]",
        check_company=True,
        help="At the end: the component to look at first. A group may be named.",
    )
    cause_id = fields.Many2one(
        "aftersales.fault.code",
        domain="[('kind', '=', 'cause')]",
        check_company=True,
        help="At the end: the likely cause. It is noted on the request and compared"
        " with what the repair found.",
    )
    article_id = fields.Many2one(
        "aftersales.article",
        check_company=True,
        index="btree_not_null",
        help="At the end: what to read, or to do, about it.",
    )
    target = fields.Char(string="Leads to", compute="_compute_target")
    used_count = fields.Integer(
        string="Used",
        compute="_compute_figures",
        help="Requests that took this end over, in all regions.",
    )
    done_count = fields.Integer(
        string="Repaired",
        compute="_compute_figures",
        help="Finished jobs of these requests.",
    )
    right_count = fields.Integer(
        string="Right",
        compute="_compute_figures",
        help="Finished jobs whose report has every code named here, or one of the"
        " group that is named.",
    )

    _leads_once = models.Constraint(
        """CHECK (next_question_id IS NULL OR (symptom_id IS NULL
           AND component_id IS NULL AND cause_id IS NULL AND article_id IS NULL))""",
        "An answer leads to the next question or to an end, not to both.",
    )

    @api.depends(
        *("next_question_id.name", "symptom_id", "component_id", "cause_id"),
        "article_id",
    )
    @api.depends_context("lang")
    def _compute_target(self):
        for answer in self:
            # A title only; who builds a guide may read every article.
            names = [code.display_name for code in answer._get_codes().values()]
            names += filter(None, [answer.article_id.sudo().name])
            answer.target = answer.next_question_id.name or " · ".join(names)

    def _compute_figures(self):
        used, jobs = self._count_used(), self._count_jobs()
        for answer in self:
            key = answer._origin.id
            answer.used_count = used.get(key, 0)
            answer.done_count, answer.right_count = jobs.get(key, (0, 0))

    @api.constrains("symptom_id", "component_id", "cause_id")
    def _check_kinds(self):
        for answer in self:
            for kind, code in answer._get_codes().items():
                if code.kind != kind:
                    raise ValidationError(
                        self.env._(
                            "%(code)s is of another kind than this field.",
                            code=code.display_name,
                        )
                    )

    def action_choose(self):
        """Give this answer in the dialog that asked."""
        self.ensure_one()
        return self.env["aftersales.diagnosis.walk"]._get_shown()._choose_answer(self)

    def _get_codes(self):
        """Kind → code that is named here."""
        self.ensure_one()
        codes = {kind: self[f"{kind}_id"] for kind in END_KINDS}
        return {kind: code for kind, code in codes.items() if code}

    def _tell(self):
        """Questions and answers in this order, as one reads them; empty for none."""
        lines = [
            Markup("<li>%s <strong>%s</strong></li>")
            % (answer.question_id.name, answer.name)
            for answer in self
        ]
        return lines and Markup("<ol>%s</ol>") % Markup().join(lines)

    def _prepare_facts(self):
        """This answer as ``tools.diagnosis`` takes it."""
        self.ensure_one()
        codes = self._get_codes()
        facts = {kind: code._prepare_code_facts() for kind, code in codes.items()}
        further = self.next_question_id
        return diagnosis_rule.Answer(
            id=self._get_key(),
            # A question that is only typed yet has an id that counts as false.
            next_id=further._get_key() if further else None,
            has_end=bool(codes or self.article_id),
            is_fit=not dictionary.misfits(facts),
            is_current=self._is_current(),
        )

    def _is_current(self):
        """Whether all that is named may be used, and by this company."""
        self.ensure_one()
        # Whether they are in force only; a reader may not read a retired article.
        article = self.article_id.sudo()
        named = [*self._get_codes().values(), *article]
        companies = self.env["res.company"], self.company_id
        return (article.state or "published") == "published" and all(
            (record._name != "aftersales.fault.code" or record.active)
            and record.company_id in companies
            for record in named
        )

    def _prepare_request_vals(self, ticket):
        """What the form of this request would accept of the codes named here."""
        self.ensure_one()
        companies = ticket.env["res.company"], ticket.company_id
        kinds = ("component",) if ticket.needs_kind else REQUEST_KINDS
        return {
            f"{kind}_id": code.id
            for kind, code in self._get_codes().items()
            if kind in kinds and code.active and code.company_id in companies
        }

    def _count_used(self):
        """{end: requests that took it over}. Numbers of all regions tell nothing."""
        # Counts only, see above.
        tickets = self.env["helpdesk.ticket"].sudo().with_context(active_test=False)
        groups = tickets._read_group(
            [("diagnosis_end_id", "in", self._origin.ids)],
            ["diagnosis_end_id"],
            ["__count"],
        )
        return {end.id: count for end, count in groups}

    def _count_jobs(self):
        """{end: (finished jobs, those whose report found what it proposed)}."""
        # Counts only, as of the requests.
        orders = self.env["aftersales.work.order"].sudo()
        groups = orders._read_group(
            [
                ("ticket_id.diagnosis_end_id", "in", self._origin.ids),
                ("state", "=", "done"),
            ],
            ["ticket_id.diagnosis_end_id", *(f"{kind}_id" for kind in END_KINDS)],
            ["__count"],
        )
        counts = {}
        for end, *codes, count in groups:
            proposed = {kind: code.id for kind, code in end._get_codes().items()}
            paths = (code._get_path_ids() for code in codes)
            found = dict(zip(END_KINDS, paths, strict=True))
            done, right = counts.get(end.id, (0, 0))
            hit = diagnosis_rule.is_right(proposed, found)
            counts[end.id] = done + count, right + (count if hit else 0)
        return counts

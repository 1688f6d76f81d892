from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain

from ...tools import diagnosis as diagnosis_rule
from ...tools import suggestion
from ..article.aftersales_article import APPROVER


class AftersalesDiagnosis(models.Model):
    """A guide to a fault: questions whose answers lead to codes and articles.

    What: a tree kept as data by editors, for those who do not know the machine yet.
    How it works: its first question begins; an answer leads to the next question or
    to an end. ``tools.diagnosis`` says whether it is whole and where a road leads.
    """

    _name = "aftersales.diagnosis"
    _description = "Guide"
    _inherit = ["mail.thread", "aftersales.content.mixin", "aftersales.state.mixin"]
    _order = "sequence, id"

    TRANSITIONS = diagnosis_rule.TRANSITIONS
    _guarded_fields = ("state", "published_at", "approver_id")
    # What is asked changes only while nobody is asked it.
    _content_fields = (
        "name",
        "product_ids",
        "product_categ_ids",
        "is_for_stations",
        "company_id",
    )

    name = fields.Char(string="Title", required=True, translate=True, tracking=True)
    sequence = fields.Integer(
        default=10, help="Of guides that fit a machine equally well, the first comes."
    )
    state = fields.Selection(
        [("draft", "Draft"), ("published", "Published"), ("retired", "Retired")],
        required=True,
        default="draft",
        readonly=True,
        copy=False,
        index=True,
        tracking=True,
    )
    product_ids = fields.Many2many(
        "product.product", string="Models", help="Empty means any model."
    )
    product_categ_ids = fields.Many2many(
        "product.category",
        string="Product categories",
        help="Categories stand for all their models.",
    )
    is_for_stations = fields.Boolean(
        string="For stations, too",
        help="Stations find it on the page of their job. An article at an end is shown"
        " to them only if it is for stations.",
    )
    question_ids = fields.One2many(
        "aftersales.diagnosis.question", "diagnosis_id", string="Questions"
    )
    end_ids = fields.One2many(
        "aftersales.diagnosis.answer",
        "diagnosis_id",
        string="Ends",
        domain=[("next_question_id", "=", False)],
        readonly=True,
    )
    company_id = fields.Many2one(
        "res.company",
        index=True,
        default=lambda self: self.env.company,
        help="Empty means every company.",
    )
    approver_id = fields.Many2one(
        "res.users", string="Approved by", readonly=True, copy=False
    )
    published_at = fields.Datetime(string="Published on", readonly=True, copy=False)
    findings = fields.Text(
        string="Not whole yet",
        compute="_compute_findings",
        help="What is still missing before it can be published.",
    )
    can_edit = fields.Boolean(compute="_compute_can")
    can_publish = fields.Boolean(compute="_compute_can")
    can_revise = fields.Boolean(compute="_compute_can")
    can_retire = fields.Boolean(compute="_compute_can")

    @api.depends(
        "question_ids.name",
        "question_ids.sequence",
        *(
            f"question_ids.answer_ids.{name}"
            for name in (
                *("name", "sequence", "next_question_id"),
                *("symptom_id", "component_id", "cause_id", "article_id"),
            )
        ),
    )
    @api.depends_context("lang")
    def _compute_findings(self):
        for guide in self:
            guide.findings = "\n".join(guide._find_faults())

    @api.depends("state")
    @api.depends_context("uid")
    def _compute_can(self):
        may_write = self.has_access("write") if self.ids else True
        is_approver = self.env.user.has_group(APPROVER)
        for guide in self:
            guide.can_edit = guide.state == "draft" and may_write
            guide.can_publish = guide.state == "draft" and is_approver
            guide.can_revise = guide.state != "draft" and is_approver
            guide.can_retire = guide.state == "published" and is_approver

    def action_publish(self):
        """Ask these questions from now on."""
        self._check_approver()
        for guide in self:
            if found := guide._find_faults():
                raise UserError(
                    self.env._("“%(guide)s” is not whole yet:", guide=guide.name)
                    + "\n"
                    + "\n".join(found)
                )
        self._update_state(
            "published", published_at=fields.Datetime.now(), approver_id=self.env.uid
        )

    def action_revise(self):
        """Take the guide back to change it; nobody is asked it meanwhile."""
        self._check_approver()
        self._update_state("draft", published_at=False, approver_id=False)

    def action_retire(self):
        """Ask these questions no longer."""
        self._check_approver()
        self._update_state("retired")

    def action_try(self):
        """Walk through the guide as somebody who uses it, without a request."""
        self.ensure_one()
        self.check_access("read")
        return self.env["aftersales.diagnosis.walk"]._open(diagnosis_id=self.id)

    def action_choose(self):
        """Go on with this guide in the dialog that offered it."""
        self.ensure_one()
        return self.env["aftersales.diagnosis.walk"]._get_shown()._choose_guide(self)

    @api.model
    def _find(self, product, company, domain=Domain.TRUE):
        """The published guides for a machine, the nearest first.

        :param product: its model, may be empty
        :param company: who serves it; empty means the present one
        :param domain: further limits, where the caller reads past the rights
        """
        company = company or self.env.company
        guides = self.search(
            domain
            & Domain("state", "=", "published")
            & Domain("company_id", "in", [False, company.id])
        )
        fault = self.env["aftersales.article"]._prepare_fault_facts((), product)
        facts = [
            suggestion.Article(
                id=guide.id,
                product_ids=frozenset(guide.product_ids.ids),
                category_ids=frozenset(guide.product_categ_ids.ids),
            )
            for guide in guides
        ]
        return self.browse(diagnosis_rule.choose_guides(facts, fault))

    def _prepare_tree(self):
        """The questions as ``tools.diagnosis`` takes them, in their order."""
        self.ensure_one()
        return [
            diagnosis_rule.Question(
                id=question._get_key(),
                answers=tuple(
                    answer._prepare_facts() for answer in question.answer_ids.sorted()
                ),
            )
            for question in self.question_ids.sorted()
        ]

    def _walk(self, road):
        """Where a road of answers leads: question, end, answers that were given.

        :param road: ids of answers, as anybody sent them
        """
        self.ensure_one()
        place = diagnosis_rule.walk(self._prepare_tree(), road)
        answers = self.env["aftersales.diagnosis.answer"]
        return (
            self.question_ids.browse(place.question_id or ()),
            answers.browse(place.end_id or ()),
            answers.browse(place.road),
        )

    def _find_faults(self):
        """What keeps the guide from being whole, as sentences."""
        self.ensure_one()
        parts = (*self.question_ids, *self.question_ids.answer_ids)
        names = {(part._name, part._get_key()): part.name for part in parts}
        question, answer = self.question_ids._name, self.question_ids.answer_ids._name
        sentences = self._get_fault_sentences()
        return [
            sentences[found.code]
            % {
                "question": names.get((question, found.question_id), ""),
                "answer": names.get((answer, found.answer_id), ""),
            }
            for found in diagnosis_rule.check(self._prepare_tree())
        ]

    def _get_fault_sentences(self):
        """Code of ``tools.diagnosis`` → what the editor is told."""
        return {
            "empty": self.env._("There is no question yet."),
            "choice": self.env._("“%(question)s” needs two answers or more."),
            "nowhere": self.env._(
                "“%(question)s” → “%(answer)s” leads nowhere: choose the next question,"
                " a code or an article."
            ),
            "both": self.env._(
                "“%(question)s” → “%(answer)s” leads to a question and to an end."
            ),
            "lost": self.env._(
                "“%(question)s” → “%(answer)s” leads to a question of another guide."
            ),
            "unfit": self.env._(
                "“%(question)s” → “%(answer)s”: these codes do not go with each other."
            ),
            "outdated": self.env._(
                "“%(question)s” → “%(answer)s”: the article is not published, or a code"
                " is archived or another company's."
            ),
            "circle": self.env._(
                "“%(question)s” → “%(answer)s” leads back to its own question."
            ),
            "unreached": self.env._("No answer leads to “%(question)s”."),
        }

    def _check_approver(self):
        self.check_access("write")
        if not self.env.user.has_group(APPROVER):
            raise AccessError(
                self.env._("Only an approver publishes, takes back or retires guides.")
            )

    def _check_changeable(self):
        """Raise unless all are drafts: what is asked stands still."""
        for guide in self:
            if guide.state != "draft" and not self._is_unguarded():
                raise UserError(
                    self.env._(
                        "“%(guide)s” is no draft: take it back before you change it.",
                        guide=guide.name,
                    )
                )

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError


class AftersalesDiagnosisWalk(models.TransientModel):
    """A walk through a guide: one question at a time, back, and the end taken over.

    What: the dialog of a request, and what an editor tries his guide with.
    How it works: only the road is kept, ids of the answers given. What is asked and
    what the end proposes follows from it by ``tools.diagnosis`` with the rights of who
    walks, so a road that somebody made up leads nowhere.
    """

    _name = "aftersales.diagnosis.walk"
    _description = "Guided diagnosis"

    ticket_id = fields.Many2one(
        "helpdesk.ticket", string="Request", readonly=True, ondelete="cascade"
    )
    diagnosis_id = fields.Many2one(
        "aftersales.diagnosis", string="Guide", readonly=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        "res.company", readonly=True, default=lambda self: self.env.company
    )
    road = fields.Json(default=lambda self: [])
    is_taken = fields.Boolean(readonly=True)
    guide_ids = fields.Many2many(
        "aftersales.diagnosis", string="Guides", compute="_compute_guide_ids"
    )
    question_id = fields.Many2one(
        "aftersales.diagnosis.question", compute="_compute_place"
    )
    question_name = fields.Char(related="question_id.name", string="Asked")
    question_hint = fields.Text(related="question_id.hint")
    answer_ids = fields.Many2many(
        "aftersales.diagnosis.answer", compute="_compute_place"
    )
    end_id = fields.Many2one("aftersales.diagnosis.answer", compute="_compute_place")
    symptom_id = fields.Many2one(related="end_id.symptom_id")
    component_id = fields.Many2one(related="end_id.component_id")
    cause_id = fields.Many2one(related="end_id.cause_id", string="Likely cause")
    road_told = fields.Html(string="So far", compute="_compute_place")
    articles_told = fields.Html(
        string="This may help", compute="_compute_articles_told"
    )
    has_road = fields.Boolean(compute="_compute_place")
    can_take_over = fields.Boolean(compute="_compute_place")

    @api.depends("ticket_id", "diagnosis_id")
    @api.depends_context("uid")
    def _compute_guide_ids(self):
        for walk in self:
            guides = walk.diagnosis_id.browse()
            if not walk.diagnosis_id:
                ticket = walk.ticket_id
                guides = guides._find(ticket.product_id, ticket.company_id)
            walk.guide_ids = guides

    @api.depends("diagnosis_id", "road", "ticket_id", "is_taken")
    @api.depends_context("uid", "lang")
    def _compute_place(self):
        for walk in self:
            question, end, road = walk._get_place()
            walk.question_id = question
            walk.answer_ids = question.answer_ids
            walk.end_id = end
            walk.road_told = road._tell()
            walk.has_road = bool(road)
            walk.can_take_over = bool(end and walk.ticket_id and not walk.is_taken)

    @api.depends("end_id")
    @api.depends_context("uid", "lang")
    def _compute_articles_told(self):
        for walk in self:
            links = [
                Markup('<li><a href="%s" target="_blank">%s</a></li>')
                % (f"/odoo/{article._name}/{article.id}", article.name)
                for article in walk._get_articles()
            ]
            walk.articles_told = links and Markup("<ul>%s</ul>") % Markup().join(links)

    @api.constrains("ticket_id", "diagnosis_id")
    def _check_may_read(self):
        """A link shows a name; nobody names what he may not read."""
        for walk in self.with_user(self.env.user):
            walk.ticket_id.check_access("read")
            walk.diagnosis_id.check_access("read")

    def action_back(self):
        """Take the last answer back; before the first one, choose another guide."""
        self.ensure_one()
        _question, _end, road = self._get_place()
        if road:
            self.road = road.ids[:-1]
        elif self.ticket_id:
            self.diagnosis_id = False
        return self._reopen()

    def action_take_over(self):
        """Give the request what the end names, and note the road; once."""
        self.ensure_one()
        # Whoever clicks twice waits here and finds it done.
        self.lock_for_update()
        self.invalidate_recordset(["is_taken"])
        _question, end, road = self._get_place()
        if not self.ticket_id or not end:
            raise UserError(self.env._("Answer the questions to their end first."))
        if not self.is_taken:
            self.is_taken = True
            self.ticket_id._take_over_diagnosis(end, road)
        return {"type": "ir.actions.act_window_close"}

    @api.model
    def _open(self, **vals):
        """A new walk as a dialog."""
        return self.create(vals)._reopen()

    def _reopen(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.diagnosis_id.name or self.env._("Guided diagnosis"),
            "res_model": self._name,
            "res_id": self.id,
            "views": [[False, "form"]],
            "target": "new",
            "context": {"dialog_size": "medium"},
        }

    @api.model
    def _get_shown(self):
        """The walk in whose dialog a button was pressed, if it is the user's own."""
        number = self.env.context.get("aftersales_walk_id")
        walk = self.browse(number if isinstance(number, int) else ()).exists()
        if not walk:
            raise UserError(self.env._("This diagnosis was closed: begin it again."))
        walk.check_access("write")
        return walk

    def _choose_guide(self, guide):
        """Begin with a guide; what does not fit the machine is not begun."""
        self.ensure_one()
        if guide in self.guide_ids:
            self.write({"diagnosis_id": guide.id, "road": []})
        return self._reopen()

    def _choose_answer(self, answer):
        """Go on by an answer; one to what was asked before changes nothing."""
        self.ensure_one()
        question, _end, road = self._get_place()
        if answer in question.answer_ids:
            self.road = [*road.ids, answer.id]
        return self._reopen()

    def _get_place(self):
        """The question that is asked, the end that was reached, the answers given."""
        self.ensure_one()
        answers = self.env["aftersales.diagnosis.answer"]
        if not self.diagnosis_id:
            return answers.question_id, answers, answers
        return self.diagnosis_id._walk(self.road or ())

    def _get_articles(self):
        """The article of the end, then what is known of its codes on this machine."""
        self.ensure_one()
        articles = self.env["aftersales.article"]
        end = self.end_id
        if not end:
            return articles
        codes = articles.env["aftersales.fault.code"].union(*end._get_codes().values())
        fault = articles._prepare_fault_facts(codes, self.ticket_id.product_id)
        [matches] = articles._suggest([fault]) if codes else [[]]
        own = end.article_id._filtered_access("read")
        return own | articles.browse([match.article_id for match in matches])

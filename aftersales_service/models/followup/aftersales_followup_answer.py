from markupsafe import Markup

from odoo import fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Command

from ...tools import followup as followup_rule

# Where an answer line of a survey keeps the value, by kind of question.
LINE_FIELDS = {
    "scale": ("scale", "value_scale"),
    "numerical_box": ("numerical_box", "value_numerical_box"),
    "char_box": ("char_box", "value_char_box"),
    "text_box": ("text_box", "value_text_box"),
    "date": ("date", "value_date"),
    "simple_choice": ("suggestion", "suggested_answer_id"),
    "multiple_choice": ("suggestion", "suggested_answer_id"),
}


class AftersalesFollowup(models.Model):
    """The answer: what was typed becomes measures, a rating and, if bad, a sheet."""

    _inherit = "aftersales.followup"

    def _record_answers(self):
        """Freeze what was typed on each of ``self`` and do what follows from it.

        :raise ValidationError: a question is unanswered or wrongly answered; the
            message names all of them.
        """
        self.check_access("write")
        self._check_can_answer()
        read = {followup: followup._read_answers() for followup in self}
        inputs = self._create_user_inputs(
            {followup: answers for followup, (answers, _measures) in read.items()}
        )
        for followup, (answers, measures) in read.items():
            vals = followup._prepare_done_vals(answers, measures)
            followup._update_state("done", **vals, user_input_id=inputs[followup].id)
        measures = {followup: found for followup, (_answers, found) in read.items()}
        self._create_ratings(measures)
        # Whoever may write the follow-up opens its sheet; an account manager reads
        # no requests.
        self.sudo()._open_problem_sheets(measures)

    def _read_answers(self):
        """The answers of one follow-up in their types, and what is counted of them."""
        self.ensure_one()
        questions = self._get_questions()
        facts = [question._prepare_followup_question() for question in questions]
        answers, errors = followup_rule.read_answers(facts, self.answers or {})
        if errors:
            self._raise_answer_errors(questions, errors)
        return answers, followup_rule.measure(facts, answers)

    def _get_questions(self):
        """The questions asked, past the rights of survey: agents keep none."""
        self.ensure_one()
        # The caller may write this follow-up; its questions belong to it.
        return self.sudo().survey_id.question_ids

    def _raise_answer_errors(self, questions, errors):
        titles = {question.id: question.title for question in questions}
        sentences = {
            "required": self.env._("Not answered yet:"),
            "invalid": self.env._("Not a possible answer:"),
        }
        raise ValidationError(
            "\n".join(
                f"{sentences[error.code]} {titles[error.params['question_id']]}"
                for error in errors
            )
        )

    def _prepare_done_vals(self, answers, measures):
        """What is frozen with the answer. May be extended."""
        self.ensure_one()
        return {
            "answers": {str(key): value for key, value in answers.items()},
            "satisfaction": measures.satisfaction or 0,
            "is_solved": bool(measures.is_solved),
            "is_charged_extra": bool(measures.is_charged_extra),
            "charged_amount": measures.charged_amount or 0.0,
            "comment": measures.comment,
            "done_at": fields.Datetime.now(),
            "user_id": self.env.uid,
            "next_try_at": False,
        }

    def _create_user_inputs(self, answers_by_followup):
        """One finished survey participation per follow-up: {follow-up: input}."""
        now = fields.Datetime.now()
        # Only the follow-up writes its answers; ``_record_answers`` checked who does.
        inputs = (
            self.env["survey.user_input"]
            .sudo()
            .with_context(tracking_disable=True, mail_create_nolog=True)
            .create(
                [
                    {
                        "survey_id": followup.survey_id.id,
                        "followup_id": followup.id,
                        "partner_id": followup.partner_id.id,
                        "state": "done",
                        "start_datetime": now,
                        "end_datetime": now,
                        "predefined_question_ids": [Command.set(list(answers))],
                        "user_input_line_ids": followup._prepare_line_commands(answers),
                    }
                    for followup, answers in answers_by_followup.items()
                ]
            )
        )
        return dict(zip(answers_by_followup, inputs, strict=True))

    def _prepare_line_commands(self, answers):
        """Answer lines of a survey participation; a question left out is skipped."""
        kinds = {q.id: q.question_type for q in self._get_questions()}
        commands = []
        for question_id, answer in answers.items():
            answer_type, name = LINE_FIELDS[kinds[question_id]]
            for value in answer if isinstance(answer, list) else [answer]:
                is_skipped = value is None
                commands.append(
                    Command.create(
                        {
                            "question_id": question_id,
                            "skipped": is_skipped,
                            "answer_type": not is_skipped and answer_type,
                            name: value,
                        }
                    )
                )
        return commands

    def _create_ratings(self, measures):
        """Rate each work order with its customer's satisfaction."""
        model = self.env["ir.model"]._get("aftersales.work.order")
        # Ratings of work orders are written by nobody else; ``_record_answers``
        # checked the agent's right to this follow-up.
        self.env["rating.rating"].sudo().create(
            [
                {
                    "res_model_id": model.id,
                    "res_id": followup.work_order_id.id,
                    "partner_id": followup.partner_id.id,
                    "rated_partner_id": followup.station_id.id,
                    "rating": found.satisfaction,
                    "feedback": found.comment,
                    "consumed": True,
                    # Without a token no public page can change it.
                    "access_token": False,
                }
                for followup, found in measures.items()
                if found.satisfaction and followup.work_order_id
            ]
        )

    def _open_problem_sheets(self, measures):
        """Open a complaint where an answer asks for one; link and announce it."""
        reasons = {
            followup.sudo(self.env.su): verdicts
            for followup, found in measures.items()
            if (verdicts := followup_rule.complaints(found))
        }
        sheets = self.env["helpdesk.ticket"].create(
            [
                followup._prepare_problem_vals(verdicts)
                for followup, verdicts in reasons.items()
            ]
        )
        for followup, sheet in zip(reasons, sheets, strict=True):
            followup._write_guarded({"problem_ticket_id": sheet.id})
        self._log_notes(
            {
                followup: self.env._(
                    "Problem sheet %(number)s opened.",
                    number=followup.problem_ticket_id.number,
                )
                for followup in reasons
            }
        )

    def _prepare_problem_vals(self, verdicts):
        """Values of the problem sheet a bad answer opens. May be extended.

        :param verdicts: why, as ``tools.followup.complaints`` gives them
        """
        self.ensure_one()
        kind = self.env.ref("aftersales_service.request_type_complaint")
        reasons = [self._get_complaint_text(verdict) for verdict in verdicts]
        origin = self.env._(
            "After %(request)s, by %(station)s.",
            request=self.ticket_id.number or self.display_name,
            station=self.station_id.name or self.env._("no station"),
        )
        body = Markup("").join(
            Markup("<p>%s</p>") % line
            for line in [*reasons, self.comment or "", origin]
            if line
        )
        return {
            "name": self.env._(
                "Problem sheet: %(reasons)s", reasons="; ".join(reasons)
            ),
            "description": body,
            "fault_text": self.comment,
            "request_type_id": kind.id,
            "team_id": kind.team_id.id,
            "partner_id": self.partner_id.id,
            "contact_phone": self.phone,
            "unit_id": self.unit_id.id,
            "territory_id": self.territory_id.id,
            "company_id": self.company_id.id,
            "user_id": False,
            "priority": "2",
            **self._prepare_place_vals(),
        }

    def _prepare_place_vals(self):
        """Where it is: of the request or machine, else the customer's address."""
        self.ensure_one()
        subject = self.ticket_id or self.unit_id
        if subject:
            return subject._prepare_site_vals()
        partner = self.partner_id
        return {
            "site_street": partner.street,
            "site_zip": partner.zip,
            "site_city_id": partner.city_id.id,
            "site_state_id": partner.state_id.id,
        }

    def _get_complaint_text(self, verdict):
        """One reason of a problem sheet as a sentence."""
        self.ensure_one()
        if verdict.code == "dissatisfied":
            return self.env._(
                "customer gives %(points)s of 5",
                points=verdict.params["satisfaction"],
            )
        if verdict.code == "not_solved":
            return self.env._("machine does not run")
        amount = verdict.params["amount"]
        if not amount:
            return self.env._("charged more than reported")
        return self.env._(
            "charged %(amount)s more than reported",
            amount=self.currency_id.format(amount),
        )

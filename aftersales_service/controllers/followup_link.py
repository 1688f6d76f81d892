from odoo import http
from odoo.exceptions import UserError
from odoo.http import request

from ..tools import followup as followup_rule

HEADERS = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex",
}


class FollowupLink(http.Controller):
    """A customer answers without a log-in, by the link he was sent."""

    @http.route(
        "/followup/<int:followup_id>/<string:token>",
        type="http",
        auth="public",
        methods=["GET", "POST"],
        website=True,
        multilang=False,
        sitemap=False,
    )
    def followup_link(self, followup_id, token, **form):
        """The questions; the answers posted; or that the link is no longer open."""
        followup = request.env["aftersales.followup"]._find_by_link(followup_id, token)
        if not followup:
            return request.not_found()
        if followup.partner_id.lang:
            followup = followup.with_context(lang=followup.partner_id.lang)
            request.update_context(lang=followup.partner_id.lang)
        values = {"followup": followup, "typed": {}, "error": None}
        if request.httprequest.method == "POST" and followup._is_link_open():
            values["typed"] = self._read_answer_form(followup)
            try:
                with request.env.cr.savepoint():
                    followup._answer_by_link(values["typed"])
            except UserError as error:
                followup.invalidate_recordset()
                values["error"] = str(error)
        return self._render_followup_link(values)

    def _render_followup_link(self, values):
        """The page in the state the follow-up has now."""
        followup = values["followup"]
        values |= {
            "company": followup.company_id,
            "is_open": followup._is_link_open(),
            "page_name": "followup",
        }
        return request.render(
            "aftersales_service.followup_link_page", values, headers=HEADERS
        )

    def _read_answer_form(self, followup):
        """What was typed, by question id as text; bounded, in plain types."""
        form = request.httprequest.form
        typed = {}
        for question in followup.survey_id.question_ids:
            name = f"question_{question.id}"
            texts = [text.replace("\0", "") for text in form.getlist(name)]
            texts = [text[: followup_rule.MAX_TEXT_LENGTH] for text in texts if text]
            if question.question_type in followup_rule.CHOICES:
                chosen = [int(text) for text in texts if text.isdecimal()]
                is_many = question.question_type == "multiple_choice"
                typed[str(question.id)] = chosen if is_many else (chosen or [None])[0]
            else:
                typed[str(question.id)] = texts[0] if texts else None
        return typed

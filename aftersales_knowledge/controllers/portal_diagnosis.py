from odoo import http
from odoo.exceptions import LockError, UserError
from odoo.http import request

from ..models.article.aftersales_article import PORTAL_AUDIENCES
from ..tools.diagnosis import MAX_ROAD
from .portal_article import PortalArticles

MAX_DIGITS = 9


class PortalDiagnosis(PortalArticles):
    """A guided diagnosis on the page of a station's job; it begins the report.

    Walking writes nothing. The road stands in the address, so that back, again and a
    bookmark do what one expects; the rule reads of it only what the guide really asks.
    """

    @http.route(
        "/my/jobs/<int:job_id>/diagnosis",
        type="http",
        auth="user",
        website=True,
        methods=["GET"],
        readonly=True,
    )
    def portal_diagnosis(self, job_id, guide="", road="", **_kw):
        """The next question, or the end; the guides to choose from without a road."""
        return self._render_diagnosis(self._get_job(job_id), guide, road)

    @http.route(
        "/my/jobs/<int:job_id>/diagnosis/report",
        type="http",
        auth="user",
        website=True,
        methods=["POST"],
    )
    def portal_diagnosis_report(self, job_id, guide="", road="", **_kw):
        """Begin the report with what the guide led to."""
        job = self._get_job(job_id)
        chosen = job._get_guides().filtered(lambda one: str(one.id) == guide)
        if not chosen:
            raise request.not_found()
        if not job._can("report"):
            return request.redirect(f"{job.access_url}?notice=moved")
        _question, end, answers = chosen._walk(read_road(road))
        try:
            with request.env.cr.savepoint():
                job._take_over_diagnosis(end, answers)
        except (LockError, UserError) as problem:
            job.invalidate_recordset()
            return self._render_diagnosis(job, guide, road, error=str(problem))
        return request.redirect(f"{job.access_url}/report")

    def _render_diagnosis(self, job, guide, road, error=None):
        guides = job._get_guides()
        chosen = guides.filtered(lambda one: str(one.id) == guide)
        if len(guides) == 1 and not guide:
            chosen = guides
        if not guides or (guide and not chosen):
            raise request.not_found()
        values = self._prepare_portal_layout_values() | {
            "page_name": "diagnosis",
            "job": job,
            "guides": guides,
            "guide": chosen,
            "article": None,
            "error": error,
        }
        if chosen:
            values |= self._prepare_diagnosis_values(job, chosen, read_road(road))
        return request.render("aftersales_knowledge.portal_diagnosis", values)

    def _prepare_diagnosis_values(self, job, guide, road):
        """What the page of a guide shows: question or end, and the answers so far.

        The guide is one the station may use; it comes past the rights.
        """
        question, end, answers = guide._walk(road)
        address = f"/my/jobs/{job.id}/diagnosis?guide={guide.id}&road="
        article = end.article_id.filtered(
            lambda one: (
                one.state == "published"
                and one.audience in PORTAL_AUDIENCES
                and one.company_id in (one.company_id.browse(), job.company_id)
            )
        )
        return {
            "question": question,
            "end": end,
            "answers": answers,
            "article": article,
            "codes": [code.name for code in end._get_codes().values()] if end else [],
            "can_report": bool(
                end and job._can("report") and job._prepare_diagnosed_vals(end)
            ),
            "road": "-".join(str(one) for one in answers.ids),
            "next_address": address + "".join(f"{one}-" for one in answers.ids),
            "back_address": address + "-".join(str(one) for one in answers.ids[:-1]),
        }


def read_road(text):
    """Ids of answers as an address tells them, e.g. ``3-7-9``; cut where it is odd."""
    road = []
    for part in text.split("-", MAX_ROAD)[:MAX_ROAD]:
        if not (part.isascii() and part.isdigit() and len(part) <= MAX_DIGITS):
            break
        road.append(int(part))
    return road

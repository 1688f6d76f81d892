from odoo import http
from odoo.exceptions import UserError
from odoo.http import request

from odoo.addons.aftersales_service.controllers.form_reader import FormReader, clean
from odoo.addons.aftersales_service.controllers.portal_job import PortalJobs

from ..models.claim.aftersales_work_order_authorisation import TEXT_LENGTH

AMOUNT_LENGTH = 16
"""Longest amount that is read, in characters."""


class PortalJobPay(PortalJobs):
    """A station asks for consent to an expensive repair on the page of its job."""

    @http.route(
        "/my/jobs/<int:job_id>/authorise",
        type="http",
        auth="user",
        website=True,
        methods=["POST"],
    )
    def portal_job_authorise(self, job_id, amount="", reason="", wait="", **_post):
        """Ask for prior authorisation; the page says what is wrong, if anything."""
        # The job of the user's own station; everything else is not found.
        job = self._get_job(job_id)
        # Whatever was posted is text here, a file too.
        reason = clean(str(reason), TEXT_LENGTH)
        value = FormReader.parse_number(str(amount)[:AMOUNT_LENGTH])
        try:
            with request.env.cr.savepoint():
                if not value or not reason:
                    raise UserError(
                        request.env._("Enter the amount and what is broken.")
                    )
                job._ask_authorisation(value, reason, is_waiting=bool(wait))
        except UserError as problem:
            job.invalidate_recordset()
            return self._render_job(job, error=str(problem))
        return request.redirect(job.access_url)

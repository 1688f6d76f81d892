import base64

from odoo import fields, http
from odoo.exceptions import LockError, UserError
from odoo.fields import Domain
from odoo.http import request

from odoo.addons.portal.controllers.portal import CustomerPortal
from odoo.addons.portal.controllers.portal import pager as portal_pager

from ..models.work_order.aftersales_work_order_report import ReportError
from . import photo, report_form
from .form_reader import FormReader, clean
from .job_photos import JobPhotos

MAX_UPLOAD = 64 * 1024 * 1024
"""Bytes of one posted report: some photos as phones take them."""

THUMBNAIL = 160
"""Side of a photo on the pages, in pixels."""

REASON_LENGTH = 200
ACCEPTED = ("accepted", "on_site", "waiting", "returned")
FILTERS = {
    "todo": ("offered", *ACCEPTED),
    "today": ACCEPTED,
    "answer": ("offered",),
    "open": ACCEPTED,
    "done": ("reported", "done"),
}
ORDER = "priority desc, next_deadline, id desc"


class PortalJobs(JobPhotos, CustomerPortal):
    """A station's jobs on its portal: list, answer, report.

    A station has no rights on what its jobs touch. Every route therefore first asks
    whether the job belongs to the user's own station, answers 404 if not, and goes
    on with ``sudo()`` and named fields only.
    """

    def _prepare_portal_layout_values(self):
        values = super()._prepare_portal_layout_values()
        values["service_station"] = request.env.user.partner_id._get_service_station()
        return values

    def _prepare_home_portal_values(self, counters):
        values = super()._prepare_home_portal_values(counters)
        if "job_count" in counters:
            station = request.env.user.partner_id._get_service_station()
            values["job_count"] = station and self._count_jobs(station, "todo")
        return values

    # Who asks, for what

    def _get_station(self):
        """The user's station, in the company's language of time. 404 for others."""
        user = request.env.user
        station = user.partner_id._get_service_station()
        if not station:
            raise request.not_found()
        # Phones of stations tell no time zone: the company's own is meant.
        zone = user.tz or request.env.company._get_service_zone().zone
        request.update_context(tz=zone)
        return station.with_context(tz=zone)

    def _get_job(self, job_id):
        """The job, if it belongs to the user's station; 404 otherwise.

        What has been declined, expired or moved is somebody else's now and not shown.
        """
        station = self._get_station()
        orders = request.env["aftersales.work.order"].sudo()  # guard: own station only
        job = orders.search(
            orders._get_station_domain(station) & Domain("id", "=", job_id)
        )
        if not job:
            raise request.not_found()
        return job

    def _count_jobs(self, station, name):
        # Only the number of the station's own jobs.
        orders = request.env["aftersales.work.order"].sudo()
        return orders.search_count(self._get_list_domain(station, name))

    def _get_list_domain(self, station, name):
        orders = request.env["aftersales.work.order"]
        domain = orders._get_station_domain(station) & Domain(
            "state", "in", FILTERS.get(name, FILTERS["todo"])
        )
        if name == "today":
            domain &= orders._get_day_domain()
        return domain

    # List and page

    @http.route(
        ["/my/jobs", "/my/jobs/page/<int:page>"],
        type="http",
        auth="user",
        website=True,
        readonly=True,
    )
    def portal_my_jobs(self, page=1, filterby="todo", **_kw):
        station = self._get_station()
        filterby = filterby if filterby in FILTERS else "todo"
        total = self._count_jobs(station, filterby)
        pager = portal_pager(
            url="/my/jobs",
            url_args={"filterby": filterby},
            total=total,
            page=page,
            step=self._items_per_page,
        )
        # The domain holds the user's own station.
        jobs = (
            request.env["aftersales.work.order"]
            .sudo()
            .search(
                self._get_list_domain(station, filterby),
                order="done_at desc, id desc" if filterby == "done" else ORDER,
                limit=self._items_per_page,
                offset=pager["offset"],
            )
        )
        values = self._prepare_portal_layout_values() | {
            "page_name": "jobs",
            "jobs": jobs,
            "now": fields.Datetime.now(),
            "pager": pager,
            "filterby": filterby,
            "filters": {
                "todo": request.env._("To do"),
                "today": request.env._("Today"),
                "answer": request.env._("To answer"),
                "open": request.env._("Accepted"),
                "done": request.env._("Reported"),
            },
        }
        return request.render("aftersales_service.portal_my_jobs", values)

    @http.route("/my/jobs/<int:job_id>", type="http", auth="user", website=True)
    def portal_job(self, job_id, notice=None, **_kw):
        job = self._get_job(job_id)
        job._note_seen()
        return self._render_job(job, notice=notice)

    def _render_job(self, job, notice=None, error=None):
        notices = {
            "submitted": request.env._("Your report has been handed in. Thank you."),
            "moved": request.env._(
                "This job has moved on in the meantime. See below where it stands."
            ),
        }
        values = self._prepare_portal_layout_values() | {
            "page_name": "job",
            "job": job,
            "now": fields.Datetime.now(),
            "notice": notices.get(notice),
            "error": error,
            "technicians": job._get_technician_choices(),
            "own_contact": request.env.user.partner_id,
            "wait_reasons": job._fields["wait_reason"]._description_selection(
                request.env
            ),
        }
        return request.render("aftersales_service.portal_job", values)

    @http.route("/my/jobs/<int:job_id>/pdf", type="http", auth="user", website=True)
    def portal_job_pdf(self, job_id, **_kw):
        return self._show_report(
            self._get_job(job_id),
            "pdf",
            "aftersales_service.action_report_work_order",
            download=True,
        )

    @http.route(
        "/my/jobs/<int:job_id>/photos/<int:photo_id>",
        type="http",
        auth="user",
        readonly=True,
    )
    def portal_job_photo(self, job_id, photo_id, size=0, **_kw):
        """One photo of a report; portal users may not read attachments themselves."""
        photos = self._get_job(job_id).photo_ids
        photo = photos.filtered(lambda kept: kept.id == photo_id)
        if not photo:
            raise request.not_found()
        side = THUMBNAIL if size else 0
        # The photo is one of a job of the user's own station.
        stream = request.env["ir.binary"]._get_image_stream_from(
            photo, width=side, height=side
        )
        return stream.get_response()

    # Answer and steps

    @http.route(
        "/my/jobs/<int:job_id>/<any(accept,decline,arrive,wait,resume,visit):step>",
        type="http",
        auth="user",
        website=True,
        methods=["POST"],
    )
    def portal_job_step(self, job_id, step, **post):
        job = self._get_job(job_id)
        if not job._can(step):
            return request.redirect(f"{job.access_url}?notice=moved")
        try:
            with request.env.cr.savepoint():
                self._take_step(job, step, post)
        except UserError as problem:
            return self._render_job(job, error=str(problem))
        if step == "decline":
            return request.redirect("/my/jobs")
        return request.redirect(job.access_url)

    def _take_step(self, job, step, post):
        """One step of a job of the own station that is open now."""
        if step == "accept":
            job._accept(self._read_technician(job, post))
        elif step == "decline":
            job._decline(clean(post.get("reason") or "", REASON_LENGTH))
        elif step == "arrive":
            job._arrive()
        elif step == "resume":
            job._resume()
        elif step == "visit" or post.get("visit_on"):
            job._plan_visit(
                self._read_visit_day(post),
                post.get("reason") or None,
                self._read_technician(job, post),
            )
        else:
            reasons = dict(job._fields["wait_reason"].selection)
            if post.get("reason") not in reasons:
                raise UserError(request.env._("Choose what the job waits for."))
            job._wait(post["reason"])

    def _read_technician(self, job, post):
        """Who was chosen of the station's people; may be nobody."""
        chosen = post.get("technician_id") or ""
        people = job._get_technician_choices()
        return people.filtered(lambda person: str(person.id) == chosen)

    def _read_visit_day(self, post):
        """The day that was chosen for the next visit; nothing when it is none."""
        reader = FormReader(request.env, {"visit_on": post.get("visit_on") or ""})
        return reader.day("visit_on")

    # Report

    @http.route(
        "/my/jobs/<int:job_id>/report",
        type="http",
        auth="user",
        website=True,
        methods=["GET", "POST"],
        max_content_length=MAX_UPLOAD,
    )
    def portal_job_report(self, job_id, **post):
        job = self._get_job(job_id)
        is_post = request.httprequest.method == "POST"
        if not job._can("report"):
            is_in = is_post and job.state in ("reported", "done")
            notice = "submitted" if is_in else "moved"
            return request.redirect(f"{job.access_url}?notice={notice}")
        if not is_post:
            return self._render_report(
                job,
                is_saved=post.get("saved") == "1",
                is_scanned=post.get("scanned") == "1",
            )
        form = request.httprequest.form
        reader = report_form.ReportReader(job, form, form.getlist("operation_id"))
        reader.read()
        self._save_report(job, reader)
        self._save_photos(job, reader)
        if form.get("action") == "submit" and not reader.errors:
            if self._submit_report(job, reader):
                return request.redirect(f"{job.access_url}?notice=submitted")
        elif not reader.errors:
            mark = "scanned=1#scan" if reader.is_scanned else "saved=1"
            return request.redirect(f"{job.access_url}/report?{mark}")
        elif form.get("action") == "submit" and "form" not in reader.errors:
            self._tell_missing(job, reader)
        return self._render_report(job, reader)

    def _tell_missing(self, job, reader):
        """What is missing beside what could not be read: told in one round."""
        for _job, field, key, sentence in job._get_report_errors():
            reader.errors.setdefault(report_form.get_error_name(field, key), sentence)

    def _save_report(self, job, reader):
        """Keep what could be understood; a problem becomes a sentence on top."""
        try:
            with request.env.cr.savepoint():
                job._save_report(reader.vals)
        except UserError as problem:
            job.invalidate_recordset()
            reader.errors["form"] = str(problem)

    def _submit_report(self, job, reader):
        """Hand the report in; what is missing goes to its field. True when done."""
        try:
            with request.env.cr.savepoint():
                job._submit_report()
        except ReportError as problem:
            for _job, field, key, sentence in problem.errors:
                reader.errors[report_form.get_error_name(field, key)] = sentence
        except (LockError, UserError) as problem:
            reader.errors["form"] = str(problem)
        else:
            return True
        job.invalidate_recordset()
        return False

    def _render_report(self, job, reader=None, is_saved=False, is_scanned=False):
        values = self._prepare_portal_layout_values() | {
            "page_name": "job",
            "job": job,
            "kind": job.request_type_id,
            "values": report_form.show(job, reader),
            "errors": report_form.row_errors(reader) if reader else {},
            "is_saved": is_saved,
            "is_scanned": is_scanned,
            "codes": job._get_code_choices(),
            "operations": job._get_operation_choices(),
            "part_choices": job._get_part_choices(),
            "cities": job._get_city_choices(),
            "reading_reasons": job._get_reading_reasons(),
            "charge_kinds": job.charge_line_ids._fields["kind"]._description_selection(
                request.env
            ),
        }
        return request.render("aftersales_service.portal_job_report", values)

    # Signature

    @http.route("/my/jobs/<int:job_id>/sign", type="jsonrpc", auth="user", website=True)
    def portal_job_sign(self, job_id, name=None, signature=None, **_kw):
        """The customer signs on the phone's screen."""
        job = self._get_job(job_id)
        if not job._can("report"):
            return {"error": request.env._("The report of this job is closed.")}
        try:
            data = base64.b64decode(str(signature or "")[: photo.MAX_BYTES])
            picture = photo.reencode(data, max_side=800, output="PNG")
        except ValueError:
            return {"error": request.env._("The signature could not be read.")}
        job._save_report(
            {
                "signed_by": clean(str(name or ""), 80),
                "signature": base64.b64encode(picture),
            }
        )
        return {"force_refresh": True, "redirect_url": job.access_url}

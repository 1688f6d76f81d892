from odoo import fields, http
from odoo.http import request

from ..tools import telephony

INTERFACE = "aftersales_service.group_aftersales_interface"
MAX_BODY = 16 * 1024


class Telephony(http.Controller):
    """A telephone system tells what happens to a call, with the key of an interface."""

    @http.route(
        "/aftersales/telephony/event",
        type="http",
        auth="bearer",
        methods=["POST"],
        csrf=False,
        readonly=False,
        save_session=False,
        max_content_length=MAX_BODY,
    )
    def receive_call_event(self, **_form):
        """Take one event as a JSON object, see README."""
        user = request.env.user
        if not user.has_group(INTERFACE):
            return self._refuse_call_event(
                request.env._("This key belongs to no interface user."), status=403
            )
        if not request.env.context.get("allowed_company_ids"):
            request.update_context(allowed_company_ids=user._get_ordered_company_ids())
        try:
            body = request.get_json_data()
        except (ValueError, RecursionError):
            body = None
        event = telephony.read(body, fields.Datetime.now())
        if not isinstance(event, telephony.CallEvent):
            return self._refuse_call_event(self._get_call_refusal(event))
        interactions = request.env["aftersales.interaction"]
        # The interface group was checked above.
        interaction, is_new = interactions._receive_call_event(event)
        return request.make_json_response({"id": interaction.id, "is_new": is_new})

    def _refuse_call_event(self, sentence, status=400):
        return request.make_json_response({"error": sentence}, status=status)

    def _get_call_refusal(self, verdict):
        """What is wrong with the body, in a sentence."""
        env, params = request.env, dict(verdict.params)
        if verdict.code == "unknown_value":
            return env._(
                "The field %(field)s must be one of: %(values)s.",
                field=params["field"],
                values=", ".join(params["values"]),
            )
        return {
            "no_object": lambda: env._("Send one JSON object."),
            "missing": lambda: env._("The field %(field)s is missing.", **params),
            "no_text": lambda: env._("The field %(field)s must be a text.", **params),
            "too_long": lambda: env._(
                "The field %(field)s is longer than %(length)s characters.", **params
            ),
            "bad_moment": lambda: env._(
                "The field %(field)s must be a moment of today or before, like"
                " 2026-06-01T15:30:00+08:00.",
                **params,
            ),
            "bad_address": lambda: env._(
                "The field %(field)s must be a web address.", **params
            ),
        }[verdict.code]()

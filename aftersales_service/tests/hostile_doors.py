"""Doors at which strangers knock: each is one request for one record of somebody else.

``Door.is_open(answer)`` tells whether a stranger got anything by it.
"""

import json
from dataclasses import dataclass, field

#: Refusals by name; anything else would be a knock that never reached the record.
REFUSED = {
    "odoo.exceptions.AccessError",
    "odoo.exceptions.MissingError",
    "odoo.exceptions.UserError",
    "odoo.exceptions.ValidationError",
    "odoo.exceptions.RedirectWarning",
    "werkzeug.exceptions.Forbidden",
    "werkzeug.exceptions.NotFound",
}
#: Method of every model → its arguments after the ids.
READING = {
    "read": [["display_name", "create_date"]],
    "web_read": [{"display_name": {}, "create_uid": {}}],
    "export_data": [["display_name"]],
    "get_metadata": [],
    "copy": [],
    "unlink": [],
    "message_post": [],
    "message_subscribe": [[1]],
    "message_get_suggested_recipients": [],
    "activity_schedule": [],
    "get_base_url": [],
}
#: Method of every model that is asked for it by a domain.
FINDING = {
    "search_read": [["display_name"]],
    "web_search_read": [{"display_name": {}}],
    "search": [],
    "search_count": [],
    "formatted_read_group": [["create_uid"], ["__count"]],
    "name_search": [],
}


@dataclass(frozen=True)
class Answer:
    """What came back: its status, its text, and for RPC its result or refusal."""

    status: int
    text: str
    result: object = None
    error: str = ""


@dataclass(frozen=True)
class Door:
    """One method of one model by one way: ``call_kw`` or ``json2``."""

    model: str
    method: str
    way: str = "call_kw"
    args: list = field(default_factory=list)
    #: ``refused``, ``nothing`` (an empty answer will do) or ``window`` (an action)
    expects: str = "refused"

    @property
    def name(self):
        return f"{self.way} {self.method}"

    def is_open(self, answer):
        """Whether a stranger who got this answer got anything."""
        if answer.error or answer.status >= 400:
            return False
        if self.expects == "window":
            return not isinstance(answer.result, (dict, bool, type(None)))
        if self.expects == "nothing":
            return bool(answer.result) and answer.result != {
                "length": 0,
                "records": [],
            }
        return True


def read_rpc(response):
    """A response of JSON-RPC as an ``Answer``."""
    body = response.json()
    error = body.get("error", {}).get("data", {}).get("name", "")
    return Answer(
        response.status_code,
        response.text,
        body.get("result"),
        error or str(body.get("error") or ""),
    )


def read_json2(response):
    """A response of /json/2 as an ``Answer``."""
    body = json.loads(response.text or "null")
    failed = response.status_code >= 400
    name = body.get("name", "") if failed and isinstance(body, dict) else ""
    return Answer(response.status_code, response.text, body, name)

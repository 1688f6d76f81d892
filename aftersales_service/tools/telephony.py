"""What a telephone system tells of a call: events, in any order, told any often.

A call is the set of its events. What it looks like follows from that set alone, so
that an event told twice, or late, changes nothing twice.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from .verdict import Verdict

EVENTS = ("ringing", "answered", "ended", "recorded")
DIRECTIONS = ("in", "out")
LENGTHS = {
    "call_id": 128,
    "caller": 64,
    "called": 64,
    "extension": 32,
    "recording_url": 500,
}
"""Longest texts that are taken, in characters."""

#: May be empty: a caller hides his number, a call waits in no extension yet.
MAY_BE_EMPTY = ("caller", "called", "extension")
MAX_EVENTS = 60
"""Events of one call that are kept; a telephone system that tells more is broken."""

#: A clock that runs fast by more than this is wrong.
MAX_AHEAD = timedelta(days=1)
_FIRST = datetime(2000, 1, 1)


@dataclass(frozen=True, kw_only=True, slots=True)
class CallEvent:
    """One event. moment: UTC, without a zone."""

    event: str
    call_id: str
    direction: str
    caller: str
    called: str
    extension: str
    moment: datetime
    recording_url: str = ""

    @property
    def number(self):
        """The number of the other side."""
        return self.caller if self.direction == "in" else self.called

    @property
    def line_number(self):
        """Our own number."""
        return self.called if self.direction == "in" else self.caller

    @property
    def key(self):
        return f"{self.event}:{self.extension}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Call:
    """What a call looks like by its events. moment: when it began."""

    state: str
    moment: datetime
    extension: str
    answered_at: datetime | None = None
    ended_at: datetime | None = None
    minutes: float = 0.0


def read(body: object, now: datetime) -> CallEvent | Verdict:
    """Return the event that a JSON body tells, or why it is refused.

    now: UTC, without a zone; the moment of an event that names none.
    """
    if not isinstance(body, Mapping):
        return Verdict(code="no_object", blocks=True)
    texts = {}
    for name in (*LENGTHS, "event", "direction", "moment"):
        refusal = _read_text(body, name, texts)
        if refusal:
            return refusal
    for name, values in (("event", EVENTS), ("direction", DIRECTIONS)):
        if texts[name] not in values:
            return _refuse("unknown_value", name, values=list(values))
    moment = _read_moment(texts.pop("moment"), now)
    if not moment:
        return _refuse("bad_moment", "moment")
    if texts["event"] == "recorded" and not _is_web_address(texts["recording_url"]):
        return _refuse("bad_address", "recording_url")
    if texts["recording_url"] and not _is_web_address(texts["recording_url"]):
        return _refuse("bad_address", "recording_url")
    return CallEvent(moment=moment, **texts)


def _read_text(body, name, texts):
    """Put the text of a field into ``texts``, else return why it is refused."""
    value = body.get(name)
    is_optional = name in ("recording_url", "moment")
    if value is None and is_optional:
        value = ""
    if value is None:
        return _refuse("missing", name)
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str) or "\0" in value:
        return _refuse("no_text", name)
    texts[name] = value.strip()
    if len(texts[name]) > LENGTHS.get(name, 64):
        return _refuse("too_long", name, length=LENGTHS.get(name, 64))
    if not texts[name] and not is_optional and name not in MAY_BE_EMPTY:
        return _refuse("missing", name)
    return None


def _read_moment(text, now):
    """UTC without a zone; a moment without a zone is UTC. None: it cannot be read."""
    if not text:
        return now
    try:
        moment = datetime.fromisoformat(text)
        if moment.tzinfo:
            moment = moment.astimezone(UTC).replace(tzinfo=None)
    except (ValueError, OverflowError):
        return None
    moment = moment.replace(microsecond=0)
    return moment if _FIRST <= moment <= now + MAX_AHEAD else None


def _is_web_address(text):
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.netloc)


def _refuse(code, name, **params):
    return Verdict(code=code, params={"field": name, **params}, blocks=True)


def add(events: Mapping[str, str], event: CallEvent) -> dict[str, str] | None:
    """Return the events of a call with one more, None when nothing is new.

    events: ``event:extension`` → moment as ISO text.
    """
    if event.key in events or len(events) >= MAX_EVENTS:
        return None
    return {**events, event.key: event.moment.isoformat()}


def summarise(events: Mapping[str, str]) -> Call:
    """Return what a call looks like by all that was told of it."""
    told = sorted(
        (datetime.fromisoformat(moment), *key.split(":", 1))
        for key, moment in events.items()
    )
    moments = {
        kind: [moment for moment, event, _ext in told if event == kind]
        for kind in EVENTS
    }
    answered = min(moments["answered"], default=None)
    ended = max(moments["ended"], default=None)
    minutes = 0.0
    if answered and ended and ended > answered:
        minutes = (ended - answered).total_seconds() / 60
    return Call(
        state=_get_state(moments),
        moment=told[0][0],
        extension=_get_extension(told),
        answered_at=answered,
        ended_at=ended,
        minutes=minutes,
    )


def _get_state(moments):
    if moments["ended"]:
        return "ended" if moments["answered"] else "missed"
    if moments["answered"]:
        return "answered"
    return "ringing" if moments["ringing"] else "ended"


def _get_extension(told):
    """Of who answered last, else where it rang last."""
    for kind in ("answered", "ringing", "ended", "recorded"):
        extensions = [ext for _moment, event, ext in told if event == kind and ext]
        if extensions:
            return extensions[-1]
    return ""


def shows_card(event: CallEvent, call: Call) -> bool:
    """Whether the agent's screen shows a card now: a late event opens none."""
    return event.event in ("ringing", "answered") and (
        call.state in ("ringing", "answered")
    )

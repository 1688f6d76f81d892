from datetime import datetime
from itertools import permutations

from odoo.tests import BaseCase, tagged

from ..tools import telephony

NOW = datetime(2026, 6, 1, 8, 0)
BODY = {
    "call_id": "c-1",
    "event": "ringing",
    "direction": "in",
    "caller": "13800138000",
    "called": "4006001234",
    "extension": "801",
}


def told(*events):
    """The kept events of a call: (event, extension, minute)."""
    return {f"{event}:{ext}": f"2026-06-01T08:{at:02}:00" for event, ext, at in events}


@tagged("post_install", "-at_install")
class TestTelephonyRule(BaseCase):
    """A call is the set of what was told of it."""

    def test_an_event_is_read(self):
        event = telephony.read(
            {**BODY, "extension": 801, "moment": "2026-06-01T15:30:00+08:00"}, NOW
        )
        self.assertEqual(event.moment, datetime(2026, 6, 1, 7, 30))
        self.assertEqual(event.extension, "801")
        self.assertEqual(
            (event.number, event.line_number), ("13800138000", "4006001234")
        )
        self.assertEqual(telephony.read(BODY, NOW).moment, NOW)
        out = telephony.read({**BODY, "direction": "out"}, NOW)
        self.assertEqual((out.number, out.line_number), ("4006001234", "13800138000"))

    def test_what_may_be_empty(self):
        for name in telephony.MAY_BE_EMPTY:
            with self.subTest(name):
                event = telephony.read({**BODY, name: ""}, NOW)
                self.assertEqual(getattr(event, name), "")

    def test_what_is_refused(self):
        table = [
            ("no_object", None, []),
            ("no_object", None, "ringing"),
            *(
                ("missing", name, {key: BODY[key] for key in BODY if key != name})
                for name in BODY
            ),
            ("missing", "call_id", {**BODY, "call_id": " "}),
            ("unknown_value", "event", {**BODY, "event": "exploded"}),
            ("unknown_value", "direction", {**BODY, "direction": "up"}),
            ("no_text", "caller", {**BODY, "caller": ["1"]}),
            ("no_text", "caller", {**BODY, "caller": True}),
            ("no_text", "call_id", {**BODY, "call_id": "a\0b"}),
            ("too_long", "call_id", {**BODY, "call_id": "1" * 129}),
            ("too_long", "extension", {**BODY, "extension": "1" * 33}),
            ("bad_moment", "moment", {**BODY, "moment": "yesterday"}),
            ("bad_moment", "moment", {**BODY, "moment": "1970-01-01T00:00:00"}),
            ("bad_moment", "moment", {**BODY, "moment": "2026-07-01T00:00:00"}),
            ("bad_moment", "moment", {**BODY, "moment": "9999-12-31T23:59:59-12:00"}),
            ("bad_address", "recording_url", {**BODY, "event": "recorded"}),
            (
                "bad_address",
                "recording_url",
                {**BODY, "recording_url": "javascript:alert(1)"},
            ),
            ("bad_address", "recording_url", {**BODY, "recording_url": "http://["}),
        ]
        for code, name, body in table:
            with self.subTest(code=code, name=name, body=body):
                refusal = telephony.read(body, NOW)
                self.assertEqual(refusal.code, code)
                self.assertEqual(refusal.params.get("field"), name)

    def test_an_event_told_again_is_nothing_new(self):
        event = telephony.read(BODY, NOW)
        events = telephony.add({}, event)
        self.assertEqual(events, {"ringing:801": "2026-06-01T08:00:00"})
        self.assertIsNone(telephony.add(events, event))
        full = {f"ringing:{number}": "" for number in range(telephony.MAX_EVENTS)}
        self.assertIsNone(telephony.add(full, event))

    def test_the_call_follows_from_its_events_in_any_order(self):
        table = [
            ([("ringing", "801", 0)], "ringing", "801", 0),
            ([("ringing", "801", 0), ("ringing", "802", 1)], "ringing", "802", 0),
            ([("ringing", "801", 0), ("answered", "802", 1)], "answered", "802", 0),
            ([("ringing", "801", 0), ("ended", "801", 1)], "missed", "801", 0),
            (
                [("ringing", "801", 0), ("answered", "801", 1), ("ended", "801", 4)],
                "ended",
                "801",
                3,
            ),
            (
                [
                    ("ringing", "801", 0),
                    ("answered", "801", 1),
                    ("answered", "802", 2),
                    ("ended", "", 6),
                    ("recorded", "", 7),
                ],
                "ended",
                "802",
                5,
            ),
            ([("recorded", "801", 3)], "ended", "801", 0),
        ]
        for events, state, extension, minutes in table:
            for order in permutations(events):
                call = telephony.summarise(told(*order))
                with self.subTest(order=order):
                    self.assertEqual(call.state, state)
                    self.assertEqual(call.extension, extension)
                    self.assertEqual(call.minutes, minutes)
                    self.assertEqual(call.moment, datetime(2026, 6, 1, 8, events[0][2]))

    def test_a_late_event_opens_no_card(self):
        ringing = telephony.read(BODY, NOW)
        ended = telephony.read({**BODY, "event": "ended"}, NOW)
        over = telephony.summarise(told(("ringing", "801", 0), ("ended", "801", 1)))
        rings = telephony.summarise(told(("ringing", "801", 0)))
        self.assertTrue(telephony.shows_card(ringing, rings))
        self.assertFalse(telephony.shows_card(ringing, over))
        self.assertFalse(telephony.shows_card(ended, over))

"""Reads what a portal form sent: bounded, typed, every problem at its field.

A field that was not sent is left alone; one that was sent and cannot be understood
becomes a sentence under its name, and what was typed is shown again.
"""

import re
import unicodedata
from datetime import date

MAX_LINE = 200
MAX_TEXT = 4000
_NUMBER = re.compile(r"\d{1,9}(\.\d{1,4})?")


class FormReader:
    """One posted form.

    What: values as a model takes them (``vals``), sentences by field (``errors``),
    and the texts as they were typed (``typed``), for showing the form again.
    How to use: make it from the posted dict, call one reader per field, look at
    ``errors``.
    """

    def __init__(self, env, form):
        self.env = env
        self.form = form
        self.vals = {}
        self.errors = {}
        self.typed = {}
        # What photos of this form must show, each with an input of its own.
        self.photo_kinds = ()

    def text(self, name, limit=MAX_LINE):
        """One line, or a text when ``limit`` allows; cut at ``limit`` characters."""
        raw = self._raw(name, limit)
        if raw is not None:
            self.vals[name] = raw or False
        return raw

    def number(self, name):
        """A number from zero up; comma and full-width digits are understood."""
        raw = self._raw(name)
        if raw is None:
            return None
        value = self.parse_number(raw or "0")
        if value is None:
            self.errors[name] = self.env._("Enter a number, e.g. 12.5.")
        else:
            self.vals[name] = value
        return value

    def day(self, name):
        """A date as browsers send it."""
        raw = self._raw(name)
        if raw is None:
            return None
        try:
            self.vals[name] = date.fromisoformat(raw) if raw else False
        except ValueError:
            self.errors[name] = self.env._("Enter a date, e.g. 2026-05-31.")
        return self.vals.get(name)

    def choice(self, name, allowed):
        """The id of one record of ``allowed``."""
        raw = self._raw(name)
        if raw is None:
            return None
        value = int(raw) if raw.isascii() and raw.isdigit() else 0
        if raw and value not in allowed.ids:
            self.errors[name] = self.env._("Choose from the list.")
        else:
            self.vals[name] = value or False
        return self.vals.get(name)

    def word(self, name, allowed):
        """One of the words of a selection, given as (value, label) pairs."""
        raw = self._raw(name)
        if raw is None:
            return None
        if raw and raw not in dict(allowed):
            self.errors[name] = self.env._("Choose from the list.")
        else:
            self.vals[name] = raw or False
        return self.vals.get(name)

    def _raw(self, name, limit=MAX_LINE):
        """The typed text without control characters, None when it was not sent."""
        raw = self.form.get(name)
        if not isinstance(raw, str):
            return None
        self.typed[name] = clean(raw, limit)
        return self.typed[name]

    @staticmethod
    def parse_number(text):
        """The number a text means, None when it means none."""
        text = unicodedata.normalize("NFKC", text).replace(",", ".").replace(" ", "")
        return float(text) if text.isascii() and _NUMBER.fullmatch(text) else None


def clean(text, limit=MAX_LINE):
    """Bounded text without control characters; line ends stay in long texts."""
    text = text[: limit * 2].replace("\r\n", "\n")
    kept = "".join(c for c in text if c == "\n" or unicodedata.category(c)[0] != "C")
    return kept.strip()[:limit]

"""The address that makes a telephone system dial: checked once, filled per click."""

import re
import string
from urllib.parse import quote, urlsplit

#: Schemes that a click may open: a telephone system's page, or a telephone.
WEB = ("http", "https")
PHONE = ("tel", "sip")
NUMBER = "{number}"
EXTENSION = "{extension}"
# A blank, a control character or a quotation mark is no part of an address.
UNFIT = re.compile(r"[\s\x00-\x1f\x7f\"'<>\\`]")


def find_problem(template: str) -> str | None:
    """Why this is no address to dial by, as a code; None where it is.

    ``unfit``: characters no address has; ``scheme``: opens something else;
    ``placeholder``: braces that mean nothing here; ``number``: dials nobody;
    ``host``: there is none, or what is dialled would choose it.
    """
    if UNFIT.search(template):
        return "unfit"
    scheme, colon, rest = template.partition(":")
    if not colon or scheme.lower() not in WEB + PHONE:
        return "scheme"
    try:
        names = {name for _text, name, *_spec in string.Formatter().parse(rest)}
    except ValueError:
        return "placeholder"
    bare = rest.replace(NUMBER, "").replace(EXTENSION, "")
    if not names <= {None, "number", "extension"} or set("{}") & set(bare):
        return "placeholder"
    if NUMBER not in rest:
        return "number"
    return _find_host_problem(template) if scheme.lower() in WEB else None


def _find_host_problem(template: str) -> str | None:
    try:
        parts = urlsplit(template)
        parts.port  # noqa: B018 - a port that is no number raises
    except ValueError:
        return "host"
    if not parts.hostname or set("{}") & set(parts.netloc):
        return "host"
    return None


def fill_extension(template: str | None, extension: str | None) -> str | None:
    """The address for one agent, with the number still to be filled in.

    None where there is no address, or it needs an extension that he has not: his
    clicks go to the telephone of his own machine then.
    """
    if not template or (EXTENSION in template and not extension):
        return None
    return template.replace(EXTENSION, quote(extension or "", safe=""))

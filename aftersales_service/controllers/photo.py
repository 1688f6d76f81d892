"""Pictures that come from outside: decoded, turned, shrunk and written anew.

What is stored is our own JPEG or PNG, never the bytes that were sent: no metadata
(a phone writes its position), no second file hidden in the first.
"""

import io

from PIL import Image, ImageOps

MAX_BYTES = 10 * 1024 * 1024
"""Largest file that is looked at."""

MAX_PIXELS = 50_000_000
MAX_SIDE = 1920
"""Longest side of a stored photo, in pixels: enough to read a nameplate."""

# Odoo loads no other decoder that photos need.
FORMATS = ("JPEG", "PNG")
HEIF_BRANDS = {b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis", b"mif1", b"msf1"}


class PhotoError(ValueError):
    """A file that is not stored. ``code``: ``heic``, ``too_big`` or ``unreadable``."""

    def __init__(self, code):
        self.code = code
        super().__init__(code)


def is_heic(data: bytes) -> bool:
    """Tell whether the bytes are a HEIC picture, what iPhones take by themselves."""
    return data[4:8] == b"ftyp" and data[8:12] in HEIF_BRANDS


def reencode(data: bytes, max_side: int = MAX_SIDE, output: str = "JPEG") -> bytes:
    """Return the picture as fresh JPEG or PNG bytes.

    Raises PhotoError for anything that is not a JPEG or PNG of sane size.
    """
    if len(data) > MAX_BYTES:
        raise PhotoError("too_big")
    if is_heic(data):
        raise PhotoError("heic")
    try:
        return _reencode(data, max_side, output)
    except PhotoError:
        raise
    except Exception as problem:  # hostile bytes make decoders raise anything
        raise PhotoError("unreadable") from problem


def _reencode(data: bytes, max_side: int, output: str) -> bytes:
    with Image.open(io.BytesIO(data), formats=FORMATS) as source:
        if source.width * source.height > MAX_PIXELS:
            raise PhotoError("too_big")
        picture = ImageOps.exif_transpose(source)
        picture.thumbnail((max_side, max_side))
        picture = _on_white(picture) if output == "JPEG" else picture.convert("RGBA")
        stream = io.BytesIO()
        # A new image has none of the old one's metadata.
        clean = Image.new(picture.mode, picture.size)
        clean.paste(picture)
        clean.save(stream, format=output, quality=85, optimize=True)
    return stream.getvalue()


def _on_white(picture):
    """The picture without transparency, which JPEG does not know."""
    if picture.mode in ("RGB", "L"):
        return picture
    layered = picture.convert("RGBA")
    ground = Image.new("RGBA", layered.size, "white")
    return Image.alpha_composite(ground, layered).convert("RGB")

import io
import struct
import zlib

from PIL import Image

from odoo.tests import BaseCase, tagged

from ..controllers import photo
from .portal_common import make_picture


@tagged("post_install", "-at_install")
class TestPhoto(BaseCase):
    """Pictures from outside become our own bytes, or are refused by a code."""

    def code(self, data):
        with self.assertRaises(photo.PhotoError) as caught:
            photo.reencode(data)
        return caught.exception.code

    def test_each_known_format_becomes_a_jpeg(self):
        for kind in photo.FORMATS:
            with self.subTest(kind=kind):
                result = Image.open(io.BytesIO(photo.reencode(make_picture(kind))))
                self.assertEqual(result.format, "JPEG")

    def test_large_picture_is_shrunk_and_keeps_its_shape(self):
        result = Image.open(io.BytesIO(photo.reencode(make_picture(size=(4000, 2000)))))
        self.assertEqual(result.size, (1920, 960))

    def test_transparent_picture_gets_a_white_ground(self):
        stream = io.BytesIO()
        Image.new("RGBA", (4, 4), (0, 0, 0, 0)).save(stream, format="PNG")
        result = Image.open(io.BytesIO(photo.reencode(stream.getvalue())))
        self.assertEqual(result.getpixel((1, 1)), (255, 255, 255))

    def test_palette_picture_keeps_its_colours(self):
        stream = io.BytesIO()
        Image.new("RGB", (4, 4), "red").convert("P").save(stream, format="PNG")
        result = Image.open(io.BytesIO(photo.reencode(stream.getvalue(), output="PNG")))
        self.assertEqual(result.convert("RGB").getpixel((1, 1)), (255, 0, 0))

    def test_metadata_is_gone(self):
        exif = Image.Exif()
        exif[0x010E] = "secret place"
        picture = make_picture(exif=exif.tobytes())
        self.assertIn(b"secret place", picture)
        self.assertNotIn(b"secret place", photo.reencode(picture))

    def test_turned_picture_is_set_upright(self):
        exif = Image.Exif()
        exif[0x0112] = 6
        picture = make_picture(size=(40, 20), exif=exif.tobytes())
        result = Image.open(io.BytesIO(photo.reencode(picture)))
        self.assertEqual(result.size, (20, 40))

    def test_what_is_no_photo_is_refused(self):
        cases = {
            b"": "unreadable",
            b"<svg/>": "unreadable",
            make_picture("GIF"): "unreadable",
            make_picture()[:60]: "unreadable",
            b"\x00\x00\x00\x18ftypheic" + b"\x00" * 40: "heic",
            b"x" * (photo.MAX_BYTES + 1): "too_big",
        }
        for data, code in cases.items():
            with self.subTest(data=data[:12]):
                self.assertEqual(self.code(data), code)

    def test_decompression_bomb_is_refused_before_it_is_unpacked(self):
        def chunk(kind, body):
            crc = zlib.crc32(kind + body)
            return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", crc)

        header = struct.pack(">IIBBBBB", 9000, 9000, 8, 2, 0, 0, 0)
        bomb = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IEND", b"")
        self.assertEqual(self.code(bomb), "too_big")

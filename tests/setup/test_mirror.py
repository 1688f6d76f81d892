"""The mirror's address comes from the machine; what the cache holds is checked."""

import hashlib
import tempfile
import unittest
from pathlib import Path

from _lib.mirror import RECORD, Mirror, choose_address


class TestAddress(unittest.TestCase):
    def test_debian_itself_is_chosen_before_security_and_strangers(self):
        targets = [
            "https://packages.example.org/node/ main Node",
            "http://mirror.example.org/debian-security/ main Debian-Security",
            "http://mirror.example.org/pub/debian/ contrib Debian",
            "http://mirror.example.org/pub/debian/ main Debian",
        ]
        self.assertEqual(
            choose_address(targets), "http://mirror.example.org/pub/debian/"
        )

    def test_a_machine_that_never_fetched_its_lists(self):
        targets = [
            "http://mirror.example.org/debian-security/ main $(LABEL)",
            "http://mirror.example.org/debian/ main $(LABEL)",
        ]
        self.assertEqual(choose_address(targets), "http://mirror.example.org/debian/")

    def test_another_distribution_has_none(self):
        targets = ["http://mirror.example.org/ubuntu/ main Ubuntu"]
        self.assertIsNone(choose_address(targets))


class TestCache(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.package = self.folder / "odoo-19_19.0_all.deb"
        self.package.write_bytes(b"sound")
        digest = hashlib.sha256(b"sound").hexdigest()
        (self.folder / RECORD).write_text(f"{digest}  {self.package.name}\n")

    def kept(self, *names):
        return Mirror(self.folder)._kept(dict.fromkeys(names, "sid"))

    def test_a_sound_file_is_not_fetched_again(self):
        self.assertEqual(self.kept("odoo-19"), [self.package])

    def test_a_damaged_file_is_not_used(self):
        self.package.write_bytes(b"damaged")
        self.assertEqual(self.kept("odoo-19"), [])

    def test_a_missing_package_means_fetching(self):
        self.assertEqual(self.kept("odoo-19", "libjs-jquery"), [])

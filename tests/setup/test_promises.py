"""What README and the commands promise about files, downloads and versions."""

import contextlib
import io
import json
import os
import re
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path
from unittest import mock

from _lib import demo_database, layout, mirror, odoo_run, odoo_source
from _lib.database import Databases
from _lib.demo_database import Demo
from _lib.odoo_source import Odoo
from _lib.postgres import Server
from _lib.problem import Problem


def tracked_files():
    """Every text file of the repository, also those not committed yet."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    done = subprocess.run(
        command, cwd=layout.ROOT, capture_output=True, text=True, check=True
    )
    for name in done.stdout.splitlines():
        path = layout.ROOT / name
        with contextlib.suppress(UnicodeDecodeError, FileNotFoundError):
            yield name, path.read_text()


class FakeDatabases(Databases):
    """A server that answers each query with the rows it was given."""

    def __init__(self, rows=(), names=("demo",)):
        super().__init__(Server({}))
        self.rows, self.present, self.asked = list(rows), set(names), []

    def names(self):
        return self.present

    def query(self, sql, database="postgres"):
        self.asked.append((database, sql))
        return self.rows


class TestDemo(unittest.TestCase):
    def demo(self, **options):
        return Demo(FakeDatabases(**options), Odoo(Path("/odoo"), "one"))

    def done_by(self, fresh, **options):
        """What preparing the demo database does."""
        demo = self.demo(**options)
        with (
            tempfile.TemporaryDirectory() as folder,
            mock.patch.object(layout, "LOCAL", Path(folder)),
            mock.patch.object(demo, "_build") as build,
            mock.patch.object(demo, "_update") as update,
        ):
            self.assertEqual(demo.prepare(fresh), "demo")
        return ["built"] * build.call_count + ["updated"] * update.call_count

    def test_a_first_start_builds(self):
        self.assertEqual(self.done_by(False, names=()), ["built"])

    def test_a_second_start_updates(self):
        self.assertEqual(self.done_by(False), ["updated"])

    def test_fresh_builds_anew(self):
        self.assertEqual(self.done_by(True), ["built"])

    def test_an_unchanged_database_is_left_alone(self):
        demo = self.demo(rows=["19.0.1.3"])
        with (
            mock.patch.object(demo, "_remembered", return_value=("addons", "story")),
            mock.patch.object(demo, "_made_of", return_value=("addons", "story")),
            mock.patch.object(odoo_run, "install") as install,
        ):
            demo._update()
            install.assert_not_called()
            demo._made_of.return_value = ("other addons", "story")
            demo._update()
            install.assert_called_once()

    def test_a_changed_story_is_told_to_the_person(self):
        demo, told = self.demo(rows=["19.0.1.3"]), io.StringIO()
        with (
            mock.patch.object(demo, "_remembered", return_value=("addons", "story")),
            mock.patch.object(demo, "_made_of", return_value=("addons", "other")),
            contextlib.redirect_stdout(told),
        ):
            demo._update()
        self.assertIn("setup/demo --fresh builds it anew", told.getvalue())

    def test_a_database_of_another_odoo(self):
        for version in ("18.0.1.3", "saas~19.1.1.3", ""):
            with self.assertRaisesRegex(Problem, r"of Odoo .*setup/demo --fresh"):
                self.demo(rows=[version])._check_version()
        self.demo(rows=["19.0.1.3"])._check_version()

    def test_logins_are_roles_with_login_and_name(self):
        demo = self.demo(rows=["office south\toffice.south\t黄志强"])
        self.assertEqual(demo.logins(), [("office south", "office.south", "黄志强")])
        [(database, _sql)] = demo.databases.asked
        self.assertEqual(database, "demo")

    def test_the_company_is_built_without_demo_data_of_others(self):
        for path in (layout.SETUP / "_lib").rglob("*.py"):
            self.assertNotIn("=--with-demo", path.read_text().replace('"', "="))
        self.assertEqual(demo_database.LANGUAGES, "zh_CN,en_US")

    def test_the_port_is_8069_unless_another_is_named(self):
        text = (layout.SETUP / "demo").read_text()
        self.assertIn('"--port", type=int, default=8069', text)

    def test_it_listens_to_this_machine_only(self):
        with (
            tempfile.TemporaryDirectory() as folder,
            mock.patch.object(layout, "LOCAL", Path(folder)),
        ):
            words = odoo_run.command(("-m", "odoo"), "demo", port=8070)
        self.assertIn("--http-interface=127.0.0.1", words)
        self.assertIn("--http-port=8070", words)


class TestOdooOnTheMachine(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = Path(folder.name).resolve()
        release = self.root / "odoo" / "release.py"
        release.parent.mkdir()
        release.write_text("version_info = (19, 0, 0, FINAL, 0, '')\n")

    def test_the_folder_odoo_root_names_is_taken(self):
        # The folder itself, the package in it, the root of an unpacked package.
        inside = self.root / "prefix" / odoo_source.SYSTEM_PACKAGES.relative_to("/")
        inside.mkdir(parents=True)
        (self.root / "odoo").rename(inside / "odoo")
        for root in (inside, inside / "odoo", self.root / "prefix"):
            with mock.patch.dict(os.environ, ODOO_ROOT=str(root)):
                self.assertEqual(odoo_source.find_or_fetch().path, inside)

    def test_an_importable_odoo_is_taken(self):
        with (
            mock.patch.dict(os.environ),
            mock.patch.object(sys, "path", [str(self.root), *sys.path]),
            mock.patch.object(odoo_source, "_unpacked") as unpacked,
        ):
            os.environ.pop("ODOO_ROOT", None)
            self.assertEqual(odoo_source.find_or_fetch().path, self.root)
        unpacked.assert_not_called()


class TestDownloads(unittest.TestCase):
    def test_the_cache_lies_where_the_desktop_standard_says(self):
        with mock.patch.dict(os.environ, XDG_CACHE_HOME="/elsewhere"):
            self.assertEqual(layout.cache(), Path("/elsewhere/aftersales"))
        with mock.patch.dict(os.environ, HOME="/home/me"):
            os.environ.pop("XDG_CACHE_HOME", None)
            self.assertEqual(layout.cache(), Path("/home/me/.cache/aftersales"))
        self.assertNotIn(layout.ROOT, layout.cache().parents)

    def test_apt_checks_the_signature_of_every_suite(self):
        with (
            tempfile.TemporaryDirectory() as folder,
            mock.patch.object(mirror, "address", return_value="http://m/debian/"),
            mock.patch.object(mirror, "keyring", return_value=Path("/keys/debian")),
        ):
            fetched = mirror.Mirror(Path(folder))
            fetched._write_state(["bookworm", "sid"])
            lines = (fetched.state / "sources.list").read_text().splitlines()
            options = " ".join(fetched._apt("update"))
        self.assertEqual(
            lines,
            [
                f"deb [signed-by=/keys/debian] http://m/debian/ {suite} main"
                for suite in ("bookworm", "sid")
            ],
        )
        for word in ("trusted", "AllowUnauthenticated", "AllowInsecure"):
            self.assertNotIn(word, options)

    def test_every_python_package_is_pinned_with_its_hash(self):
        locks = sorted((layout.SETUP / "requirements").glob("*.txt"))
        self.assertEqual([lock.name for lock in locks], ["lint.txt", "odoo.txt"])
        for lock in locks:
            text = lock.read_text().replace("\\\n", " ")
            lines = [line for line in text.splitlines() if line and line[0] not in " #"]
            self.assertGreater(len(lines), 5)
            for line in lines:
                with self.subTest(lock=lock.name, line=line[:40]):
                    self.assertRegex(
                        line, r"^[\w.\[\]-]+==\S+ .*--hash=sha256:[0-9a-f]{64}"
                    )

    def test_every_node_package_is_pinned_with_its_hash(self):
        lock = json.loads((layout.SETUP / "package-lock.json").read_text())
        packages = {name: facts for name, facts in lock["packages"].items() if name}
        self.assertGreater(len(packages), 5)
        for name, facts in packages.items():
            with self.subTest(package=name):
                self.assertRegex(facts["integrity"], "^sha512-")
                self.assertNotIn("resolved", facts)

    def test_no_file_holds_the_address_of_a_mirror(self):
        # Written in pieces, or this file would be the one that is found.
        hosts = (
            "deb.debian",
            "pypi",
            "pythonhosted",
            "registry.npmjs",
            "registry.yarn",
        )
        pattern = re.compile(
            "|".join(f"{re.escape(host)}\\.(org|com)" for host in hosts)
        )
        option = re.compile(r"--(extra-)?index-url|--trusted-host|--registry")
        for name, text in tracked_files():
            with self.subTest(file=name):
                self.assertNotRegex(text, pattern)
                if name != Path(__file__).relative_to(layout.ROOT).as_posix():
                    self.assertNotRegex(text, option)

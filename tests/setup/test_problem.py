"""Each thing that can be missing is one sentence that says what to do, exit code 1."""

import contextlib
import errno
import io
import os
import signal
import socket
import tempfile
import unittest
from pathlib import Path
from unittest import mock

from _lib import debian, demo_server, files, mirror, odoo_source, postgres, problem
from _lib.problem import Problem


def outcome(main) -> str:
    """What a command that fails tells the person."""
    told = io.StringIO()
    with contextlib.redirect_stderr(told), contextlib.suppress(SystemExit):
        problem.run(main)
    return told.getvalue()


class TestSentences(unittest.TestCase):
    def setUp(self):
        for number in (signal.SIGINT, signal.SIGTERM):
            self.addCleanup(signal.signal, number, signal.getsignal(number))

    def test_a_problem_is_one_line_and_exit_code_1(self):
        def main():
            raise Problem("Do this.")

        with (
            self.assertRaises(SystemExit) as ended,
            contextlib.redirect_stderr(io.StringIO()) as told,
        ):
            problem.run(main)
        self.assertEqual((ended.exception.code, told.getvalue()), (1, "Do this.\n"))

    def test_a_full_disk_is_a_sentence(self):
        def main():
            raise OSError(errno.ENOSPC, "No space left on device")

        self.assertIn("The disk is full: free", outcome(main))

    def test_a_forbidden_file_is_named(self):
        def main():
            raise PermissionError(errno.EACCES, "denied", "/clone/.setup")

        self.assertIn("No right to write /clone/.setup", outcome(main))

    def test_a_fault_of_the_program_is_not_hidden(self):
        def main():
            raise OSError(errno.EBADF, "Bad file descriptor")

        with self.assertRaises(OSError):
            problem.run(main)


class TestMissingThings(unittest.TestCase):
    def sentence(self, function, *arguments) -> str:
        with self.assertRaises(Problem) as raised:
            function(*arguments)
        return str(raised.exception)

    def test_too_little_disk(self):
        with tempfile.TemporaryDirectory() as folder:
            text = self.sentence(files.need_space, Path(folder), 1e9)
        self.assertRegex(text, "GB left: free .* GB and start again")

    def test_a_taken_port_names_a_free_one(self):
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            taken.listen()
            port = taken.getsockname()[1]
            text = self.sentence(demo_server.check_port, port)
        self.assertRegex(text, rf"Port {port} is taken: .* setup/demo --port \d+")

    def test_neither_apt_nor_odoo(self):
        with mock.patch("shutil.which", return_value=None):
            text = self.sentence(mirror.address)
        self.assertIn("neither apt nor Odoo: set ODOO_ROOT", text)

    def test_an_ordinary_user_is_told_what_to_type(self):
        lacking = dict.fromkeys(debian.PACKAGES, lambda: False)
        with (
            mock.patch.object(debian, "PACKAGES", lacking),
            mock.patch("os.geteuid", return_value=1000),
            mock.patch("shutil.which", return_value="/usr/bin/apt-get"),
        ):
            text = self.sentence(debian.require, ["postgresql", "wkhtmltopdf"])
        self.assertEqual(text, "Type: sudo apt-get install -y postgresql")

    def test_a_folder_without_odoo(self):
        with (
            tempfile.TemporaryDirectory() as folder,
            mock.patch.dict(os.environ, ODOO_ROOT=folder),
        ):
            text = self.sentence(odoo_source.find_or_fetch)
        self.assertIn("holds no Odoo: set it to the folder", text)

    def test_another_version_of_odoo(self):
        with tempfile.TemporaryDirectory() as folder:
            release = Path(folder, "odoo", "release.py")
            release.parent.mkdir()
            release.write_text("version_info = (18, 0, 0, FINAL, 0, '')\n")
            with mock.patch.dict(os.environ, ODOO_ROOT=folder):
                text = self.sentence(odoo_source.find_or_fetch)
        self.assertIn("holds Odoo 18.0", text)

    def test_databases_of_another_postgresql(self):
        with tempfile.TemporaryDirectory() as folder:
            cluster = postgres.Cluster(Path(folder))
            cluster.data.mkdir()
            Path(cluster.data, "PG_VERSION").write_text("9\n")
            text = self.sentence(cluster._check_version)
        self.assertRegex(text, "were made by PostgreSQL 9, .*: type rm -r .* to build")

    def test_a_server_that_refuses(self):
        with mock.patch.dict(os.environ, PGHOST="/nowhere"):
            text = self.sentence(postgres.running().__enter__)
        self.assertRegex(text, "^The server PGHOST names refuses: .* unset PGHOST")

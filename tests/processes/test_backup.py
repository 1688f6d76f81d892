"""A backup taken while people work, restored, compared; damaged ones are refused."""

import base64
import os
import shutil
import tempfile
import zipfile
from pathlib import Path

import psycopg2
from _lib import backup
from _lib.database import filestore
from _lib.problem import Problem

from tests.harness import DatabaseCase, OdooProcess

ATTACH = """
from itertools import count
from pathlib import Path

def attach(env, number):
    raw = f"photo {number} ".encode() * 1000
    env["ir.attachment"].create({"name": f"photo {number}", "raw": raw})
    env.cr.commit()

def step(env, numbers=(), until=None):
    for number in numbers:
        attach(env, number)
    if until:
        for number in count(100):
            attach(env, number)
            if Path(until).exists():
                break
    return env["ir.attachment"].search_count([("name", "like", "photo %")])
"""
#: Rows that Odoo writes for itself whenever it starts.
ODOOS_OWN = ("orm_signaling_",)


def contents(name):
    """Table → hash of all its rows."""
    with psycopg2.connect(dbname=name) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        found = {}
        for (table,) in cursor.fetchall():
            if not table.startswith(ODOOS_OWN):
                cursor.execute(
                    "SELECT md5(string_agg(line::text, '|' ORDER BY line::text))"
                    f' FROM "{table}" line'
                )
                [found[table]] = cursor.fetchone()
    connection.close()
    return found


class TestBackup(DatabaseCase):
    # Small: a backup knows nothing of ours.
    TEMPLATE = "AFTERSALES_BARE_TEMPLATE"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.restored = f"{cls.database}_restored"
        cls.folder = Path(tempfile.mkdtemp())
        cls.addClassCleanup(shutil.rmtree, cls.folder)
        cls.worker = OdooProcess(cls.databases, cls.database, ATTACH)
        cls.addClassCleanup(cls.worker.close)
        cls.worker.ask(numbers=[1, 2, 3])
        cls.before = contents(cls.database)
        cls.path = cls.folder / "first.zip"
        backup.save(cls.databases, cls.database, cls.path)

    def setUp(self):
        super().setUp()
        self.addCleanup(self.databases.drop, self.restored)

    def photos(self, name):
        """Names of the files that the photos of a database have in its filestore."""
        connection = psycopg2.connect(dbname=name)
        self.addCleanup(connection.close)
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT store_fname FROM ir_attachment WHERE name LIKE 'photo %'"
            )
            return [store for (store,) in cursor.fetchall()]

    def test_everything_comes_back(self):
        self.worker.ask(numbers=[4])
        backup.restore(self.databases, self.path, self.restored)
        after = contents(self.restored)
        changed = {name for name in after if after[name] != self.before.get(name)}
        self.assertEqual((changed, after.keys()), (set(), self.before.keys()))
        stores = self.photos(self.restored)
        self.assertEqual(len(stores), 3)
        for store in stores:
            self.assertEqual(
                (filestore(self.restored) / store).read_bytes(),
                (filestore(self.database) / store).read_bytes(),
            )

    def test_what_is_attached_meanwhile_comes_whole_or_not_at_all(self):
        before = self.worker.ask()
        saved = self.folder / "saved"
        self.worker.start(until=str(saved))
        path = self.folder / "meanwhile.zip"
        backup.save(self.databases, self.database, path)
        saved.touch()
        total = self.worker.result()
        backup.restore(self.databases, path, self.restored)
        stores = self.photos(self.restored)
        self.assertGreaterEqual(len(stores), before)
        self.assertLess(len(stores), total)
        for store in stores:
            self.assertTrue((filestore(self.restored) / store).is_file())

    def test_a_trial_sends_nothing_and_does_nothing_by_itself(self):
        backup.restore(self.databases, self.path, self.restored, is_trial=True)
        with psycopg2.connect(dbname=self.restored) as connection:
            self.addCleanup(connection.close)
            with connection.cursor() as cursor:
                cursor.execute(
                    "SELECT count(*) FILTER (WHERE active), count(*) > 5 FROM ir_cron"
                )
                # The one that stays tidies up.
                self.assertEqual(cursor.fetchone(), (1, True))

    def test_a_file_that_is_gone_is_told(self):
        [gone] = self.photos(self.database)[:1]
        away = self.folder / "away"
        (filestore(self.database) / gone).rename(away)
        try:
            path = self.folder / "gone.zip"
            missing = backup.save(self.databases, self.database, path)
        finally:
            away.rename(filestore(self.database) / gone)
        self.assertEqual(missing, [gone])

    def test_a_damaged_backup_makes_no_database(self):
        with zipfile.ZipFile(self.path) as whole:
            damaged = self.folder / "damaged.zip"
            with zipfile.ZipFile(damaged, "w") as part:
                for name in whole.namelist()[:-2]:
                    part.writestr(name, whole.read(name))
                part.writestr("manifest.json", whole.read("manifest.json"))
        content = self.path.read_bytes()
        cut, text = self.folder / "cut.zip", self.folder / "text.zip"
        cut.write_bytes(content[: len(content) // 2])
        text.write_text(base64.b64encode(os.urandom(99)).decode())
        for source in (damaged, cut, text, self.folder / "nowhere.zip"):
            with self.subTest(source=source.name):
                with self.assertRaises(Problem):
                    backup.restore(self.databases, source, self.restored)
                self.assertNotIn(self.restored, self.databases.names())

    def test_nothing_that_is_there_is_overwritten(self):
        path, content = self.path, self.path.read_bytes()
        with self.assertRaisesRegex(Problem, "there already"):
            backup.save(self.databases, self.database, path)
        self.assertEqual(path.read_bytes(), content)
        with self.assertRaisesRegex(Problem, "there already"):
            backup.restore(self.databases, path, self.database)
        alien = filestore(self.restored) / "photo"
        alien.parent.mkdir(parents=True)
        alien.touch()
        with self.assertRaisesRegex(Problem, "there already"):
            backup.restore(self.databases, path, self.restored)
        self.assertTrue(alien.is_file())
        with self.assertRaisesRegex(Problem, "no database"):
            backup.save(self.databases, "nobody", self.folder / "nobody.zip")

    def test_nobody_else_reads_a_backup(self):
        self.assertEqual(self.path.stat().st_mode & 0o077, 0)

    def test_a_name_that_leads_elsewhere_touches_nothing(self):
        root = filestore(self.database).parent.parent
        folder = Path(tempfile.mkdtemp(dir=root))
        self.addCleanup(shutil.rmtree, folder, ignore_errors=True)
        text = self.folder / "no_backup.zip"
        text.write_text("no backup")
        for name in ("", "..", f"../{folder.name}", 'a"b', "n" * 64):
            with self.subTest(name=name):
                with self.assertRaisesRegex(Problem, "no name of a database"):
                    backup.restore(self.databases, text, name)
                self.assertTrue(folder.is_dir())

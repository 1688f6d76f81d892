from odoo.tests import BaseCase, tagged

from odoo.addons.aftersales_knowledge.tools.suggestion import is_failing

from .common import KnowledgeCase


@tagged("post_install", "-at_install")
class TestFailingRule(BaseCase):
    """When repairs speak against an article."""

    def test_most_of_three_or_more_failed(self):
        table = [
            (0, 0, False),
            (2, 0, False),
            (3, 1, True),
            (3, 2, False),
            (4, 2, False),
        ]
        for used, fixed, expected in table:
            with self.subTest(used=used, fixed=fixed):
                self.assertEqual(is_failing(used, fixed), expected)


@tagged("post_install", "-at_install")
class TestArticleProof(KnowledgeCase):
    """Repairs say which articles help, and which faults lack one."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.article = cls.make_article()
        cls.other = cls.component.create(
            {"kind": "component", "code": "T-OTHER", "name": "Other", "is_other": True}
        )

    def _job(self, fixed=True, **vals):
        ticket = self.make_request()
        job = self.make_work_order(ticket, state="done", **vals)
        if not fixed:
            again = self.make_work_order(ticket, state="accepted")
            again._write_guarded({"accepted_at": job.create_date})
        return job

    def _rows(self, jobs):
        self.env.flush_all()
        return self.env["aftersales.article.proof"].search(
            [("work_order_id", "in", jobs.ids)]
        )

    def test_a_job_with_two_articles_is_one_repair(self):
        job = self._job(symptom_id=self.symptom.id)
        job.article_ids = self.article | self.make_article("Second")
        rows = self._rows(job)
        self.assertEqual(len(rows), 2)
        [(count,)] = rows._read_group(
            [("id", "in", rows.ids)], aggregates=["work_order_id:count_distinct"]
        )
        self.assertEqual(count, 1)

    def test_faults_without_an_article_and_others_are_told(self):
        known = self._job(symptom_id=self.symptom.id)
        unknown = self._job(component_id=self.component.id, symptom_id=False)
        other = self._job(component_id=self.other.id, symptom_id=False)
        found = {
            row.work_order_id: (row.is_known, row.is_other)
            for row in self._rows(known | unknown | other)
        }
        self.assertEqual(
            found, {known: (True, False), unknown: (False, False), other: (False, True)}
        )
        self.article._write_guarded({"state": "retired"})
        self.env.invalidate_all()
        self.assertFalse(self._rows(known).is_known)

    def test_an_article_that_fails_is_found(self):
        for fixed in (True, False, False):
            self._job(fixed).article_ids = self.article
        good = self.make_article("Good")
        self._job().article_ids = good
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertEqual(self.article.use_count, 3)
        self.assertAlmostEqual(self.article.first_time_fix, 100 / 3)
        domain = [("id", "in", (good | self.article).ids)]
        failing = good.search([*domain, ("is_failing", "=", True)])
        self.assertEqual(failing, self.article)
        self.assertEqual(good.search([*domain, ("is_failing", "=", False)]), good)

from lxml import html

from odoo.fields import Command
from odoo.tests import Form, tagged

from .common import KnowledgeCase


@tagged("post_install", "-at_install")
class TestSuggestions(KnowledgeCase):
    """Articles are offered by code and machine, in a constant number of queries."""

    def _titles(self, ticket, user=None):
        found = ticket.with_user(user or self.agent_north)._get_suggestions()
        return [item["title"] for item in found]

    def test_a_request_is_offered_what_fits_best_first(self):
        self.make_article("Any machine")
        self.make_article("This model", product_ids=[Command.set(self.engine.ids)])
        self.make_article(
            "Another model", product_ids=[Command.set(self.engine_single.ids)]
        )
        self.make_article("Other symptom", codes=self.component)
        both = self.symptom | self.component
        self.make_article("Symptom and component", codes=both)
        ticket = self.make_request(component_id=self.component.id)
        self.assertEqual(
            self._titles(ticket),
            ["Symptom and component", "This model", "Any machine", "Other symptom"],
        )

    def test_a_group_of_codes_and_a_category_stand_for_their_members(self):
        group = self.symptom.create(
            {"kind": "symptom", "code": "T-S0", "name": "Starting"}
        )
        self.symptom.parent_id = group
        self.make_article(
            "Group", codes=group, product_categ_ids=[Command.set(self.categ.ids)]
        )
        unit = self.make_unit("DX-9", self.engine_single, self.customer_north)
        self.assertEqual(self._titles(self.make_request(unit)), ["Group"])

    def test_drafts_and_retired_articles_are_not_offered_even_to_editors(self):
        self.make_article(state="draft")
        self.make_article(state="retired")
        self.agent_north.group_ids |= self.approver.group_ids
        self.assertEqual(self._titles(self.make_request()), [])

    def test_an_offer_says_why_and_leads_to_the_article(self):
        article = self.make_article(product_ids=[Command.set(self.engine.ids)])
        [item] = self.make_request().with_user(self.agent_north)._get_suggestions()
        self.assertEqual(
            (item["res_model"], item["res_id"]), (article._name, article.id)
        )
        self.assertIn(self.symptom.name, item["text"])
        self.assertIn("this model", item["text"])

    def test_the_panel_on_the_request_links_the_article_and_escapes_its_title(self):
        article = self.make_article("Pump <b>dry</b>")
        ticket = self.make_request().with_user(self.agent_north)
        view = "aftersales_service.request_view_form"
        panel = html.fromstring(Form(ticket, view=view).suggestions)
        [link] = panel.xpath("//li/a")
        self.assertEqual(link.text_content(), "Pump <b>dry</b>")
        self.assertEqual(link.get("href"), f"/odoo/{article._name}/{article.id}")
        self.assertFalse(panel.xpath("//b"))
        self.assertIn(self.symptom.name, panel.text_content())

    def test_who_reads_no_articles_is_offered_none(self):
        self.make_article()
        ticket = self.make_request()
        self.assertEqual(ticket.with_user(self.customer_user)._get_suggestions(), [])

    def test_a_station_is_offered_what_is_for_stations(self):
        self.make_article("Ours", audience="internal")
        self.make_article("Station")
        self.make_article("Public", audience="public")
        order = self.make_work_order()
        self.assertEqual(
            [article.name for article, _why in order._get_known_faults()],
            ["Station", "Public"],
        )

    def test_what_the_station_finds_counts_more_than_what_was_told(self):
        self.make_article("Told")
        self.make_article("Found", codes=self.component)
        ticket = self.make_request(symptom_id=False)
        order = self.make_work_order(ticket, component_id=self.component.id)
        self.assertEqual(
            [article.name for article, _why in order._get_known_faults()], ["Found"]
        )

    def test_a_fault_without_a_machine_reads_no_more_than_it_needs(self):
        self.make_article(codes=self.component)
        articles = self.env["aftersales.article"]
        fault = articles._prepare_fault_facts(self.symptom, self.engine.browse())
        candidates = articles.search(articles._get_candidate_domain(fault))
        self.assertEqual(
            candidates.fault_code_ids & self.component,
            self.env["aftersales.fault.code"],
        )

    def test_as_many_queries_for_fifty_faults_and_articles_as_for_one(self):
        articles = self.env["aftersales.article"]
        fault = articles._prepare_fault_facts(self.symptom, self.engine)

        def count(size):
            self.env.flush_all()
            self.env.invalidate_all()
            start = self.cr.sql_log_count
            found = articles._suggest([fault] * size)
            self.assertEqual(len(found), size)
            self.assertTrue(all(found))
            return self.cr.sql_log_count - start

        self.make_article()
        count(1)
        one = count(1)
        for number in range(49):
            self.make_article(f"Article {number}")
        self.assertEqual(count(50), one)

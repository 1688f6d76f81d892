import ast
from datetime import timedelta

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from ..models.work_order.aftersales_work_order_report import ReportError
from .common import AftersalesCase


class DictionaryCase(AftersalesCase):
    """A dictionary in which one choice narrows the next."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        Fault = cls.env["aftersales.fault.code"]
        cls.group = Fault.create(
            {"kind": "component", "code": "T-CG", "name": "Electrical system"}
        )
        cls.starter = Fault.create(
            {
                "kind": "component",
                "code": "T-C2",
                "name": "Starter",
                "parent_id": cls.group.id,
            }
        )
        cls.dark = Fault.create(
            {
                "kind": "symptom",
                "code": "T-S2",
                "name": "Lamp is dark",
                "fits_ids": cls.group.ids,
            }
        )
        cls.other = Fault.create(
            {"kind": "cause", "code": "T-U99", "name": "Other", "is_other": True}
        )

    def report(self, **vals):
        order = self.make_work_order(state="on_site")
        order.write(self.report_vals(**vals))
        return order

    def report_other(self):
        order = self.report(cause_id=self.other.id)
        order._submit_report()
        return order


@tagged("post_install", "-at_install")
class TestFaultDictionary(DictionaryCase):
    """Codes go with those chosen before, retire, and come as a file."""

    def test_report_with_codes_that_do_not_go_together_is_refused_at_the_field(self):
        order = self.report(symptom_id=self.dark.id)
        with self.assertRaises(ReportError) as caught:
            order._submit_report()
        ((_order, field, key, sentence),) = caught.exception.errors
        self.assertEqual((field, key), ("symptom_id", None))
        self.assertIn("does not go with the component", sentence)
        self.assertEqual(order.state, "on_site")

    def test_code_that_fits_the_group_fits_what_is_in_it(self):
        order = self.report(component_id=self.starter.id, symptom_id=self.dark.id)
        order._submit_report()
        self.assertEqual(order.state, "done")

    def test_code_goes_only_with_codes_of_the_step_before(self):
        with self.assertRaises(ValidationError):
            self.cause.fits_ids = self.starter
        self.cause.fits_ids = self.dark

    def test_form_of_the_web_client_offers_what_goes_together(self):
        order = self.make_work_order(state="on_site")
        domain = self.dark.browse().search(
            [
                ("kind", "=", "symptom"),
                "|",
                ("fits_ids", "=", False),
                ("fits_ids", "parent_of", self.component.id),
            ]
        )
        self.assertIn(self.symptom, domain)
        self.assertNotIn(self.dark, domain)
        with Form(order.with_user(self.office_north)) as form:
            form.component_id = self.starter
            form.symptom_id = self.dark
        self.assertEqual(order.symptom_id, self.dark)

    def test_retired_code_leaves_the_choices_and_stays_on_the_report(self):
        order = self.report()
        self.cause.active = False
        self.assertIn(self.cause, order._get_code_choices()["cause"])
        other = self.make_work_order(self.make_request(self.unit_south))
        self.assertNotIn(self.cause, other._get_code_choices()["cause"])
        with self.assertRaises(UserError), mute_logger("odoo.models.unlink"):
            self.cause.unlink()

    def test_choices_cost_the_same_for_few_and_many_codes(self):
        order = self.make_work_order(state="on_site")

        def look():
            self.env.invalidate_all()
            codes = order._get_code_choices()
            for code in codes["symptom"]:
                code._prepare_code_facts()

        look()
        few = self._count(look)
        self.env["aftersales.fault.code"].create(
            [
                {
                    "kind": "symptom",
                    "code": f"T-M{number}",
                    "name": f"More {number}",
                    "fits_ids": self.group.ids,
                }
                for number in range(50)
            ]
        )
        self.env.flush_all()
        self.assertEqual(self._count(look), few)

    def _count(self, look):
        start = self.cr.sql_log_count
        look()
        return self.cr.sql_log_count - start


@tagged("post_install", "-at_install")
class TestFaultCodeImport(DictionaryCase):
    """Odoo's own import takes the dictionary as people write it."""

    NAMES = ("kind", "code", "name", "parent_id", "fits_ids", "is_other", "active")

    def load(self, *rows, names=NAMES, user=None):
        codes = self.env["aftersales.fault.code"].with_user(user or self.headquarters)
        result = codes.with_context(import_file=True).load(
            list(names), [list(row) for row in rows]
        )
        return result["messages"], codes.browse(result["ids"] or [])

    def test_codes_of_one_file_name_each_other_by_code(self):
        messages, codes = self.load(
            ("component", "X1", "Gearbox", "", "", "", "1"),
            ("component", "X2", "Clutch", "X1", "", "", "1"),
            ("symptom", "X1", "Slips", "", "X1,T-C2", "", "1"),
            ("Cause", "X9", "Other", "", "X1", "1", "1"),
        )
        self.assertEqual(messages, [])
        gearbox, clutch, slips, other = codes
        self.assertEqual(clutch.parent_id, gearbox)
        self.assertEqual(slips.fits_ids, gearbox | self.starter)
        self.assertEqual((other.kind, other.is_other), ("cause", True))
        # X1 is a component too, but a cause goes with symptoms.
        self.assertEqual(other.fits_ids, slips)

    def test_same_file_again_changes_what_differs_and_makes_nothing_twice(self):
        row = ("component", "X1", "Gearbox", "", "", "", "1")
        _messages, first = self.load(row)
        messages, again = self.load(("component", "X1", "Gear box", "", "", "", "0"))
        self.assertEqual((messages, again), ([], first))
        self.assertEqual((first.name, first.active), ("Gear box", False))
        messages, back = self.load(row)
        self.assertEqual((messages, back, first.active), ([], first, True))

    def test_group_as_an_export_writes_it_is_found(self):
        messages, codes = self.load(
            ("component", "X3", "Relay", self.group.display_name, "", "", "1")
        )
        self.assertEqual((messages, codes.parent_id), ([], self.group))

    def test_unknown_group_is_told_with_its_row_and_nothing_is_loaded(self):
        messages, codes = self.load(
            ("component", "X1", "Gearbox", "", "", "", "1"),
            ("component", "X4", "Disc", "nowhere", "", "", "1"),
        )
        self.assertFalse(codes)
        self.assertEqual(
            (messages[0]["record"], messages[0]["field"]), (1, "parent_id")
        )
        self.assertFalse(
            self.env["aftersales.fault.code"].search([("code", "=", "X1")])
        )

    def test_file_goes_through_the_import_screen(self):
        if "base_import.import" not in self.env:
            self.skipTest("base_import is not installed")
        codes = self.env["aftersales.fault.code"].with_user(self.headquarters)
        (template,) = codes.get_import_templates()
        self.assertIn("fault_codes", template["template"])
        screen = codes.env["base_import.import"].create(
            {
                "res_model": codes._name,
                "file": b"kind,code,name,parent_id\ncomponent,X5,Belt,T-CG\n",
                "file_type": "text/csv",
                "file_name": "codes.csv",
            }
        )
        options = {"quoting": '"', "separator": ",", "has_headers": True}
        names = ["kind", "code", "name", "parent_id"]
        result = screen.execute_import(names, names, options)
        self.assertEqual(result["messages"], [])
        self.assertEqual(codes.browse(result["ids"]).parent_id, self.group)

    def test_office_imports_nothing(self):
        messages, codes = self.load(
            ("component", "X1", "Gearbox", "", "", "", "1"), user=self.office_north
        )
        self.assertEqual((messages[0]["type"], len(codes)), ("error", 0))


@tagged("post_install", "-at_install")
class TestClassify(DictionaryCase):
    """A report that said "other" is classified within seven days."""

    def classify(self, order, user, **codes):
        wizard = (
            self.env["aftersales.report.classify"]
            .with_user(user)
            .create({"work_order_id": order.id})
        )
        wizard.write({f"{kind}_id": code.id for kind, code in codes.items()})
        return wizard.action_confirm()

    def to_classify(self, user):
        action = self.env.ref("aftersales_service.work_order_action_to_classify")
        orders = self.env["aftersales.work.order"].with_user(user)
        return orders.search(ast.literal_eval(action.domain))

    def test_other_makes_a_task_with_a_day(self):
        self.env.company.classifier_id = self.quality
        order = self.report_other()
        day = order._get_local_today() + timedelta(days=7)
        self.assertEqual((order.classify_by, order.classified_at), (day, False))
        task = order.activity_ids.filtered(lambda a: a.user_id == self.quality)
        self.assertEqual(task.date_deadline, day)
        self.assertEqual(self.to_classify(self.quality), order)

    def test_plain_report_makes_none(self):
        order = self.report()
        order._submit_report()
        self.assertFalse(order.classify_by)
        self.assertFalse(order.activity_ids)

    def test_task_without_a_setting_goes_to_who_answers_for_headquarters(self):
        self.env.company.classifier_id = False
        self.hq.manager_id = self.headquarters
        self.assertEqual(self.report_other().activity_ids.user_id, self.headquarters)

    def test_quality_says_what_it_was_and_the_task_is_done(self):
        self.env.company.classifier_id = self.quality
        order = self.report_other()
        decision = order.warranty_decision_id
        self.classify(order, self.quality, cause=self.cause)
        self.assertEqual(order.cause_id, self.cause)
        self.assertTrue(order.classified_at)
        self.assertFalse(order.activity_ids)
        self.assertFalse(self.to_classify(self.quality))
        self.assertEqual((order.state, order.warranty_decision_id), ("done", decision))
        self.assertIn(
            "Classified", order.message_ids[0].body + order.message_ids[1].body
        )

    def test_only_other_is_replaced_and_not_by_other(self):
        order = self.report_other()
        with self.assertRaises(UserError):
            self.classify(order, self.quality)
        with self.assertRaises(UserError):
            self.classify(order, self.quality, cause=self.other)
        self.classify(order, self.quality, cause=self.cause, remedy=self.remedy)
        self.assertEqual(order.cause_id, self.cause)
        with self.assertRaises(UserError):
            self.classify(order, self.quality, cause=self.misuse)

    def test_class_must_go_with_the_symptom(self):
        order = self.report_other()
        self.misuse.fits_ids = self.dark
        with self.assertRaises(UserError):
            self.classify(order, self.quality, cause=self.misuse)

    def test_office_and_station_do_not_classify(self):
        order = self.report_other()
        for user in (self.office_north, self.agent_north):
            with self.assertRaises(AccessError):
                order.with_user(user).action_classify()
        with self.assertRaises(AccessError):
            order.with_user(self.office_north).write({"classified_at": "2026-01-01"})

    def test_report_that_comes_again_without_other_needs_no_class(self):
        order = self.report_other()
        order._return_to_station("What was it?")
        order.cause_id = self.cause
        order._submit_report()
        self.assertFalse(order.classify_by)

    def test_report_that_says_other_again_is_asked_again(self):
        self.env.company.classifier_id = self.quality
        order = self.report_other()
        self.classify(order, self.quality, cause=self.cause)
        order._return_to_station("Look again")
        order.cause_id = self.other
        order._submit_report()
        self.assertFalse(order.classified_at)
        self.assertEqual(order.activity_ids.user_id, self.quality)
        self.assertEqual(self.to_classify(self.quality), order)

from odoo.fields import Command
from odoo.tests import tagged

from ..models.work_order.aftersales_work_order_report import ReportError
from .portal_common import PortalCase, make_picture
from .test_work_order_report import ReportCase


class EvidenceCase(ReportCase):
    """Repairs ask for photos of the nameplate and of the damage."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.repair.photo_ids = [
            Command.create({"name": name}) for name in ("Nameplate", "Damage")
        ]
        cls.nameplate, cls.damage = cls.repair.photo_ids

    def add_photo(self, order, shows=None):
        order._add_photos(
            [
                {
                    "name": "a.jpg",
                    "raw": make_picture(),
                    "mimetype": "image/jpeg",
                    "evidence_id": shows and shows.id,
                }
            ]
        )


@tagged("post_install", "-at_install")
class TestEvidence(EvidenceCase):
    """A report refuses without what its request type asks for, naming it."""

    def test_missing_photos_are_named_one_by_one(self):
        self.order.write(self.report_vals())
        self.add_photo(self.order)
        self.add_photo(self.order, self.nameplate)
        with self.assertRaises(ReportError) as caught:
            self.order._submit_report()
        ((_order, field, key, sentence),) = caught.exception.errors
        self.assertEqual((field, key), ("photo_ids", str(self.damage.id)))
        self.assertEqual(sentence, "Add the photo: Damage.")
        self.add_photo(self.order, self.damage)
        self.order._submit_report()
        self.assertEqual(self.order.state, "done")

    def test_list_before_the_trip_names_everything(self):
        self.repair.write({"requires_photo": True, "requires_signature": True})
        self.assertEqual(
            self.order._get_evidence_list(),
            [
                "Component, symptom, cause and remedy",
                "Reading of the meter",
                "Photo: Nameplate",
                "Photo: Damage",
                "The customer's signature",
            ],
        )
        self.repair.photo_ids = False
        self.assertIn("At least one photo", self.order._get_evidence_list())

    def test_warranty_is_told_before_the_trip_even_when_undecided(self):
        self.assertIn("ask the office", self.order._get_warranty_sentence())
        self.order.ticket_id._decide_warranty()
        self.assertIn("arranty", self.order._get_warranty_sentence())
        self.repair.needs_warranty_decision = False
        other = self.make_work_order(self.make_request(self.unit_south))
        self.assertEqual(other._get_warranty_sentence(), "")

    def test_own_team_says_in_the_web_client_what_a_photo_shows(self):
        self.add_photo(self.order)
        order = self.order.with_user(self.office_north)
        self.assertTrue(order.has_named_photos)
        self.assertEqual(order.photo_tag_ids, order.photo_ids)
        order.photo_tag_ids.evidence_id = self.damage
        self.assertEqual(self.order.photo_ids.evidence_id, self.damage)

    def test_printed_order_says_what_the_report_needs(self):
        html, _kind = self.env["ir.actions.report"]._render_qweb_html(
            "aftersales_service.action_report_work_order", self.order.ids
        )
        self.assertIn("Photo: Nameplate", html.decode())


@tagged("post_install", "-at_install")
class TestPortalEvidence(PortalCase, EvidenceCase):
    """Each wanted photo has a field of its own on the phone."""

    def setUp(self):
        super().setUp()
        self.url = f"/my/jobs/{self.order.id}"
        self.login(self.station_north_user)

    def test_job_page_tells_what_to_bring_back(self):
        page = self.page(self.get(self.url)).text_content()
        for text in ("The report needs", "Photo: Nameplate", "ask the office"):
            self.assertIn(text, page)

    def test_photo_sent_in_its_field_shows_what_was_asked(self):
        self.order.write(self.report_vals())
        files = [
            (f"photo-{self.nameplate.id}", ("n.jpg", make_picture(), "image/jpeg")),
            ("photos", ("x.jpg", make_picture(), "image/jpeg")),
            ("photo-999999", ("y.jpg", make_picture(), "image/jpeg")),
        ]
        response = self.post(self.url + "/report", {"action": "submit"}, files)
        self.assertEqual(
            self.sentences(response),
            {f"photo-{self.damage.id}": "Add the photo: Damage."},
        )
        photos = self.order.photo_ids
        self.assertEqual(len(photos), 2)
        self.assertEqual(photos.evidence_id, self.nameplate)
        files = [(f"photo-{self.damage.id}", ("d.jpg", make_picture(), "image/jpeg"))]
        self.post(self.url + "/report", {"action": "submit"}, files)
        self.assertEqual(self.order.state, "done")

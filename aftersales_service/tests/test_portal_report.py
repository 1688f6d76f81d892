import base64

from odoo.tests import tagged
from odoo.tools import mute_logger

from .portal_common import PortalCase, make_picture


@tagged("post_install", "-at_install")
class TestPortalReport(PortalCase):
    """The report form: nothing typed is lost, nothing hostile gets in."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.job = cls.make_work_order(state="on_site")
        cls.url = f"/my/jobs/{cls.job.id}/report"

    def setUp(self):
        super().setUp()
        self.login(self.station_north_user)

    def complete(self, **more):
        return {
            "component_id": str(self.component.id),
            "symptom_id": str(self.symptom.id),
            "cause_id": str(self.cause.id),
            "remedy_id": str(self.remedy.id),
            "reading_value": "120.5",
            "travel_km": "40",
            "labor_hours": "2,5",
            "started_on": self.job._get_local_today().isoformat(),
            "work_text": "Pump replaced",
            "operation_id": str(self.operation.id),
            "part-n1-product": "T-PUMP",
            "part-n1-quantity": "1",
            "charge-n1-kind": "travel",
            "charge-n1-amount": "30",
            "action": "submit",
            **more,
        }

    def test_complete_report_is_handed_in(self):
        response = self.post(self.url, self.complete(), follow=True)
        self.assertIn("handed in", self.page(response).text_content())
        self.assertEqual(self.job.state, "done")
        self.assertEqual(self.job.labor_hours, 2.5)
        self.assertEqual(self.job.part_line_ids.product_id, self.part)
        self.assertEqual(self.job.part_line_ids.move_id.state, "done")
        self.assertEqual(self.job.operation_line_ids.operation_id, self.operation)
        self.assertEqual(self.job.charge_line_ids.amount, 30)

    def test_second_submit_thanks_again_and_moves_nothing(self):
        self.post(self.url, self.complete())
        response = self.post(self.url, self.complete(), follow=True)
        self.assertIn("handed in", self.page(response).text_content())
        self.assertEqual(len(self.job.part_line_ids), 1)
        moves = self.env["stock.move"].search([("product_id", "=", self.part.id)])
        self.assertEqual(len(moves), 1)

    def test_draft_is_saved_and_shown_again(self):
        draft = self.complete(action="save", cause_id="", reading_value="")
        self.post(self.url, draft)
        self.assertEqual(self.job.state, "on_site")
        response = self.get(self.url)
        self.assertEqual(self.value(response, "travel_km"), "40")
        self.assertEqual(self.value(response, "work_text").strip(), "Pump replaced")
        self.assertEqual(self.value(response, "component_id"), str(self.component.id))
        line = self.job.part_line_ids
        self.assertIn("T-PUMP", self.value(response, f"part-{line.id}-product"))

    def test_codes_that_do_not_go_together_are_told_at_the_field(self):
        gearbox = self.component.create(
            {"kind": "component", "code": "T-C2", "name": "Gearbox"}
        )
        self.symptom.fits_ids = gearbox
        page = self.page(self.get(self.url))
        (option,) = page.xpath(f"//option[@value='{self.symptom.id}']")
        self.assertEqual(option.get("data-fits"), str(gearbox.id))
        response = self.post(self.url, self.complete())
        self.assertEqual(
            self.sentences(response),
            {"symptom_id": "This symptom does not go with the component."},
        )
        self.assertEqual(self.value(response, "symptom_id"), str(self.symptom.id))
        self.post(self.url, self.complete(component_id=str(gearbox.id)))
        self.assertEqual(self.job.state, "done")

    def test_everything_missing_is_shown_at_its_field_and_the_rest_is_kept(self):
        response = self.post(
            self.url, self.complete(cause_id="", reading_value="", remedy_id="")
        )
        self.assertEqual(
            self.sentences(response),
            {
                "cause_id": "Choose the cause.",
                "remedy_id": "Choose the remedy.",
                "reading_value": "Enter the reading of the meter.",
            },
        )
        self.assertEqual(self.job.state, "on_site")
        self.assertEqual(self.job.travel_km, 40, "the draft is kept")
        self.assertEqual(len(self.job.part_line_ids), 1)

    def test_what_cannot_be_read_is_shown_as_typed(self):
        response = self.post(
            self.url,
            self.complete(
                **{
                    "travel_km": "forty",
                    "started_on": "31.12.2026",
                    "part-n1-product": "NO-SUCH",
                    "part-n1-failed": "F-9",
                    "charge-n1-amount": "much",
                }
            ),
        )
        found = self.sentences(response)
        self.assertEqual(found["travel_km"], "Enter a number, e.g. 12.5.")
        self.assertEqual(found["started_on"], "Enter a date, e.g. 2026-05-31.")
        self.assertEqual(self.value(response, "travel_km"), "forty")
        self.assertEqual(self.value(response, "part-n1-product"), "NO-SUCH")
        self.assertEqual(self.value(response, "part-n1-failed"), "F-9")
        self.assertEqual(self.value(response, "charge-n1-amount"), "much")
        text = self.page(response).text_content()
        self.assertIn("No part has this number.", text)
        self.assertIn("Enter the amount", text)
        self.assertEqual(self.job.labor_hours, 2.5, "what was understood is kept")
        self.assertEqual(self.job.state, "on_site")

    def test_part_is_found_by_number_name_or_what_the_list_offers(self):
        for typed in ("t-pump", "Injection pump", "[T-PUMP] Injection pump"):
            found = self.job._find_parts([typed])
            with self.subTest(typed=typed):
                self.assertEqual(found.get(typed), self.part)
        for typed in ("%", "_", "T-4105", "\\"):
            with self.subTest(typed=typed):
                self.assertFalse(self.job._find_parts([typed]))

    def test_emptied_row_removes_its_line(self):
        self.post(self.url, self.complete(action="save"))
        line = self.job.part_line_ids
        self.post(
            self.url,
            {
                f"part-{line.id}-product": "",
                f"part-{line.id}-quantity": "1",
                "action": "save",
            },
        )
        self.assertFalse(self.job.part_line_ids)
        self.assertEqual(len(self.job.charge_line_ids), 1, "not sent, not touched")

    def test_unticked_work_is_removed(self):
        self.post(self.url, self.complete(action="save"))
        self.post(self.url, {"operation_id": "", "action": "save"})
        self.assertFalse(self.job.operation_line_ids)

    # Hostile

    def test_only_fields_of_the_report_are_taken(self):
        self.post(
            self.url,
            self.complete(
                action="save",
                state="done",
                station_id=str(self.station_south.id),
                ticket_id="1",
                done_at="2026-01-01 00:00:00",
                technician_id=str(self.station_south_user.partner_id.id),
            ),
        )
        self.assertEqual(self.job.state, "on_site")
        self.assertEqual(self.job.station_id, self.station_north)
        self.assertFalse(self.job.technician_id)

    def test_choices_from_outside_the_list_are_refused(self):
        for cause in (str(self.remedy.id), "-1", "1 OR 1=1", "１２", "99999999999"):
            response = self.post(self.url, self.complete(cause_id=cause))
            with self.subTest(cause=cause):
                self.assertEqual(
                    self.sentences(response)["cause_id"], "Choose from the list."
                )

    def test_retired_code_cannot_be_chosen(self):
        self.cause.active = False
        response = self.post(self.url, self.complete())
        self.assertIn("cause_id", self.sentences(response))

    def test_numbers_that_are_none_are_refused(self):
        for typed in ("nan", "inf", "-5", "1e9", "0x10", "9" * 400):
            response = self.post(self.url, self.complete(travel_km=typed))
            with self.subTest(typed=typed[:9]):
                self.assertIn("travel_km", self.sentences(response))

    def test_html_is_text(self):
        attack = "<script>alert(1)</script>"
        self.post(self.url, self.complete(work_text=attack, action="save"))
        response = self.get(self.url)
        self.assertNotIn(attack, response.text)
        self.assertIn("&lt;script&gt;", response.text)

    def test_long_texts_are_cut(self):
        self.post(
            self.url,
            self.complete(
                action="save",
                work_text="x" * 9000,
                signed_by="y" * 500,
                found_phone="1" * 99,
            ),
        )
        self.assertEqual(len(self.job.work_text), 4000)
        self.assertEqual(len(self.job.signed_by), 80)
        self.assertEqual(len(self.job.found_phone), 32)

    def test_lines_of_another_job_stay_as_they_are(self):
        foreign = self.make_work_order(
            ticket=self.make_request(unit=self.unit_south), state="on_site"
        )
        foreign._save_report(self.report_vals())
        line = foreign.part_line_ids
        self.post(
            self.url,
            {
                f"part-{line.id}-product": "T-PUMP",
                f"part-{line.id}-quantity": "900",
                "action": "save",
            },
        )
        self.assertEqual(line.quantity, 1)
        self.assertFalse(self.job.part_line_ids)

    def test_thousands_of_rows_are_bounded(self):
        rows = {f"part-n{n}-product": "T-PUMP" for n in range(100)}
        rows |= {f"part-n{n}-quantity": "1" for n in range(100)}
        self.post(self.url, {**rows, "action": "save"})
        self.assertLessEqual(len(self.job.part_line_ids), 60)

    def test_report_needs_the_forms_token(self):
        with mute_logger("odoo.http"):
            response = self.post(self.url, self.complete(), csrf=False)
        self.assertEqual(response.status_code, 400)
        self.assertEqual(self.job.state, "on_site")

    # Photos and signature

    def test_photo_is_kept_as_our_own_jpeg(self):
        picture = make_picture(exif=b"Exif\x00\x00secret position")
        self.post(self.url, {"action": "save"}, files={"photos": ("a.png", picture)})
        photo = self.job.photo_ids
        self.assertEqual(photo.mimetype, "image/jpeg")
        self.assertEqual(photo.res_id, self.job.id)
        self.assertNotIn(b"secret position", photo.raw)

    def test_station_sees_its_photo(self):
        self.post(
            self.url, {"action": "save"}, files={"photos": ("a.jpg", make_picture())}
        )
        photo = self.job.photo_ids
        address = f"/my/jobs/{self.job.id}/photos/{photo.id}"
        self.assertIn(f"{address}?size=1", self.get(self.url).text)
        self.assertEqual(self.get(address).content, photo.raw)
        small = self.get(f"{address}?size=1")
        self.assertTrue(small.headers["Content-Type"].startswith("image/"))
        self.assertNotIn("placeholder", small.headers.get("Content-Disposition", ""))

    def test_photo_of_another_job_cannot_be_seen_or_removed(self):
        foreign = self.make_work_order(
            ticket=self.make_request(unit=self.unit_south),
            station=self.station_south,
            state="on_site",
        )
        photo = self.env["ir.attachment"].create(
            {
                "name": "a.jpg",
                "raw": make_picture(),
                "res_model": foreign._name,
                "res_id": foreign.id,
            }
        )
        foreign._save_report({"photo_ids": [(4, photo.id)]})
        for address in (
            f"/web/image/{photo.id}",
            f"/my/jobs/{foreign.id}/photos/{photo.id}",
            f"/my/jobs/{self.job.id}/photos/{photo.id}",
        ):
            self.assertNotEqual(self.get(address).content, photo.raw)
        self.post(self.url, {"action": "save", "remove_photo": str(photo.id)})
        self.assertTrue(photo.exists())

    def test_photo_is_removed_on_demand(self):
        self.post(
            self.url, {"action": "save"}, files={"photos": ("a.jpg", make_picture())}
        )
        photo = self.job.photo_ids
        self.post(self.url, {"remove_photo": str(photo.id)})
        self.assertFalse(self.job.photo_ids)

    def test_files_that_are_no_photo_are_refused_with_a_sentence(self):
        heic = b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic" + b"\x00" * 64
        cases = {
            "a.heic": (heic, "HEIC"),
            "a.jpg": (b"<svg onload=alert(1)>", "not a photo"),
            "b.jpg": (make_picture()[:50], "not a photo"),
            "c.gif": (make_picture("GIF"), "not a photo"),
        }
        for name, (data, expected) in cases.items():
            response = self.post(
                self.url, self.complete(), files={"photos": (name, data)}
            )
            with self.subTest(name=name):
                self.assertIn(expected, self.page(response).text_content())
                self.assertFalse(self.job.photo_ids)
                self.assertEqual(self.job.state, "on_site")

    def test_customer_signs_on_the_screen(self):
        result = self.make_jsonrpc_request(
            f"/my/jobs/{self.job.id}/sign",
            {
                "name": "Mr <b>Wang</b>" + "g" * 200,
                "signature": base64.b64encode(make_picture("PNG")).decode(),
            },
        )
        self.assertTrue(result["force_refresh"])
        self.assertTrue(self.job.signature)
        self.assertEqual(len(self.job.signed_by), 80)

    def test_signature_that_is_no_picture_is_refused(self):
        for signature in (None, "x", "PHN2Zy8+", {"a": 1}):
            result = self.make_jsonrpc_request(
                f"/my/jobs/{self.job.id}/sign", {"name": "W", "signature": signature}
            )
            with self.subTest(signature=signature):
                self.assertTrue(result["error"])
        self.assertFalse(self.job.signature)

    def test_returned_report_says_what_to_correct(self):
        self.post(self.url, self.complete())
        self.job._return_to_station("The photo is missing")
        response = self.get(self.url)
        self.assertIn("The photo is missing", self.page(response).text_content())
        self.post(self.url, self.complete(**{"part-n1-product": ""}))
        self.assertEqual(self.job.state, "done")

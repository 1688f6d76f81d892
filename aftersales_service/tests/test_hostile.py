import json
import logging
import time
from datetime import datetime, timedelta

from odoo import http
from odoo.tests import tagged
from odoo.tools import SQL, mute_logger

from . import test_border
from .hostile_doors import FINDING, READING, REFUSED, Answer, Door, read_json2, read_rpc
from .portal_common import PortalCase, make_picture
from .rpc_methods import reviewed

_logger = logging.getLogger(__name__)

ATTEMPTS = 2000
#: Of the processor: how busy the machine is says nothing about us.
SECONDS = 60
#: Stands in every name, address and number beyond the border.
SECRET = "zebra7731"
#: Arguments of reviewed methods beside the ids.
ARGUMENTS = {"action_dispatch_to": [1, "because"], "choose_caller": [1]}


@tagged("post_install", "-at_install")
class TestHostile(PortalCase):
    """Everybody asks for what is somebody else's, at every door we know."""

    maxDiff = None

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.company.country_id = cls.country
        cls.customer_south.write({"name": f"{SECRET} farm", "street": f"{SECRET} 1"})
        cls.station_south.name = f"{SECRET} station"
        cls.unit_south.name = SECRET
        make_rows = test_border.TestBorder._make_rows.__func__
        cls.foreign = make_rows(cls, cls.unit_south, cls.station_south, cls.south)
        cls.ticket = cls.foreign["helpdesk.ticket"]
        cls.order = cls.foreign["aftersales.work.order"]
        # An open job has more doors than a done one; the figures have it, too.
        cls.order._write_guarded({"state": "returned"})
        cls.foreign["aftersales.part.figures"] = cls._make_done_part()
        cls.ticket.write({"name": f"{SECRET} stands", "description": SECRET})
        cls.photo = cls._attach(cls.order)
        cls.order.photo_ids = cls.photo
        cls.file = cls._attach(cls.ticket)
        cls.message = cls.ticket.message_post(body=SECRET, message_type="comment")
        cls._create_people()

    @classmethod
    def _make_done_part(cls):
        """The figures of a part: it counts once its job is done."""
        order = cls.make_work_order(cls.make_request(cls.unit_south), cls.station_south)
        line = cls.env["aftersales.work.order.part"].create(
            {"work_order_id": order.id, "product_id": cls.part.id}
        )
        order._write_guarded({"state": "done"})
        return cls.env["aftersales.part.figures"].browse(line.id)

    @classmethod
    def _attach(cls, record):
        return cls.env["ir.attachment"].create(
            {
                "name": f"{SECRET}.jpg",
                "raw": make_picture() + SECRET.encode(),
                "mimetype": "image/jpeg",
                "res_model": record._name,
                "res_id": record.id,
            }
        )

    @classmethod
    def _create_people(cls):
        dealers = [
            cls.make_customer(
                f"{name} shop", home, aftersales_role="dealer", is_company=True
            )
            for name, home in ((SECRET, cls.south), ("Own", cls.north))
        ]
        cls.unit_south.selling_partner_id = dealers[0]
        dealer_south = cls.make_portal_user(dealers[0], "dealer-south")
        dealer_north = cls.make_portal_user(dealers[1], "dealer-north")
        customer_south = cls.make_portal_user(cls.customer_south, "cust-south")
        cls.strangers = (
            cls.station_north_user | dealer_north | cls.customer_user | cls.office_north
        )
        cls.owners = {
            "station": cls.station_south_user,
            "dealer": dealer_south,
            "customer": customer_south,
            "office": cls.office_south,
            "headquarters": cls.headquarters,
        }
        later = datetime.now() + timedelta(hours=1)
        keys = cls.env["res.users.apikeys"]
        cls.keys = {
            user: keys.with_user(user).sudo()._generate(None, "Hostile", later)
            for user in cls.strangers | cls.headquarters
        }

    def setUp(self):
        super().setUp()
        self.attempts, self.opened, self.odd = 0, [], []

    # What is asked for

    def _doors(self, way):
        """Every method of every guarded model, as far as the model has it."""
        for model in self.foreign:
            known = self.env[model]
            for method, args in READING.items():
                if hasattr(known, method) and method != "get_base_url":
                    yield Door(model, method, way, args)
            for method, args in FINDING.items():
                yield Door(model, method, way, args, "nothing")
            if name := self._get_writable(model):
                yield Door(model, "write", way, [{name: False}])
                yield Door(model, "web_save", way, [{name: False}, {}])

    def _get_writable(self, model):
        """A plain field that the form of this model writes."""
        fields = self.env[model]._fields
        return next(
            (
                name
                for name, field in fields.items()
                if field.type in ("char", "text", "date", "float")
                and field.store
                and not (field.required or field.compute or field.readonly)
            ),
            "",
        )

    def _reviewed_doors(self):
        """The reviewed methods of the guarded models."""
        for (model, method), (who, _check) in reviewed().items():
            if model in self.foreign and who != "anyone":
                args = ARGUMENTS.get(method, [])
                expects = "window" if who == "window" else "refused"
                if method.startswith("get_dispatch_board"):
                    continue
                yield Door(model, method, "call_kw", args, expects)

    def _knock(self, door, user):
        """Ask for the foreign row of the door's model."""
        ids = self.foreign[door.model][:1].ids
        if door.expects == "nothing":
            domain = [("id", "in", ids)]
            first = [""] if door.method == "name_search" else []
            return self._call(
                door, [*first, domain, *door.args], user, {"domain": domain}
            )
        return self._call(door, [ids, *door.args], user, {})

    def _call(self, door, args, user, words):
        if door.way == "call_kw":
            return read_rpc(
                self._json(
                    f"/web/dataset/call_kw/{door.model}/{door.method}",
                    {
                        "model": door.model,
                        "method": door.method,
                        "args": args,
                        "kwargs": {"body": "x"}
                        if door.method == "message_post"
                        else {},
                    },
                )
            )
        body = {**words, **self._name_arguments(door)}
        if not words:
            body["ids"] = args[0]
        response = self.url_open(
            f"/json/2/{door.model}/{door.method}",
            data=json.dumps(body),
            headers={
                "Authorization": f"bearer {self.keys[user]}",
                "Content-Type": "application/json",
            },
        )
        return read_json2(response)

    def _name_arguments(self, door):
        names = {
            "read": ["fields"],
            "web_read": ["specification"],
            "export_data": ["fields_to_export"],
            "search_read": ["fields"],
            "web_search_read": ["specification"],
            "formatted_read_group": ["groupby", "aggregates"],
            "write": ["vals"],
            "web_save": ["vals", "specification"],
            "message_subscribe": ["partner_ids"],
        }.get(door.method, [])
        return dict(zip(names, door.args, strict=False))

    def _json(self, url, params):
        return self.url_open(
            url,
            data=json.dumps({"jsonrpc": "2.0", "method": "call", "params": params}),
            headers={"Content-Type": "application/json"},
        )

    # Pages

    def _pages(self):
        """(address, form or JSON to post, who it answers) of every page by id."""
        yield from self._job_pages()
        yield from self._request_pages()
        yield from self._lists()
        yield from self._file_pages()
        yield from self._message_pages()

    def _job_pages(self):
        job = f"/my/jobs/{self.order.id}"
        yield job, None, "station"
        yield f"{job}/photos/{self.photo.id}", None, "station"
        yield f"{job}/report", None, "station"
        for step in ("accept", "decline", "arrive", "wait", "resume", "visit"):
            yield f"{job}/{step}", {"reason": "x", "wait_reason": "parts"}, "station"
        yield f"{job}/report", {"work_text": "x", "save": "1"}, "station"
        yield f"{job}/sign", ("json", {"name": "x", "signature": "x"}), "station"
        yield f"{job}/pdf", None, ""
        returns = {"part_id": self.foreign["aftersales.part.return"].id}
        yield "/my/returns/send", returns, "station"
        yield "/my/returns/labels", returns, ""

    def _request_pages(self):
        ticket = f"/my/ticket/{self.ticket.id}"
        yield ticket, None, "customer"
        yield f"{ticket}/wrong-token", None, ""
        yield f"{ticket}/rate", {"stars": "1"}, "customer"
        stage = {"ticket_id": self.ticket.id, "stage_id": self.ticket.stage_id.id}
        yield "/ticket/close", stage, ""
        # Spelled as it may be typed, so that what comes back is not what was sent.
        serial = {"serial": "ZEBRA 7731", "moved_on": "2026-01-15", "quantity": "1"}
        yield "/my/stock/sale/new", {**serial, "name": "x"}, "dealer"

    def _lists(self):
        yield "/my/jobs", None, "station"
        yield "/my/returns", None, "station"
        yield "/my/figures", None, "station"
        yield "/my/certificates", None, "station"
        yield "/my/tickets", None, "customer"
        yield "/my/machines", None, "customer"
        yield "/my/stock", None, "dealer"

    def _file_pages(self):
        for file in (self.photo, self.file):
            for kind in ("content", "image"):
                yield f"/web/{kind}/{file.id}", None, "office"
        yield f"/web/image/res.partner/{self.customer_south.id}/image_128", None, ""
        yield f"/web/content/ir.attachment/{self.file.id}/raw", None, "office"
        report = "aftersales_service.report_work_order"
        yield f"/report/html/{report}/{self.order.id}", None, "office"

    def _message_pages(self):
        thread = {"thread_model": "helpdesk.ticket", "thread_id": self.ticket.id}
        yield "/mail/thread/messages", ("json", thread), "office"
        lists = {**thread, "request_list": ["followers", "attachments"]}
        fetch = {"fetch_params": [["mail.thread", lists]]}
        yield "/mail/data", ("json", fetch), "office"
        post = {**thread, "post_data": {"body": "x"}}
        yield "/mail/message/post", ("json", post), ""
        change = {"message_id": self.message.id, "update_data": {"body": "x"}}
        yield "/mail/message/update_content", ("json", change), ""
        drop = {"attachment_id": self.file.id}
        yield "/mail/attachment/delete", ("json", drop), ""
        yield f"/mail/view?model=helpdesk.ticket&res_id={self.ticket.id}", None, ""

    def _open_page(self, url, data):
        if isinstance(data, tuple):
            return read_rpc(self._json(url, data[1]))
        response = (
            self.url_open(url)
            if data is None
            else self.post(url, {"csrf_token": http.Request.csrf_token(self), **data})
        )
        return Answer(response.status_code, response.text)

    # Proof

    def _count(self, what, user, answer, is_open):
        self.attempts += 1
        if is_open or SECRET in answer.text.lower():
            self.opened.append((user.login, what, answer.text[:200]))
        if answer.error and answer.error not in REFUSED:
            self.odd.append((user.login, what, answer.error, answer.text[:300]))

    def _digest(self):
        """All there is to know of what lies beyond, and how much there is."""
        self.env.flush_all()
        self.env.invalidate_all()
        found = {}
        for model, rows in self.foreign.items():
            if not self.env[model]._auto:
                continue  # a view of rows that are looked at themselves
            table = SQL.identifier(self.env[model]._table)
            found[model] = self.env.execute_query(
                SQL(
                    "SELECT md5(string_agg(r::text, ',' ORDER BY id)),"
                    " (SELECT count(*) FROM %s) FROM %s r WHERE id IN %s",
                    table,
                    table,
                    tuple(rows.ids),
                )
            )
        # A question about a serial is a row of the log, whoever asks.
        [(digest, _count)] = found["aftersales.serial.check"]
        found["aftersales.serial.check"] = digest
        files = self.photo | self.file
        found["files"] = files.exists().mapped("checksum")
        found["messages"] = len(self.ticket.message_ids | self.order.message_ids)
        return found

    def test_whatever_a_stranger_asks_for_nothing_is_given(self):
        started, before = time.process_time(), self._digest()
        quiet = ("odoo.http", "odoo.sql_db", "odoo.addons.base.models.ir_rule")
        with mute_logger(*quiet):
            for user in self.strangers:
                self.login(user)
                self._attack(user)
        self.assertEqual(self.opened, [])
        self.assertEqual(self.odd, [])
        self.assertGreaterEqual(self.attempts, ATTEMPTS)
        _logger.info("%s attempts", self.attempts)
        self.assertEqual(self._digest(), before)
        with mute_logger(*quiet):
            self._check_doors_answer_their_owners()
        self.assertLess(time.process_time() - started, SECONDS)

    def _attack(self, user):
        doors = [*self._doors("call_kw"), *self._reviewed_doors()]
        doors += [
            door
            for door in self._doors("json2")
            if door.method in ("read", "search_read", "write", "export_data")
        ]
        for door in doors:
            answer = self._knock(door, user)
            self._count((door.model, door.name), user, answer, door.is_open(answer))
        for url, data, _owner in self._pages():
            answer = self._open_page(url, data)
            self._count(url, user, answer, False)

    def _check_doors_answer_their_owners(self):
        """Each page answers its owner; each way of asking, headquarters."""
        self.login(self.headquarters)
        answered = set()
        for way in ("call_kw", "json2"):
            for door in self._doors(way):
                if door.method in ("read", "web_read", "search_read", "search_count"):
                    answer = self._knock(door, self.headquarters)
                    with self.subTest(model=door.model, door=door.name):
                        self.assertFalse(answer.error, answer.text[:300])
                        self.assertTrue(answer.result)
                    answered.add(door.name)
        self.assertEqual(len(answered), 8)
        # Last, because forms change what they are about.
        for url, data, owner in self._pages():
            if not owner:
                continue
            with self.subTest(url=url):
                self.login(self.owners[owner])
                answer = self._open_page(url, data)
                self.assertEqual(answer.error, "")
                # A form that was taken leads on.
                self.assertIn(answer.status, (200,) if data is None else (200, 303))

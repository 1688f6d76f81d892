"""Every door behind which a row could be seen, tried on rows a user may not see.

An addon's own test inherits ``BorderDoorsMixin`` beside its case, gives rows of both
sides and, where they are separated by a territory, ``GuardedModelsMixin`` as well.
"""

from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tools import SQL

BORDER = "_get_border_domain"


class BorderDoorsMixin:
    """What lies beyond is not found, counted, read, named, exported or written to.

    MODULE: technical name of the addon.
    VISITING: models whose foreign rows may be known here, too.
    SHARED_LISTS: ``model.field`` of lists that must be among those tried.
    REPORTS: how many printed reports of the addon show such rows.
    own, foreign: model name → rows this side and beyond; the tests ask as ``reader``
    and, where everything shall be found, as ``overseer``.
    """

    MODULE: str
    VISITING: frozenset = frozenset()
    SHARED_LISTS: frozenset = frozenset()
    REPORTS = 0

    # Odoo's loader leaves inherited test methods out unless told otherwise.
    allow_inherited_tests_method = True

    def _as(self, user, model):
        return self.env[model].with_user(user)

    def _both(self, model):
        return self.own[model] | self.foreign[model]

    def _each_foreign(self):
        """(model name, foreign rows as the reader, from a cold cache)."""
        for model, rows in self.foreign.items():
            self.env.invalidate_all()
            yield model, rows.with_user(self.reader)

    def test_there_is_a_row_on_either_side_of_each_model(self):
        self.assertEqual(set(self.own), set(self.foreign))
        for model in self.own:
            with self.subTest(model=model):
                self.assertTrue(self.own[model])
                self.assertTrue(self.foreign[model])

    def test_search_and_count_stop_at_the_border(self):
        for model, _rows in self._each_foreign():
            with self.subTest(model=model):
                domain = [("id", "in", self._both(model).ids)]
                door = self._as(self.reader, model)
                self.assertEqual(set(door.search(domain)), set(self.own[model]))
                self.assertEqual(door.search_count(domain), len(self.own[model]))
                seen = door.search_read(domain, ["create_date"])
                self.assertEqual({row["id"] for row in seen}, set(self.own[model].ids))
                everything = self._as(self.overseer, model).search(domain)
                self.assertEqual(set(everything), set(self._both(model)))

    def test_grouped_counts_stop_at_the_border(self):
        for model, _rows in self._each_foreign():
            with self.subTest(model=model):
                domain = [("id", "in", self._both(model).ids)]
                door, count = self._as(self.reader, model), len(self.own[model])
                groups = door._read_group(domain, aggregates=["__count"])
                self.assertEqual(groups, [(count,)])
                groups = door.formatted_read_group(domain, ["create_uid"], ["__count"])
                self.assertEqual(sum(group["__count"] for group in groups), count)

    def test_reading_is_refused(self):
        for model, rows in self._each_foreign():
            with self.subTest(model=model):
                for row in rows:
                    with self.assertRaises(AccessError):
                        row.read(["create_date"])
                    with self.assertRaises(AccessError):
                        row.web_read({"create_date": {}})
                    with self.assertRaises(AccessError):
                        row.mapped("create_date")

    def test_export_is_refused(self):
        self.reader.group_ids |= self.env.ref("base.group_allow_export")
        for model, rows in self._each_foreign():
            with self.subTest(model=model):
                for row in rows:
                    with self.assertRaises(AccessError):
                        row.export_data(["create_date"])

    def test_changing_deleting_and_copying_is_refused(self):
        for model, rows in self._each_foreign():
            with self.subTest(model=model):
                for row in rows:
                    for mode in ("write", "unlink"):
                        with self.assertRaises(AccessError):
                            row.check_access(mode)
                    with self.assertRaises(AccessError):
                        row.copy()

    def test_name_search_does_not_tell_names(self):
        for model, rows in self._each_foreign():
            with self.subTest(model=model):
                if not rows._rec_name:
                    continue
                for row in rows.sudo():
                    name = row[row._rec_name]
                    if name and isinstance(name, str):
                        found = self._as(self.reader, model).name_search(
                            name, limit=None
                        )
                        self.assertFalse({key for key, _name in found} & set(rows.ids))
                with self.assertRaises(AccessError):
                    rows[0].with_user(self.reader).display_name  # noqa: B018

    def test_a_visible_record_lists_what_is_visible_only(self):
        """Every one2many and many2many from any record that both sides share."""
        tried = set()
        for parents in self._get_shared_records():
            for name, field in parents._fields.items():
                if field.comodel_name not in self.foreign or (
                    field.type not in ("one2many", "many2many")
                    or not parents._has_field_access(field, "read")
                ):
                    continue
                self.env.invalidate_all()
                try:
                    shown = parents.mapped(name) & self._both(field.comodel_name)
                except AccessError:
                    continue
                with self.subTest(model=parents._name, field=name):
                    beyond = shown & self.foreign[field.comodel_name]
                    if field.comodel_name not in self.VISITING:
                        self.assertFalse(beyond)
                    self.assertEqual(beyond, beyond._filtered_access("read"))
                tried.add(f"{parents._name}.{name}")
        self.assertLessEqual(self.SHARED_LISTS, tried)

    def _get_shared_records(self):
        """What foreign rows point at and the reader may see, by model."""
        shared = {}
        for rows in (*self.own.values(), *self.foreign.values()):
            for name, field in rows._fields.items():
                if field.type == "many2one" and field.store:
                    target = rows.mapped(name)
                    known = shared.get(target._name, target.browse())
                    shared[target._name] = known | target
        self.env.invalidate_all()
        for records in shared.values():
            records = records.with_user(self.reader)
            if visible := records._filtered_access("read"):
                yield visible

    def test_chatter_stays_closed(self):
        tried = 0
        for model, rows in self._each_foreign():
            with self.subTest(model=model):
                if "message_ids" not in rows._fields:
                    continue
                tried += 1
                message = self.foreign[model][0].message_post(body="Not for you")
                row = rows[0].with_user(self.reader)
                self.env.invalidate_all()
                with self.assertRaises(AccessError):
                    message.with_user(self.reader).read(["body"])
                door = self._as(self.reader, "mail.message")
                self.assertFalse(door.search([("id", "=", message.id)]))
                with self.assertRaises(AccessError):
                    row.message_post(body="From outside")
                self.foreign[model].message_subscribe(self.reader.partner_id.ids)
                self.env.invalidate_all()
                with self.assertRaises(AccessError):
                    row.read(["create_date"])
        self.assertTrue(tried)

    def test_activities_stay_closed(self):
        for model, rows in self._each_foreign():
            with self.subTest(model=model):
                if "activity_ids" not in rows._fields:
                    continue
                activity = self.foreign[model][0].activity_schedule(
                    "mail.mail_activity_data_todo",
                    summary="Not for you",
                    user_id=self.overseer.id,
                )
                self.env.invalidate_all()
                door = self._as(self.reader, "mail.activity")
                self.assertFalse(door.search([("id", "=", activity.id)]))
                with self.assertRaises(AccessError):
                    activity.with_user(self.reader).read(["summary"])

    def test_attachments_stay_closed(self):
        for model, rows in self._each_foreign():
            with self.subTest(model=model):
                vals = {"name": "a.txt", "res_model": model, "res_id": rows[0].id}
                attachment = self.env["ir.attachment"].create(
                    {**vals, "raw": b"Secret"}
                )
                self.env.invalidate_all()
                with self.assertRaises(AccessError):
                    attachment.with_user(self.reader).read(["raw"])
                door = self._as(self.reader, "ir.attachment")
                self.assertFalse(door.search([("id", "=", attachment.id)]))
                with self.assertRaises(AccessError):
                    door.create(vals)

    def test_printed_reports_stay_closed(self):
        tried = 0
        for model, rows in self._each_foreign():
            with self.subTest(model=model):
                reports = self.env["ir.actions.report"].search(
                    [
                        ("model", "=", model),
                        ("report_name", "=like", f"{self.MODULE}.%"),
                    ]
                )
                for report in reports:
                    tried += 1
                    door = report.with_user(self.reader)
                    own = door._render_qweb_html(report, self.own[model][:1].ids)[0]
                    self.assertIn(self.own[model][0].display_name, str(own))
                    with self.assertRaises(AccessError):
                        door._render_qweb_html(report, rows[:1].ids)
                    with self.assertRaises(AccessError):
                        door._render_qweb_pdf(report, rows[:1].ids)
        self.assertEqual(tried, self.REPORTS)


class GuardedModelsMixin:
    """The rows of ``BorderDoorsMixin`` are those of all models the border guards.

    ALWAYS_PLACED: guarded models that cannot be without a territory.
    NO_BORDER: the addon's models without a border, see ``AccessMatrixMixin``.
    CORE: models of other addons that it puts behind the border.
    """

    ALWAYS_PLACED: frozenset = frozenset()
    NO_BORDER: dict[str, str]
    CORE: frozenset = frozenset()

    def _get_guarded(self):
        """Models with a border among the record rules of the addon."""
        rules = self.env["ir.rule"].search(
            [("groups", "=", False), ("domain_force", "like", BORDER)]
        )
        names = rules.get_external_id()
        return {
            rule.model_id.model
            for rule in rules
            if names[rule.id].startswith(f"{self.MODULE}.")
        }

    def _get_shared_records(self):
        """Machine, customer and station of the other region are known here, too."""
        here = [Command.link(home.id) for home in self.reader.territory_ids]
        for rows in self.foreign.values():
            names = [n for n, f in rows._fields.items() if f.type == "many2one"]
            for known in (rows, *(rows.mapped(name) for name in names)):
                if "visiting_territory_ids" in known._fields:
                    known.visiting_territory_ids = here
        return super()._get_shared_records()

    def test_every_guarded_model_is_tried(self):
        stored = {
            name
            for name, model in self.env.registry.items()
            if model._original_module == self.MODULE
            and not (model._abstract or model._transient)
        }
        self.assertEqual(self._get_guarded(), stored - set(self.NO_BORDER) | self.CORE)
        self.assertEqual(set(self.own), self._get_guarded())

    def test_without_a_territory_headquarters_alone_sees_it(self):
        self.env.flush_all()
        for model in self._get_guarded() - self.ALWAYS_PLACED:
            field = self.env[model]._fields.get("territory_id")
            # A view follows the table it looks at.
            if field and field.store and self.env[model]._auto:
                self.env.cr.execute(
                    SQL(
                        "UPDATE %s SET territory_id = NULL WHERE id IN %s",
                        SQL.identifier(self.env[model]._table),
                        tuple(self._both(model).ids),
                    )
                )
        self.env.invalidate_all()
        for model in self._get_guarded() - self.ALWAYS_PLACED:
            domain = [("id", "in", self._both(model).ids)]
            with self.subTest(model=model):
                self.assertFalse(self._as(self.reader, model).search(domain))
                everything = self._as(self.overseer, model).search(domain)
                self.assertEqual(set(everything), set(self._both(model)))

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import OrderedSet

from ...tools import dictionary

COLLECTION_TYPES = (list, tuple, set, frozenset, OrderedSet)
MARK = "\x1f"
"""Between kind and code of a reference that the import has completed."""


class AftersalesFaultCode(models.Model):
    """The dictionary as a file: what headquarters exports, corrects and imports.

    A row is found again by kind and code, so the same file may come as often as one
    likes. Groups and *Only with* are named by their codes; the same code in another
    kind is not meant.
    """

    _inherit = "aftersales.fault.code"

    @api.model
    def get_import_templates(self):
        suffix = "_zh_CN" if self.env.lang == "zh_CN" else ""
        return [
            {
                "label": self.env._("Import template for the fault dictionary"),
                "template": f"/aftersales_service/static/template/"
                f"fault_codes{suffix}.csv",
            }
        ]

    @api.model
    def load(self, fields, data):
        """Rows that name kind and code of a known code change it."""
        names = list(fields)
        if not {"kind", "code"} <= set(names):
            return super().load(fields, data)
        # A retired code is corrected or comes back; it is not made a second time.
        everything = self.with_context(active_test=False)
        kinds = everything._get_kinds_by_word()
        rows = [dict(zip(names, row, strict=True)) for row in data]
        for row in rows:
            everything._complete_references(row, kinds.get(row["kind"]))
        if not {"id", ".id"} & set(names):
            known = everything._get_ids_by_code()
            names = [".id", *names]
            for row in rows:
                key = kinds.get(row["kind"]), (row["code"] or "").strip()
                row[".id"] = str(known.get(key, ""))
        rows = [[row[name] for name in names] for row in rows]
        return super(AftersalesFaultCode, everything).load(names, rows)

    def _get_kinds_by_word(self):
        """What a file may write for a kind → the kind."""
        labels = self._fields["kind"]._description_selection(self.env)
        plain = self._fields["kind"].selection
        return {
            word: kind for kind, label in (*plain, *labels) for word in (kind, label)
        }

    def _get_ids_by_code(self):
        """(kind, code) → id; the company's own before the shared one."""
        shared_first = self.search_fetch(
            [("company_id", "in", [False, self.env.company.id])],
            ["kind", "code"],
            order="company_id DESC NULLS FIRST, id",
        )
        return {(code.kind, code.code): code.id for code in shared_first}

    def _complete_references(self, row, kind):
        """Say of which kind the codes are that a row names."""
        if not kind:
            return
        if row.get("parent_id"):
            row["parent_id"] = f"{kind}{MARK}{row['parent_id'].strip()}"
        if row.get("fits_ids") and (earlier := dictionary.before(kind)):
            words = (word.strip() for word in row["fits_ids"].split(","))
            row["fits_ids"] = ",".join(
                f"{earlier}{MARK}{word}" for word in words if word
            )

    @api.model
    def _search_display_name(self, operator, value):
        words = [value] if isinstance(value, str) else value
        marked = isinstance(words, COLLECTION_TYPES) and [
            word for word in words if isinstance(word, str) and MARK in word
        ]
        if not marked:
            return super()._search_display_name(operator, value)
        return Domain.OR(self._get_reference_domain(word) for word in marked)

    def _get_reference_domain(self, reference):
        """The code an import means by kind, mark and what the file says."""
        kind, _mark, word = reference.partition(MARK)
        # "E31 Injection pump" is how an export names it.
        return Domain("kind", "=", kind) & (
            Domain("code", "in", [word, word.partition(" ")[0]])
            | Domain("name", "=", word)
        )

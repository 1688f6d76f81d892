"""Reads a dealer's file of movements: every row as the form would read it."""

import hashlib

from odoo.exceptions import UserError

from ..tools import dealer_file
from ..tools import serial as serial_rule
from ..tools.csv_file import FileError
from .dealer_form import MovementReader


class RowReader(MovementReader):
    """One row; what the rows share was asked once for all of them."""

    def __init__(self, file, row, form, check):
        super().__init__(file.env, form, file.dealer, row.kind or "sale")
        self.products = file.products
        self.dealers = file.dealers
        self.model = row.model
        self.check = check

    def _ask_register(self):
        if self.check:
            self._take_answer(self.check)
            product = self.unit.product_id
            names = (product.default_code, product.name)
            # A model we never sold him is no reason to pass over what he wrote.
            if self.unit and self.model and self.model not in names:
                self.serial_code = "mismatch"


class DealerFile:
    """A file of sales and transfers: registered as a whole, or not at all.

    What: ``read`` fills ``problems``, [(line, what, sentences)]; ``register`` keeps
    all rows. Half a file would be worse than none: the dealer could not send it again
    without selling the parts of the first half twice.
    How to use: made with ``sudo()``'s environment, for the user's own dealer.
    """

    def __init__(self, env, dealer, content):
        self.env = env
        self.dealer = dealer
        self.content = content
        self.products = dealer._get_traded_products()
        self.dealers = dealer._get_receiving_dealers()
        self.products_by_word = _by_word(self.products, "default_code")
        self.dealers_by_word = _by_word(self.dealers, "ref")
        self.readers = []
        self.problems = []

    def read(self):
        """Read and judge all rows. Raises UserError for a file that is none."""
        condition = self.env["aftersales.dealer.movement"]._fields["condition"]
        words = condition._description_selection(self.env)
        try:
            rows = dealer_file.read(self.content, {word: key for key, word in words})
        except FileError as error:
            raise UserError(self._describe_file_error(error)) from error
        checks = self._ask_serials(rows)
        seen = {}
        for row in rows:
            reader = self._read_row(row, checks.get(row.line))
            self._refuse_twice(reader, row, seen)
            self.readers.append((row, reader))
            if reader.errors:
                what = row.form["serial"] or row.model or "?"
                sentences = " ".join(dict.fromkeys(reader.errors.values()))
                self.problems.append((row.line, what, sentences))

    def _read_row(self, row, check):
        product = _find_id(row.model, self.products_by_word)
        form = {
            **row.form,
            # Beside a serial, the model is what the machine must be.
            "product_id": "" if check else product,
            "to_partner_id": _find_id(row.to_dealer, self.dealers_by_word),
        }
        reader = RowReader(self, row, form, check).read()
        if form["product_id"] == "0":
            reader.errors["product_id"] = self.env._(
                "The model “%(model)s” is not among yours.", model=row.model
            )
        if form["to_partner_id"] == "0":
            reader.errors["to_partner_id"] = self.env._(
                "No dealer near you is called “%(dealer)s”.", dealer=row.to_dealer
            )
        if not row.kind:
            reader.errors["kind"] = self.env._("Write “sale” or “transfer”.")
        return reader

    def _ask_serials(self, rows):
        """{line: check}, asked in one go and logged, whatever comes of it."""
        asked = [row for row in rows if serial_rule.normalise(row.form["serial"])]
        if not asked:
            return {}
        checks = self.env["stock.lot"]._check_serials(
            [self._prepare_query(row) for row in asked], channel="portal"
        )
        checks = checks.sudo()  # the log is not readable for dealers; verdict only
        return dict(zip((row.line for row in asked), checks, strict=True))

    def _prepare_query(self, row):
        product = _find_id(row.model, self.products_by_word)
        claimed = {"product_id": int(product)} if int(product or 0) else {}
        return {"text": row.form["serial"][:64], **claimed}

    def _refuse_twice(self, reader, row, seen):
        if reader.unit and "serial" not in reader.errors:
            first = seen.setdefault(reader.unit, row.line)
            if first != row.line:
                reader.errors["serial"] = self.env._(
                    "The same machine stands in line %(line)s.", line=first
                )

    def register(self):
        """Keep all rows. Raises UserError when the file was sent before."""
        movements = self.env["aftersales.dealer.movement"]
        digest = hashlib.sha256(self.content).hexdigest()[:32]
        if movements.search_count(
            [
                ("dealer_id", "=", self.dealer.id),
                ("source_key", "=like", f"{digest}:%"),
                ("state", "=", "done"),
            ],
            limit=1,
        ):
            raise UserError(self.env._("This file is registered already."))
        movements._register_typed_rows(
            [
                (
                    reader.prepare() | {"source_key": f"{digest}:{row.line}"},
                    reader.typed,
                )
                for row, reader in self.readers
            ]
        )

    def _describe_file_error(self, error):
        if error.code == "too_many":
            return self.env._(
                "The file has more than %(count)s rows. Send it in parts.",
                count=error.detail,
            )
        return self.env["aftersales.run"]._describe_file_error(error)


def _by_word(records, code):
    """{code or name: ids of the records that are called so}."""
    found = {}
    for record in records:
        for word in {record[code], record.name} - {False}:
            found.setdefault(word, []).append(record.id)
    return found


def _find_id(text, ids_by_word):
    """The id of the one record that is called so, as a form sends it."""
    if not text:
        return ""
    ids = ids_by_word.get(text, ())
    return str(ids[0]) if len(ids) == 1 else "0"

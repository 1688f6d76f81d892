from odoo import api, models
from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.tools import SQL, escape_psql, format_date

from ...tools import clue as clue_rule
from ...tools import phone as phone_rule
from ...tools import serial as serial_rule

ROLES = (
    "aftersales_service.group_aftersales_agent",
    "aftersales_service.group_aftersales_quality",
)
MAX_ROWS = 50
# Letters with which similar words are looked for: fewer fit everything.
_SIMILAR_FROM = 3

# These expressions are indexed (res.partner, stock.lot) and must be written alike.
PARTNER_NAME = "lower(name)"
# As tools/phone.py reads a number: half-width, without the extension behind it.
PARTNER_PHONE = (
    r"reverse(regexp_replace(regexp_replace(normalize(phone, NFKC),"
    r" '(\d)\s*(转|分机|ext|x|#).*$', '\1', 'i'), '\D', '', 'g'))"
)
PARTNER_TEXT = (
    "regexp_replace(lower(coalesce(name, '') || ' ' || coalesce(street, '')"
    " || ' ' || coalesce(street2, '') || ' ' || coalesce(city, '')),"
    r" '(.)', '\1\1', 'g')"
)
UNIT_TAIL = "reverse(serial_key)"


class AftersalesSearch(models.AbstractModel):
    """One search box: whatever a caller says finds the customer and the machine.

    What: ``search_anything`` answers one list of customers and machines, the surest
    first. How it works: the text is read as phone, serial, day or words
    (``tools/clue.py``); each reading is one look at an index, exact first, wider only
    while the list is not full, similar words only where nothing else was found. Every
    look is a search of the user, so the border holds.
    """

    _name = "aftersales.search"
    _description = "Search box"

    @api.model
    def search_anything(self, text, limit=20):
        """Return customers and machines that fit a clue, the surest first.

        :param text: phone in any form, name, address, serial or its last digits,
            shop, model, date, or several of them
        :param limit: rows at most
        :return: list of dicts ``model``, ``id``, ``name``, ``details`` (texts), ``why``
        """
        if not any(self.env.user.has_group(role) for role in ROLES):
            raise AccessError(self.env._("You may not look up customers and machines."))
        clues = clue_rule.read(text, self._get_national_digits)
        limit = min(max(int(limit), 1), MAX_ROWS)
        self.env["res.partner"].flush_model()
        self.env["stock.lot"].flush_model()
        found = {}
        for why, records in self._look_everywhere(clues, limit):
            for record in records:
                found.setdefault(record, why)
            if len(found) >= limit:
                break
        return self._prepare_rows(dict(list(found.items())[:limit]))

    @api.model
    def _look_everywhere(self, clues, limit):
        """Yield (why, records) from the surest to the vaguest. May be extended."""
        partners = self.env["res.partner"]
        for why, units in self._look_for_serials(clues, limit):
            yield why, units
        for digits in clues.phones:
            callers = self._look("res.partner", self._ends(PARTNER_PHONE, digits))
            partners |= callers
            yield "phone", callers
        products = self._find_products(clues)
        for why, named in self._look_for_names(clues, products, limit):
            partners |= named
            yield why, named
        if partners or products or clues.days:
            yield "owner", self._look_for_units(clues, partners, products, limit)
        if not partners and not products:
            yield "similar", self._look_for_similar(clues, limit)

    @api.model
    def _look_for_serials(self, clues, limit):
        """Machines by the whole serial, then its beginning, then its last digits."""
        for key in clues.serials:
            yield "serial", self._look("stock.lot", SQL("serial_key = %s", key), limit)
        for key in clues.serials[:1]:
            start = SQL("serial_key LIKE %s", escape_psql(key) + "%")
            yield "serial", self._look("stock.lot", start, limit)
        for key in clues.serials:
            yield "serial_end", self._look("stock.lot", self._ends(UNIT_TAIL, key))

    @api.model
    def _look_for_names(self, clues, products, limit):
        """Partners by the exact name, its beginning, then all words anywhere.

        Words that name a model need not stand in the name of the customer.
        """
        if not clues.words:
            return
        name = SQL(PARTNER_NAME)
        exact = self._look("res.partner", SQL("%s = %s", name, clues.text), limit)
        yield "name", exact
        start = SQL("%s LIKE %s", name, escape_psql(clues.text) + "%")
        starting = self._look("res.partner", start, limit)
        yield "name", starting
        found = self._look_for_words(clues.words, limit)
        yield "address", found
        people = [word for word in clues.words if word not in products]
        if (
            not (exact or starting or found)
            and people
            and len(people) < len(clues.words)
        ):
            yield "address", self._look_for_words(people, limit)

    @api.model
    def _look_for_words(self, words, limit):
        """Partners whose name and address hold all words."""
        text = SQL(PARTNER_TEXT)
        return self._look(
            "res.partner",
            SQL(" AND ").join(
                SQL("%s LIKE %s", text, f"%{escape_psql(clue_rule.double(word))}%")
                for word in words
            ),
            limit,
        )

    @api.model
    def _find_products(self, clues):
        """{word: ids of the models whose code or name holds it}; the table is small."""
        Product = self.env["product.product"]
        found = {}
        for word in dict.fromkeys((*clues.words, *clues.text.split())):
            if len(word) < 2:
                continue
            typed = escape_psql(word)
            domain = Domain("is_storable", "=", True) & (
                Domain("default_code", "=ilike", typed) | Domain("name", "ilike", typed)
            )
            if products := Product.search(domain, limit=MAX_ROWS):
                found[word] = products.ids
        return found

    @api.model
    def _look_for_units(self, clues, partners, products, limit):
        """Machines of the people found, of the model and day that were named."""
        conditions = []
        if partners:
            # A contact's machines are those of its company; bare ids.
            ids = [*{*partners.ids, *partners.sudo().commercial_partner_id.ids}]
            conditions.append(
                SQL(
                    "(owner_id = ANY(%(ids)s) OR purchase_place_id = ANY(%(ids)s)"
                    " OR selling_partner_id = ANY(%(ids)s))",
                    ids=ids,
                )
            )
        named = {product for ids in products.values() for product in ids}
        if named and (not partners or len(clues.words) > 1):
            conditions.append(SQL("product_id = ANY(%s)", list(named)))
        if clues.days:
            first, last = clues.days
            conditions.append(
                SQL(
                    "(sale_date BETWEEN %(first)s AND %(last)s"
                    " OR installation_date BETWEEN %(first)s AND %(last)s)",
                    first=first,
                    last=last,
                )
            )
        return self._look("stock.lot", SQL(" AND ").join(conditions), limit)

    @api.model
    def _look_for_similar(self, clues, limit):
        """Partners whose name or address holds something like the words."""
        text = " ".join(clues.words)
        if len(text) < _SIMILAR_FROM or not self.env.registry.has_trigram:
            return self.env["res.partner"]
        asked = clue_rule.double(text)
        alike = SQL("%s <%% %s", asked, SQL(PARTNER_TEXT))
        return self._look("res.partner", alike, limit)

    @api.model
    def _look(self, model, condition, limit=MAX_ROWS):
        """Records of the user, of which a condition on plain columns holds."""
        records = self.env[model]
        query = records._search(Domain.TRUE)
        query.add_where(condition)
        # Without an order: sorting would let the database walk another index.
        query.limit = limit
        return records.browse(query).sorted("id")

    @api.model
    def _ends(self, expression, text):
        """Condition: the text whose reversal is indexed ends with ``text``."""
        return SQL("%s LIKE %s", SQL(expression), escape_psql(text[::-1]) + "%")

    @api.model
    def _get_national_digits(self, text):
        """Digits of a phone number without country and trunk prefix."""
        return phone_rule.read(text, self.env.company._get_phone_region()).national

    @api.model
    def _prepare_rows(self, found):
        """The rows of the list, in order."""
        units = self.env["stock.lot"].concat(
            *(record for record in found if record._name == "stock.lot")
        )
        partners = self.env["res.partner"].concat(
            *(record for record in found if record._name == "res.partner")
        )
        details = {
            **self._prepare_unit_details(units),
            **self._prepare_partner_details(partners),
        }
        whys = self._get_why_words()
        return [
            {
                "model": record._name,
                "id": record.id,
                "name": record.name or record.display_name,
                "details": [text for text in details[record] if text],
                "why": whys[why],
            }
            for record, why in found.items()
        ]

    @api.model
    def _prepare_unit_details(self, units):
        """{machine: texts that tell it apart}; names as a link to them would show."""
        counts = dict(
            self.env["helpdesk.ticket"]._read_group(
                [("unit_id", "in", units.ids), ("stage_id.closed", "=", False)],
                ["unit_id"],
                ["__count"],
            )
            if units
            else ()
        )
        return {
            unit: (
                unit.product_id.display_name,
                # The name only, as any link to the owner shows it.
                unit.owner_id.sudo().display_name,
                unit.sale_date and format_date(self.env, unit.sale_date),
                self._count_words(counts.get(unit, 0)),
            )
            for unit in units
        }

    @api.model
    def _prepare_partner_details(self, partners):
        """{customer: texts that tell it apart}."""
        counts = dict(
            self.env["helpdesk.ticket"]._read_group(
                [("partner_id", "in", partners.ids), ("stage_id.closed", "=", False)],
                ["partner_id"],
                ["__count"],
            )
            if partners
            else ()
        )
        roles = dict(
            self.env["res.partner"]
            ._fields["aftersales_role"]
            ._description_selection(self.env)
        )
        return {
            partner: (
                roles.get(partner.aftersales_role),
                partner.phone,
                " ".join(filter(None, (partner.city, partner.street))),
                # The name only, as any link to the company shows it.
                partner.parent_id.sudo().display_name,
                self._count_words(counts.get(partner, 0)),
            )
            for partner in partners
        }

    @api.model
    def _count_words(self, count):
        return count and self.env._("Open requests: %(count)s", count=count)

    @api.model
    def _get_why_words(self):
        return {
            "serial": self.env._("Serial number"),
            "serial_end": self.env._("End of the serial number"),
            "phone": self.env._("Phone"),
            "name": self.env._("Name"),
            "address": self.env._("Name or address"),
            "owner": self.env._("Owner, shop, model or date"),
            "similar": self.env._("Similar"),
        }

    @api.model
    def get_new_request_context(self, text="", model=None, record_id=None):
        """Context of a new request that knows what was typed or chosen."""
        if not self.env.user.has_group(ROLES[0]):
            raise AccessError(self.env._("You may not take requests."))
        if model == "stock.lot" and record_id:
            unit = self.env["stock.lot"].browse(int(record_id)).exists()
            unit.check_access("read")
            return unit.action_new_request()["context"]
        if model == "res.partner" and record_id:
            return {"default_partner_id": int(record_id)}
        clues = clue_rule.read(text, self._get_national_digits)
        if clues.words and not any(char.isdigit() for char in clues.text):
            return {}
        if clues.phones and not clues.words:
            return {"default_contact_phone": clue_rule.fold(text)}
        key = serial_rule.normalise(text)
        return {"default_serial_typed": text.strip()} if clues.serials and key else {}

"""Reads the form with which a dealer registers a sale or a transfer."""

from functools import cached_property

from ..tools import movement as movement_rule
from ..tools import serial as serial_rule
from .form_reader import FormReader

FIELDS = (
    *("serial", "product_id", "quantity", "condition", "moved_on"),
    *("customer_name", "customer_phone", "customer_street", "to_partner_id"),
)
LIMITS = {"serial": 64, "customer_name": 80, "customer_phone": 32}


class MovementReader(FormReader):
    """A posted movement, see ``FormReader``; ``unit`` is the machine found.

    :param dealer: who registers; the caller has checked that it is the user's own
    """

    def __init__(self, env, form, dealer, kind):
        super().__init__(env, form)
        self.dealer = dealer
        self.kind = kind
        self.unit = env["stock.lot"]
        self.serial_code = None
        self.holder = "nobody"

    @cached_property
    def products(self):
        """What may be chosen; a file reads it once for all its rows."""
        return self.dealer._get_traded_products()

    @cached_property
    def dealers(self):
        """Who may receive a transfer; as ``products``."""
        return self.dealer._get_receiving_dealers()

    @property
    def is_foreign(self):
        """Whether a serial was asked about that is none of this dealer's machines."""
        return bool(self.serial_code) and self.holder in ("other", "nobody")

    def read(self):
        self.number("quantity")
        self.day("moved_on")
        movements = self.env["aftersales.dealer.movement"]
        self.word("condition", movements._fields["condition"].selection)
        self.choice("product_id", self.products)
        self.choice("to_partner_id", self.dealers)
        for name in ("serial", "customer_name", "customer_phone", "customer_street"):
            self.text(name, LIMITS.get(name, 200))
        if self.typed.get("serial"):
            self._ask_register()
        for finding in movement_rule.check(self._prepare_facts()):
            sentence = movements._get_finding_sentence(finding)
            self.errors.setdefault(finding.field, sentence)
        return self

    def _ask_register(self):
        """Every question is logged, whatever comes of it."""
        query = {"text": self.typed["serial"]}
        if self.vals.get("product_id"):
            query["product_id"] = self.vals["product_id"]
        (check,) = self.env["stock.lot"]._check_serials([query], channel="portal")
        self._take_answer(check)

    def _take_answer(self, check):
        check = check.sudo()  # the log is not readable for dealers; verdict only
        self.serial_code = check.verdict
        if check.verdict in ("genuine", "mismatch"):
            self.unit = check.unit_id
        ids = (check.reasons or {}).get("unit_ids", [])
        self.holder = self.env["aftersales.dealer.movement"]._get_holder(
            self.unit or self.unit.browse(ids), self.dealer
        )

    def _prepare_facts(self):
        vals = self.vals
        return movement_rule.MovementFacts(
            kind=self.kind,
            today=self.env.company._get_today(),
            moved_on=vals.get("moved_on") or None,
            serial_code=self.serial_code,
            holder=self.holder,
            has_product=bool(vals.get("product_id")),
            quantity=vals.get("quantity") or 0.0,
            has_customer=bool(vals.get("customer_name") and vals.get("customer_phone")),
            has_target=bool(vals.get("to_partner_id")),
            is_own_target=vals.get("to_partner_id") == self.dealer.id,
        )

    def prepare(self):
        """Values for ``dealer.movement._register_typed``."""
        vals = self.vals
        product = self.unit.product_id.id or vals["product_id"]
        return {
            "kind": self.kind,
            "dealer_id": self.dealer.id,
            "moved_on": vals["moved_on"],
            "unit_id": self.unit.id,
            "product_id": product,
            "quantity": 1.0 if self.unit else vals["quantity"],
            "condition": vals.get("condition") or "new",
            "to_partner_id": vals.get("to_partner_id") or False,
        }


def get_wait_minutes(env, readers, address):
    """Minutes to wait for the answer, 0 when it may be given.

    Each serial that is none of the dealer's machines is a question as the public asks
    them, and takes a place of its limiter; about his own he asks as he likes.
    """
    limiter = env["aftersales.public.limiter"]
    for reader in readers:
        if reader.is_foreign:
            key = serial_rule.normalise(reader.typed["serial"])
            verdict = limiter._admit(address, key)
            if verdict.blocks:
                return -(-verdict.params["retry_after"] // 60)
    return 0

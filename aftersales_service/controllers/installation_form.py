"""Reads the form with which a station registers an installation."""

from .form_reader import MAX_TEXT, FormReader

FIELDS = (
    "serial",
    "model_id",
    "customer_name",
    "customer_phone",
    "site_city",
    "site_street",
    "site_zip",
    "shop",
    "started_on",
    "reading_value",
    "travel_km",
    "work_text",
    "signed_by",
)
NEEDED = ("serial", "customer_name", "customer_phone", "site_street", "started_on")
LIMITS = {
    "serial": 64,
    "customer_name": 80,
    "customer_phone": 32,
    "site_city": 80,
    "site_zip": 16,
    "signed_by": 80,
    "work_text": MAX_TEXT,
}


class InstallationReader(FormReader):
    """A posted installation, see ``FormReader``; ``unit`` is the machine found."""

    def __init__(self, env, form, province):
        super().__init__(env, form)
        self.province = province
        self.unit = env["stock.lot"]
        self.city = env["res.city"]
        self.models = env["product.product"]

    def read(self):
        for name in ("reading_value", "travel_km"):
            self.number(name)
        self.day("started_on")
        for name in FIELDS:
            if name not in self.typed:
                self.text(name, LIMITS.get(name, 200))
        for name in NEEDED:
            if not self.typed.get(name):
                self.errors[name] = self._get_missing_sentence(name)
        self._read_city()
        if self.typed.get("serial"):
            self._read_serial()
        return self

    def _get_missing_sentence(self, name):
        return {
            "serial": self.env._("Enter the serial number on the nameplate."),
            "customer_name": self.env._("Enter the customer's name."),
            "customer_phone": self.env._("Enter the customer's phone."),
            "site_street": self.env._("Enter where the machine stands."),
            "started_on": self.env._("Enter the day of the installation."),
        }[name]

    def _read_city(self):
        typed = self.typed.get("site_city")
        if not typed:
            return
        country = self.province.country_id or self.env.company.country_id
        self.city = self.env["res.city"]._find_by_typed_name(
            typed, country, self.province
        )
        if not self.city:
            self.errors["site_city"] = self.env._(
                "No such city is known. Choose one from the list."
            )

    def _read_serial(self):
        """Ask the register; every question is logged, whatever comes of it."""
        model_id = self.typed.get("model_id") or ""
        query = {"text": self.typed["serial"]}
        if model_id.isascii() and model_id.isdigit():
            query["product_id"] = int(model_id)
        (check,) = self.env["stock.lot"]._check_serials([query], channel="station")
        check = check.sudo()  # the log is not readable for stations; verdict only
        if check.verdict == "genuine":
            self.unit = check.unit_id
        elif check.verdict == "ambiguous":
            ids = (check.reasons or {}).get("product_ids", [])
            # Names of the models that have this serial.
            self.models = self.env["product.product"].sudo().browse(ids).exists()
            self.errors["model_id"] = self.env._(
                "Several models have this serial number. Choose the model."
            )
        else:
            self.errors["serial"] = self.env._(
                "This serial number is not known. Check it, or ask your office."
            )

    def prepare(self, station):
        """Values for ``work_order._register_installation``."""
        vals = self.vals
        return {
            "station": station,
            "unit": self.unit,
            "customer": {
                "name": vals["customer_name"],
                "phone": vals["customer_phone"],
            },
            "site": {
                "site_street": vals["site_street"],
                "site_zip": vals.get("site_zip"),
                "site_city_id": self.city.id,
                "site_state_id": (self.city.state_id or self.province).id,
            },
            "shop": vals.get("shop"),
            "report": {
                name: vals[name]
                for name in (
                    *("started_on", "reading_value", "travel_km"),
                    *("work_text", "signed_by"),
                )
                if name in vals
            },
        }

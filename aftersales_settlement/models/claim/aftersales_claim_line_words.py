from odoo import api, fields, models
from odoo.tools import format_amount, format_date

from ..rate.aftersales_rate import to_clock


class AftersalesClaimLine(models.Model):
    """An amount tells how it came about: as a sum, and by which rate."""

    _inherit = "aftersales.claim.line"

    rate_why = fields.Text(
        string="Which rate",
        compute="_compute_rate_why",
        groups="base.group_user",
        help="The row of the rate card that was used, what it asks for, and why the"
        " rows above it did not fit.",
    )

    @api.depends("explanation")
    @api.depends_context("lang")
    def _compute_why(self):
        for line in self:
            line.why = line._tell_amount()

    @api.depends("facts", "rate_id")
    @api.depends_context("lang")
    def _compute_rate_why(self):
        # The facts of the line say it; its readers read no rate cards.
        lines = self.sudo()
        skipped = [rate_id for line in lines for rate_id, _code in line._get_skipped()]
        rates = lines.env["aftersales.rate"].browse(skipped).exists()
        # One prefetch for what is told of all of them.
        known = {rate.id: rate for rate in (rates | lines.rate_id)}
        for line, row in zip(self, lines, strict=True):
            line.rate_why = row._tell_rate(known)

    # === THE RATE === #

    def _get_skipped(self):
        """(rate id, what did not fit) of the rows above the one that was used."""
        self.ensure_one()
        return (self.facts or {}).get("skipped") or ()

    def _tell_rate(self, rates):
        """Which row was used and why not those above it, a sentence each.

        :param rates: {id: rate} of those that are still there
        """
        self.ensure_one()
        if not self.facts:
            return False
        if self.rate_id:
            asked = [
                self._get_asked_words().get(code, code)
                for code in self.facts.get("matched_on") or ()
            ]
            told = self.env._(
                "Used: %(card)s, %(rate)s.",
                card=self.rate_id.card_id.name,
                rate=rates[self.rate_id.id].summary,
            )
            asked = ", ".join(asked) or self.env._("nothing: a general rate")
            sentences = [told, self.env._("It asks for %(what)s.", what=asked)]
        else:
            sentences = [self.env._("No rate fits: an auditor sets the amount.")]
        words = self._get_misfit_words()
        for rate_id, code in self._get_skipped():
            rate = rates.get(rate_id)
            sentences.append(
                self.env._(
                    "Not %(rate)s: %(why)s.",
                    rate=rate.summary if rate else self.env._("a row deleted since"),
                    why=words.get(code, code),
                )
            )
        return "\n".join(sentences)

    def _get_asked_words(self):
        """Words for what a rate asks for, by the codes of the rule."""
        return {
            "date": self.env._("the day of work"),
            "grade": self.env._("the grade"),
            "territory": self.env._("the territory"),
            "product": self.env._("the model"),
            "category": self.env._("the product category"),
            "request_type": self.env._("the request type"),
            "campaign": self.env._("the service campaign"),
            "operation": self.env._("the operation"),
            "night": self.env._("a visit at night"),
            "holiday": self.env._("a visit on a holiday"),
            "remote": self.env._("a remote place"),
        }

    def _get_misfit_words(self):
        """Words for what did not fit, by the codes of the rule."""
        return {
            "date": self.env._("not valid on the day of work"),
            "grade": self.env._("for another grade"),
            "territory": self.env._("for another territory"),
            "product": self.env._("for another model"),
            "category": self.env._("for another product category"),
            "request_type": self.env._("for another request type"),
            "campaign": self.env._("for a service campaign"),
            "operation": self.env._("for another operation"),
            "basis": self.env._("it pays operations by their standard hours"),
            "night": self.env._("the visit did not begin at night"),
            "holiday": self.env._("the visit was not on a holiday"),
            "remote": self.env._("the place is not far enough"),
        }

    # === THE SENTENCE === #

    def _tell_amount(self):
        """The explanation as a sum in the reader's language; one teller per code."""
        self.ensure_one()
        explanation = self.explanation or {}
        code = explanation.get("code")
        teller = getattr(self, f"_tell_{code}", None)
        if not teller:
            return ""
        factors = {}
        for factor in explanation["factors"]:
            factors.setdefault(factor["code"], factor)
        if "share" not in factors:
            return teller(factors, explanation)
        share = factors["share"]
        return self.env._(
            "%(sum)s, of which the maker pays %(percent)s %%: %(amount)s",
            sum=teller(factors, {**explanation, "amount": share["before"]}),
            percent=share["value"],
            amount=self._money(explanation["amount"]),
        )

    def _money(self, text):
        """An amount of an explanation as money of the claim."""
        return format_amount(self.env, float(text), self.currency_id)

    def _tell_no_rate(self, _factors, _explanation):
        return self.env._("No rate fits: an auditor sets the amount.")

    def _tell_labor(self, factors, explanation):
        return self.env._(
            "%(hours)s h × %(rate)s × grade %(grade)s %(factor)s = %(amount)s",
            hours=factors["hours"]["value"],
            rate=self._money(factors["hourly_rate"]["value"]),
            grade=(explanation.get("grade") or "–").upper(),
            factor=factors["grade_factor"]["value"],
            amount=self._money(explanation["amount"]),
        )

    def _tell_travel(self, factors, explanation):
        bands = [f for f in explanation["factors"] if f["code"] == "band"]
        parts = [
            self.env._(
                "%(km)s km × %(price)s",
                km=band["km"],
                price=self._money(band["price_per_km"]),
            )
            for band in bands
        ]
        text = self.env._(
            "%(km)s km driven: %(bands)s = %(amount)s",
            km=factors["km"]["value"],
            bands=" + ".join(parts) or "0",
            amount=self._money(explanation["amount"]),
        )
        if float(factors["free_km"]["value"]):
            text += self.env._(
                " (first %(km)s km free)", km=factors["free_km"]["value"]
            )
        if "unpaid_km" in factors:
            text += self.env._(
                " (%(km)s km beyond the last band unpaid)",
                km=factors["unpaid_km"]["value"],
            )
        if "ceiling" in factors:
            text += self.env._(
                " (at most %(amount)s)", amount=self._money(factors["ceiling"]["value"])
            )
        return text

    def _tell_part(self, factors, explanation):
        return self.env._(
            "%(quantity)s × %(price)s + %(percent)s %% handling = %(amount)s",
            quantity=factors["quantity"]["value"],
            price=self._money(factors["unit_cost"]["value"]),
            percent=factors["handling_percent"]["value"],
            amount=self._money(explanation["amount"]),
        )

    def _tell_installation(self, factors, explanation):
        return self.env._(
            "%(quantity)s machine × %(fee)s = %(amount)s",
            quantity=factors["quantity"]["value"],
            fee=self._money(factors["fee"]["value"]),
            amount=self._money(explanation["amount"]),
        )

    def _tell_surcharge(self, factors, explanation):
        what = self._tell_occasion(factors, explanation)
        amount = self._money(explanation["amount"])
        if "percent" not in factors:
            return self.env._("%(what)s: %(amount)s", what=what, amount=amount)
        labor = self._money(factors["labor"]["value"])
        if factors["visits"]["value"] != "1":
            labor = self.env._(
                "%(labor)s / %(count)s visits",
                labor=labor,
                count=factors["visits"]["value"],
            )
        return self.env._(
            "%(what)s: labour %(labor)s × %(percent)s %% = %(amount)s",
            what=what,
            labor=labor,
            percent=factors["percent"]["value"],
            amount=amount,
        )

    def _tell_occasion(self, factors, explanation):
        """What the surcharge of one visit is for: when, how far."""
        occasion, day = explanation["occasion"], explanation.get("day")
        day = format_date(self.env, day) if day else "–"
        if occasion == "night":
            return self.env._(
                "Night, begun on %(day)s at %(clock)s",
                day=day,
                clock=to_clock(explanation["minute"]),
            )
        if occasion == "holiday":
            return self.env._("Holiday, %(day)s", day=day)
        return self.env._(
            "Remote place, trip of %(km)s km (from %(limit)s km)",
            km=factors["km"]["value"],
            limit=factors["km"]["from_km"],
        )

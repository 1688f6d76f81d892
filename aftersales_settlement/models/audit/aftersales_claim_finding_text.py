from odoo import fields, models
from odoo.tools import format_amount, format_date


class AftersalesClaimFinding(models.Model):
    """The sentences of what holds a claim against other jobs."""

    _inherit = "aftersales.claim.finding"

    def _tell_authorisation_missing(self, params):
        money = self.claim_id.currency_id
        amount, limit, granted = (
            format_amount(self.env, float(params[name]), money)
            for name in ("amount", "limit", "granted")
        )
        if float(params["granted"]):
            return self.env._(
                "%(amount)s claimed, only %(granted)s was authorised before the"
                " repair.",
                amount=amount,
                granted=granted,
            )
        return self.env._(
            "%(amount)s claimed; above %(limit)s a repair needs prior authorisation.",
            amount=amount,
            limit=limit,
        )

    def _tell_repeat(self, params):
        return self.env._(
            "The station repaired this component %(days)s days before: %(claim)s.",
            days=params["days"],
            claim=self._name_claim(params),
        )

    def _tell_same_invoice(self, params):
        return self.env._(
            "The invoice number came with another job too: %(claim)s.",
            claim=self._name_claim(params),
        )

    def _tell_same_photo(self, params):
        return self.env._(
            "A photo came with another job too: %(claim)s.",
            claim=self._name_claim(params),
        )

    def _name_claim(self, params):
        """The other claim, or the other job where it has none."""
        # Numbers are no secret of their territory.
        orders, claims = (
            self.env[f"aftersales.{model}"].sudo() for model in ("work.order", "claim")
        )
        claim = claims.browse(params.get("claim_id")).exists()
        order = orders.browse(params.get("order_id")).exists()
        return claim.name or order.name or "–"

    def _tell_reading_fell(self, params):
        return self.env._(
            "The meter showed %(before)s on %(day)s and %(value)s now.",
            before=params["before"],
            day=self._tell_day(params["before_on"]),
            value=params["value"],
        )

    def _tell_reading_jumped(self, params):
        return self.env._(
            "The meter showed %(before)s on %(day)s and %(value)s now; it could be"
            " %(most)s at most.",
            before=params["before"],
            day=self._tell_day(params["before_on"]),
            value=params["value"],
            most=params["most"],
        )

    def _tell_part_foreign(self, params):
        codes = self.env["aftersales.fault.code"].browse(params["component_ids"])
        return self.env._(
            "%(part)s belongs to %(components)s.",
            part=self.line_id.product_id.sudo().name or "–",
            components=", ".join(codes.exists().mapped("name")) or "–",
        )

    def _tell_before_expiry(self, params):
        return self.env._(
            "The warranty ends on %(day)s, %(days)s days after the work.",
            day=self._tell_day(params["coverage_end"]),
            days=params["days"],
        )

    def _tell_outlier(self, params):
        return self.env._(
            "%(amount)s claimed; %(count)s like claims come to %(mean)s on average, up"
            " to %(most)s is usual.",
            amount=self._tell_money(params["amount"]),
            count=params["count"],
            mean=self._tell_money(params["mean"]),
            most=self._tell_money(params["most"]),
        )

    def _tell_return_overdue(self, params):
        return self.env._(
            "Failed parts of this job that are overdue: %(count)s.",
            count=params["count"],
        )

    def _tell_returns_overdue(self, params):
        return self.env._(
            "Failed parts the station should have sent: %(count)s.",
            count=params["count"],
        )

    def _tell_quality_hold(self, params):
        hold = self.env["aftersales.audit.hold"].sudo().browse(params["hold_id"])
        reason = hold.exists().name or "–"
        if params["until"] == "infinity":
            return self.env._("Approval is suspended: %(reason)s", reason=reason)
        return self.env._(
            "Approval is suspended until %(day)s: %(reason)s",
            day=self._tell_day(params["until"]),
            reason=reason,
        )

    def _tell_risks(self, risks):
        """What raised the rate of a draw, as a sentence."""
        labels = {
            **dict(self._fields["code"]._description_selection(self.env)),
            "large": self.env._("large amount"),
            "changed": self.env._("claims of the station had to be changed"),
            "score": self.env._("score of the station"),
        }
        names = [labels.get(code, code) for code, _weight in risks]
        if not names:
            return ""
        return self.env._("Risk: %(risks)s.", risks=", ".join(names))

    def _tell_number(self, value, digits=1):
        """A measured value with so many decimals at most: 113.256 km is 113.3."""
        return f"{round(float(value), digits):.12g}"

    def _tell_day(self, text):
        return format_date(self.env, fields.Date.to_date(text))

    def _tell_money(self, text):
        return format_amount(self.env, float(text), self.claim_id.currency_id)

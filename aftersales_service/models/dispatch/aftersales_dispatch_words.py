from odoo import api, models
from odoo.tools.misc import formatLang


class AftersalesDispatchWords(models.AbstractModel):
    """The words of dispatch: criteria, their values, reasons for leaving out.

    The rule answers with codes; another addon that adds a criterion or a filter
    extends ``_get_criteria``, ``_get_exclusions`` and ``_describe_<criterion>``.
    """

    _name = "aftersales.dispatch.words"
    _description = "Words of dispatch"

    @api.model
    def _get_criteria(self):
        """Name of each criterion."""
        return {
            "distance": self.env._("Distance"),
            "load": self.env._("Load"),
            "parts": self.env._("Parts on hand"),
            "score": self.env._("Score"),
            "skill": self.env._("Skill"),
            "coverage": self.env._("Coverage rank"),
        }

    @api.model
    def _get_exclusions(self):
        """Why a station cannot do a job."""
        return {
            "inactive": self.env._("Takes no jobs"),
            "declined": self.env._("Had this request before"),
            "not_covered": self.env._("Does not cover the place"),
            "not_skilled": self.env._("Has no valid skill for it"),
            "closed": self.env._("Is closed on all days in question"),
            "full": self.env._("Has no free place"),
        }

    @api.model
    def _describe_excluded(self, counts):
        """Counts by reason code as a list of (words, number of stations)."""
        words = self._get_exclusions()
        return [(words.get(code, code), count) for code, count in counts.items()]

    @api.model
    def _describe_reason(self, reason):
        """One reason of the rule: what it is called, what was found, its points."""
        describe = getattr(self, f"_describe_{reason.criterion}", None)
        return {
            "code": reason.criterion,
            "label": self._get_criteria().get(reason.criterion, reason.criterion),
            "text": describe(reason) if describe else f"{reason.raw or ''}",
            "points": reason.points,
            "weight": reason.weight,
        }

    @api.model
    def _describe_distance(self, reason):
        if reason.raw is None:
            return self.env._("not known: coverage rank decides")
        km = formatLang(self.env, reason.raw, digits=0 if reason.raw >= 10 else 1)
        if reason.precision == "city":
            return self.env._("about %(km)s km (city centre)", km=km)
        return self.env._("%(km)s km", km=km)

    @api.model
    def _describe_load(self, reason):
        return self.env._("%(percent)s %% taken", percent=round(100 * reason.raw))

    @api.model
    def _describe_parts(self, reason):
        if reason.raw is None:
            return self.env._("not known")
        return self.env._("%(percent)s %% there", percent=round(100 * reason.raw))

    @api.model
    def _describe_score(self, reason):
        if reason.raw is None:
            return self.env._("none yet")
        return formatLang(self.env, reason.raw, digits=2)

    @api.model
    def _describe_skill(self, reason):
        levels = self.env["aftersales.station.skill"]._fields["level"]
        words = dict(levels._description_selection(self.env))
        return words.get(str(reason.raw), "")

    @api.model
    def _describe_coverage(self, reason):
        return self.env._("choice no. %(rank)s here", rank=reason.raw)

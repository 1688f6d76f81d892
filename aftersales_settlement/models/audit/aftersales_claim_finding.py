from odoo import api, fields, models

from ..rate.aftersales_rate import KINDS


class AftersalesClaimFinding(models.Model):
    """One thing the automatic audit saw on a claim."""

    _name = "aftersales.claim.finding"
    _description = "Audit finding"
    _order = "claim_id, severity_rank, id"

    claim_id = fields.Many2one(
        "aftersales.claim", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="claim_id.company_id", store=True, index=True)
    line_id = fields.Many2one(
        "aftersales.claim.line", index="btree_not_null", ondelete="cascade"
    )
    code = fields.Selection(
        [
            ("not_covered", "Not covered"),
            ("authorisation_missing", "Not authorised"),
            ("counterfeit", "Counterfeit"),
            ("serial_doubtful", "Serial number doubtful"),
            ("duplicate", "Duplicate claim"),
            ("repeat", "Repeat repair"),
            ("same_invoice", "Same invoice number"),
            ("same_photo", "Same photo"),
            ("hours_above_standard", "Hours above standard"),
            ("mileage_above_distance", "Mileage above distance"),
            ("reading_fell", "Reading fell"),
            ("reading_jumped", "Reading rose too fast"),
            ("part_foreign", "Part of another component"),
            ("report_late", "Report late"),
            ("evidence_missing", "Evidence missing"),
            ("rate_missing", "No rate"),
            ("quality_hold", "Approval suspended"),
            ("before_expiry", "Just before the warranty ends"),
            ("outlier", "Far above like claims"),
            ("return_overdue", "Failed part overdue"),
            ("returns_overdue", "Station owes failed parts"),
            ("spot_check", "Spot check"),
            ("dispute", "Dispute"),
        ],
        string="Check",
        required=True,
        index=True,
    )
    params = fields.Json()
    severity = fields.Selection(
        [("block", "Must not be paid"), ("review", "To look at"), ("note", "Note")],
        required=True,
    )
    severity_rank = fields.Integer(compute="_compute_severity_rank", store=True)
    text = fields.Char(compute="_compute_text", string="Finding")

    @api.depends("severity")
    def _compute_severity_rank(self):
        ranks = {"block": 0, "review": 1, "note": 2}
        for finding in self:
            finding.severity_rank = ranks.get(finding.severity, 3)

    @api.depends("code")
    @api.depends_context("lang")
    def _compute_display_name(self):
        labels = dict(self._fields["code"]._description_selection(self.env))
        for finding in self:
            finding.display_name = labels.get(finding.code)

    @api.depends("code", "params")
    @api.depends_context("lang")
    def _compute_text(self):
        for finding in self:
            teller = getattr(finding, f"_tell_{finding.code}", None)
            finding.text = (
                teller(finding.params or {}) if teller else finding.display_name
            )

    # === SENTENCES, one per code; another addon adds `_tell_<code>` === #

    def _tell_not_covered(self, params):
        return self.env._(
            "%(kind)s is not covered by the warranty decision.",
            kind=self._kind_label(params),
        )

    def _tell_counterfeit(self, _params):
        return self.env._("The serial number is not one of ours.")

    def _tell_serial_doubtful(self, _params):
        return self.env._("The serial number does not match model or buyer.")

    def _tell_duplicate(self, params):
        # The number of the other claim is no secret of its territory.
        other = self.env["aftersales.claim"].sudo().browse(params["claim_id"]).exists()
        same = {
            "component": self.env._("component"),
            "symptom": self.env._("symptom"),
        }
        return self.env._(
            "Same %(what)s on this machine %(days)s days apart: %(claim)s.",
            what=same.get(params.get("same"), ""),
            days=params["days"],
            claim=other.name or "–",
        )

    def _tell_hours_above_standard(self, params):
        return self.env._(
            "%(hours)s h claimed, %(standard)s h is standard (up to %(allowed)s h).",
            hours=params["hours"],
            standard=params["standard_hours"],
            allowed=self._tell_number(params["allowed_hours"], 2),
        )

    def _tell_mileage_above_distance(self, params):
        return self.env._(
            "%(km)s km claimed, the place is %(distance)s km away (up to"
            " %(allowed)s km).",
            km=self._tell_number(params["km"]),
            distance=self._tell_number(params["distance_km"]),
            allowed=self._tell_number(params["allowed_km"]),
        )

    def _tell_report_late(self, params):
        return self.env._(
            "Reported %(hours)s h after the work, %(allowed)s h are allowed.",
            hours=self._tell_number(params["hours"]),
            allowed=self._tell_number(params["allowed_hours"]),
        )

    def _tell_evidence_missing(self, params):
        labels = {
            "photo": self.env._("photo"),
            "reading": self.env._("reading"),
            "signature": self.env._("signature"),
            "fault_codes": self.env._("fault codes"),
        }
        missing = ", ".join(labels.get(code, code) for code in params["missing"])
        return self.env._("Missing: %(what)s.", what=missing)

    def _tell_rate_missing(self, params):
        return self.env._(
            "No rate fits %(kind)s: set the amount.", kind=self._kind_label(params)
        )

    def _tell_spot_check(self, params):
        if not params.get("percent"):
            return self.env._("Drawn for a spot check.")
        text = self.env._(
            "Drawn for a spot check at %(percent)s %%.", percent=params["percent"]
        )
        return " ".join([text, self._tell_risks(params.get("risks") or ())]).strip()

    def _tell_dispute(self, params):
        return self.env._(
            "The station disputes: %(reason)s", reason=params.get("reason", "")
        )

    def _kind_label(self, params):
        labels = dict(
            self.env["aftersales.rate"]._fields["kind"]._description_selection(self.env)
        )
        return labels.get(params.get("kind"), dict(KINDS).get(params.get("kind"), ""))

from odoo import api, fields, models

from ...tools import score_snapshot

MANAGER_GROUP = "aftersales_service.group_aftersales_account_manager"


class AftersalesManagerScore(models.Model):
    """The score of one account manager for one month, frozen with its facts."""

    _name = "aftersales.manager.score"
    _description = "Account manager score"
    _inherit = ["aftersales.score.frozen.mixin"]

    _subject_field = "user_id"
    _subject_kind = "account_manager"

    user_id = fields.Many2one(
        "res.users",
        string="Account manager",
        required=True,
        index=True,
        ondelete="restrict",
    )
    part_text = fields.Text(
        compute="_compute_part_text",
        string="Parts of the score",
        help="What was counted, how many points it is worth and what it weighs.",
    )

    _manager_month_uniq = models.UniqueIndex(
        "(company_id, user_id, period_start)",
        "This account manager has a score for the month already.",
    )

    @api.depends("user_id.name")
    def _compute_display_name(self):
        return super()._compute_display_name()

    @api.depends("facts")
    @api.depends_context("lang")
    def _compute_part_text(self):
        labels = dict(
            self.env["aftersales.score.measure"]
            ._fields["code"]
            ._description_selection(self.env)
        )
        for row in self:
            verdict = score_snapshot.again(row.facts) if row.facts else None
            row.part_text = "\n".join(
                self._tell_part(labels[part.code], part)
                for part in (verdict.measures if verdict else ())
            )

    @api.model
    def _tell_part(self, label, part):
        """One measure as a sentence."""
        facts = {
            "measure": label,
            "points": f"{part.points:.2f}",
            "weight": f"{part.weight:g}",
        }
        if part.value is None:
            return self.env._(
                "%(measure)s: nothing to count, as all together: %(points)s points,"
                " weight %(weight)s.",
                **facts,
            )
        if part.code == "dealer_satisfaction":
            return self.env._(
                "%(measure)s: answers %(total)s, %(percent)s %% of the best marks:"
                " %(points)s points, weight %(weight)s.",
                percent=f"{part.value * 100:.1f}",
                total=f"{part.denominator:g}",
                **facts,
            )
        return self.env._(
            "%(measure)s: %(good)s of %(total)s: %(points)s points, weight %(weight)s.",
            good=f"{part.numerator:g}",
            total=f"{part.denominator:g}",
            **facts,
        )

    @api.model
    def _get_subjects(self, company):
        # Who is an account manager is asked for the headquarters' run.
        users = self.env.ref(MANAGER_GROUP).sudo().all_user_ids
        return users.filtered(
            lambda user: not user.share and company in user.company_ids
        ).sorted("id")

    @api.model
    def _insert(self, rows):
        self.create(
            [
                {
                    **row,
                    **{
                        name: float(row[name])
                        for name in ("value", "multiplier", "network_value")
                    },
                }
                for row in rows
            ]
        )

from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain

from ...tools.training import SkillTerm, renew, take_back

REMIND_DAYS = 30
"""So long before a skill ends the office is asked to have it renewed."""


class AftersalesTrainingAttendee(models.Model):
    """A certificate that carries a skill of its station."""

    _inherit = "aftersales.training.attendee"

    def _give_skills(self):
        """Open or renew the skill of the station of each who passed.

        :raise AccessError: a station is not the user's to change
        """
        passed = self.filtered(lambda line: line.is_passed and line.station_id)
        passed.check_access("write")
        known = passed._find_skills()
        # Create and the check below hold the border of each station.
        known |= passed._open_skills(known)
        self.env["aftersales.station.skill"].union(*known.values()).check_access(
            "write"
        )
        for line in passed:
            # Both were checked above, in sets.
            skill = known[line._get_skill_key()].sudo()
            term = renew(skill._get_term(), line.valid_until or None)
            if term:
                line.sudo()._write_guarded({"skill_id": skill.id})
                skill._apply_term(term)

    def _take_skills_back(self):
        """Take from each skill what these certificates gave, and no more.

        :raise AccessError: a station is not the user's to change
        """
        carrying = self.filtered("skill_id")
        carrying.check_access("write")
        carrying.skill_id.check_access("write")
        closed = carrying.skill_id.browse()
        # Both were checked above, in sets.
        for line in carrying.sudo():
            skill = line.skill_id
            term = take_back(skill._get_term(), line.valid_until or None)
            line._write_guarded({"skill_id": False})
            if term:
                skill._apply_term(term)
            else:
                closed |= skill
        closed.sudo(self.env.su).unlink()

    def _find_skills(self):
        """{(station, category, kind of request): its skill that lasts longest}."""
        skills = self.env["aftersales.station.skill"].search(
            Domain("station_id", "in", self.station_id.ids)
        )
        wanted = {line._get_skill_key() for line in self}
        found = {
            (skill.station_id, skill.product_categ_id, skill.request_type_id): skill
            for skill in skills.sorted(lambda one: str(one.valid_until or "9999"))
        }
        return {key: skill for key, skill in found.items() if key in wanted}

    def _open_skills(self, known):
        """The skills that stations do not have yet; the first who passed opens it."""
        firsts = {}
        for line in self:
            key = line._get_skill_key()
            if key not in known:
                firsts.setdefault(key, line)
        skills = self.env["aftersales.station.skill"].create(
            [
                {
                    "station_id": line.station_id.id,
                    "product_categ_id": line.training_id.product_categ_id.id,
                    "request_type_id": line.training_id.request_type_id.id,
                    "level": line.training_id.level,
                    "valid_until": line.valid_until,
                }
                for line in firsts.values()
            ]
        )
        for line, skill in zip(firsts.values(), skills, strict=True):
            # Created by this user just now.
            line.sudo()._write_guarded({"skill_id": skill.id})
        return dict(zip(firsts, skills, strict=True))


class AftersalesStationSkill(models.Model):
    """A skill that certificates open, renew and, undone, give back.

    The office is asked, once, to have it renewed before it ends.
    """

    _name = "aftersales.station.skill"
    _inherit = ["aftersales.station.skill", "aftersales.batch.mixin"]

    certificate_ids = fields.One2many(
        "aftersales.training.attendee", "skill_id", string="Certificates"
    )
    valid_before = fields.Date(
        "Valid before the training",
        readonly=True,
        copy=False,
        help="Its last day before a certificate renewed it; it comes back when the"
        " training is undone.",
    )
    is_end_told = fields.Boolean(
        "Office was told of the end", readonly=True, copy=False
    )

    def write(self, vals):
        if "valid_until" in vals:
            vals = {"is_end_told": False, **vals}
        return super().write(vals)

    def _get_term(self):
        """This skill for the rule."""
        self.ensure_one()
        return SkillTerm(
            until=self.valid_until or None,
            certificates=tuple(
                line.valid_until or None for line in self.certificate_ids
            ),
            before=self.valid_before or None,
        )

    def _apply_term(self, term):
        """Write what the rule said."""
        self.ensure_one()
        self.write({"valid_until": term.until, "valid_before": term.before})

    @api.model
    def _cron_remind_ending(self, batch_size=200):
        """Ask offices to have skills renewed that end soon, each once."""
        last = self.env.company._get_today() + timedelta(days=REMIND_DAYS)
        self._work_in_batches(
            Domain("valid_until", "<=", last) & Domain("is_end_told", "=", False),
            "_remind_ending",
            batch_size,
        )

    def _remind_ending(self):
        """One activity on each station, for whoever answers for its territory."""
        self.is_end_told = True
        activity_type = self.env.ref("mail.mail_activity_data_todo")
        model_id = self.env["ir.model"]._get_id("res.partner")
        values = []
        for territory, skills in self.grouped(
            lambda skill: skill.station_id.territory_id
        ).items():
            user = territory._get_responsible() if territory else self.env["res.users"]
            ours = self.with_context(lang=user.lang or self.env.lang)
            values += [
                {
                    "activity_type_id": activity_type.id,
                    "summary": ours.env._("A skill of this station ends soon"),
                    "automated": True,
                    "date_deadline": min(mine.mapped("valid_until")),
                    "res_model_id": model_id,
                    "res_id": station.id,
                    "user_id": user.id,
                }
                for station, mine in skills.grouped("station_id").items()
                if user
            ]
        self.env["mail.activity"].with_context(mail_activity_quick_update=True).create(
            values
        )

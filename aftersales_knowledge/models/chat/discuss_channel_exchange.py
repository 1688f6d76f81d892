from odoo import api, models
from odoo.exceptions import AccessError, ValidationError

READER_FIELDS = {"group_public_id", "group_ids", "active"}
"""Who reads a channel, and whether anybody does."""


class DiscussChannel(models.Model):
    """The channel in which offices and headquarters exchange what they know.

    Core subscribes whoever gets the role and lets nobody else read. It lets a member
    invite others, though, who would be notified, or open it to everybody, and keeps
    who has lost the role.
    """

    _inherit = "discuss.channel"

    def write(self, vals):
        if READER_FIELDS & vals.keys() and not self.env.is_system():
            self._check_no_exchange()
        return super().write(vals)

    def _check_no_exchange(self):
        """Raise where the channel is the one of the offices."""
        if self & self._get_exchange():
            raise AccessError(
                self.env._("Only an administrator says who reads this channel.")
            )

    @api.model
    def _get_exchange(self):
        """The channel, empty where it was deleted; core keeps its threads to it."""
        channel = self.env.ref(
            "aftersales_knowledge.channel_exchange", raise_if_not_found=False
        )
        # Who belongs to it follows from roles, whoever changes them.
        return (channel or self).sudo()

    @api.model
    def _drop_exchange_strangers(self):
        """Take out members who no longer hold the role that the channel asks for."""
        self._get_exchange().channel_member_ids._filter_strangers().unlink()


class DiscussChannelMember(models.Model):
    """Nobody is invited into the channel of the offices who has not the role."""

    _inherit = "discuss.channel.member"

    @api.constrains("channel_id", "partner_id", "guest_id")
    def _check_exchange_role(self):
        exchange = self.env["discuss.channel"]._get_exchange()
        members = self.sudo().filtered(lambda member: member.channel_id in exchange)
        if members._filter_strangers():
            raise ValidationError(
                self.env._("Only offices and headquarters are in this channel.")
            )

    def _filter_strangers(self):
        """Members without the role that their channel asks for; guests have none."""
        return self.filtered(
            lambda member: (
                member.channel_id.group_public_id
                and member.channel_id.group_public_id
                not in member.partner_id.user_ids.all_group_ids
            )
        )


class ResUsers(models.Model):
    """Who loses a role leaves the channel of the offices."""

    _inherit = "res.users"

    def write(self, vals):
        result = super().write(vals)
        if "group_ids" in vals:
            self.env["discuss.channel"]._drop_exchange_strangers()
        return result


class ResGroups(models.Model):
    """A role that is given or taken by its own form counts the same."""

    _inherit = "res.groups"

    def write(self, vals):
        result = super().write(vals)
        if {"user_ids", "implied_ids"} & vals.keys():
            self.env["discuss.channel"]._drop_exchange_strangers()
        return result

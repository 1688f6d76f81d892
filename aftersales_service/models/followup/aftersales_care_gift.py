from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain


class AftersalesCareGift(models.Model):
    """What a territory has to give away, and how much of it is left."""

    _name = "aftersales.care.gift"
    _inherit = ["aftersales.territory.mixin"]
    _description = "Care gift"
    _order = "name, id"

    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company", default=lambda self: self.env.company, index=True
    )
    quantity = fields.Integer(
        string="On hand",
        help="How many are there. Each gift that is given takes one.",
    )
    is_for_own_customers = fields.Boolean(
        compute="_compute_is_for_own_customers",
        search="_search_is_for_own_customers",
        compute_sudo=True,
    )

    _quantity_positive = models.Constraint(
        "CHECK(quantity >= 0)", "There are not so many of this gift."
    )

    @api.depends("territory_id")
    @api.depends_context("uid")
    def _compute_is_for_own_customers(self):
        homes = self.env.user._get_customer_territory_ids()
        for gift in self:
            gift.is_for_own_customers = gift.territory_id.id in homes

    @api.model
    def _search_is_for_own_customers(self, operator, value):
        # Asked at each search: the domain of a rule is kept, customers come and go.
        if operator != "in":
            return NotImplemented
        homes = list(self.env.user._get_customer_territory_ids())
        return Domain("territory_id", "in", homes) if True in value else Domain.FALSE

    def _move_quantity(self, number):
        """Add ``number`` to what is there; the caller has checked who may.

        :raise UserError: there would be less than nothing
        """
        self.ensure_one()
        if self.quantity + number < 0:
            raise UserError(
                self.env._(
                    "Only %(left)s of %(gift)s are there, %(needed)s are needed.",
                    left=self.quantity,
                    gift=self.name,
                    needed=-number,
                )
            )
        # Two who take the last one at once change the same row: the database lets
        # one pass, the other's request is repeated and finds none.
        self.quantity += number


class AftersalesFollowup(models.Model):
    """A gift goes with the greeting: taken once, when it is done."""

    _inherit = "aftersales.followup"

    gift_id = fields.Many2one(
        "aftersales.care.gift",
        ondelete="restrict",
        index="btree_not_null",
        domain="[('territory_id', 'parent_of', territory_id)]",
        help="Taken from what is there when this is done.",
    )
    is_gift_taken = fields.Boolean(string="Gift given", readonly=True, copy=False)

    @api.constrains("gift_id")
    def _check_gift_id(self):
        for followup in self.filtered("gift_id"):
            gift = followup.gift_id.sudo()
            # A gift lies where the customer belongs, or above.
            homes = followup.territory_id._get_path_ids()
            companies = (followup.company_id, gift.company_id.browse())
            if gift.territory_id.id not in homes or gift.company_id not in companies:
                raise ValidationError(
                    self.env._(
                        "This gift is not for %(followup)s: it lies in another"
                        " territory.",
                        followup=followup.display_name,
                    )
                )

    def write(self, vals):
        if "gift_id" in vals:
            if any(self.mapped("is_gift_taken")):
                raise UserError(self.env._("The gift was given already."))
            # What is done takes none any more.
            if "done" in self.mapped("state"):
                raise UserError(self.env._("A gift is chosen before this is done."))
        return super().write(vals)

    def action_return_gift(self):
        """The gift came back: it is counted again, once."""
        self.check_access("write")
        self._check_gift_returnable()
        taken = self.grouped("gift_id")
        self._write_guarded({"is_gift_taken": False})
        for gift, followups in taken.items():
            # Whoever may write the follow-up may bring its gift back.
            gift.sudo()._move_quantity(len(followups))

    def _check_gift_returnable(self):
        for followup in self:
            if not followup.is_gift_taken:
                raise UserError(
                    self.env._(
                        "No gift was given with %(followup)s.",
                        followup=followup.display_name,
                    )
                )

    def _update_state(self, target, **vals):
        result = super()._update_state(target, **vals)
        if target == "done":
            self._take_gifts()
        return result

    def _take_gifts(self):
        """Take the gifts of what is done, each once."""
        giving = self.filtered(lambda f: f.gift_id and not f.is_gift_taken)
        if giving:
            giving._write_guarded({"is_gift_taken": True})
        for gift, followups in giving.grouped("gift_id").items():
            # Whoever may finish the follow-up gives its gift away.
            gift.sudo()._move_quantity(-len(followups))

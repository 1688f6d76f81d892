from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...tools import quotation

PRICE_FIELDS = {part: f"price_{part}" for part in quotation.PARTS}


class AftersalesInteractionKind(models.Model):
    """A kind that is a quotation says which of its own fields are the price's.

    With a quoted rate named, interactions of the kind are rows of
    ``aftersales.quotation.price``.
    """

    _inherit = "aftersales.interaction.kind"

    price_origin = fields.Char(
        string="Origin", help="The field that says where the goods come from."
    )
    price_destination = fields.Char(
        string="Destination", help="The field that says where the goods go."
    )
    price_container = fields.Char(
        string="Container", help="The field that says in what they are carried."
    )
    price_base = fields.Char(
        string="Base rate", help="The field with what it costs us."
    )
    price_quoted = fields.Char(
        string="Quoted rate",
        help="The field with what the customer was offered. With it the interactions"
        " of this kind are in the price list.",
    )
    price_won = fields.Char(
        string="Won", help="The field that says whether the customer took it."
    )

    @api.constrains("interaction_properties_definition", *PRICE_FIELDS.values())
    def _check_price_fields(self):
        for kind in self:
            problem = quotation.find_problem(
                kind.interaction_properties_definition or [],
                {part: kind[name] for part, name in PRICE_FIELDS.items()},
            )
            if problem:
                raise ValidationError(kind._get_price_problem_words(problem))

    def _get_price_problem_words(self, problem):
        """The sentence for a ``quotation.Problem`` of this kind."""
        field = self._fields[PRICE_FIELDS[problem.part]]
        words = {
            "kind": self.name,
            "part": field._description_string(self.env),
        }
        match problem.code:
            case "missing":
                return self.env._(
                    "Prices of “%(kind)s” need a field for “%(part)s”, and the field"
                    " that was chosen is gone. Choose another first.",
                    **words,
                )
            case "type":
                return self.env._(
                    "The field for “%(part)s” of “%(kind)s” holds something else:"
                    " places are texts or choices, rates are numbers, won is a tick.",
                    **words,
                )
            case "twice":
                return self.env._(
                    "The field for “%(part)s” of “%(kind)s” is used twice.", **words
                )
        return self.env._(
            "Prices of “%(kind)s” need the field with the quoted rate.", **words
        )

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...tools import dial


class ResCompany(models.Model):
    """How a click on a number dials."""

    _inherit = "res.company"

    dial_url = fields.Char(
        string="Address to dial by",
        help="What a click on a number opens, with {number} and, where the telephone"
        " system asks for it, {extension}: https://pbx.example.com/dial?to={number}"
        "&from={extension}. Empty dials by the telephone of the own machine.",
    )

    @api.constrains("dial_url")
    def _check_dial_url(self):
        for company in self:
            problem = company.dial_url and dial.find_problem(company.dial_url)
            if problem:
                raise ValidationError(company._get_dial_problem_words(problem))

    def _get_dial_problem_words(self, problem):
        """The sentence for a code of ``dial.find_problem``."""
        return {
            "unfit": self.env._(
                "The address to dial by holds a blank or a sign that no address has."
            ),
            "scheme": self.env._(
                "The address to dial by begins with https:, http:, tel: or sip:."
            ),
            "placeholder": self.env._(
                "In the address to dial by only {number} and {extension} stand in"
                " braces."
            ),
            "number": self.env._(
                "The address to dial by needs {number} where the number goes."
            ),
            "host": self.env._(
                "The address to dial by needs a server, and {number} and {extension}"
                " stand behind it."
            ),
        }[problem]


class ResConfigSettings(models.TransientModel):
    """How a click on a number dials, per company."""

    _inherit = "res.config.settings"

    dial_url = fields.Char(related="company_id.dial_url", readonly=False)


class IrHttp(models.AbstractModel):
    """The web client knows how its user dials."""

    _inherit = "ir.http"

    def session_info(self):
        info = super().session_info()
        user = self.env.user
        if user._is_internal():
            # The address is no secret of the company; his extension is his own.
            url, extension = user.company_id.sudo().dial_url, user.phone_extension
            info["aftersales_dial_url"] = dial.fill_extension(url, extension)
        return info

from odoo import fields, models

# Verdicts of which the model and the end of warranty may be told to everybody.
TOLD = ("genuine", "mismatch")


class AftersalesSerialCheck(models.Model):
    """What the public is told about a serial: no word about who or where."""

    _inherit = "aftersales.serial.check"

    def _prepare_public_answer(self):
        """The answer of the page and of the interface, as plain values.

        Unknown and void answer alike, to the byte: a thief does not learn whether a
        machine was reported.
        """
        self.ensure_one()
        answer = {
            "serial": self.typed_serial,
            "verdict": "unconfirmed",
            "model": "",
            "warranty_end": "",
            "in_warranty": False,
        }
        if self.verdict in TOLD:
            today = fields.Date.context_today(self)
            answer |= {
                "verdict": "genuine",
                # Name of a model, no secret.
                "model": self.sudo().product_id.name or "",
                "warranty_end": fields.Date.to_string(self.warranty_end) or "",
                "in_warranty": bool(self.warranty_end and self.warranty_end >= today),
            }
        elif self.verdict == "ambiguous":
            answer["verdict"] = "several"
        return {**answer, "message": self._get_public_words()[answer["verdict"]]}

    def _get_public_words(self):
        """What each public verdict says. May be extended."""
        return {
            "genuine": self.env._("Genuine: this machine was made by us."),
            "several": self.env._(
                "We made more than one model with this serial number. Please call us"
                " and tell us the model."
            ),
            "unconfirmed": self.env._(
                "We cannot confirm this serial number. Compare it with the nameplate."
                " If it is right, please call us: we repair this machine, too."
            ),
        }

from odoo import api, fields, models
from odoo.tools import SQL

# Verdicts of which the model and the end of warranty may be told to everybody.
TOLD = ("genuine", "mismatch")


class AftersalesSerialCheck(models.Model):
    """What the public is told about a serial: no word about who or where."""

    _inherit = "aftersales.serial.check"

    @api.model
    def _insert(self, vals):
        """Log one question of the public, in one short statement.

        The public asks as often as it likes: half the time of ``create`` goes to
        caches that no page of the public reads again. Nothing is computed or stored
        elsewhere when a check is logged.
        """
        row = {name: value for name, value in vals.items() if value is not None}
        # The limiter let this question pass; the public has no right on the log.
        checks = self.sudo()
        self.env.cr.execute(
            SQL(
                "INSERT INTO aftersales_serial_check (%s, create_date)"
                " VALUES (%s, now() AT TIME ZONE 'UTC')",
                SQL(", ").join(map(SQL.identifier, row)),
                SQL(", ").join(
                    SQL(
                        "%s",
                        checks._fields[name].convert_to_column_insert(value, checks),
                    )
                    for name, value in row.items()
                ),
            )
        )

    @api.model
    def _prepare_public_answer(self, vals):
        """The answer of the page and of the interface, as plain values.

        :param vals: the row of the log

        Unknown and void answer alike, to the byte: a thief does not learn whether a
        machine was reported.
        """
        answer = {
            "serial": vals["typed_serial"],
            "verdict": "unconfirmed",
            "model": "",
            "warranty_end": "",
            "in_warranty": False,
        }
        if vals["verdict"] in TOLD:
            end = vals["warranty_end"]
            # The day of the company: the public's own is not known.
            today = self.env.company._get_today()
            product = self.env["product.product"].browse(vals["product_id"])
            answer |= {
                "verdict": "genuine",
                # Name of a model, no secret.
                "model": product._get_model_name(),
                "warranty_end": fields.Date.to_string(end) or "",
                "in_warranty": bool(end and end >= today),
            }
        elif vals["verdict"] == "ambiguous":
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

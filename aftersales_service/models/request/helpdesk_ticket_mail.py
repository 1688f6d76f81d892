from odoo import api, models
from odoo.tools import html2plaintext

from ...tools import clue as clue_rule

# Longest letter that is looked at, in characters; a letter may be hostile.
MAX_TEXT = 5000


class HelpdeskTicket(models.Model):
    """A letter becomes the same request as a call: who, which machine, what."""

    _inherit = "helpdesk.ticket"

    @api.model
    def message_new(self, msg_dict, custom_values=None):
        values = {**self._prepare_letter_vals(msg_dict), **(custom_values or {})}
        return super().message_new(msg_dict, values)

    @api.model
    def _prepare_letter_vals(self, msg_dict):
        """Channel, fault in the writer's words, the machine he names, and the type.

        A letter that names one of our machines asks for a repair until the office says
        otherwise; one that names none keeps its subject and waits for a person.
        """
        subject = (msg_dict.get("subject") or "").strip()
        body = html2plaintext(msg_dict.get("body") or "").strip()
        text = "\n".join(filter(None, (subject, body)))[:MAX_TEXT]
        vals = {
            "channel_id": self.env["ir.model.data"]._xmlid_to_res_id(
                "helpdesk_mgmt.helpdesk_ticket_channel_email"
            ),
        }
        if serial := self._find_serial_in(text):
            vals |= {
                "serial_typed": serial,
                "fault_text": text,
                "request_type_id": self.env.ref(
                    "aftersales_service.request_type_repair"
                ).id,
            }
        return vals

    @api.model
    def _find_serial_in(self, text):
        """The one serial of ours that a text names, else nothing.

        Which machine it is and whose is asked, and logged, when the request is made.
        """
        keys = clue_rule.find_serials(text)
        # Whether such a serial exists, nothing about it; the mail server has no border.
        units = (
            self.env["stock.lot"]
            .sudo()
            .search_fetch([("serial_key", "in", list(keys))], ["serial_key"], limit=2)
        )
        found = set(units.mapped("serial_key"))
        return found.pop() if len(found) == 1 else False

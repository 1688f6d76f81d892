from odoo import fields, models
from odoo.exceptions import UserError

BATCH = 100
"""Requests made in one transaction."""


class AftersalesServiceCampaignUnit(models.Model):
    """One machine of a campaign: told, planned, done."""

    _name = "aftersales.service.campaign.unit"
    _description = "Machine of a service campaign"
    _order = "campaign_id, id"
    _rec_name = "unit_id"

    campaign_id = fields.Many2one(
        "aftersales.service.campaign", required=True, index=True, ondelete="cascade"
    )
    unit_id = fields.Many2one(
        "stock.lot", string="Machine", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        related="campaign_id.company_id", store=True, index=True
    )
    territory_id = fields.Many2one(
        related="unit_id.territory_id", store=True, index=True
    )
    owner_id = fields.Many2one(related="unit_id.owner_id")
    product_id = fields.Many2one(related="unit_id.product_id", string="Model")
    ticket_id = fields.Many2one(
        "helpdesk.ticket", string="Request", readonly=True, index="btree_not_null"
    )
    station_id = fields.Many2one(related="ticket_id.station_id")
    letter_date = fields.Date(string="Letter", readonly=True)
    # Written by the work orders: a computed state would ask for each of them.
    state = fields.Selection(
        [("to_do", "To do"), ("planned", "Planned"), ("done", "Done")],
        default="to_do",
        required=True,
        readonly=True,
        index=True,
    )

    _unit_once = models.UniqueIndex(
        "(campaign_id, unit_id)", "This machine is in the campaign already."
    )

    def action_make_requests(self):
        """Make the requests of these machines, of the user's own territory."""
        self.check_access("write")
        if any(line.campaign_id.state != "running" for line in self):
            raise UserError(self.env._("The campaign is not running."))
        self.filtered(lambda line: line.state == "to_do")._make_requests()

    def action_print_letters(self):
        """Letters to the owners of these machines; the day is noted."""
        self.check_access("write")
        self.letter_date = self.env.company._get_today()
        report = self.env.ref("aftersales_service.action_report_campaign_letter")
        return report.report_action(self)

    def _make_requests(self):
        """One request for each machine, with the campaign's promise. In batch."""
        # The promise stands on the machine before its request is decided.
        self.sudo()._grant_coverages()
        tickets = self.env["helpdesk.ticket"].create(
            [line._prepare_request_vals() for line in self]
        )
        for line, ticket in zip(self, tickets, strict=True):
            line.write({"ticket_id": ticket.id, "state": "planned"})
        tickets.filtered("request_type_id.needs_warranty_decision")._decide_warranty()
        return tickets

    def _grant_coverages(self):
        """The maker pays for the campaign's work, once per machine and campaign."""
        Coverage = self.env["aftersales.warranty.coverage"]
        known = Coverage.search(
            [
                ("campaign_id", "in", self.campaign_id.ids),
                ("unit_id", "in", self.unit_id.ids),
            ]
        )
        pairs = {(row.campaign_id, row.unit_id) for row in known}
        Coverage.with_context(tracking_disable=True).create(
            [
                {
                    "kind": "campaign",
                    "campaign_id": line.campaign_id.id,
                    "unit_id": line.unit_id.id,
                    "company_id": line.company_id.id,
                    "component_id": line.campaign_id.component_id.id,
                    "reference": line.campaign_id.name,
                }
                for line in self
                if (line.campaign_id, line.unit_id) not in pairs
            ]
        )._grant()

    def _prepare_request_vals(self):
        """The request of one machine."""
        self.ensure_one()
        campaign, unit = self.campaign_id, self.unit_id
        return {
            "request_type_id": campaign.request_type_id.id,
            "unit_id": unit.id,
            "serial_typed": unit.name,
            "partner_id": unit.owner_id.id,
            "component_id": campaign.component_id.id,
            "fault_text": campaign.instruction or campaign.name,
            "company_id": self.company_id.id,
        }


class AftersalesWorkOrder(models.Model):
    """A job that is done has its machine done in the campaign."""

    _inherit = "aftersales.work.order"

    def _after_done(self):
        result = super()._after_done()
        self._get_campaign_lines().state = "done"
        return result

    def _return_to_station(self, reason):
        result = super()._return_to_station(reason)
        self._get_campaign_lines().state = "planned"
        return result

    def _get_campaign_lines(self):
        """The machines of campaigns these jobs are about."""
        # How far a campaign is follows from the job, whoever finishes it.
        Line = self.env["aftersales.service.campaign.unit"].sudo()
        return Line.search([("ticket_id", "in", self.ticket_id.ids)])


class AftersalesRun(models.Model):
    """Requests of a campaign, made by a run."""

    _inherit = "aftersales.run"

    kind = fields.Selection(
        selection_add=[("campaign_requests", "Requests of a campaign")],
        ondelete={"campaign_requests": "cascade"},
    )

    def _work_campaign_requests(self):
        """One batch; the machines left. Runs as the user who started it."""
        self.ensure_one()
        domain = [
            ("campaign_id", "=", self.params["campaign_id"]),
            ("campaign_id.state", "=", "running"),
            ("ticket_id", "=", False),
        ]
        Line = self.env["aftersales.service.campaign.unit"]
        Line.search(domain, limit=BATCH)._make_requests()
        return Line.search_count(domain)

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import SQL

from ...tools import serial as serial_rule


class AftersalesServiceCampaign(models.Model):
    """A recall or another action on all machines of a kind.

    Which machines are affected is found when it begins, and again whenever asked:
    machines are added, none is taken off. Each is asked about once.
    """

    _name = "aftersales.service.campaign"
    _description = "Service campaign"
    _inherit = ["mail.thread", "aftersales.state.mixin"]
    _order = "id desc"

    TRANSITIONS = {
        "draft": ("running", "closed"),
        "running": ("closed",),
        "closed": ("running",),
    }

    name = fields.Char(required=True, translate=True)
    kind = fields.Selection(
        [("recall", "Recall"), ("service", "Service action")],
        required=True,
        default="recall",
    )
    state = fields.Selection(
        [("draft", "Draft"), ("running", "Running"), ("closed", "Closed")],
        default="draft",
        required=True,
        readonly=True,
        copy=False,
        tracking=True,
    )
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company, index=True
    )
    # Which machines; an empty condition means any, at least one is given.
    product_ids = fields.Many2many("product.product", string="Models")
    serial_from = fields.Char(
        string="Serial from", help="Numbers as long as this one, in their order."
    )
    serial_to = fields.Char(string="Serial to")
    production_from = fields.Date(string="Produced from")
    production_to = fields.Date(string="Produced to")
    production_batch = fields.Char()
    # What is done.
    request_type_id = fields.Many2one(
        "aftersales.request.type",
        string="Work",
        required=True,
        default=lambda self: self.env.ref(
            "aftersales_service.request_type_repair", raise_if_not_found=False
        ),
    )
    component_id = fields.Many2one(
        "aftersales.fault.code",
        domain="[('kind', '=', 'component')]",
        help="What is looked at or replaced; the maker pays for work on it.",
    )
    instruction = fields.Text(
        translate=True, help="What the station does; it stands on the request."
    )
    letter = fields.Html(
        translate=True, sanitize=True, help="What the owner is told by letter."
    )
    deadline = fields.Date(help="All machines shall be done by this day.")
    line_ids = fields.One2many("aftersales.service.campaign.unit", "campaign_id")
    unit_count = fields.Integer(string="Affected", compute="_compute_counts")
    done_count = fields.Integer(string="Done", compute="_compute_counts")
    completion = fields.Float(
        compute="_compute_counts", help="Share of the affected machines, in percent."
    )

    @api.depends("line_ids.state")
    def _compute_counts(self):
        groups = self.env["aftersales.service.campaign.unit"]._read_group(
            [("campaign_id", "in", self.ids)], ["campaign_id", "state"], ["__count"]
        )
        for campaign in self:
            counts = {state: n for owner, state, n in groups if owner == campaign}
            campaign.unit_count = sum(counts.values())
            campaign.done_count = counts.get("done", 0)
            campaign.completion = (
                100.0 * campaign.done_count / campaign.unit_count
                if campaign.unit_count
                else 0.0
            )

    @api.constrains("serial_from", "serial_to")
    def _check_serial_range(self):
        for campaign in self:
            first, last = campaign._get_serial_keys()
            if bool(first) != bool(last) or len(first) != len(last) or first > last:
                raise ValidationError(
                    self.env._(
                        "Give the first and the last serial number of the range, both"
                        " of the same length."
                    )
                )

    def action_start(self):
        """Find the machines; from now on requests can be made."""
        self.check_access("write")
        self._update_state("running")
        self._find_units()

    def action_find_units(self):
        """Add machines that came to fit since."""
        self.check_access("write")
        self._find_units()

    def action_close(self):
        self.check_access("write")
        self._update_state("closed")

    def action_reopen(self):
        self.check_access("write")
        self._update_state("running")

    def action_open_units(self):
        """The affected machines this user may see."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "aftersales_service.service_campaign_unit_action"
        )
        return {**action, "domain": [("campaign_id", "=", self.id)]}

    def action_make_requests(self):
        """Make a request for every machine that has none, as a run."""
        self.ensure_one()
        self.check_access("write")
        if self.state != "running":
            raise UserError(self.env._("The campaign is not running."))
        waiting = self.env["aftersales.service.campaign.unit"].search_count(
            [("campaign_id", "=", self.id), ("state", "=", "to_do")]
        )
        run = self.env["aftersales.run"]._start(
            "campaign_requests",
            {"campaign_id": self.id},
            name=self.name,
            total_count=waiting,
        )
        return run._action_open()

    def _get_serial_keys(self):
        self.ensure_one()
        return (
            serial_rule.normalise(self.serial_from or ""),
            serial_rule.normalise(self.serial_to or ""),
        )

    def _get_unit_domain(self):
        """Machines this campaign is about.

        :raise UserError: no condition is given, so every machine would be
        """
        self.ensure_one()
        first, last = self._get_serial_keys()
        conditions = {
            ("product_id", "in", tuple(self.product_ids.ids)): self.product_ids,
            ("serial_key", ">=", first): first,
            ("serial_key", "<=", last): last,
            ("production_date", ">=", self.production_from): self.production_from,
            ("production_date", "<=", self.production_to): self.production_to,
            ("production_batch", "=", self.production_batch): self.production_batch,
        }
        leaves = [leaf for leaf, given in conditions.items() if given]
        if not leaves:
            raise UserError(self.env._("Say which machines the campaign is about."))
        company = Domain("company_id", "in", [False, self.company_id.id])
        return (
            Domain.AND(Domain(*leaf) for leaf in leaves)
            & company
            & Domain("void_reason", "=", False)
        )

    def _find_units(self):
        """Add all affected machines in one statement; those known stay."""
        for campaign in self:
            # Headquarters may change the campaign; it is about every region.
            units = self.env["stock.lot"].sudo()._search(campaign._get_unit_domain())
            first, _last = campaign._get_serial_keys()
            self.env.flush_all()
            self.env.cr.execute(
                SQL(
                    """
                    INSERT INTO aftersales_service_campaign_unit
                           (campaign_id, unit_id, company_id, territory_id, state,
                            create_uid, create_date, write_uid, write_date)
                    SELECT %(campaign)s, unit.id, %(company)s, unit.territory_id,
                           'to_do', %(uid)s, now() AT TIME ZONE 'UTC', %(uid)s,
                           now() AT TIME ZONE 'UTC'
                      FROM stock_lot unit
                     WHERE unit.id IN %(units)s
                       AND (%(length)s = 0 OR length(unit.serial_key) = %(length)s)
                    ON CONFLICT (campaign_id, unit_id) DO NOTHING
                    """,
                    campaign=campaign.id,
                    company=campaign.company_id.id,
                    uid=self.env.uid,
                    units=units.subselect(),
                    length=len(first),
                )
            )
        self.env.invalidate_all()

from collections import defaultdict
from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import format_date

#: Names in one line; what is more is left out.
SHOWN = 3
#: Days in which a dealer's sales are counted.
RECENT_DAYS = 90


class AftersalesFollowup(models.Model):
    """What to know of a customer before he is greeted or visited."""

    _inherit = "aftersales.followup"

    briefing = fields.Text(
        compute="_compute_briefing",
        string="To know before",
        help="Machines, sales, open requests, the last job and the last answer of the"
        " customer and of everybody in his firm.",
    )

    @api.depends("partner_id", "event_key")
    @api.depends_context("uid", "lang")
    def _compute_briefing(self):
        self.briefing = False
        occasions = self._origin.filtered("event_key")._filtered_access("read")
        if self.env.user._is_customer_bound():
            # The rules showed him these follow-ups: the customers are his own.
            lines = occasions.sudo()._prepare_briefings()
        else:
            lines = occasions._prepare_briefings()
        for followup in self:
            firm = followup.partner_id.sudo().commercial_partner_id
            if followup._origin in occasions:
                followup.briefing = "\n".join(lines[firm.id])

    def _prepare_briefings(self):
        """What the reader of these follow-ups may know, by firm.

        May be extended.

        :return: {id of the commercial partner: [text]}
        """
        # Bare ids; who has no right to a firm's records finds none of them below.
        firms = self.partner_id.sudo().commercial_partner_id
        companies = Domain("company_id", "in", [False, *self.env.companies.ids])
        lines = defaultdict(list)
        for model, path, prepare in (
            ("stock.lot", "owner_id", self._prepare_machine_lines),
            ("stock.lot", "selling_partner_id", self._prepare_sale_lines),
            ("helpdesk.ticket", "partner_id", self._prepare_open_lines),
            ("aftersales.work.order", "partner_id", self._prepare_job_lines),
            ("aftersales.followup", "partner_id", self._prepare_answer_lines),
        ):
            if not self.env[model].has_access("read"):
                continue
            group = f"{path}.commercial_partner_id"
            for firm, line in prepare(
                companies & Domain(group, "in", firms.ids), group
            ):
                lines[firm.id].append(line)
        return lines

    def _prepare_machine_lines(self, domain, group):
        models_of = defaultdict(list)
        for firm, product, count in self.env["stock.lot"]._read_group(
            domain, [group, "product_id"], ["__count"], order="__count desc"
        ):
            # The machines were found by the reader; a model's name is no secret.
            models_of[firm].append(f"{product.sudo().display_name} × {count}")
        for firm, found in models_of.items():
            yield firm, self.env._("Machines: %s", _join(found))

    def _prepare_sale_lines(self, domain, group):
        since = self.env.company._get_today() - timedelta(days=RECENT_DAYS)
        recent = domain & Domain("sale_date", ">=", since)
        for firm, count in self.env["stock.lot"]._read_group(
            recent, [group], ["__count"]
        ):
            yield (
                firm,
                self.env._(
                    "Sold in the last %(days)s days: %(count)s",
                    days=RECENT_DAYS,
                    count=count,
                ),
            )

    def _prepare_open_lines(self, domain, group):
        is_open = domain & Domain("stage_id.closed", "=", False)
        for firm, tickets in self.env["helpdesk.ticket"]._read_group(
            is_open, [group], ["id:recordset"]
        ):
            found = [f"{ticket.number} ({ticket.stage_id.name})" for ticket in tickets]
            yield firm, self.env._("Open requests: %s", _join(found))

    def _prepare_job_lines(self, domain, group):
        done = Domain("state", "=", "done")
        orders = self.env["aftersales.work.order"]
        for firm, order in _find_last(orders, domain & done, group):
            codes = order.component_id | order.remedy_id
            what = " · ".join(codes.mapped("name")) or order.name
            text = f"{_done_day(order)} {what}"
            yield firm, self.env._("Last job: %s", text)

    def _prepare_answer_lines(self, domain, group):
        answered = Domain("satisfaction", ">", 0)
        for firm, followup in _find_last(self, domain & answered, group):
            yield (
                firm,
                self.env._(
                    "Last answer: %(points)s of 5 on %(day)s. %(words)s",
                    points=followup.satisfaction,
                    day=_done_day(followup),
                    words=followup.comment or "",
                ).strip(),
            )


def _find_last(model, domain, group):
    """Pairs of a firm and its record that was done last."""
    moments = model._read_group(
        domain & Domain("done_at", "!=", False), [group], ["done_at:max"]
    )
    at = Domain.OR(
        Domain(group, "=", firm.id) & Domain("done_at", "=", moment)
        for firm, moment in moments
    )
    found = model._read_group(domain & at, [group], ["id:max"])
    return [(firm, model.browse(number)) for firm, number in found]


def _join(names):
    more = ["…"] if len(names) > SHOWN else []
    return ", ".join([*names[:SHOWN], *more])


def _done_day(record):
    return format_date(record.env, record.company_id._get_day(record.done_at))

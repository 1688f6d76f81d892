from dataclasses import replace
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain

from ...tools import dictionary
from .aftersales_work_order import CODE_KINDS

CLASSIFIERS = (
    "aftersales_service.group_aftersales_headquarters",
    "aftersales_service.group_aftersales_quality",
)


class AftersalesWorkOrder(models.Model):
    """The report's fault codes: which may be chosen, and what becomes of "other"."""

    _inherit = "aftersales.work.order"

    classify_by = fields.Date(
        readonly=True,
        copy=False,
        index="btree_not_null",
        groups="base.group_user",
        help="The report chose “other”; until this day somebody says what it was.",
    )
    classified_at = fields.Datetime(readonly=True, copy=False, groups="base.group_user")
    # What the lines of labour may choose from, for the web client.
    operation_choice_ids = fields.Many2many(
        "aftersales.operation",
        compute="_compute_operation_choice_ids",
        groups="base.group_user",
    )
    can_classify = fields.Boolean(
        compute="_compute_can_classify", groups="base.group_user"
    )

    @api.depends("product_id", "company_id")
    def _compute_operation_choice_ids(self):
        for order in self:
            order.operation_choice_ids = order._get_operation_choices()

    @api.depends("classify_by", "classified_at", "state")
    @api.depends_context("uid")
    def _compute_can_classify(self):
        for order in self:
            order.can_classify = order._can_classify()

    # Choosing

    def _get_code_choices(self):
        """Kind → fault codes that may be chosen now, and those chosen before."""
        self.ensure_one()
        codes = self.env["aftersales.fault.code"].search(
            Domain("company_id", "in", [False, self.company_id.id])
        )
        choices = codes.grouped("kind")
        return {
            kind: choices.get(kind, codes.browse()) | self[f"{kind}_id"]
            for kind in CODE_KINDS
        }

    def _prepare_code_facts(self):
        """Kind → chosen code, for ``tools.dictionary``."""
        self.ensure_one()
        return {
            kind: code._prepare_code_facts()
            for kind in CODE_KINDS
            if (code := self[f"{kind}_id"])
        }

    def _prepare_report_facts(self):
        return [
            replace(facts, codes=order._prepare_code_facts())
            for order, facts in zip(self, super()._prepare_report_facts(), strict=True)
        ]

    def _get_report_sentence(self, finding):
        if finding.code == "unfit":
            return self._get_unfit_sentence(finding.field.removesuffix("_id"))
        return super()._get_report_sentence(finding)

    def _get_unfit_sentence(self, kind):
        """A code of ``kind`` that does not go with the one chosen before it."""
        return {
            "symptom": self.env._("This symptom does not go with the component."),
            "cause": self.env._("This cause does not go with the symptom."),
            "remedy": self.env._("This remedy does not go with the cause."),
        }[kind]

    # Classifying "other"

    def _after_done(self):
        result = super()._after_done()
        self._ask_to_classify()
        return result

    def _ask_to_classify(self):
        """Reports that chose "other" get a day and a task; in batch."""
        # The task follows from the report, whoever made it done.
        orders = self.sudo()._unguarded()
        vague = orders.filtered(lambda order: order._get_vague_kinds())
        (orders - vague).filtered("classify_by").classify_by = False
        # Also what was classified, sent back, and is "other" once more.
        asked = vague.filtered(
            lambda order: not order.classify_by or order.classified_at
        )
        for day, found in asked.grouped(lambda order: order._get_local_today()).items():
            found.write(
                {
                    "classify_by": day + timedelta(days=dictionary.DAYS_TO_CLASSIFY),
                    "classified_at": False,
                }
            )
        for company, found in asked._guarded_again().grouped("company_id").items():
            if user := company._get_classifier():
                found.activity_schedule(
                    "aftersales_service.mail_activity_type_classify",
                    date_deadline=found[:1].classify_by,
                    user_id=user.id,
                )

    def _get_vague_kinds(self):
        """Kinds for which the report chose "other"."""
        self.ensure_one()
        return [kind for kind in CODE_KINDS if self[f"{kind}_id"].is_other]

    def _can_classify(self):
        """Whether the present user may say now what "other" was."""
        self.ensure_one()
        user = self.env.user
        is_open = self.classify_by and not self.classified_at and self.state == "done"
        return bool(is_open) and any(user.has_group(group) for group in CLASSIFIERS)

    def _check_can_classify(self):
        self.check_access("read")
        for order in self:
            if not any(self.env.user.has_group(group) for group in CLASSIFIERS):
                raise AccessError(
                    self.env._("Headquarters or quality classify a report.")
                )
            if not order._can_classify():
                raise UserError(
                    self.env._(
                        "%(order)s does not wait to be classified.",
                        order=order.display_name,
                    )
                )

    def action_classify(self):
        self._check_can_classify()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("What was it?"),
            "res_model": "aftersales.report.classify",
            "view_mode": "form",
            "target": "new",
            "context": {"default_work_order_id": self.id},
        }

    def _classify(self, codes):
        """Write what "other" was; nothing that was decided or paid is touched.

        Callers have checked ``_check_can_classify`` and hold sudo.

        :param codes: kind → fault code, of the kinds that said "other"
        """
        self.ensure_one()
        if set(codes) - set(self._get_vague_kinds()):
            raise UserError(self.env._("Only “other” can be replaced by a code."))
        before = {kind: self[f"{kind}_id"] for kind in codes}
        self._unguarded().write(
            {
                **{f"{kind}_id": code.id for kind, code in codes.items()},
                "classified_at": fields.Datetime.now(),
            }
        )
        if not all(codes.values()) or self._get_vague_kinds():
            raise UserError(self.env._("Choose a code that says what it was."))
        for kind in dictionary.misfits(self._prepare_code_facts()):
            raise UserError(self._get_unfit_sentence(kind))
        for kind, code in codes.items():
            self._message_log(
                body=self.env._(
                    "Classified: %(before)s → %(after)s",
                    before=before[kind].display_name,
                    after=code.display_name,
                )
            )
        self.activity_feedback(["aftersales_service.mail_activity_type_classify"])

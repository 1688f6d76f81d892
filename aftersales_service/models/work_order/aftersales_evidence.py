from dataclasses import replace

from odoo import api, fields, models


class AftersalesEvidence(models.Model):
    """A photo that every report of a request type must have, by what it shows."""

    _name = "aftersales.evidence"
    _description = "Photo a report must have"
    _order = "request_type_id, sequence, id"

    request_type_id = fields.Many2one(
        "aftersales.request.type", required=True, index=True, ondelete="cascade"
    )
    sequence = fields.Integer(default=10)
    name = fields.Char(
        string="Photo of", required=True, translate=True, help="E.g. the nameplate."
    )
    company_id = fields.Many2one(related="request_type_id.company_id", store=True)


class AftersalesRequestType(models.Model):
    """The type says which photos a report of it must have."""

    _inherit = "aftersales.request.type"

    photo_ids = fields.One2many(
        "aftersales.evidence",
        "request_type_id",
        string="Photos of",
        help="Each of these photos is asked for by name.",
    )


class IrAttachment(models.Model):
    """A photo of a report says what it shows."""

    _inherit = "ir.attachment"

    evidence_id = fields.Many2one(
        "aftersales.evidence",
        string="Shows",
        index="btree_not_null",
        ondelete="set null",
        groups="base.group_user",
    )


class AftersalesWorkOrder(models.Model):
    """What the station has to bring back, told before it goes."""

    _inherit = "aftersales.work.order"

    # For the web client: the pictures of the report, to say what each shows.
    photo_tag_ids = fields.One2many(
        "ir.attachment",
        "res_id",
        string="What the photos show",
        domain=[("res_model", "=", "aftersales.work.order")],
        groups="base.group_user",
    )
    has_named_photos = fields.Boolean(
        compute="_compute_has_named_photos", groups="base.group_user"
    )

    @api.depends("request_type_id")
    def _compute_has_named_photos(self):
        for order in self:
            order.has_named_photos = bool(order.request_type_id.photo_ids)

    def _get_evidence_list(self):
        """What the report of this job must have, as short lines. May be extended."""
        self.ensure_one()
        kind = self.request_type_id
        wanted = [
            (kind.requires_codes, self.env._("Component, symptom, cause and remedy")),
            (
                kind.requires_reading and self.unit_id,
                self.env._("Reading of the meter"),
            ),
            *(
                (True, self.env._("Photo: %(what)s", what=photo.name))
                for photo in kind.photo_ids
            ),
            (
                kind.requires_photo and not kind.photo_ids,
                self.env._("At least one photo"),
            ),
            (kind.requires_signature, self.env._("The customer's signature")),
        ]
        return [text for is_wanted, text in wanted if is_wanted]

    def _prepare_report_facts(self):
        # Only what the pictures of a report show; the caller may see the report.
        photos = {order.id: order.sudo().photo_ids for order in self}
        return [
            replace(
                facts,
                photos_wanted=tuple(order.request_type_id.photo_ids.ids),
                photos_there=frozenset(photos[order.id].evidence_id.ids),
            )
            for order, facts in zip(self, super()._prepare_report_facts(), strict=True)
        ]

    def _get_report_sentence(self, finding):
        if finding.code == "photo_missing":
            photo = self.env["aftersales.evidence"].browse(int(finding.key))
            return self.env._("Add the photo: %(what)s.", what=photo.name)
        return super()._get_report_sentence(finding)

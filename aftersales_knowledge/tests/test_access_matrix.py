from odoo.tests import tagged

from odoo.addons.aftersales_service.tests.access_matrix import (
    SERVICE_ROLES,
    AccessMatrixMixin,
)

from .common import KnowledgeCase

READERS = ("agent", "office", "headquarters", "administrator", "quality", "department")

GUIDE_READERS = READERS[:-1]
GUIDE_PART = {
    **dict.fromkeys(GUIDE_READERS, "r"),
    **dict.fromkeys(("editor", "approver"), "rwcd"),
}
GUIDE = (
    "aftersales.diagnosis",
    "aftersales.diagnosis.question",
    "aftersales.diagnosis.answer",
)


@tagged("post_install", "-at_install")
class TestKnowledgeAccessMatrix(AccessMatrixMixin, KnowledgeCase):
    """Role × model × operation of aftersales_knowledge."""

    MODULE = "aftersales_knowledge"
    ROLES = {
        **SERVICE_ROLES,
        "editor": "aftersales_knowledge.group_knowledge_editor",
        "approver": "aftersales_knowledge.group_knowledge_approver",
    }
    MATRIX = {
        "aftersales.article": {
            **dict.fromkeys(READERS, "r"),
            "editor": "rwc",
            "approver": "rwcd",
        },
        "aftersales.article.proof": dict.fromkeys(
            (
                *("office", "headquarters", "administrator", "quality"),
                *("editor", "approver"),
            ),
            "r",
        ),
        "aftersales.bulletin": {
            **dict.fromkeys(READERS, "r"),
            "editor": "rwc",
            "approver": "rwcd",
        },
        "aftersales.bulletin.reader": dict.fromkeys(
            (*READERS, "editor", "approver"), "r"
        ),
        "aftersales.diagnosis": {
            **dict.fromkeys(GUIDE_READERS, "r"),
            "editor": "rwc",
            "approver": "rwcd",
        },
        "aftersales.diagnosis.question": GUIDE_PART,
        "aftersales.diagnosis.answer": GUIDE_PART,
        "aftersales.diagnosis.walk": dict.fromkeys(
            (*GUIDE_READERS, "editor", "approver"), "rwcd"
        ),
        "aftersales.article.contribution": dict.fromkeys(
            (*READERS, "editor", "approver"), "rwcd"
        ),
    }
    NO_BORDER = {
        **dict.fromkeys(GUIDE, "what one asks about a fault is the same everywhere"),
        "aftersales.article": "a fault and its remedy are the same in every region",
        "aftersales.bulletin": "headquarters' news; its readers have a border",
    }

from odoo.tests import tagged

from odoo.addons.aftersales_service.tests.access_matrix import (
    SERVICE_ROLES,
    AccessMatrixMixin,
)

from .common import KnowledgeCase

READERS = ("agent", "office", "headquarters", "administrator", "quality", "department")


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
        "aftersales.article.contribution": dict.fromkeys(
            (*READERS, "editor", "approver"), "rwcd"
        ),
    }
    NO_BORDER = {
        "aftersales.article": "a fault and its remedy are the same in every region",
        "aftersales.bulletin": "headquarters' news; its readers have a border",
    }

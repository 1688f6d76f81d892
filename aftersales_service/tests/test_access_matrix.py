from datetime import timedelta
from itertools import pairwise

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged

from .access_matrix import AccessMatrixMixin
from .common import AftersalesCase

# Master data that headquarters keeps and every office reads alike.
MASTER = "headquarters' master data, the same for every office"

ALL = "rwcd"
READ_BY_DESK = {"agent": "r", "office": "r"}
KEPT_BY_HEADQUARTERS = {**READ_BY_DESK, "headquarters": ALL, "administrator": ALL}
SYSTEM_LOG = {
    **READ_BY_DESK,
    "headquarters": "r",
    "administrator": "r",
    "quality": "r",
}
OFFICE_LOG = {role: right for role, right in SYSTEM_LOG.items() if role != "agent"}
DICTIONARY = {
    **dict.fromkeys(("agent", "office", "quality", "employee"), "r"),
    **dict.fromkeys(("account_manager", "department", "interface"), "r"),
    "headquarters": "rwc",
    "administrator": "rwc",
}
REPORT_LINE = {
    # Only an own team's technician, see work_order_rule_own_team.
    "agent": ALL,
    "office": ALL,
    "headquarters": ALL,
    "administrator": ALL,
    "quality": "r",
}
# Dialogs hold nothing; what they do is checked by the records they do it to.
DIALOG = dict.fromkeys(("agent", "office", "headquarters", "administrator"), ALL)
OFFICE_DIALOG = dict.fromkeys(("office", "headquarters", "administrator"), ALL)
STATION_DATA = {
    "agent": "r",
    "office": ALL,
    "headquarters": ALL,
    "administrator": ALL,
}


@tagged("post_install", "-at_install")
class TestRoles(AftersalesCase):
    """Roles as the user form offers them."""

    def _group(self, role):
        return self.env.ref(f"aftersales_service.group_aftersales_{role}")

    def test_a_privilege_offers_roles_of_which_the_higher_holds_the_lower(self):
        table = {
            "aftersales": ("agent", "office", "headquarters", "administrator"),
            "quality": ("quality",),
            "account_manager": ("account_manager",),
            "department": ("department",),
            "interface": ("interface",),
        }
        for name, roles in table.items():
            privilege = self.env.ref(f"aftersales_service.privilege_{name}")
            groups = [self._group(role) for role in roles]
            with self.subTest(privilege=name):
                self.assertEqual(set(privilege.group_ids), set(groups))
                for lower, higher in pairwise(groups):
                    self.assertIn(lower, higher.all_implied_ids)
                    self.assertNotIn(higher, lower.all_implied_ids)

    def test_keys_of_an_interface_live_up_to_five_years(self):
        def check(user, days):
            keys = self.env["res.users.apikeys"].with_user(user)
            keys._check_expiration_date(fields.Datetime.now() + timedelta(days=days))

        interface = self.make_user("interface")
        check(interface, 5 * 365 - 1)
        with self.assertRaises(UserError):
            check(interface, 5 * 365 + 2)
        with self.assertRaises(UserError):
            check(self.agent_north, 5 * 365 - 1)


@tagged("post_install", "-at_install")
class TestAccessMatrix(AccessMatrixMixin, AftersalesCase):
    """Role × model × operation of aftersales_service."""

    MODULE = "aftersales_service"
    MATRIX = {
        "aftersales.territory": {**DICTIONARY, "administrator": ALL},
        "aftersales.territory.area": KEPT_BY_HEADQUARTERS,
        "aftersales.run": {
            "office": "rwc",
            "headquarters": "rwc",
            "administrator": ALL,
        },
        "aftersales.fault.code": DICTIONARY,
        "aftersales.operation": DICTIONARY,
        "aftersales.request.type": {**DICTIONARY, "administrator": ALL},
        "aftersales.request.step": {
            **DICTIONARY,
            "headquarters": ALL,
            "administrator": ALL,
        },
        "aftersales.request.mark": SYSTEM_LOG,
        "aftersales.request.refusal": {**DIALOG, "quality": ALL, "department": ALL},
        "aftersales.service.level": KEPT_BY_HEADQUARTERS,
        "aftersales.dispatch.policy": KEPT_BY_HEADQUARTERS,
        "aftersales.followup.rule": {**KEPT_BY_HEADQUARTERS, "account_manager": "r"},
        "aftersales.care.gift": {
            **dict.fromkeys(("agent", "account_manager"), "r"),
            "office": "rwc",
            "headquarters": ALL,
            "administrator": ALL,
        },
        "aftersales.export.log": {"administrator": "r"},
        "aftersales.journal": {"administrator": "r"},
        "aftersales.training": {
            "agent": "r",
            "office": "rwc",
            "headquarters": ALL,
            "administrator": ALL,
        },
        "aftersales.training.attendee": STATION_DATA,
        "aftersales.warranty.policy": {**KEPT_BY_HEADQUARTERS, "quality": "r"},
        "aftersales.warranty.tryout": {
            "office": "r",
            "headquarters": "r",
            "administrator": "r",
        },
        "aftersales.dealer.movement": {
            "agent": "r",
            "office": "rw",
            "headquarters": "rw",
            "administrator": "rw",
            "quality": "r",
        },
        "aftersales.service.campaign": {**KEPT_BY_HEADQUARTERS, "quality": "r"},
        "aftersales.service.campaign.unit": {
            "agent": "r",
            "office": "rw",
            "headquarters": "rwd",
            "administrator": "rwd",
            "quality": "r",
        },
        "aftersales.warranty.coverage": {
            "agent": "r",
            "office": ALL,
            "headquarters": ALL,
            "administrator": ALL,
            "quality": "r",
        },
        "aftersales.warranty.policy.line": {**KEPT_BY_HEADQUARTERS, "quality": "r"},
        "aftersales.work.order.visit": {
            **dict.fromkeys(("agent", "office", "headquarters", "administrator"), "rw"),
            "quality": "r",
        },
        "aftersales.evidence": {
            **DICTIONARY,
            **dict.fromkeys(("headquarters", "administrator"), ALL),
        },
        "aftersales.part.return": {
            **READ_BY_DESK,
            **dict.fromkeys(("headquarters", "administrator", "quality"), "rw"),
        },
        "aftersales.report.classify": dict.fromkeys(
            ("headquarters", "administrator", "quality"), ALL
        ),
        "aftersales.dispatch.wizard": OFFICE_DIALOG,
        "aftersales.parts.borrow": OFFICE_DIALOG,
        "aftersales.parts.borrow.line": OFFICE_DIALOG,
        "aftersales.dispatch.wizard.line": OFFICE_DIALOG,
        "aftersales.station.coverage": STATION_DATA,
        "aftersales.station.skill": STATION_DATA,
        "aftersales.station.slot": {
            **READ_BY_DESK,
            "headquarters": "r",
            "administrator": "r",
        },
        "aftersales.serial.format": {**KEPT_BY_HEADQUARTERS, "quality": "r"},
        "aftersales.deadline.alert": SYSTEM_LOG,
        "aftersales.request.monitor": OFFICE_LOG,
        **dict.fromkeys(
            [
                "aftersales.request.figures",
                "aftersales.work.order.figures",
                "aftersales.quality.figures",
                "aftersales.part.figures",
                "aftersales.dealer.figures",
                "aftersales.followup.figures",
                "aftersales.quotation.price",
                "aftersales.timeline",
            ],
            SYSTEM_LOG,
        ),
        "aftersales.duty.figures": OFFICE_LOG,
        "aftersales.quality.signal": OFFICE_LOG,
        "aftersales.life.study": {**OFFICE_DIALOG, "quality": ALL},
        "aftersales.life.study.line": {**OFFICE_DIALOG, "quality": ALL},
        "aftersales.serial.check": SYSTEM_LOG,
        "aftersales.counterfeit.case": {
            **dict.fromkeys(("agent", "quality"), "r"),
            **dict.fromkeys(("office", "headquarters", "administrator"), "rw"),
        },
        "aftersales.warranty.decision": SYSTEM_LOG,
        "aftersales.unit.period": SYSTEM_LOG,
        "aftersales.unit.registration": {
            **dict.fromkeys(("agent", "quality"), "r"),
            **dict.fromkeys(("office", "headquarters", "administrator"), "rw"),
        },
        "aftersales.unit.transfer": DIALOG,
        "aftersales.unit.reading": {
            "agent": "rwc",
            "office": "rwc",
            "headquarters": ALL,
            "administrator": ALL,
            "quality": "r",
        },
        "aftersales.work.order.reason": dict.fromkeys(
            ("agent", "office", "headquarters", "administrator"), "rwc"
        ),
        "aftersales.work.order": {
            "agent": "rw",
            "office": "rwc",
            "headquarters": "rwc",
            "administrator": "rwc",
            "quality": "r",
            "portal": "r",
        },
        "aftersales.work.order.operation": REPORT_LINE,
        "aftersales.work.order.part": REPORT_LINE,
        "aftersales.work.order.charge": REPORT_LINE,
        "aftersales.followup.outcome": {**DIALOG, "account_manager": ALL},
        "aftersales.serial.check.wizard": {**DIALOG, "quality": ALL},
        "aftersales.unit.import.wizard": OFFICE_DIALOG,
        "aftersales.intake.script": KEPT_BY_HEADQUARTERS,
        "aftersales.intake": DIALOG,
        "aftersales.customer.class": {
            **DICTIONARY,
            **dict.fromkeys(("headquarters", "administrator"), ALL),
        },
        "aftersales.loyalty.class": {
            **DICTIONARY,
            **dict.fromkeys(("headquarters", "administrator"), ALL),
        },
        "aftersales.interaction.kind": {**KEPT_BY_HEADQUARTERS, "quality": "r"},
        "aftersales.interaction": {
            **dict.fromkeys(("agent", "office"), "rwc"),
            **dict.fromkeys(("headquarters", "administrator"), ALL),
            "quality": "r",
        },
        "aftersales.followup": {
            **dict.fromkeys(("agent", "account_manager"), "rw"),
            "office": "rw",
            "headquarters": "rwc",
            "administrator": "rwc",
            "quality": "r",
        },
    }
    NO_BORDER = {
        "aftersales.service.campaign": MASTER,
        "aftersales.territory": "the map itself; offices name each other's regions",
        "aftersales.territory.area": "the map itself",
        "aftersales.fault.code": MASTER,
        "aftersales.operation": MASTER,
        "aftersales.evidence": MASTER,
        "aftersales.request.type": MASTER,
        "aftersales.request.step": MASTER,
        "aftersales.service.level": MASTER,
        "aftersales.dispatch.policy": MASTER,
        "aftersales.followup.rule": MASTER,
        "aftersales.warranty.policy": MASTER,
        "aftersales.warranty.policy.line": MASTER,
        "aftersales.serial.format": MASTER,
        "aftersales.customer.class": MASTER,
        "aftersales.intake.script": MASTER,
        "aftersales.loyalty.class": MASTER,
        "aftersales.interaction.kind": MASTER,
        "aftersales.export.log": "administrators alone, who work everywhere",
        "aftersales.journal": "administrators alone, who work everywhere",
    }

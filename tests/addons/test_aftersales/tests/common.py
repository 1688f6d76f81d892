from datetime import timedelta

from odoo import fields
from odoo.fields import Command

from odoo.addons.aftersales_service.tests.portal_common import PortalCase
from odoo.addons.aftersales_settlement.tests.common import SettlementCase


class StoryCase(SettlementCase, PortalCase):
    """What people do in a story, each with his own rights: portal, desk, telephone."""

    @classmethod
    def _promise_twelve_months(cls, unit):
        """A policy for all engines; the machine was sold two months ago."""
        cls.sold_on = fields.Date.today() - timedelta(days=60)
        unit.write(
            {"sale_date": cls.sold_on, "shipping_date": cls.sold_on - timedelta(30)}
        )
        cls.env["aftersales.warranty.policy"].create(
            {
                "name": "Engines",
                "product_categ_ids": [Command.set(cls.categ.ids)],
                "line_ids": [
                    Command.create({"name": "Whole machine", "months": 12}),
                ],
            }
        )

    def station_posts(self, user, order, step, **data):
        """The station's user presses a button of the job's page."""
        self.login(user)
        response = self.post(f"/my/jobs/{order.id}/{step}", data)
        self.assertEqual(response.status_code, 303, response.text[:400])
        order.invalidate_recordset()

    def station_hands_in(self, user, order, **found):
        """The station's user fills in the form of the report and submits it."""
        self.station_posts(
            user,
            order,
            "report",
            component_id=str(self.component.id),
            symptom_id=str(self.symptom.id),
            cause_id=str(self.cause.id),
            remedy_id=str(self.remedy.id),
            operation_id=str(self.operation.id),
            **{"part-n1-product": "T-PUMP", "part-n1-quantity": "1"},
            **{
                "reading_value": "120",
                "travel_km": "40",
                "labor_hours": "2.5",
                "started_on": order._get_local_today().isoformat(),
                "work_text": "Pump replaced",
                "action": "submit",
                **found,
            },
        )
        self.assertEqual(order.state, "done")

    def agent_asks_the_customer(self, agent, followup):
        """The agent calls back and records the best answers."""
        followup = followup.with_user(agent)
        followup.answers = self.get_best_answers(followup)
        followup.action_answer()
        self.assertEqual((followup.state, followup.satisfaction), ("done", 5))

    def get_best_answers(self, followup):
        """Answers of a customer who is happy with everything."""
        answers = {}
        # The questionnaire as the test knows it; the agent sees it through the form.
        for question in followup.sudo().survey_id.question_ids:
            if question.question_type == "simple_choice":
                choices = question.suggested_answer_ids.sorted("followup_value")
                is_good_high = question.followup_measure != "is_charged_extra"
                best = choices[-1:] if is_good_high else choices[:1]
                answers[str(question.id)] = best.id
            elif question.question_type == "scale":
                answers[str(question.id)] = 5
        return answers

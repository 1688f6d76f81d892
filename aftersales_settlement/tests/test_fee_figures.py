from odoo.tests import tagged

from .common import SettlementCase


@tagged("post_install", "-at_install")
class TestFeeFigures(SettlementCase):
    """What stations are paid adds up to their sheets, in the company's currency."""

    def _sum(self, sheet, groupby=()):
        self.env.flush_all()
        figures = self.env["aftersales.fee.figures"].with_user(self.auditor)
        domain = [("settlement_id", "=", sheet.id)]
        measures = ["amount:sum", "line_count:sum"]
        return figures._read_group(domain, list(groupby), measures)

    def test_figures_are_the_sheets_total(self):
        sheet = self.make_sheet(self.make_done_order(), self.make_done_order())
        [(amount, count)] = self._sum(sheet)
        self.assertEqual((amount, count), (sheet.amount_total, 6))
        kinds = {kind: amount for kind, amount, _count in self._sum(sheet, ["kind"])}
        self.assertEqual(kinds, {"claim": sheet.amount_total})
        models = self._sum(sheet, ["product_id"])
        self.assertEqual([model for model, *_figures in models], [self.engine])

    def test_another_currency_counts_what_it_is_worth(self):
        euro = self.env.ref("base.EUR")
        euro.active = True
        self.env["res.currency.rate"].search(
            [("currency_id", "in", (euro | self.company.currency_id).ids)]
        ).unlink()
        self.env["res.currency.rate"].create(
            {"currency_id": euro.id, "rate": 0.5, "name": "2020-01-01"}
        )
        self.rate_card.currency_id = euro
        sheet = self.make_sheet()
        self.assertEqual(sheet.currency_id, euro)
        [(amount, _count)] = self._sum(sheet)
        self.assertEqual(amount, 2 * sheet.amount_total)

    def test_a_row_opens_its_sheet(self):
        sheet = self.make_sheet()
        self.env.flush_all()
        figures = self.env["aftersales.fee.figures"].with_user(self.auditor)
        row = figures.search([("settlement_id", "=", sheet.id)], limit=1)
        action = row.action_open_record()
        self.assertEqual(
            (action["res_model"], action["res_id"]), (sheet._name, sheet.id)
        )

from odoo import api, models

from ..tools import serial as serial_rule


class StockLot(models.Model):
    """Genuine or not: facts for the serial rule, and the log of every query."""

    _inherit = "stock.lot"

    @api.model
    def _check_serials(self, queries, channel="office"):
        """Look up serials as typed and log each query.

        :param queries: list of dicts: ``text`` and optionally ``product_id``,
            ``partner_id`` (the claimed model and buyer, ids) and ``ticket_id``
        :param channel: a key of ``aftersales.serial.check.channel``
        :return: ``aftersales.serial.check`` records, in the order of ``queries``

        Looks past the border on purpose and gives out only what
        ``aftersales.serial.check`` holds: verdict, model, dates, warranty.
        """
        facts = self._prepare_serial_facts(queries)
        verdicts = [serial_rule.check(fact) for fact in facts]
        return self.env["aftersales.serial.check"]._log(
            queries, facts, verdicts, channel
        )

    @api.model
    def _prepare_serial_facts(self, queries):
        """Facts for ``serial.check``, one per query, in one SQL query."""
        keys = [serial_rule.normalise(query["text"] or "") for query in queries]
        found = {}
        # The company border holds; the territory border does not (see above).
        units = self.sudo().search_fetch(
            [
                ("serial_key", "in", list(set(filter(None, keys)))),
                ("company_id", "in", [False, *self.env.companies.ids]),
            ],
            ["serial_key", "product_id", "owner_id", "void_reason"],
        )
        for unit in units:
            found.setdefault(unit.serial_key, []).append(unit._prepare_candidate())
        return [
            serial_rule.SerialFacts(
                key=key,
                claimed_product_id=query.get("product_id") or None,
                claimed_buyer_id=query.get("partner_id") or None,
                candidates=tuple(found.get(key, ())),
            )
            for key, query in zip(keys, queries, strict=True)
        ]

    def _prepare_candidate(self):
        self.ensure_one()
        return serial_rule.Candidate(
            unit_id=self.id,
            product_id=self.product_id.id,
            owner_id=self.owner_id.id or None,
            void_reason=self.void_reason or None,
        )

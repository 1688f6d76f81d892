from odoo import api, models

from ..tools import serial as serial_rule


class StockLot(models.Model):
    """Genuine or not: facts for the serial rule, and the log of every query."""

    _inherit = "stock.lot"

    @api.model
    def _check_serials(self, queries, channel="office"):
        """Look up serials as typed and log each query.

        :param queries: list of dicts: ``text`` and optionally ``product_id``,
            ``partner_id`` (the claimed model and buyer, ids), ``ticket_id`` and
            ``territory_id`` (where it was asked, else the user's) and ``place``
            (``city_id``, ``latitude``, ``longitude``, else the asker's)
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
        """Facts for ``serial.check``, one per query; the units in one SQL query."""
        keys = [serial_rule.normalise(query["text"]) for query in queries]
        # The company border holds; the territory border does not (see above).
        units = self.sudo().search_fetch(
            [
                ("serial_key", "in", list(set(filter(None, keys)))),
                ("company_id", "in", [False, *self.env.companies.ids]),
            ],
            ["serial_key", "product_id", "owner_id", "void_reason"],
        )
        found = units.grouped("serial_key")
        buyers = self._get_claimed_buyers(queries)
        categories = self._get_claimed_categories(queries)
        formats = self.env["aftersales.serial.format"]._get_formats(
            self.env.companies.ids
        )
        return [
            serial_rule.SerialFacts(
                key=key,
                claimed_product_id=query.get("product_id") or None,
                claimed_buyer_id=buyers.get(query.get("partner_id")),
                claimed_categ_ids=categories.get(query.get("product_id"), ()),
                formats=formats,
                candidates=tuple(
                    unit._prepare_candidate() for unit in found.get(key, ())
                ),
            )
            for key, query in zip(keys, queries, strict=True)
        ]

    @api.model
    def _get_claimed_buyers(self, queries):
        """{claimed partner id: id of the company or person that buys}."""
        ids = {query.get("partner_id") for query in queries} - {None, False}
        # Two ids are compared, nothing of the partner comes out.
        partners = self.env["res.partner"].sudo().browse(ids)
        return {
            partner.id: partner.commercial_partner_id.id
            for partner in partners.exists()
        }

    @api.model
    def _get_claimed_categories(self, queries):
        """{claimed product id: ids of its category and those above, nearest first}."""
        ids = {query.get("product_id") for query in queries} - {None, False}
        # Ids of categories choose the format, nothing else comes out.
        products = self.env["product.product"].sudo().browse(ids).exists()
        return {
            product.id: tuple(
                map(int, reversed(product.categ_id.parent_path.strip("/").split("/")))
            )
            for product in products
            if product.categ_id
        }

    def _prepare_candidate(self):
        """This unit as a possible answer for ``serial.check``."""
        self.ensure_one()
        return serial_rule.Candidate(
            unit_id=self.id,
            product_id=self.product_id.id,
            owner_id=self.owner_id.commercial_partner_id.id or None,
            void_reason=self.void_reason or None,
        )

    def _prepare_check_dates(self):
        """What a check tells about each unit beside the verdict, by unit id."""
        ends = self._get_warranty_ends()
        return {
            unit.id: {
                "production_date": unit.production_date,
                "sale_date": unit.sale_date,
                "installation_date": unit.installation_date,
                "warranty_end": ends.get(unit.id),
            }
            for unit in self
        }

from collections import defaultdict

from odoo import api, models
from odoo.tools import SQL

from ...tools import serial as serial_rule
from ...tools import warranty_facts
from ...tools.matching import path_ids

#: What a check reads of a machine's file.
_FILE = (
    "id",
    "serial_key",
    "product_id",
    "owner_id",
    "territory_id",
    "company_id",
    "void_reason",
    "use_class",
    "production_date",
    "shipping_date",
    "sale_date",
    "installation_date",
    "exchange_date",
)


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
        vals_list = self._prepare_check_vals(
            queries, self._read_files(queries), channel
        )
        # The log belongs to the system: nobody may write it, whoever asks is logged.
        checks = self.env["aftersales.serial.check"].sudo().create(vals_list)
        return checks.with_env(self.env)

    @api.model
    def _answer_public(self, query):
        """Check one serial for the public; the answer as plain values, logged.

        Queries are the same whatever the verdict.
        """
        files = self._read_files([query])
        [vals] = self._prepare_check_vals([query], files, "public")
        self.env["aftersales.serial.check"]._insert(vals)
        return self.env["aftersales.serial.check"]._prepare_public_answer(vals)

    @api.model
    def _prepare_check_vals(self, queries, files, channel):
        """Decide each query by the files that were found; the rows of the log."""
        facts = self._prepare_serial_facts(queries, files)
        verdicts = [serial_rule.check(fact) for fact in facts]
        return self.env["aftersales.serial.check"]._prepare_log_vals(
            queries, facts, verdicts, files, channel
        )

    @api.model
    def _read_files(self, queries):
        """{unit id: what its file says} of all machines with these serials.

        Plain SQL of one table: the public asks as often as it likes, and each table
        more takes longer to plan than to read.
        """
        keys = {serial_rule.normalise(query["text"]) for query in queries} - {""}
        self.flush_model(_FILE[1:])
        rows = self.env.execute_query_dict(
            SQL(
                """
                SELECT %(columns)s FROM stock_lot WHERE serial_key = ANY(%(keys)s)
                """,
                columns=SQL(", ").join(map(SQL.identifier, _FILE)),
                keys=list(keys),
            )
        )
        # The company border holds; the territory border does not.
        companies = {None, *self.env.companies.ids}
        return {row["id"]: row for row in rows if row["company_id"] in companies}

    @api.model
    def _prepare_serial_facts(self, queries, files):
        """Facts for ``serial.check``, one per query."""
        buyers = self._get_claimed_buyers(queries)
        owners = self._get_claimed_buyers(
            [{"partner_id": file["owner_id"]} for file in files.values() if buyers]
        )
        found = defaultdict(list)
        for file in files.values():
            found[file["serial_key"]].append(
                serial_rule.Candidate(
                    unit_id=file["id"],
                    product_id=file["product_id"],
                    owner_id=owners.get(file["owner_id"]),
                    void_reason=file["void_reason"] or None,
                )
            )
        keys = [serial_rule.normalise(query["text"]) for query in queries]
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
                candidates=tuple(found.get(key, ())),
            )
            for key, query in zip(keys, queries, strict=True)
        ]

    @api.model
    def _get_claimed_buyers(self, queries):
        """{partner id of a query: id of the company or person that buys}."""
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
            product.id: path_ids(product.categ_id.parent_path)
            for product in products
            if product.categ_id
        }

    @api.model
    def _prepare_check_dates(self, files):
        """What a check tells about each of these files beside the verdict, by id."""
        ends = self._find_warranty_ends(
            [self._prepare_file_machine(file) for file in files]
        )
        return {
            file["id"]: {
                "production_date": file["production_date"],
                "sale_date": file["sale_date"],
                "installation_date": file["installation_date"],
                "warranty_end": ends.get(file["id"]),
            }
            for file in files
        }

    @api.model
    def _prepare_file_machine(self, file):
        """This file for the warranty rule, as ``_prepare_machine``."""
        product = self.env["product.product"].browse(file["product_id"])
        territory = self.env["aftersales.territory"].browse(file["territory_id"])
        return warranty_facts.Machine(
            unit_id=file["id"],
            company_id=file["company_id"],
            product_id=file["product_id"],
            category_path=product._get_category_path(),
            territory_path=territory._get_path_ids() if territory else (),
            use_class=file["use_class"],
            dates=warranty_facts.UnitDates(
                exchange=file["exchange_date"],
                invoice=file["sale_date"],
                installation=file["installation_date"],
                shipping=file["shipping_date"],
                production=file["production_date"],
            ),
        )

import logging

import psycopg2

from odoo import api, models
from odoo.fields import Domain

_logger = logging.getLogger(__name__)


class AftersalesBatchMixin(models.AbstractModel):
    """Work of a cron in batches that are committed one by one.

    What: ``_work_in_batches(domain, method)`` calls a method on all records of a
    domain. How to use: from a ``_cron_*`` method; the method takes a recordset and
    moves its records out of the domain. How it works: records that another process
    holds are skipped, a record that fails is logged and stops no other.
    """

    _name = "aftersales.batch.mixin"
    _description = "Work in batches"

    @api.model
    def _work_in_batches(self, domain, method, batch_size):
        """Call a method on all that the domain finds, batch by batch."""
        cron = self.env["ir.cron"]
        cron._commit_progress(remaining=self.search_count(domain))
        last_id, time_left = 0, True
        while time_left:
            records = self.search(
                domain & Domain("id", ">", last_id), order="id", limit=batch_size
            )
            if not records:
                break
            last_id = records[-1].id
            records.try_lock_for_update()._work_batch(method)
            time_left = cron._commit_progress(len(records))

    def _work_batch(self, method):
        """Call the method on all; when it fails, on each: one stops no other."""
        try:
            with self.env.cr.savepoint():
                getattr(self, method)()
            return
        except psycopg2.Error:
            raise
        except Exception:
            if len(self) == 1:
                _logger.exception("%s failed on work order %s", method, self.id)
                return
        for record in self:
            record._work_batch(method)

from odoo import api, models

KEPT_DAYS = 400
"""So long the journal tells who logged in on which day."""


class ResUsersLog(models.Model):
    """Log-ins are kept a day each, where Odoo keeps a user's last one only."""

    _inherit = "res.users.log"

    @api.autovacuum
    def _gc_user_logs(self):
        """Of each user the last log-in of a day stays, and the very last for ever."""
        self.env.cr.execute(
            """
            DELETE FROM res_users_log early
             USING res_users_log late
             WHERE early.create_uid = late.create_uid
               AND early.create_date < late.create_date
               AND (early.create_date::date = late.create_date::date
                    OR early.create_date
                       < now() AT TIME ZONE 'UTC' - make_interval(days => %s))
            """,
            [KEPT_DAYS],
        )

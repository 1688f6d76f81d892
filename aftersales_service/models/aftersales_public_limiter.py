import random
from datetime import timedelta

import psycopg2

from odoo import api, fields, models
from odoo.tools import SQL
from odoo.tools.misc import hmac

from ..tools import limiter as limiter_rule


class AftersalesPublicLimiter(models.AbstractModel):
    """Counts what the public asks, in the database, for all processes.

    What: ``_admit(address, key)`` tells whether one more question is answered.
    How it works: each answered question takes a place of its address, a row that is
    unique by address, window and number. There are only so many numbers, so the limit
    of an address holds exactly, however many processes answer. Nothing is counted up
    on a row that requests share; the total is counted from the same rows, so it can be
    passed by one question per process at most. The address is kept as a keyed hash that
    differs in every window. The table is UNLOGGED: after a crash of the database the
    counting begins anew.
    """

    _name = "aftersales.public.limiter"
    _description = "Limit of public questions"

    def init(self):
        super().init()
        self.env.cr.execute(
            """
            CREATE UNLOGGED TABLE IF NOT EXISTS aftersales_public_question (
                address_hash varchar NOT NULL,
                window_start timestamp NOT NULL,
                number integer NOT NULL,
                serial_key varchar NOT NULL,
                PRIMARY KEY (address_hash, window_start, number)
            );
            CREATE INDEX IF NOT EXISTS aftersales_public_question_window_idx
                ON aftersales_public_question (window_start, serial_key)
            """
        )

    @api.model
    def _admit(self, address, key):
        """Take a place for one question, in the transaction that answers it.

        :param address: network address of who asks
        :param key: the normalised serial
        :return: verdict of ``tools.limiter``: ``allowed`` or ``refused``
        """
        policy = self.env.company.sudo()._prepare_limit_policy()
        start, left = limiter_rule.get_window(
            fields.Datetime.now(), policy.window_seconds
        )
        who = self._hash_address(address, start)
        numbers, total, about_serial = self._count(who, start, key)
        facts = limiter_rule.LimitFacts(
            by_address=len(numbers),
            in_total=total,
            about_serial=about_serial,
            seconds_left=left,
        )
        verdict = limiter_rule.decide(facts, policy)
        if verdict.blocks:
            return verdict
        free = self._iterate_free(set(numbers), policy.per_address)
        if any(self._take_place(who, start, number, key) for number in free):
            return verdict
        return limiter_rule.refuse(facts)

    @api.model
    def _hash_address(self, address, start):
        """Who asks, as a code that says nothing outside of its window."""
        text = f"{start.isoformat()} {limiter_rule.get_address_key(address)}"
        # The key of the database; nothing but the code comes out.
        return hmac(self.env(su=True), "aftersales-public-question", text)[:32]

    @api.model
    def _count(self, who, start, key):
        """Numbers taken by the address, questions in all and about the serial."""
        [row] = self.env.execute_query(
            SQL(
                """
                SELECT ARRAY(SELECT number FROM aftersales_public_question
                              WHERE address_hash = %(who)s
                                AND window_start = %(start)s),
                       (SELECT count(*) FROM aftersales_public_question
                         WHERE window_start = %(start)s),
                       (SELECT count(*) FROM aftersales_public_question
                         WHERE window_start = %(start)s AND serial_key = %(key)s)
                """,
                who=who,
                start=start,
                key=key,
            )
        )
        return row

    @api.model
    def _iterate_free(self, taken, limit):
        """Every place that is free, from any on.

        Two processes seldom choose the same; then one waits for the other.
        """
        first = random.randrange(limit)
        for step in range(limit):
            number = (first + step) % limit + 1
            if number not in taken:
                yield number

    @api.model
    def _take_place(self, who, start, number, key):
        """Whether this place was free; waits for who is just taking it."""
        try:
            with self.env.cr.savepoint(flush=False):
                self.env.cr.execute(
                    "INSERT INTO aftersales_public_question"
                    " (address_hash, window_start, number, serial_key)"
                    " VALUES (%s, %s, %s, %s)",
                    [who, start, number, key],
                    log_exceptions=False,
                )
        except psycopg2.errors.UniqueViolation:
            return False
        return True

    @api.autovacuum
    def _gc_questions(self):
        """Forget what is older than a day: no window is longer."""
        self.env.cr.execute(
            "DELETE FROM aftersales_public_question WHERE window_start < %s",
            [fields.Datetime.now() - timedelta(days=1)],
        )

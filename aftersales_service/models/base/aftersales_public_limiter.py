import itertools
import random
from datetime import timedelta

import psycopg2

from odoo import api, fields, models
from odoo.tools.misc import hmac

from ...tools import limiter as limiter_rule

#: More places nobody tries: who meets so many others comes back.
MAX_TRIES = 100
_TABLE = """
    CREATE UNLOGGED TABLE IF NOT EXISTS aftersales_public_question (
        address_hash varchar NOT NULL,
        window_start timestamp NOT NULL,
        number integer NOT NULL,
        serial_key varchar NOT NULL,
        PRIMARY KEY (address_hash, window_start, number)
    );
    CREATE INDEX IF NOT EXISTS aftersales_public_question_window_idx
        ON aftersales_public_question (window_start, serial_key);
    ALTER TABLE aftersales_public_question
        ADD COLUMN IF NOT EXISTS asked_at timestamp
"""
#: All there is to know, in one way there and back: the window is read once, and the
#: savepoint stands to which a place that was taken goes back.
_COUNT = """
    SAVEPOINT aftersales_public_question;
    SELECT array_agg(number) FILTER (WHERE address_hash = %(who)s), count(*),
           count(*) FILTER (WHERE serial_key = %(key)s),
           max(asked_at) FILTER (WHERE serial_key = %(key)s
                                   AND address_hash = %(who)s)
      FROM aftersales_public_question
     WHERE window_start = %(start)s
"""
#: Nobody waits for who is just taking the place: then no row is written. A place taken
#: since the transaction began is not seen, but violates the key.
_TAKE = """
    INSERT INTO aftersales_public_question
           (address_hash, window_start, number, serial_key, asked_at)
    SELECT %(who)s, %(start)s, %(number)s, %(key)s, %(now)s
     WHERE pg_try_advisory_xact_lock(hashtextextended(%(place)s, 0))
"""


class AftersalesPublicLimiter(models.AbstractModel):
    """Counts what the public asks, in the database, for all processes.

    What: ``_admit(address, key)`` tells whether one more question is answered.
    How it works: each answered question takes a place of its address, a row that is
    unique by address, window and number. There are only so many numbers, so the limit
    of an address holds exactly, however many processes answer. Nobody waits for a
    place that another process is just taking: the next one is tried, and when there is
    none the answer is to come back. Nothing is counted up on a row that requests
    share; the total is counted from the same rows, so it can be passed by one question
    per process at most. Who asks about a serial that many ask about takes a place,
    too, and is answered when he comes back. The address is kept as a keyed hash that
    differs in every window. The table is UNLOGGED: after a crash of the database the
    counting begins anew.
    """

    _name = "aftersales.public.limiter"
    _description = "Limit of public questions"

    def init(self):
        super().init()
        self.env.cr.execute(_TABLE)

    @api.model
    def _admit(self, address, key):
        """Take a place for one question, in the transaction that answers it.

        :param address: network address of who asks
        :param key: the normalised serial
        :return: verdict of ``tools.limiter``: ``allowed``, ``later`` or ``refused``
        """
        policy = self.env.company.sudo()._prepare_limit_policy()
        now = fields.Datetime.now()
        start, left = limiter_rule.get_window(now, policy.window_seconds)
        who = self._hash_address(address, start)
        place = {"who": who, "start": start, "key": key, "now": now}
        self.env.cr.execute(_COUNT, place)
        numbers, total, about_serial, last_at = self.env.cr.fetchone()
        facts = limiter_rule.LimitFacts(
            by_address=len(numbers or ()),
            in_total=total,
            about_serial=about_serial,
            seconds_left=left,
            waited=int((now - last_at).total_seconds()) if last_at else None,
        )
        verdict = limiter_rule.decide(facts, policy)
        # Who is told to come back is known by his place when he does.
        if verdict.blocks and (verdict.code == "refused" or last_at):
            return verdict
        free = self._get_free(set(numbers or ()), policy.per_address)
        if any(self._take_place(number, place) for number in free):
            return verdict
        # Others are just taking the last ones.
        return limiter_rule.come_back()

    @api.model
    def _hash_address(self, address, start):
        """Who asks, as a code that says nothing outside of its window."""
        text = f"{start.isoformat()} {limiter_rule.get_address_key(address)}"
        # The key of the database; nothing but the code comes out.
        return hmac(self.env(su=True), "aftersales-public-question", text)[:32]

    @api.model
    def _get_free(self, taken, limit):
        """Places to try, from any on: two processes seldom try the same first."""
        first = random.randrange(limit)
        numbers = ((first + step) % limit + 1 for step in range(limit))
        free = (number for number in numbers if number not in taken)
        return list(itertools.islice(free, MAX_TRIES))

    @api.model
    def _take_place(self, number, place):
        """Whether this place was free and nobody is just taking it."""
        key = f"aftersales_public_question {place['who']} {number}"
        cr = self.env.cr
        try:
            cr.execute(
                _TAKE,
                {**place, "number": number, "place": key},
                log_exceptions=False,
            )
        except psycopg2.errors.UniqueViolation:
            cr.execute("ROLLBACK TO SAVEPOINT aftersales_public_question")
            return False
        return bool(cr.rowcount)

    @api.autovacuum
    def _gc_questions(self):
        """Forget what is older than a day: no window is longer."""
        self.env.cr.execute(
            "DELETE FROM aftersales_public_question WHERE window_start < %s",
            [fields.Datetime.now() - timedelta(days=1)],
        )

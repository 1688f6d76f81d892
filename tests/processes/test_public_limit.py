"""The public asks at eight processes at once: the limit of an address holds exactly."""

import time

from tests.harness import ProcessesCase

PROCESSES = 8

SCRIPT = """
import time

def prepare(env, **limits):
    env["res.company"].search([]).write(limits)
    env.cr.execute("DELETE FROM aftersales_public_question")

def question(env, addresses, begin, hold, patience):
    # The snapshot is older than what the others write.
    env.cr.execute("SELECT count(*) FROM aftersales_public_question")
    time.sleep(max(begin - time.time(), 0))
    # Waiting longer for another process is an error.
    env.cr.execute("SET LOCAL lock_timeout = %s", [patience])
    limiter = env["aftersales.public.limiter"]
    codes = []
    for address in addresses:
        verdict = limiter._admit(address, "SERIAL")
        codes.append(verdict.code)
        time.sleep(hold)
    return codes

def step(env, do, **facts):
    return {"prepare": prepare, "question": question}[do](env, **facts)
"""


class TestPublicLimit(ProcessesCase):
    SCRIPT = SCRIPT
    PROCESSES = PROCESSES

    def setUp(self):
        super().setUp()
        # The window of ten minutes must not end while the processes ask.
        left = 600 - time.time() % 600
        if left < 30:
            time.sleep(left)

    def prepare(self, address, total):
        self.processes[0].ask(
            do="prepare", verify_limit_address=address, verify_limit_total=total
        )

    def ask(self, questions, hold=0.05, patience="60s"):
        """Every process asks its questions in one transaction, all at once."""
        begin = time.time() + 2
        for process, addresses in zip(self.processes, questions, strict=True):
            process.start(
                do="question",
                addresses=addresses,
                begin=begin,
                hold=hold,
                patience=patience,
            )
        answers = [process.result() for process in self.processes]
        return [code for codes in answers for code in codes].count("allowed")

    def rows(self):
        with self.connect().cursor() as cursor:
            cursor.execute("SELECT count(*) FROM aftersales_public_question")
            return cursor.fetchone()[0]

    def test_of_eight_at_once_no_more_than_the_limit_pass(self):
        for limit in (1, 3, 5):
            with self.subTest(limit=limit):
                self.prepare(address=limit, total=1000)
                self.assertEqual(self.ask([["192.0.2.1"]] * PROCESSES), limit)
                self.assertEqual(self.rows(), limit)

    def test_who_asks_again_and_again_gets_no_more(self):
        self.prepare(address=5, total=1000)
        for _round in range(3):
            self.ask([["192.0.2.1"]] * PROCESSES)
        self.assertEqual(self.rows(), 5)

    def test_the_total_is_passed_by_one_question_per_process_at_most(self):
        self.prepare(address=1000, total=10)
        for turn in range(4):
            self.ask([[f"192.0.2.{n}"] for n in range(PROCESSES)], hold=0.2)
            self.assertLess(self.rows(), 10 + PROCESSES, f"turn {turn}")
        self.assertGreaterEqual(self.rows(), 10)

    def test_nobody_waits_for_who_is_just_taking_the_last_place(self):
        self.prepare(address=1, total=1000)
        # Who has it keeps it for two seconds; the others are sent away at once.
        passed = self.ask([["192.0.2.1"]] * PROCESSES, hold=2, patience="500ms")
        self.assertEqual(passed, 1)

    def test_different_addresses_do_not_wait_for_each_other(self):
        self.prepare(address=5, total=1000)
        questions = [[f"192.0.2.{n}"] for n in range(PROCESSES)]
        # Each holds its place for two seconds; nobody waits a quarter of that.
        passed = self.ask(questions, hold=2, patience="500ms")
        self.assertEqual(passed, PROCESSES)

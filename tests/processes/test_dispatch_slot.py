"""Many offices at once: one place is offered once, one request is offered once."""

import time

from tests.harness import ProcessesCase

PROCESSES = 8

SCRIPT = """
import time
from psycopg2.errors import UniqueViolation
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tools import mute_logger

def prepare(env, stations, requests):
    env["aftersales.dispatch.policy"].search([]).active = False
    env["aftersales.dispatch.policy"].create(
        {"name": "Today", "company_id": False, "horizon_days": 1})
    # Open day and night, so that the test does not depend on the hour.
    calendar = env["resource.calendar"].create({
        "name": "Always",
        "attendance_ids": [Command.clear()] + [
            Command.create({"name": str(day), "dayofweek": str(day),
                            "hour_from": 0, "hour_to": 24}) for day in range(7)],
    })
    place = env["aftersales.territory"].create({
        "name": "Place",
        "parent_id": env.ref("aftersales_service.territory_headquarters").id})
    stations = env["res.partner"].create([{
        "name": f"Station {number}",
        "aftersales_role": "station",
        "station_daily_capacity": 1,
        "station_calendar_id": calendar.id,
        "station_coverage_ids": [Command.create(
            {"territory_id": place.id, "rank": number})],
        "station_skill_ids": [Command.create({})],
    } for number in range(1, stations + 1)])
    tickets = env["helpdesk.ticket"].create([{
        "name": "Does not start",
        "description": "Does not start",
        "request_type_id": env.ref("aftersales_service.request_type_repair").id,
    } for _number in range(requests)])
    tickets.territory_id = place
    return {"stations": stations.ids, "tickets": tickets.ids}

def offer(env, ticket, station, begin):
    # The snapshot is older than what the others write.
    ticket = env["helpdesk.ticket"].browse(ticket)
    ticket.service_state
    time.sleep(max(begin - time.time(), 0))
    try:
        # That the database refuses seven of eight is what the test is about.
        with mute_logger("odoo.sql_db"):
            if station:
                order = ticket._get_orders_to_dispatch()
                order._offer(env["res.partner"].browse(station))
            else:
                ticket.action_dispatch_best()
            env.flush_all()
    except (UserError, UniqueViolation) as error:
        env.cr.rollback()
        return type(error).__name__
    return ticket.work_order_ids.sorted("id")[-1:].state

def step(env, do, **facts):
    return {"prepare": prepare, "offer": offer}[do](env, **facts)
"""


class TestDispatchSlot(ProcessesCase):
    SCRIPT = SCRIPT
    PROCESSES = PROCESSES

    def prepare(self, **facts):
        return self.processes[0].ask(do="prepare", **facts)

    def offer(self, tickets, station=None):
        """Offer each request in a process of its own, all at the same moment."""
        # Time enough for every process to read before the first one writes.
        begin = time.time() + 3
        for process, ticket in zip(self.processes, tickets, strict=True):
            process.start(do="offer", ticket=ticket, station=station, begin=begin)
        return [process.result() for process in self.processes]

    def rows(self, sql, *params):
        with self.connect().cursor() as cursor:
            cursor.execute(sql, params)
            return cursor.fetchall()

    def test_a_station_with_one_free_place_gets_one_offer(self):
        made = self.prepare(stations=1, requests=PROCESSES)
        [station] = made["stations"]
        results = self.offer(made["tickets"], station)
        self.assertEqual(sorted(results), ["UserError"] * (PROCESSES - 1) + ["offered"])
        self.assertEqual(
            self.rows(
                "SELECT station_id, count(*) FROM aftersales_station_slot"
                " WHERE station_id = %s GROUP BY station_id"
                " UNION ALL SELECT station_id, count(*) FROM aftersales_work_order"
                " WHERE station_id = %s GROUP BY station_id",
                station,
                station,
            ),
            [(station, 1)] * 2,
        )

    def test_who_comes_late_gets_the_next_station(self):
        made = self.prepare(stations=3, requests=PROCESSES)
        results = self.offer(made["tickets"])
        self.assertEqual(results.count("offered"), 3)
        taken = self.rows(
            "SELECT station_id, count(*) FROM aftersales_work_order"
            " WHERE state = 'offered' AND ticket_id = ANY(%s) GROUP BY station_id",
            made["tickets"],
        )
        self.assertEqual(sorted(taken), [(s, 1) for s in sorted(made["stations"])])

    def test_a_request_that_all_dispatch_is_offered_once(self):
        made = self.prepare(stations=3, requests=1)
        [ticket] = made["tickets"]
        results = self.offer([ticket] * PROCESSES)
        self.assertEqual(results.count("offered"), 1)
        self.assertEqual(
            self.rows(
                "SELECT count(*) FROM aftersales_work_order WHERE ticket_id = %s",
                ticket,
            ),
            [(1,)],
        )

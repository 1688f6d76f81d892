"""A year of service behind us: installations, repairs, callbacks, all done.

The past is written as it ended (states, dates, reports), because its actions lie
behind; what is open today is played through the real actions in ``today.py``.
"""

from datetime import datetime, time, timedelta

from odoo.fields import Command
from odoo.tools import SQL

from .callbacks import answer_followups
from .loading import get_today, read_rows

REPAIR_COUNT = 240
CHANNELS = ("phone", "web")


class Year:
    """Facts that every job of the year draws from."""

    def __init__(self, env, dice, units, stations):
        self.env = env
        self.dice = dice
        self.units = units
        self.stations = list(stations.values())
        self.faults = read_rows("faults")
        self.weights = [int(row["weight"]) for row in self.faults]
        self.today = get_today(env)

    def ref(self, key):
        return self.env.ref(f"aftersales_service.demo_{key}")

    def moment(self, day, hour=None):
        """A time of a working day in China, as UTC."""
        hour = self.dice.randint(0, 8) if hour is None else hour
        return datetime.combine(day, time(hour, self.dice.randint(0, 59)))

    def station_for(self, unit):
        """One of the stations of the unit's territory; the nearer ones more often."""
        near = [s for s in self.stations if s.territory_id == unit.territory_id]
        near.sort(key=lambda station: station.state_id != unit.site_state_id)
        return self.dice.choice(near[:2] if self.dice.random() < 0.8 else near)


def play(env, dice, units, stations):
    """Make the year's jobs; return their work orders."""
    year = Year(env, dice, units, stations)
    return play_jobs(year, prepare_installations(year) + prepare_repairs(year))


def play_jobs(year, jobs):
    """Make jobs as they ended, with what was decided and asked afterwards."""
    tickets = make_tickets(year, jobs)
    orders = make_orders(year, jobs, tickets)
    tickets._decide_warranty(orders.browse())
    orders.ticket_id._decide_warranty(orders)
    date_decisions(year)
    answer_followups(year, orders)
    close_tickets(year, tickets)
    return orders


def prepare_installations(year):
    """One job for each unit installed in the last year."""
    begin = year.today - timedelta(days=365)
    kind = year.env.ref("aftersales_service.request_type_installation")
    return [
        {
            "type": kind,
            "unit": unit,
            "day": unit.installation_date,
            "station": year.station_for(unit),
            "fault": None,
        }
        for unit in year.units
        if begin < unit.installation_date < year.today - timedelta(days=3)
    ]


def prepare_repairs(year):
    """Repairs spread over the year, of machines that were sold by then."""
    kind = year.env.ref("aftersales_service.request_type_repair")
    jobs = []
    for number in range(REPAIR_COUNT):
        age = 2 + number * 362 // REPAIR_COUNT
        day = year.today - timedelta(days=age)
        unit = pick_unit(year, day)
        jobs.append(
            {
                "type": kind,
                "unit": unit,
                "day": day,
                "station": year.station_for(unit),
                "fault": year.dice.choices(year.faults, year.weights)[0],
            }
        )
    return jobs


def pick_unit(year, day):
    """A machine sold by then; three times in four one that is not yet old."""
    sold = [unit for unit in year.units if unit.installation_date < day]
    young = [unit for unit in sold if (day - unit.installation_date).days < 300]
    return year.dice.choice(young if young and year.dice.random() < 0.75 else sold)


def make_tickets(year, jobs):
    tickets = year.env["helpdesk.ticket"].create(
        [prepare_ticket(year, job) for job in jobs]
    )
    backdate(year.env, tickets, [year.moment(job["day"]) for job in jobs])
    tickets._compute_deadlines()
    return tickets


def prepare_ticket(year, job):
    unit, fault = job["unit"], job["fault"]
    vals = {
        "request_type_id": job["type"].id,
        "partner_id": unit.owner_id.id,
        "unit_id": unit.id,
        "serial_typed": unit.name,
        "contact_phone": unit.owner_id.phone,
        "priority": year.dice.choice("0112"),
        "channel_id": year.env.ref(
            f"helpdesk_mgmt.helpdesk_ticket_channel_{year.dice.choice(CHANNELS)}"
        ).id,
        **unit._prepare_site_vals(),
    }
    if fault:
        vals |= {
            "symptom_id": year.ref(f"symptom_{fault['symptom']}").id,
            "fault_text": fault["text"],
        }
    return vals


def backdate(env, records, moments):
    """Give records the time of creation they would have had."""
    names = [n for n in ("create_date", "received_at") if n in records._fields]
    env.flush_all()
    for record, moment in zip(records, moments, strict=True):
        env.cr.execute(
            SQL(
                "UPDATE %s SET %s WHERE id = %s",
                SQL.identifier(records._table),
                SQL(", ").join(
                    SQL("%s = %s", SQL.identifier(name), moment) for name in names
                ),
                record.id,
            )
        )
    env.invalidate_all()


def make_orders(year, jobs, tickets):
    """Done work orders with their reports."""
    values = [
        prepare_order(year, job, ticket)
        for job, ticket in zip(jobs, tickets, strict=True)
    ]
    orders = year.env["aftersales.work.order"]._unguarded().create(values)
    backdate(year.env, orders, [vals["offered_at"] for vals in values])
    year.env["aftersales.unit.reading"].create(prepare_readings(orders))
    return orders._guarded_again()


def prepare_readings(orders):
    """What the meters showed; a reading below an earlier one has its reason."""
    values, highest = [], {}
    reported = orders.filtered("reading_value")
    for order in reported.sorted(lambda one: (one.started_on, one.id)):
        is_lower = order.reading_value < highest.get(order.unit_id, 0)
        if not is_lower:
            highest[order.unit_id] = order.reading_value
        values.append(
            {
                "unit_id": order.unit_id.id,
                "value": order.reading_value,
                "read_on": order.started_on,
                "work_order_id": order.id,
                "correction_reason": is_lower and "wrong",
            }
        )
    return values


def prepare_order(year, job, ticket):
    dice, fault, unit = year.dice, job["fault"], job["unit"]
    offered = ticket.create_date + timedelta(minutes=dice.randint(5, 90))
    accepted = offered + timedelta(minutes=dice.randint(5, 150))
    arrived = accepted + timedelta(hours=dice.choice((2, 3, 5, 20, 26)))
    reported = arrived + timedelta(hours=dice.choice((3, 5, 8, 30, 80)))
    vals = {
        "ticket_id": ticket.id,
        "station_id": job["station"].id,
        "state": "done",
        "offered_at": offered,
        "answer_by": offered + timedelta(hours=2),
        "accepted_at": accepted,
        "arrived_at": arrived,
        "reported_at": reported,
        "done_at": reported,
        "planned_date": arrived.date(),
        "started_on": arrived.date(),
        "travel_km": dice.randint(6, 90) * 2,
        "signed_by": unit.owner_id.name,
        "labor_hours": 1.5,
    }
    return vals | (prepare_repair_report(year, job) if fault else {})


def prepare_repair_report(year, job):
    dice, fault = year.dice, job["fault"]
    operation = year.ref(f"operation_{fault['operation']}")
    days = (job["day"] - job["unit"].installation_date).days
    vals = {
        "component_id": year.ref(f"component_{fault['component']}").id,
        "symptom_id": year.ref(f"symptom_{fault['symptom']}").id,
        "cause_id": year.ref(f"cause_{fault['cause']}").id,
        "remedy_id": year.ref(f"remedy_{fault['remedy']}").id,
        "reading_value": 20 + days * 3,
        "labor_hours": operation.standard_hours * dice.choice((0.8, 1.0, 1.0, 1.2)),
        "operation_line_ids": [Command.create({"operation_id": operation.id})],
        "work_text": fault["text"] + "，已处理。",
    }
    if fault["part"]:
        part = year.ref(f"part_{fault['part']}")
        vals["part_line_ids"] = [Command.create({"product_id": part.id})]
    return vals


def date_decisions(year):
    """Warranty is decided when the call comes and when the report does."""
    year.env.flush_all()
    year.env.cr.execute(
        """
        UPDATE aftersales_warranty_decision decision
           SET create_date = known.moment, decided_at = known.moment
          FROM (SELECT one.id, COALESCE(
                       work.done_at, ticket.received_at + interval '3 minutes'
                       ) AS moment
                  FROM aftersales_warranty_decision one
                  JOIN helpdesk_ticket ticket ON ticket.id = one.ticket_id
             LEFT JOIN aftersales_work_order work ON work.id = one.work_order_id
               ) known
         WHERE known.id = decision.id
        """
    )
    year.env.invalidate_all()


def close_tickets(year, tickets):
    """Requests whose last step is done were closed with it."""
    done = year.env.ref("helpdesk_mgmt.helpdesk_ticket_stage_done")
    closable = tickets.filtered(lambda ticket: not ticket._get_open_step())
    closable.write({"stage_id": done.id})
    year.env.flush_all()
    year.env.cr.execute(
        """
        UPDATE helpdesk_ticket ticket SET closed_date = step.done_at
          FROM (SELECT work.ticket_id,
                       max(COALESCE(followup.done_at, work.done_at)) AS done_at
                  FROM aftersales_work_order work
             LEFT JOIN aftersales_followup followup ON followup.work_order_id = work.id
                 GROUP BY work.ticket_id) step
         WHERE step.ticket_id = ticket.id AND ticket.id IN %s
        """,
        [tuple(closable.ids)],
    )
    year.env.invalidate_all()

"""What the dispatcher sees today: seen offers, a batch, borrowed parts, closed days."""

from datetime import datetime, timedelta

from odoo.fields import Command

from .loading import get_today


def play(env):
    """Told through the real actions; takes no dice, so that nothing else moves."""
    today = get_today(env)
    stations = env["res.partner"].search(
        [("aftersales_role", "=", "station"), ("is_internal_team", "=", False)],
        order="id",
    )
    stations[:3].wants_sms = True
    play_skills(env, stations, today)
    play_closed_days(env, stations[-1:], today)
    offers = env["aftersales.work.order"].search([("state", "=", "offered")])
    offers.sorted("id")[::2]._note_seen()
    play_borrowing(env)
    play_batch(env)


def play_skills(env, stations, today):
    """Certificates beside the general skills: one has ended, one ends soon."""
    category = env["product.category"].search([], order="id desc", limit=1)
    for station, days in zip(stations[:2], (-10, 25), strict=False):
        station.station_skill_ids = [
            Command.create(
                {
                    "product_categ_id": category.id,
                    "level": "3",
                    "valid_until": today + timedelta(days=days),
                }
            )
        ]


def play_closed_days(env, station, today):
    """A station takes stock for two days in three weeks."""
    if not station:
        return
    station.action_open_closed_days()
    first = datetime.combine(today + timedelta(days=20), datetime.min.time())
    env["resource.calendar.leaves"].create(
        {
            "name": "盘点",
            "calendar_id": station.station_calendar_id.id,
            # Beijing's midnight is 16:00 of the day before.
            "date_from": first + timedelta(hours=16),
            "date_to": first + timedelta(days=2, hours=16, seconds=-1),
        }
    )


def play_borrowing(env):
    """The first job that lacks a part borrows it from its nearest neighbour."""
    jobs = env["aftersales.work.order"].search([("state", "=", "accepted")], order="id")
    for job in jobs.filtered("missing_part_ids"):
        for lender in job._find_lenders()[:1]:
            job._borrow(
                env["res.partner"].browse(lender.station_id),
                env["product.product"].browse(lender.product_id),
            )
            return


def play_batch(env):
    """Headquarters dispatches together what waits outside of the East."""
    user = env.ref("aftersales_service.demo_user_headquarters")
    east = env.ref("aftersales_service.demo_territory_east")
    tickets = (
        env["helpdesk.ticket"]
        .with_user(user)
        .search(
            [
                ("service_state", "=", "to_dispatch"),
                ("closed", "=", False),
                ("territory_id", "!=", east.id),
            ],
            order="id",
        )
        .filtered(lambda ticket: ticket.next_step == "dispatch")
    )
    if not tickets:
        return
    run = env["aftersales.run"].browse(tickets.action_dispatch_together()["res_id"])
    while run._work_batch():
        continue

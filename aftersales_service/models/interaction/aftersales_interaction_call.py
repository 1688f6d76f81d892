from psycopg2.extras import Json

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ...tools import phone as phone_rule
from ...tools import telephony
from ..base.aftersales_search import PARTNER_PHONE

BUS_MESSAGE = "aftersales.call"
AGENT = "aftersales_service.group_aftersales_agent"
#: Partners looked at whose number ends as the caller's does.
MAX_CANDIDATES = 50


class AftersalesInteraction(models.Model):
    """Calls, as a telephone system tells them: see ``tools/telephony.py``."""

    _inherit = "aftersales.interaction"

    @api.model
    def _receive_call_event(self, event):
        """Write down an event of a call and show the card to who has the extension.

        The caller has checked who tells. An event told before changes nothing. Two at
        once: the later begins again on what the first wrote, because the row of a call
        is unique and Odoo repeats what the database could not serialise.

        :param event: ``telephony.CallEvent``
        :return: (the interaction, whether the event was new)
        """
        company = self.env.company
        # Who told was checked; the row lies in the territory of who answers.
        interactions = self.sudo()
        interaction = interactions.search_fetch(
            [("company_id", "=", company.id), ("call_id", "=", event.call_id)],
            ["call_events", "user_id", "partner_id", "territory_id"],
            limit=1,
        )
        events = telephony.add(interaction.call_events or {}, event)
        if events is None:
            return interaction, False
        call = telephony.summarise(events)
        vals = self._prepare_call_vals(event, events, call)
        agent = self._find_agent(call.extension)
        if not interaction:
            interaction = interactions._insert_call(
                {**vals, **self._prepare_new_call_vals(event, agent)}
            )
        else:
            if agent and agent != interaction.user_id:
                vals |= interaction._prepare_handover_vals(event, agent)
            interaction.write(vals)
        interaction._tell_agent(event, call, agent)
        return interaction, True

    @api.model
    def _prepare_call_vals(self, event, events, call):
        """What every event may change."""
        vals = {
            "call_events": events,
            "call_state": call.state,
            "moment": call.moment,
            "extension": call.extension or False,
            "answered_at": call.answered_at or False,
            "ended_at": call.ended_at or False,
            "duration_minutes": call.minutes,
        }
        if event.recording_url:
            vals["recording_url"] = event.recording_url
        return vals

    @api.model
    def _prepare_new_call_vals(self, event, agent):
        """What the first event of a call tells."""
        return {
            **self._prepare_call_place(event.number, agent),
            "call_id": event.call_id,
            "direction": event.direction,
            "kind_id": self._get_default_kind().id,
            "number": event.number or False,
            "line_number": event.line_number or False,
            "company_id": self.env.company.id,
        }

    def _prepare_handover_vals(self, event, agent):
        """Another agent has the call now: it must lie where he works."""
        self.ensure_one()
        vals = self._prepare_call_place(event.number, agent)
        known = self.partner_id.with_user(agent)
        if known and known.has_access("read"):
            vals["partner_id"] = known.id
        return vals

    @api.model
    def _find_agent(self, extension):
        """The user at an extension of this company; empty where nobody is known."""
        users = self.env["res.users"].sudo()
        if not extension:
            return users
        return users.search_fetch(
            [
                ("phone_extension", "=", extension),
                ("company_id", "=", self.env.company.id),
            ],
            ["partner_id"],
            limit=1,
        )

    @api.model
    def _prepare_call_place(self, number, agent):
        """Customer, territory and agent of a call.

        The one customer with the number is linked, among those the agent may read: a
        link shows a name. Without an agent it is among all.
        """
        partner = self._find_callers(number, agent)
        partner = partner if len(partner) == 1 else partner.browse()
        home = partner.territory_id.id
        if agent:
            own = agent._get_territory_ids() if agent._is_territory_bound() else [home]
            if not home or home not in own:
                home = agent._get_default_territory().id
        return {
            "partner_id": partner.id,
            "territory_id": home
            or self.env["aftersales.territory"]._get_root().id
            or False,
            "user_id": agent.id,
        }

    @api.model
    def _find_callers(self, number, reader=None):
        """Partners with a telephone number, in any spelling; two queries.

        :param reader: only those he may read; empty means all of the company
        :return: records with sudo, of which the phone and the home are fetched
        """
        region = self.env.company._get_phone_region()
        told = phone_rule.read(number, region)
        partners = self.env["res.partner"].sudo()
        if not told.can_be_looked_up:
            return partners
        self.env["res.partner"].flush_model(["phone"])
        readable = partners.with_user(reader) if reader else partners
        domain = Domain("company_id", "in", [False, self.env.company.id])
        query = readable._search(domain)
        ends = self.env["aftersales.search"]._ends(PARTNER_PHONE, told.national)
        query.add_where(ends)
        query.limit = MAX_CANDIDATES
        # Found by the reader's own search.
        found = partners.browse(query)
        found.fetch(["phone", "territory_id"])
        return found.filtered(
            lambda partner: phone_rule.is_same(
                told, phone_rule.read(partner.phone, region)
            )
        ).sorted("id")

    @api.model
    def _insert_call(self, vals):
        """Write the row of a new call by one statement.

        Where another process writes the same call just now, the database waits for it
        and lets this one begin again.
        """
        row = {
            **vals,
            "call_events": Json(vals["call_events"]),
            **dict.fromkeys(("create_uid", "write_uid"), self.env.uid),
            **dict.fromkeys(("create_date", "write_date"), fields.Datetime.now()),
        }
        names = list(row)
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO aftersales_interaction (%s) VALUES %s
                ON CONFLICT (company_id, call_id) WHERE call_id IS NOT NULL
                DO NOTHING RETURNING id
                """,
                SQL(", ").join(map(SQL.identifier, names)),
                tuple(row[name] or None for name in names),
            ),
            # Odoo repeats the request; that is no error.
            log_exceptions=False,
        )
        return self.browse(self.env.cr.fetchone())

    def _tell_agent(self, event, call, agent):
        """One message to the open screens of who has the extension of the event."""
        self.ensure_one()
        if agent and event.extension and event.extension != call.extension:
            agent = self._find_agent(event.extension)
        shows = telephony.shows_card(event, call)
        if not agent or not (shows or event.event == "ended"):
            return
        if agent.has_group(AGENT):
            # The card is read by the agent himself, with his own rights.
            agent._bus_send(
                BUS_MESSAGE,
                {"id": self.id, "event": event.event, "state": call.state},
            )

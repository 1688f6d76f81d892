import { Component, EventBus, onWillStart, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { user } from "@web/core/user";
import { getDialHref } from "../dial/dial";
import { useBus, useService } from "@web/core/utils/hooks";

const AGENT = "aftersales_service.group_aftersales_agent";
const MODEL = "aftersales.interaction";
/** Cards on the screen at once; the oldest goes when another call comes. */
const MOST_CARDS = 3;

/**
 * Hears of calls at the user's extension. The message only names the call; what the
 * card shows is read by the user himself.
 */
export const callCardService = {
    dependencies: ["bus_service"],
    start(env, { bus_service }) {
        const bus = new EventBus();
        bus_service.subscribe("aftersales.call", (call) => bus.trigger("call", call));
        bus_service.start();
        return { bus };
    },
};

registry.category("services").add("aftersales_call_card", callCardService);

/** Who calls: one card per call, beside whatever is on the screen. */
export class CallCards extends Component {
    static template = "aftersales_service.CallCards";
    static props = {};

    setup() {
        this.action = useService("action");
        this.orm = useService("orm");
        this.state = useState({ cards: [] });
        const { bus } = useService("aftersales_call_card");
        useBus(bus, "call", ({ detail }) => this.onCall(detail));
        onWillStart(async () => {
            this.isAgent = await user.hasGroup(AGENT);
        });
    }

    async onCall({ id, event, state }) {
        const shown = this.state.cards.find((card) => card.id === id);
        if (event === "ended") {
            if (shown) {
                shown.state = state;
            }
            return;
        }
        if (this.isAgent) {
            await this.load(id);
        }
    }

    async load(id) {
        this.show(await this.orm.silent.call(MODEL, "get_call_card", [[id]]));
    }

    show(card) {
        if (!card.id) {
            return;
        }
        const known = this.state.cards.find((one) => one.id === card.id);
        const cards = this.state.cards.filter((one) => one !== known);
        const fresh = { ...card, isFolded: Boolean(known?.isFolded) };
        this.state.cards = [...cards, fresh].slice(-MOST_CARDS);
    }

    /** Cards give way to what was opened from them; a click on the head brings one back. */
    fold() {
        this.state.cards.forEach((card) => {
            card.isFolded = true;
        });
    }

    toggle(card) {
        card.isFolded = !card.isFolded;
    }

    close(card) {
        this.state.cards = this.state.cards.filter((one) => one.id !== card.id);
    }

    /** Calls back by the telephone system, or by the own machine's telephone. */
    dialHref(card) {
        return getDialHref(card.number);
    }

    stateName(card) {
        const names = {
            ringing: card.direction === "in" ? _t("Calling") : _t("Dialling"),
            answered: _t("On the phone"),
            ended: _t("Call ended"),
            missed: card.direction === "in" ? _t("Missed call") : _t("Not reached"),
        };
        return names[card.state] || "";
    }

    lists(card) {
        return [
            { name: "callbacks", title: _t("Due callbacks"), rows: card.callbacks },
            { name: "requests", title: _t("Requests under way"), rows: card.requests },
            {
                name: "interactions",
                title: _t("Last interactions"),
                rows: card.interactions,
            },
        ].filter((list) => list.rows.length);
    }

    async choose(card, caller) {
        this.show(await this.orm.call(MODEL, "choose_caller", [[card.id], caller.id]));
    }

    openCustomer(card) {
        return this.open({ model: "res.partner", id: card.customer.id });
    }

    async open(row) {
        this.fold();
        this.action.doAction(
            await this.orm.call(row.model, "get_formview_action", [[row.id]]),
        );
    }

    async request(card, unit) {
        this.fold();
        const context = await this.orm.call(MODEL, "get_call_request_context", [
            [card.id],
            unit?.id || false,
        ]);
        this.action.doAction("aftersales_service.request_action_new", {
            additionalContext: context,
        });
    }

    /** What to say and ask, and a request that is filled at its end. */
    guide(card) {
        this.fold();
        this.action.doAction("aftersales_service.intake_action", {
            additionalContext: { default_interaction_id: card.id },
        });
    }

    /** A new customer with the number filled in; saved, he is who called. */
    create(card) {
        this.action.doAction(
            {
                type: "ir.actions.act_window",
                name: _t("New customer"),
                res_model: "res.partner",
                views: [[false, "form"]],
                target: "new",
                context: {
                    default_phone: card.number,
                    default_aftersales_role: "customer",
                },
            },
            { onClose: () => this.link(card) },
        );
    }

    /** Whoever is the only one with the number now is who called. */
    async link(card) {
        const fresh = await this.orm.call(MODEL, "get_call_card", [[card.id]]);
        if (fresh.customer && !fresh.is_linked) {
            await this.choose(fresh, fresh.customer);
        } else {
            this.show(fresh);
        }
    }
}

registry
    .category("main_components")
    .add("aftersales_service.CallCards", { Component: CallCards });

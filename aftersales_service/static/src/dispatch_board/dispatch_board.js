import { Component, onWillStart, onWillUnmount, useState } from "@odoo/owl";
import { Dialog } from "@web/core/dialog/dialog";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { ControlPanel } from "@web/search/control_panel/control_panel";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";

const REFRESH_MS = 60000;

/** What a button of the server answers, with the views a window needs. */
function withViews(action) {
    if (action?.type !== "ir.actions.act_window" || action.views) {
        return action;
    }
    const mode = (action.view_mode || "form").split(",")[0];
    return { ...action, views: [[action.view_id || false, mode]] };
}

/** Another than the best station needs a reason in words. */
export class DispatchReasonDialog extends Component {
    static template = "aftersales_service.DispatchReasonDialog";
    static components = { Dialog };
    static props = { title: String, confirm: Function, close: Function };

    setup() {
        this.state = useState({ reason: "" });
    }

    async onConfirm() {
        const reason = this.state.reason.trim();
        if (reason) {
            await this.props.confirm(reason);
            this.props.close();
        }
    }
}

/**
 * Waiting requests on the left, the stations' days on the right.
 *
 * A request is chosen by a click or picked up by the mouse; the stations then stand
 * in the order of its ranking and say why. A click on "Offer" or dropping the request
 * on a station offers it. The server ranks again and has the last word.
 */
export class DispatchBoard extends Component {
    static template = "aftersales_service.DispatchBoard";
    static components = { ControlPanel };
    static props = { ...standardActionServiceProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.dialog = useService("dialog");
        this.state = useState({
            days: [],
            requests: [],
            offers: [],
            stations: [],
            chosen: null,
            choices: null,
            over: null,
            search: "",
            busy: false,
        });
        onWillStart(() => this.load());
        const timer = setInterval(() => this.load(), REFRESH_MS);
        onWillUnmount(() => clearInterval(timer));
    }

    async load() {
        const board = await this.orm.silent.call(
            "helpdesk.ticket",
            "get_dispatch_board",
            [],
        );
        Object.assign(this.state, board);
        if (!this.request) {
            this.state.chosen = this.state.choices = null;
        }
    }

    get stationsTitle() {
        return this.request
            ? _t("Stations for %s, best first", this.request.number)
            : _t("Stations");
    }

    pointsText(choice) {
        return _t("%s points", choice.points.toFixed(1));
    }

    get seenTitle() {
        return _t("The station has opened the job");
    }

    get unseenTitle() {
        return _t("The station has not opened the job yet");
    }

    get request() {
        return this.state.requests.find(({ id }) => id === this.state.chosen);
    }

    get requests() {
        const text = this.state.search.trim().toLowerCase();
        return this.state.requests.filter((request) =>
            [request.number, request.customer, request.place, request.machine].some(
                (value) => value.toLowerCase().includes(text),
            ),
        );
    }

    /** Best first for the chosen request; those that cannot do it last. */
    get stations() {
        const { stations, choices } = this.state;
        if (!choices) {
            return stations;
        }
        const place = ({ id }) => choices[id]?.position || (choices[id] ? 9000 : 9999);
        return stations.toSorted((one, other) => place(one) - place(other));
    }

    choiceOf(station) {
        return this.state.choices?.[station.id];
    }

    canOffer(station) {
        const choice = this.choiceOf(station);
        return Boolean(choice && (choice.position || choice.is_soft));
    }

    stars(request) {
        return Array.from({ length: request.priority }, (_star, number) => number);
    }

    offers(station) {
        return this.state.offers.filter(({ station_id: id }) => id === station.id);
    }

    percent(day) {
        return day.capacity ? Math.min(100, (100 * day.taken) / day.capacity) : 0;
    }

    barColor(day) {
        const share = this.percent(day);
        return share >= 100 ? "bg-danger" : share >= 75 ? "bg-warning" : "bg-success";
    }

    async onChoose(request) {
        if (this.state.chosen === request.id) {
            return;
        }
        this.state.chosen = request.id;
        this.state.choices = null;
        const choices = await this.orm.call("helpdesk.ticket", "get_dispatch_choices", [
            request.id,
        ]);
        if (this.state.chosen === request.id) {
            this.state.choices = choices;
        }
    }

    onDragStart(request, ev) {
        ev.dataTransfer.setData("text/plain", String(request.id));
        ev.dataTransfer.effectAllowed = "move";
        this.onChoose(request);
    }

    async onDrop(station) {
        this.state.over = null;
        if (this.request) {
            await this.onOffer(station);
        }
    }

    async onOffer(station) {
        const request = this.request;
        const choice = this.choiceOf(station);
        if (choice && choice.position !== 1) {
            this.dialog.add(DispatchReasonDialog, {
                title: _t("Why %s and not the best station?", station.name),
                confirm: (reason) => this.offer(request, station, reason),
            });
            return;
        }
        await this.offer(request, station, "");
    }

    async offer(request, station, reason) {
        await this.run("action_dispatch_to", [request.id, station.id, reason]);
    }

    async onDispatchBest() {
        await this.run("action_dispatch_best", [this.request.id]);
    }

    /** Call a button of the server, show what it answers, then look again. */
    async run(method, args) {
        this.state.busy = true;
        try {
            const action = await this.orm.call("helpdesk.ticket", method, args);
            await this.action.doAction(withViews(action), {
                onClose: () => this.load(),
            });
        } finally {
            this.state.busy = false;
            await this.load();
        }
    }

    async onDispatchTogether() {
        const action = await this.orm.call(
            "helpdesk.ticket",
            "action_dispatch_together",
            [[]],
        );
        this.action.doAction(withViews(action));
    }

    openRecord(model, id) {
        this.action.doAction({
            type: "ir.actions.act_window",
            res_model: model,
            res_id: id,
            views: [[false, "form"]],
        });
    }
}

registry.category("actions").add("aftersales_service.dispatch_board", DispatchBoard);

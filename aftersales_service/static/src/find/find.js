import { Component, onMounted, useRef, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { user } from "@web/core/user";
import { KeepLast } from "@web/core/utils/concurrency";
import { useService } from "@web/core/utils/hooks";
import { useDebounced } from "@web/core/utils/timing";
import { useSetupAction } from "@web/search/action_hook";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";

const AGENT = "aftersales_service.group_aftersales_agent";

/**
 * One search box: whatever the caller says finds the customer and the machine.
 *
 * Enter opens the marked row, the arrow keys move the mark. From each row a new request
 * begins that knows what was found.
 */
export class Find extends Component {
    static template = "aftersales_service.Find";
    static props = { ...standardActionServiceProps };

    setup() {
        this.action = useService("action");
        this.orm = useService("orm");
        this.input = useRef("input");
        this.keepLast = new KeepLast();
        this.state = useState({
            text: this.props.state?.text || "",
            rows: [],
            marked: 0,
            isAsked: false,
            canRequest: false,
        });
        useSetupAction({ getLocalState: () => ({ text: this.state.text }) });
        this.search = useDebounced(() => this.ask(), 200);
        onMounted(async () => {
            this.input.el.focus();
            this.state.canRequest = await user.hasGroup(AGENT);
            if (this.state.text) {
                this.ask();
            }
        });
    }

    async ask() {
        const text = this.state.text.trim();
        if (!text) {
            Object.assign(this.state, { rows: [], isAsked: false });
            return;
        }
        const rows = await this.keepLast.add(
            this.orm.call("aftersales.search", "search_anything", [text]),
        );
        Object.assign(this.state, { rows, marked: 0, isAsked: true });
    }

    onInput(ev) {
        this.state.text = ev.target.value;
        this.search();
    }

    onKeydown(ev) {
        const last = this.state.rows.length - 1;
        if (ev.key === "ArrowDown") {
            this.state.marked = Math.min(this.state.marked + 1, last);
        } else if (ev.key === "ArrowUp") {
            this.state.marked = Math.max(this.state.marked - 1, 0);
        } else if (ev.key === "Enter" && last >= 0) {
            this.open(this.state.rows[this.state.marked]);
        } else {
            return;
        }
        ev.preventDefault();
    }

    async open(row) {
        this.action.doAction(
            await this.orm.call(row.model, "get_formview_action", [[row.id]]),
        );
    }

    async request(row) {
        const context = await this.orm.call(
            "aftersales.search",
            "get_new_request_context",
            [],
            { text: this.state.text, model: row?.model, record_id: row?.id },
        );
        this.action.doAction("aftersales_service.request_action_new", {
            additionalContext: context,
        });
    }

    icon(row) {
        return row.model === "stock.lot" ? "fa-cog" : "fa-user";
    }

    get placeholder() {
        return _t("Phone, name, address, serial number, shop, model or date");
    }
}

registry.category("actions").add("aftersales_find", Find);

/** The way to the search box from every screen. */
export class FindButton extends Component {
    static template = "aftersales_service.FindButton";
    static props = {};

    setup() {
        this.action = useService("action");
        this.state = useState({ isShown: false });
        onMounted(async () => {
            this.state.isShown = await user.hasGroup(AGENT);
        });
    }

    open() {
        this.action.doAction("aftersales_service.find_action", {
            clearBreadcrumbs: true,
        });
    }
}

registry
    .category("systray")
    .add("aftersales_service.find", { Component: FindButton }, { sequence: 60 });

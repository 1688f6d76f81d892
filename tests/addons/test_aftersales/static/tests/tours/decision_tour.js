import { registry } from "@web/core/registry";
import { fits, go, type } from "./phone_steps";

const cell = (name) => `.modal .o_selected_row td[name=${name}]`;

// The auditor leaves less than the station claimed, and says why.
registry.category("web_tour.tours").add("aftersales_auditor_lines", {
    steps: () => [
        {
            content: "Open the claim in review",
            trigger: ".o_data_row td[name=station_id]",
            run: "click",
        },
        {
            content: "Decide line by line",
            trigger:
                ".o_form_view .o_statusbar_buttons button[name=action_decide]:first",
            run: "click",
        },
        {
            content: "The labour",
            trigger: ".modal .o_data_row:first td[name=decision]",
            run: "click",
        },
        {
            content: "Its choices",
            trigger: `${cell("decision")} input`,
            run: "click",
        },
        {
            content: "Adjust",
            trigger: ".o-dropdown--menu .o_select_menu_item:eq(1)",
            run: "click",
        },
        {
            content: "Less money",
            trigger: `${cell("approved_amount")} input:enabled`,
            run: "edit 200",
        },
        {
            content: "The reasons",
            trigger: `${cell("reason_id")} input:enabled`,
            run: "click",
        },
        {
            content: "The first one",
            trigger: ".o-autocomplete--dropdown-item:first a",
            run: "click",
        },
        {
            content: "It is chosen",
            trigger: ".modal:not(:has(.o-autocomplete--dropdown-menu))",
        },
        {
            content: "What the station reads beside it",
            trigger: `${cell("comment")} input:enabled`,
            run: "edit 2.5",
        },
        {
            content: "Decide",
            trigger: ".modal footer button[name=action_decide]",
            run: "click",
        },
        {
            content: "It is approved",
            trigger:
                ".o_statusbar_status button[data-value=approved].o_arrow_button_current",
        },
    ],
});

// The station on its phone: what it gets, why, and why it does not agree.
registry.category("web_tour.tours").add("aftersales_appeal", {
    steps: () => [
        fits("list of claims"),
        go("Open the claim", ".list-group a.list-group-item"),
        fits("page of a claim"),
        {
            content: "Appeal",
            trigger: "details.card summary",
            run: "click",
        },
        type("reason", "拆装空间小"),
        go("Send", "form[action$='/appeal'] [type=submit]"),
        {
            content: "It is with another auditor",
            trigger: ".alert-success",
        },
        fits("page of a claim with an appeal"),
    ],
});

import { registry } from "@web/core/registry";

// The auditor: what the automatic audit passed on, and why; one click approves.
registry.category("web_tour.tours").add("aftersales_auditor", {
    steps: () => [
        {
            content: "Open the claim in review",
            trigger: ".o_data_row td[name=station_id]",
            run: "click",
        },
        {
            content: "The finding says why",
            trigger: ".o_field_widget[name=finding_ids] .o_data_row",
        },
        {
            content: "Each line explains its amount",
            trigger: ".o_field_widget[name=line_ids] .o_data_row:contains(×)",
        },
        {
            content: "Approve",
            trigger: "button[name=action_approve]",
            run: "click",
        },
        {
            content: "It is approved",
            trigger:
                ".o_statusbar_status button[data-value=approved].o_arrow_button_current",
        },
    ],
});

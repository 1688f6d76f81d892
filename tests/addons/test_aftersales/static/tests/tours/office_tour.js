import { registry } from "@web/core/registry";

// The agent with a caller who knows the last digits only.
registry.category("web_tour.tours").add("aftersales_find", {
    steps: () => [
        {
            content: "Type what the caller says",
            trigger: ".o_aftersales_find input",
            run: "edit 0001",
        },
        {
            content: "The machine is found: begin a request for it",
            trigger:
                ".o_aftersales_find .list-group-item:contains(DX-0001):contains(Customer North) button",
            run: "click",
        },
        {
            content: "The form knows the machine and its owner",
            trigger: ".o_field_widget[name=partner_id] input:value(Customer North)",
        },
        {
            content: "Type what is wrong",
            trigger: ".o_field_widget[name=fault_text] textarea",
            run: "edit 冒黑烟",
        },
        {
            content: "Save",
            trigger: ".o_form_button_save",
            run: "click",
        },
        {
            content: "The machine is genuine",
            trigger: ".o_field_widget[name=serial_verdict] .text-bg-success",
        },
    ],
});

// The office sends the best station from the board.
registry.category("web_tour.tours").add("aftersales_board", {
    steps: () => [
        {
            content: "Choose the request that waits",
            trigger: ".o_aftersales_board_requests .card",
            run: "click",
        },
        {
            content: "The first of the ranking says why",
            trigger:
                ".o_aftersales_board tr:has(.badge.text-bg-success):contains(Station North)",
        },
        {
            content: "Dispatch to the best",
            trigger: ".o_aftersales_board button.btn-primary.ms-auto:enabled",
            run: "click",
        },
        {
            content: "Nothing waits any more",
            trigger: ".o_aftersales_board_requests p.text-muted",
        },
        {
            content: "The offer stands at its station, not yet seen",
            trigger: ".o_aftersales_board tr:contains(Station North) .fa-eye-slash",
        },
    ],
});

// The office has all that wait dispatched together and follows the run.
registry.category("web_tour.tours").add("aftersales_board_together", {
    steps: () => [
        {
            content: "A request waits",
            trigger: ".o_aftersales_board_requests .card",
        },
        {
            content: "Dispatch all together",
            trigger: ".o_control_panel .btn-primary:enabled",
            run: "click",
        },
        {
            content: "The run is shown",
            trigger: ".o_form_view .o_field_widget[name=state]",
        },
    ],
});

import { registry } from "@web/core/registry";

// The agent on the telephone: serial as told, verdict, warranty.
registry.category("web_tour.tours").add("aftersales_agent", {
    steps: () => [
        {
            content: "Begin a new request",
            trigger: ".o_list_button_add",
            run: "click",
        },
        {
            content: "Type the serial as the caller tells it",
            trigger: ".o_field_widget[name=serial_typed] input",
            run: "edit dx 0001",
        },
        {
            content: "Type what is wrong",
            trigger: ".o_field_widget[name=fault_text] textarea",
            run: "edit 早上起动不了",
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
        {
            content: "Its owner is the customer",
            trigger: ".o_field_widget[name=partner_id] input:value(Customer North)",
        },
        {
            content: "The next step is the warranty",
            trigger: "button[name=action_decide_warranty].btn-primary",
            run: "click",
        },
        {
            content: "In warranty, and why",
            trigger: ".o_field_widget[name=warranty_result] .text-bg-success",
        },
        {
            content: "The reasons are readable",
            trigger: ".o_field_widget[name=warranty_why]:contains(12)",
        },
    ],
});

import { registry } from "@web/core/registry";
import { fits, go, type } from "./phone_steps";

// The customer on his phone: his machine, its warranty, service asked for.
registry.category("web_tour.tours").add("aftersales_customer", {
    steps: () => [
        fits("list of machines"),
        {
            content: "The machine is in warranty",
            trigger: ".o_aftersales_machine .badge.text-bg-success",
        },
        go("Ask for service", ".o_aftersales_machine a.btn-primary"),
        {
            content: "The serial is filled in",
            trigger: "input[name=serial]:value(DX-0001)",
        },
        fits("form of a request"),
        type("description", "早上起动不了"),
        go("Send", "form[action='/submitted/ticket'] [type=submit]"),
        {
            content: "The request can be followed",
            trigger: "dl[name=request_facts]",
        },
        fits("page of the request"),
    ],
});

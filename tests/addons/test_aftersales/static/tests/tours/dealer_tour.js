import { registry } from "@web/core/registry";
import { fits, go, type } from "./phone_steps";

// The dealer on his phone: a machine of his stock is sold.
registry.category("web_tour.tours").add("aftersales_dealer", {
    steps: () => [
        fits("stock"),
        go("Sell the machine", "a[href*='/my/stock/sale/new?serial=DL-0001']"),
        {
            content: "Its serial is filled in",
            trigger: "input[name=serial]:value(DL-0001)",
        },
        fits("form of a sale"),
        type("customer_name", "赵大海"),
        type("customer_phone", "13912340000"),
        go("Register", "form[action='/my/stock/sale/new'] button[type=submit]"),
        {
            content: "It is registered",
            trigger: ".alert-success",
        },
    ],
});

import { registry } from "@web/core/registry";
import { fits, go } from "./phone_steps";

const tours = registry.category("web_tour.tours");

const state = (value) => ({
    content: `It is ${value}`,
    trigger: `.o_statusbar_status button[data-value=${value}].o_arrow_button_current`,
});

const press = (content, trigger) => ({ content, trigger, run: "click" });

// The settlement manager: the month's sheet goes to the station, then to the bill.
tours.add("aftersales_manager", {
    steps: () => [
        press("Open the sheet", ".o_data_row td[name=station_id]"),
        {
            content: "Each amount explains itself",
            trigger: ".o_field_widget[name=line_ids] .o_data_row:contains(×)",
        },
        press("Send it", "button[name=action_send]"),
        state("sent"),
        press("The station has agreed in writing", "button[name=action_confirm]"),
        press("Yes", ".modal-footer .btn-primary"),
        state("confirmed"),
        press("Make the bill", "button[name=action_bill]"),
        state("billed"),
        press("Verify", "button[name=action_verify]"),
        {
            content: "Everything comes out the same",
            trigger: ".o_notification_bar.bg-success",
        },
    ],
});

// The accountant: what a customer was asked for becomes an invoice, paid by cash.
tours.add("aftersales_accountant", {
    steps: () => [
        press("Open the paid service", ".o_data_row td[name=partner_id]"),
        press("Make the invoice", "button[name=action_invoice]"),
        state("paid"),
        press("Look at it", "button[name=action_view_invoice]"),
        state("posted"),
        press("And back", "button[name=action_view_customer_charge]"),
        state("paid"),
    ],
});

// The accountant: from a bill down to the work it pays.
tours.add("aftersales_bill", {
    steps: () => [
        press("Open the bill", ".o_data_row td[name=invoice_partner_display_name]"),
        press("What a line sums up", "button[name=action_view_settlement_lines]:first"),
        {
            content: "Each amount explains itself",
            trigger: ".o_data_row td[name=why]:contains(×)",
        },
        press(
            "The claim it comes from",
            ".o_data_row button[name=action_view_claim]:first",
        ),
        {
            content: "And the job",
            trigger: ".o_field_widget[name=work_order_id]",
        },
    ],
});

// The station on its phone: one line is disputed, the rest is confirmed.
tours.add("aftersales_station_money", {
    steps: () => [
        fits("list of settlements"),
        go("Open the sheet", ".list-group a[href^='/my/settlements/']"),
        fits("settlement"),
        {
            content: "Each amount explains itself",
            trigger: ".list-group-item:contains(×)",
        },
        press(
            "Something is wrong",
            "details:has(form[action$='/dispute']):first > summary",
        ),
        {
            content: "Say what",
            trigger: "details[open] input[name=reason]",
            run: "edit 里程算少了",
        },
        go("Dispute", "details[open] form[action$='/dispute'] button[type=submit]"),
        {
            content: "It left the sheet",
            trigger: ".alert-success",
        },
        go("Confirm the rest", "form[action$='/confirm'] button[type=submit]"),
        {
            content: "Confirmed",
            trigger: ".alert-success",
        },
        go("Look at a claim", ".list-group a[href^='/my/claims/']:first"),
        fits("claim"),
    ],
});

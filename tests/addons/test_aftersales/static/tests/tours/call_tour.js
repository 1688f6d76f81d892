import { rpc } from "@web/core/network/rpc";
import { registry } from "@web/core/registry";

/**
 * Tests have no websocket: what waits for this user on the bus is fetched as the
 * websocket would get it, and handed to who listens.
 */
async function receiveCalls() {
    const found = await rpc("/websocket/peek_notifications", {
        channels: [],
        last: 0,
        is_first_poll: true,
    });
    const { bus } = odoo.__WOWL_DEBUG__.root.env.services.aftersales_call_card;
    for (const { message } of found.notifications) {
        if (message.type === "aftersales.call") {
            bus.trigger("call", message.payload);
        }
    }
}

const RECEIVE = {
    content: "The telephone rings",
    trigger: ".o_web_client .o_main_navbar",
    run: receiveCalls,
};

// The telephone rings: the card opens a request that knows who calls about what.
registry.category("web_tour.tours").add("aftersales_call", {
    steps: () => [
        RECEIVE,
        {
            content: "The card names the customer",
            trigger:
                ".o_aftersales_call_card .o_call_customer:contains(Customer North)",
        },
        {
            content: "A click on the number dials by the telephone system",
            trigger:
                ".o_aftersales_call_card .o_call_number[href='https://pbx.example.com/dial?to=13800138000&from=801']",
        },
        {
            content: "A new request on the machine",
            trigger: ".o_call_unit:contains(DX-0001) .o_call_request",
            run: "click",
        },
        {
            content: "The card gives way to the request",
            trigger:
                ".o_aftersales_call_card:not(:has(.card-body)) .card-header:contains(Customer North)",
        },
        {
            content: "The customer is filled in",
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
        {
            content: "The card is put away",
            trigger: ".o_aftersales_call_card .btn-close",
            run: "click",
        },
        {
            content: "No card",
            trigger: "body:not(:has(.o_aftersales_call_card))",
        },
    ],
});

// A number that nobody has becomes a customer.
registry.category("web_tour.tours").add("aftersales_call_new", {
    steps: () => [
        RECEIVE,
        {
            content: "Nobody is known",
            trigger: ".o_aftersales_call_card .o_call_unknown",
        },
        {
            content: "A new customer",
            trigger: ".o_call_new_customer",
            run: "click",
        },
        {
            content: "The number is filled in",
            trigger:
                ".modal .o_field_widget[name=phone] input:value(+86 137 0000 0007)",
        },
        {
            content: "Type the name",
            trigger:
                ".modal .o_field_widget[name=name] textarea, .modal .o_field_widget[name=name] input",
            run: "edit 新客户",
        },
        {
            content: "Save",
            trigger: ".modal .o_form_button_save",
            run: "click",
        },
        {
            content: "He is who called",
            trigger: ".o_aftersales_call_card .o_call_customer:contains(新客户)",
        },
    ],
});

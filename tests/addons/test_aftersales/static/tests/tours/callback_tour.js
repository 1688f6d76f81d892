import { registry } from "@web/core/registry";

const question = (measure) => `.o_aftersales_questionnaire [data-measure=${measure}]`;
const choose = (measure, number) => ({
    content: `Answer ${measure} with choice ${number}`,
    trigger: `${question(measure)} button:eq(${number})`,
    run: "click",
});

// The agent calls back; the customer is not content, and a department hears of it.
registry.category("web_tour.tours").add("aftersales_callback", {
    steps: () => [
        {
            content: "Who is to be called",
            trigger: ".o_data_row td[name=partner_id]:contains(Customer North)",
            run: "click",
        },
        choose("satisfaction", 0),
        choose("is_solved", 1),
        choose("is_charged_extra", 1),
        {
            content: "How much he paid without a paper",
            trigger: `${question("charged_amount")} input`,
            run: "edit 80 && click body",
        },
        {
            content: "Record the answer",
            trigger: ".o_statusbar_buttons button[name=action_answer]",
            run: "click",
        },
        {
            content: "A problem sheet is open",
            trigger: ".alert .o_field_widget[name=problem_ticket_id]:visible",
        },
        {
            content: "Look at it",
            trigger: "button[name=action_view_problem]",
            run: "click",
        },
        {
            content: "It is a request of its own, with a number",
            trigger: ".o_form_view .o_field_widget[name=number]:contains(HT)",
        },
    ],
});

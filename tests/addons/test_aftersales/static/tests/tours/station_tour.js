import { registry } from "@web/core/registry";

const pick = (name) => ({
    content: `Choose the first ${name}`,
    trigger: `select[name=${name}]`,
    run: "selectByIndex 1",
});
const type = (name, text) => ({
    content: `Type ${name}`,
    trigger: `[name=${name}]`,
    run: `edit ${text}`,
});

// The station on its phone: accept, arrive, report with coded choices.
registry.category("web_tour.tours").add("aftersales_station", {
    steps: () => [
        {
            content: "Open the job",
            trigger: ".list-group a[href^='/my/jobs/']",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "Accept it",
            trigger: "form[action$='/accept'] button[type=submit]",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "Arrive",
            trigger: "form[action$='/arrive'] button[type=submit]",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "Write the report",
            trigger: "a[href$='/report']",
            run: "click",
            expectUnloadPage: true,
        },
        ...["component_id", "symptom_id", "cause_id", "remedy_id"].map(pick),
        type("reading_value", "120"),
        type("travel_km", "36"),
        type("labor_hours", "2"),
        type("work_text", "更换喷油泵"),
        {
            content: "Submit",
            trigger: "button[name=action][value=submit]:last",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "The job is done",
            trigger: ".badge.text-bg-success",
        },
    ],
});

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

// A page wider than the phone would have to be pushed sideways to be read.
const fits = (page) => ({
    content: `The ${page} does not scroll sideways`,
    trigger: "#wrap",
    run() {
        const width = document.documentElement.scrollWidth;
        if (window.innerWidth > 400 || width > window.innerWidth) {
            throw new Error(`${page}: ${width} px wide on ${window.innerWidth} px`);
        }
    },
});

// The station on its phone: accept, arrive, report with coded choices.
registry.category("web_tour.tours").add("aftersales_station", {
    steps: () => [
        fits("list of jobs"),
        {
            content: "Open the job",
            trigger: ".list-group a[href^='/my/jobs/']",
            run: "click",
            expectUnloadPage: true,
        },
        fits("page of the job"),
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
        {
            content: "The report is open",
            trigger: "select[name=component_id]",
        },
        fits("report"),
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

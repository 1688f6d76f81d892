import { registry } from "@web/core/registry";
import { fits, go, pick, type } from "./phone_steps";

// The station on its phone: accept, arrive, report with coded choices.
registry.category("web_tour.tours").add("aftersales_station", {
    steps: () => [
        fits("list of jobs"),
        go("Open the job", ".list-group a[href^='/my/jobs/']"),
        fits("page of the job"),
        go("Accept it", "form[action$='/accept'] button[type=submit]"),
        go("Arrive", "form[action$='/arrive'] button[type=submit]"),
        go("Write the report", "a[href$='/report']"),
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
        go("Submit", "button[name=action][value=submit]:last"),
        {
            content: "The job is done",
            trigger: ".badge.text-bg-success",
        },
    ],
});

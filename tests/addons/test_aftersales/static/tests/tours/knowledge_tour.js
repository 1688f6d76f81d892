import { registry } from "@web/core/registry";
import { fits, go } from "./phone_steps";

const step = (content, name) => ({
    content,
    trigger: `.o_statusbar_buttons button[name=${name}]`,
    run: "click",
});
const state = (label) => ({
    content: `It is ${label}`,
    trigger: `.o_statusbar_status .o_arrow_button_current:contains(${label})`,
});
const write = (text) => ({
    content: `Write “${text}”`,
    trigger: ".o_field_widget[name=remedy] .odoo-editor-editable",
    run: `editor ${text}`,
});
const SAVE = {
    content: "Save",
    trigger: ".o_form_button_save:visible",
    run: "click",
};
const SAVED = { content: "Saved", trigger: ".o_form_saved" };
const open = (name) => ({
    content: `Open “${name}”`,
    trigger: `.o_data_row td[name=name]:contains(${name})`,
    run: "click",
});

// An editor writes an article and hands it in.
registry.category("web_tour.tours").add("aftersales_article_write", {
    steps: () => [
        {
            content: "A new article",
            trigger: ".o_list_button_add",
            run: "click",
        },
        {
            content: "Its title",
            trigger:
                ".o_field_widget[name=name] textarea, .o_field_widget[name=name] input",
            run: "edit Hard to start in the cold",
        },
        write("Heat the intake"),
        SAVE,
        SAVED,
        step("Hand it in", "action_submit"),
        state("In review"),
    ],
});

// An approver publishes it.
registry.category("web_tour.tours").add("aftersales_article_publish", {
    steps: () => [
        open("Hard to start in the cold"),
        step("Publish it", "action_publish"),
        state("Published"),
    ],
});

// He takes it back for a better text.
registry.category("web_tour.tours").add("aftersales_article_revise", {
    steps: () => [
        open("Hard to start in the cold"),
        step("Take it back", "action_revise"),
        state("Draft"),
    ],
});

// The editor writes a new version and looks at what changed.
registry.category("web_tour.tours").add("aftersales_article_version", {
    steps: () => [
        open("Hard to start in the cold"),
        write("Heat the intake for a minute"),
        SAVE,
        SAVED,
        {
            content: "The menu of the form",
            trigger: ".o_cp_action_menus .dropdown-toggle",
            run: "click",
        },
        {
            content: "The versions of the remedy",
            trigger: ".o-dropdown--menu .o_menu_item:contains(Versions of the remedy)",
            run: "click",
        },
        {
            content: "The version before",
            trigger: ".html-history-dialog.html-history-loaded .revision-list a:last",
            run: "click",
        },
        {
            content: "What was written then",
            trigger: ".history-content-view:contains(Heat the intake)",
        },
        {
            content: "What is different now",
            trigger: ".history-content-view .btn:contains(View comparison)",
            run: "click",
        },
        {
            content: "The words that came",
            trigger: ".history-comparison-view added:contains(for a minute)",
        },
        {
            content: "Close",
            trigger: ".modal-footer .btn-secondary",
            run: "click",
        },
        step("Hand it in again", "action_submit"),
        state("In review"),
    ],
});

// A station reads news on its telephone.
registry.category("web_tour.tours").add("aftersales_bulletin", {
    steps: () => [
        go("To the news", "a[href='/my/bulletins']"),
        {
            content: "It is new",
            trigger: "#bulletins a:contains(New oil) .badge",
        },
        fits("list of news"),
        go("Read it", "#bulletins a:contains(New oil)"),
        {
            content: "What it says",
            trigger: "#wrap:contains(Use CF-4)",
        },
        fits("bulletin"),
        go("Back to the list", ".breadcrumb a[href='/my/bulletins']"),
        {
            content: "It is no longer new",
            trigger: "#bulletins a:contains(New oil):not(:has(.badge))",
        },
    ],
});

const answer = (text) => ({
    content: `Answer “${text}”`,
    trigger: `.modal .o_kanban_record button:contains(${text})`,
    run: "click",
});
const asks = (text) => ({
    content: `It asks “${text}”`,
    trigger: `.modal .o_field_widget[name=question_name]:contains(${text})`,
});

// An agent who does not know the machine is led to the codes.
registry.category("web_tour.tours").add("aftersales_diagnosis", {
    steps: () => [
        {
            content: "Ask question by question",
            trigger: "button[name=action_diagnose]",
            run: "click",
        },
        asks("Is there fuel?"),
        answer("Yes"),
        asks("Does it turn?"),
        {
            content: "Back: the caller has looked again",
            trigger: ".modal button[name=action_back]",
            run: "click",
        },
        asks("Is there fuel?"),
        answer("No"),
        {
            content: "The end proposes a component",
            trigger: ".modal .o_field_widget[name=component_id]:contains(Fuel system)",
        },
        {
            content: "And an article",
            trigger:
                ".modal .o_field_widget[name=articles_told] a:contains(Bleed the line)",
        },
        {
            content: "Take it over",
            trigger: ".modal button[name=action_take_over]",
            run: "click",
        },
        {
            content: "The request has the codes",
            trigger:
                "body:not(:has(.modal)) .o_field_widget[name=component_id] input:value(T-C1 Fuel system)",
        },
        {
            content: "And the road",
            trigger: ".o-mail-Message:contains(Is there fuel?)",
        },
    ],
});

// The editor tries what he has built.
registry.category("web_tour.tours").add("aftersales_diagnosis_try", {
    steps: () => [
        open("Does not start"),
        step("Try it", "action_try"),
        asks("Is there fuel?"),
        answer("Yes"),
        asks("Does it turn?"),
        answer("No"),
        {
            content: "An end, and nothing to take over",
            trigger:
                ".modal:not(:has(button[name=action_take_over])) .o_field_widget[name=component_id]",
        },
    ],
});

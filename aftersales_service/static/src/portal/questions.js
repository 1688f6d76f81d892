import { Interaction } from "@web/public/interaction";
import { registry } from "@web/core/registry";

/** Questions that follow from an answer (data-shown-by) are shown when it is chosen. */
export class Questions extends Interaction {
    static selector = ".o_aftersales_questions";
    dynamicContent = {
        input: { "t-on-change": this.show },
    };

    start() {
        this.show();
    }

    show() {
        const chosen = new Set(
            [...this.el.querySelectorAll("input:checked")].map((input) => input.value)
        );
        for (const question of this.el.querySelectorAll("[data-shown-by]")) {
            const ids = question.dataset.shownBy.split(" ");
            const isAsked = ids.some((id) => chosen.has(id));
            question.classList.toggle("d-none", !isAsked);
            // What is not asked is not sent.
            question.disabled = !isAsked;
        }
    }
}

registry.category("public.interactions").add("aftersales_service.questions", Questions);

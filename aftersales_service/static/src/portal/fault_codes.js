import { Interaction } from "@web/public/interaction";
import { registry } from "@web/core/registry";

/**
 * Component, symptom, cause, remedy: what is chosen narrows what follows. Each option
 * names the codes it goes with (data-fits) and its own groups (data-path).
 */
export class FaultCodes extends Interaction {
    static selector = ".o_aftersales_fault_codes";
    dynamicContent = {
        select: { "t-on-change": this.narrow },
    };

    setup() {
        this.selects = [...this.el.querySelectorAll("select")];
        this.options = this.selects.map((select) => [...select.options]);
    }

    start() {
        this.narrow();
    }

    narrow(event) {
        let path = null;
        for (const [index, select] of this.selects.entries()) {
            const chosen = select.value;
            const fitting = this.options[index].filter((option) => {
                // What was chosen before stays until something is changed.
                const isKept = !event && option.value === chosen;
                return isKept || this.goesWith(option, path);
            });
            select.replaceChildren(...fitting);
            const stays = fitting.some((option) => option.value === chosen);
            select.value = stays ? chosen : "";
            const option = select.selectedOptions[0];
            path = option && option.value ? option.dataset.path.split(" ") : null;
        }
    }

    goesWith(option, path) {
        const fits = option.dataset.fits;
        return !fits || !path || fits.split(" ").some((id) => path.includes(id));
    }
}

registry
    .category("public.interactions")
    .add("aftersales_service.fault_codes", FaultCodes);

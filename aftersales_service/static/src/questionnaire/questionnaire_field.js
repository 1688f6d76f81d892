import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

/**
 * The questions of a follow-up, answered right on its form.
 *
 * The field holds {question id: answer}; the questions come from the field
 * `questions` of the same record. The server reads and checks what is typed here.
 */
export class QuestionnaireField extends Component {
    static template = "aftersales_service.QuestionnaireField";
    static props = { ...standardFieldProps };

    get answers() {
        return this.props.record.data[this.props.name] || {};
    }

    /** A question that depends on an earlier choice appears once that is taken. */
    get questions() {
        const taken = new Set();
        const shown = [];
        for (const question of this.props.record.data.questions || []) {
            const after = question.shown_by;
            if (after.length && !after.some((id) => taken.has(id))) {
                continue;
            }
            shown.push(question);
            if (question.choices.length) {
                [this.answers[question.id]].flat().forEach((id) => taken.add(id));
            }
        }
        return shown;
    }

    options(question) {
        if (question.kind !== "scale") {
            return question.choices.map(({ id, label }) => [id, label]);
        }
        const points = [];
        for (let point = question.min; point <= question.max; point++) {
            points.push([point, String(point)]);
        }
        return points;
    }

    isTaken(question, value) {
        return [this.answers[question.id]].flat().includes(value);
    }

    onPick(question, value) {
        if (this.props.readonly) {
            return;
        }
        if (question.kind !== "multiple_choice") {
            this.save(question, value);
            return;
        }
        const taken = this.answers[question.id] || [];
        this.save(
            question,
            taken.includes(value)
                ? taken.filter((one) => one !== value)
                : [...taken, value],
        );
    }

    onType(question, ev) {
        this.save(question, ev.target.value);
    }

    save(question, value) {
        return this.props.record.update({
            [this.props.name]: { ...this.answers, [question.id]: value },
        });
    }
}

export const questionnaireField = {
    component: QuestionnaireField,
    displayName: _t("Questionnaire"),
    supportedTypes: ["json"],
    fieldDependencies: [{ name: "questions", type: "json", readonly: true }],
};

registry.category("fields").add("aftersales_questionnaire", questionnaireField);

import { registry } from "@web/core/registry";
import { _t } from "@web/core/l10n/translation";
import {
    SelectionField,
    selectionField,
} from "@web/views/fields/selection/selection_field";

/**
 * Chooses one of a record's own fields by its label and keeps its technical name.
 *
 * The fields come from `interaction_properties_definition` of the same record, of
 * those types that `options="{'types': [...]}"` names.
 */
export class PropertyChoiceField extends SelectionField {
    static props = { ...SelectionField.props, types: { type: Array } };

    get options() {
        const fields = this.props.record.data.interaction_properties_definition || [];
        const options = fields
            .filter(({ type }) => this.props.types.includes(type))
            .map(({ name, string }) => [name, string || name]);
        const value = this.props.record.data[this.props.name];
        if (value && !options.some(([name]) => name === value)) {
            options.push([value, value]);
        }
        return options;
    }

    get string() {
        const value = this.props.record.data[this.props.name];
        return this.options.find(([name]) => name === value)?.[1] || "";
    }

    get value() {
        return this.props.record.data[this.props.name];
    }

    onChange(value) {
        this.props.record.update({ [this.props.name]: value || false });
    }
}

export const propertyChoiceField = {
    ...selectionField,
    component: PropertyChoiceField,
    displayName: _t("One of the own fields"),
    supportedOptions: [],
    supportedTypes: ["char"],
    fieldDependencies: [
        { name: "interaction_properties_definition", type: "properties_definition" },
    ],
    extractProps({ options, placeholder }) {
        return { placeholder, types: options.types };
    },
};

registry.category("fields").add("aftersales_property_choice", propertyChoiceField);

import { HistoryDialog } from "@html_editor/components/history_dialog/history_dialog";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { FormController } from "@web/views/form/form_controller";
import { formView } from "@web/views/form/form_view";

const VERSIONED = {
    symptom: _t("Versions of the symptom"),
    cause: _t("Versions of the cause"),
    remedy: _t("Versions of the remedy"),
};

/**
 * The form of an article: earlier versions of its texts, what changed between them,
 * and the way back to one of them.
 */
export class ArticleFormController extends FormController {
    setup() {
        super.setup();
        this.versionDialog = useService("dialog");
    }

    getStaticActionMenuItems() {
        const items = super.getStaticActionMenuItems();
        Object.entries(VERSIONED).forEach(([name, description], index) => {
            items[`versions_${name}`] = {
                sequence: 15 + index,
                icon: "fa fa-history",
                description,
                isAvailable: () => Boolean(this.getVersions(name)),
                callback: () => this.openVersions(name, description),
            };
        });
        return items;
    }

    getVersions(name) {
        return this.model.root.data.html_field_history_metadata?.[name];
    }

    openVersions(name, title) {
        const record = this.model.root;
        this.versionDialog.add(HistoryDialog, {
            title: title.toString(),
            recordId: record.resId,
            recordModel: this.props.resModel,
            versionedFieldName: name,
            historyMetadata: this.getVersions(name),
            restoreRequested: (html, close) => {
                // What is published is taken back first: the server says so.
                record.update({ [name]: html });
                close();
            },
        });
    }
}

registry.category("views").add("aftersales_article_form", {
    ...formView,
    Controller: ArticleFormController,
});

import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";

registry.category("discuss.channel_commands").add("request", {
    channel_types: ["livechat"],
    condition: ({ store }) => store.has_access_livechat,
    help: _t("Make a request of this chat (/request what is wrong)"),
    methodName: "execute_command_request",
});

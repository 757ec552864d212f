import {_t} from "@web/core/l10n/translation";
import {registry} from "@web/core/registry";

registry.category("discuss.channel_commands").add("ticket", {
    condition: ({store, thread}) =>
        store.has_access_create_ticket && thread?.channel_type === "livechat",
    help: _t("Create a new ticket (/ticket what it is about)"),
    methodName: "execute_command_ticket",
});

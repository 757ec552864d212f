import {Component, useState} from "@odoo/owl";
import {
    findMatches,
    getLeafText,
    getMembers,
    isBranch,
    joinPath,
    parseJson,
    showUnseen,
} from "./json_tree_logic";
import {_t} from "@web/core/l10n/translation";
import {browser} from "@web/core/browser/browser";
import {registry} from "@web/core/registry";
import {standardFieldProps} from "@web/views/fields/standard_field_props";
import {useService} from "@web/core/utils/hooks";

/** Branches down to this depth are unfolded at first. */
const OPEN_DEPTH = 2;
/** Members of one branch that are drawn before somebody asks for more. */
const PAGE = 100;

export class JsonNode extends Component {
    static template = "order_management.JsonNode";
    static props = {
        name: {type: String, optional: true},
        value: true,
        path: String,
        depth: Number,
        matches: Object,
    };

    setup() {
        this.state = useState({
            open: this.props.depth < OPEN_DEPTH,
            limit: PAGE,
        });
    }

    get isBranch() {
        return isBranch(this.props.value);
    }

    get isOpen() {
        return this.state.open || this.props.matches.open.has(this.props.path);
    }

    get isHit() {
        return this.props.matches.hits.has(this.props.path);
    }

    get members() {
        const members = getMembers(this.props.value).slice(0, this.state.limit);
        return members.map(([name, value]) => ({
            name: showUnseen(name),
            value,
            path: joinPath(this.props.path, name),
        }));
    }

    get rest() {
        return Math.max(getMembers(this.props.value).length - this.state.limit, 0);
    }

    get summary() {
        const count = getMembers(this.props.value).length;
        return Array.isArray(this.props.value) ? `[${count}]` : `{${count}}`;
    }

    get text() {
        return getLeafText(this.props.value);
    }

    toggle() {
        this.state.open = !this.isOpen;
    }

    showMore() {
        this.state.limit += 10 * PAGE;
    }
}
JsonNode.components = {JsonNode};

/** A message as a tree to fold, search and copy; text that is no JSON as it is. */
export class JsonTreeField extends Component {
    static template = "order_management.JsonTreeField";
    static components = {JsonNode};
    static props = {...standardFieldProps};

    setup() {
        this.notification = useService("notification");
        this.state = useState({term: ""});
    }

    get text() {
        return this.props.record.data[this.props.name] || "";
    }

    get value() {
        if (this.parsedText !== this.text) {
            this.parsedText = this.text;
            this.parsed = parseJson(this.text);
        }
        return this.parsed;
    }

    get matches() {
        return findMatches(this.value, this.state.term);
    }

    get countText() {
        return this.state.term.trim() ? _t("%s found", this.matches.hits.size) : "";
    }

    async copy() {
        try {
            await browser.navigator.clipboard.writeText(this.text);
            this.notification.add(_t("Message copied"), {type: "success"});
        } catch {
            this.notification.add(
                _t("The browser does not allow copying here. Select the text instead."),
                {type: "warning"}
            );
        }
    }
}

registry.category("fields").add("order_json_tree", {
    component: JsonTreeField,
    displayName: _t("JSON Tree"),
    supportedTypes: ["text"],
});

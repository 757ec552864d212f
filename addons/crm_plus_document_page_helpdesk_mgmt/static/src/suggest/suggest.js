import {Interaction} from "@web/public/interaction";
import {registry} from "@web/core/registry";
import {renderToElement} from "@web/core/utils/render";
import {rpc} from "@web/core/network/rpc";

const DELAY = 500; // ms without a key

/** Articles that may answer a ticket while it is being written. */
export class TicketSuggestions extends Interaction {
    static selector = "form[action='/submitted/ticket']";
    dynamicContent = {
        "input[name=subject], textarea[name=description]": {
            "t-on-input": this.debounced(this.onType, DELAY),
        },
    };

    setup() {
        this.asked = "";
    }

    async onType() {
        const text = ["subject", "description"]
            .map((name) => this.el.querySelector(`[name=${name}]`).value)
            .join(" ")
            .trim();
        if (text.length < 4 || text === this.asked) {
            return;
        }
        this.asked = text;
        const articles = await this.waitFor(rpc("/help/suggest", {text}));
        if (text === this.asked) {
            this.show(articles);
        }
    }

    show(articles) {
        const place = this.el.querySelector(".o_ticket_suggestions");
        place.replaceChildren();
        if (!articles.length) {
            return;
        }
        place.append(
            renderToElement("crm_plus_document_page_helpdesk_mgmt.suggestions", {
                articles,
            })
        );
        for (const button of place.querySelectorAll("[data-solved]")) {
            this.addListener(button, "click", () => this.onSolved(button));
        }
    }

    async onSolved(button) {
        const article = parseInt(button.dataset.solved, 10);
        await this.waitFor(
            rpc("/help/vote", {article, useful: true, source: "ticket"})
        );
        window.location = button.dataset.url;
    }
}

registry
    .category("public.interactions")
    .add("crm_plus_document_page_helpdesk_mgmt.suggestions", TicketSuggestions);

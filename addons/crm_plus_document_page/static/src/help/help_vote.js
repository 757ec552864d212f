import {Interaction} from "@web/public/interaction";
import {registry} from "@web/core/registry";
import {rpc} from "@web/core/network/rpc";

/** Whether an article helped; a "no" may say what was missing. */
export class HelpVote extends Interaction {
    static selector = ".o_help_vote";
    dynamicContent = {
        "button[data-useful]": {"t-on-click": this.onVote},
        ".o_help_comment": {"t-on-submit.prevent": this.onComment},
        ".o_help_thanks": {"t-att-class": () => ({"d-none": !this.voted})},
        ".o_help_comment .btn": {"t-att-disabled": () => this.sent},
    };

    setup() {
        this.voted = false;
        this.sent = false;
        this.useful = true;
    }

    send(comment) {
        const article = parseInt(this.el.dataset.article, 10);
        return rpc("/help/vote", {article, useful: this.useful, comment});
    }

    async onVote(event) {
        this.useful = event.currentTarget.dataset.useful === "1";
        await this.waitFor(this.send(""));
        this.voted = true;
        this.el
            .querySelector(".o_help_comment")
            .classList.toggle("d-none", this.useful);
    }

    async onComment() {
        this.sent = true;
        await this.waitFor(this.send(this.el.querySelector("textarea").value));
        this.el.querySelector(".o_help_comment").classList.add("d-none");
    }
}

registry
    .category("public.interactions")
    .add("crm_plus_document_page.help_vote", HelpVote);

import {Component, onWillStart, useState} from "@odoo/owl";
import {readNumber, showNumber} from "../typed_number";
import {KeepLast} from "@web/core/utils/concurrency";
import {_t} from "@web/core/l10n/translation";
import {localization} from "@web/core/l10n/localization";
import {registry} from "@web/core/registry";
import {rpc} from "@web/core/network/rpc";
import {useDebounced} from "@web/core/utils/timing";

const SEARCH_DELAY = 250; // ms without a key
const QUOTE_DELAY = 300;

/** A token of 32 hexadecimal digits: the same entry sent twice is one order. */
function newToken() {
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/**
 * A dealer's order: products with their price, date and quota on one side, the order
 * with its totals on the other.
 *
 * What is typed is kept in this window until it is sent, so that a lost connection or
 * a reload costs nothing.
 */
export class DealerOrder extends Component {
    static template = "distribution.DealerOrder";
    static props = {memberId: Number, addresses: Array, suppliers: Array};

    setup() {
        this.searches = new KeepLast();
        this.quotes = new KeepLast();
        // {product id: text}: what is drawn anew while somebody types keeps it
        this.typing = {};
        this.state = useState({
            text: "",
            page: 1,
            products: [],
            more: false,
            lines: [],
            quote: null,
            note: "",
            reference: "",
            shippingId: this.props.addresses.length ? this.props.addresses[0].id : 0,
            supplierId: this.props.suppliers.length ? this.props.suppliers[0].id : 0,
            token: newToken(),
            error: "",
            busy: false,
            done: null,
        });
        Object.assign(this.state, this.load());
        this.search = useDebounced(() => this.find(1), SEARCH_DELAY);
        this.requote = useDebounced(() => this.quote(), QUOTE_DELAY);
        onWillStart(async () => {
            await this.find(1);
            await this.quote();
        });
    }

    // --- kept in the window

    get key() {
        const {supplierId} = this.state;
        return `distribution.dealer_order.${this.props.memberId}.${supplierId}`;
    }

    load() {
        try {
            return JSON.parse(sessionStorage.getItem(this.key)) || {};
        } catch {
            return {};
        }
    }

    save() {
        const {lines, note, reference, token} = this.state;
        sessionStorage.setItem(
            this.key,
            JSON.stringify({lines, note, reference, token})
        );
    }

    /** Another supplier has other products and an order of its own. */
    async chooseSupplier(ev) {
        const supplierId = Number(ev.target.value);
        Object.assign(this.state, {
            supplierId,
            lines: [],
            quote: null,
            note: "",
            reference: "",
            token: newToken(),
        });
        Object.assign(this.state, this.load());
        await this.find(1);
        await this.quote();
    }

    // --- products

    onSearch(ev) {
        this.state.text = ev.target.value;
        this.search();
    }

    async find(page) {
        try {
            const answer = await this.searches.add(
                rpc("/my/dealer/order/products", {
                    text: this.state.text,
                    page,
                    supplier_id: this.state.supplierId,
                })
            );
            Object.assign(this.state, answer, {page});
        } catch (error) {
            this.fail(error);
        }
    }

    getQuantity(product) {
        const line = this.state.lines.find((each) => each.product_id === product.id);
        return line ? line.quantity : "";
    }

    showQuantity(quantity) {
        return showNumber(quantity, localization);
    }

    /** The text in the field of a product's quantity. */
    getTyped(product) {
        return this.typing[product.id] ?? this.showQuantity(this.getQuantity(product));
    }

    onType(product, ev) {
        this.typing[product.id] = ev.target.value;
    }

    onQuantity(product, ev) {
        this.setQuantity(product, readNumber(ev.target.value, localization));
        // also where nothing changed: what was typed was no number, or is written anew
        ev.target.value = this.showQuantity(this.getQuantity(product));
    }

    setQuantity(product, quantity) {
        delete this.typing[product.id];
        const lines = this.state.lines;
        const index = lines.findIndex((line) => line.product_id === product.id);
        if (!(quantity > 0)) {
            if (index >= 0) {
                lines.splice(index, 1);
            }
        } else if (index >= 0) {
            lines[index].quantity = quantity;
        } else {
            lines.push({product_id: product.id, name: product.name, quantity});
        }
        this.save();
        this.requote();
    }

    step(product, by) {
        this.setQuantity(product, (Number(this.getQuantity(product)) || 0) + by);
    }

    // --- the order

    async quote() {
        this.state.error = "";
        if (!this.state.lines.length) {
            this.state.quote = null;
            return;
        }
        try {
            this.state.quote = await this.quotes.add(
                rpc("/my/dealer/order/quote", {
                    lines: this.getLines(),
                    supplier_id: this.state.supplierId,
                })
            );
        } catch (error) {
            this.fail(error);
        }
    }

    getLines() {
        return this.state.lines.map(({product_id, quantity}) => ({
            product_id,
            quantity,
        }));
    }

    getQuoted(line) {
        const rows = this.state.quote ? this.state.quote.lines : [];
        return rows.find((row) => row.id === line.product_id);
    }

    isOver(line) {
        const row = this.getQuoted(line);
        return Boolean(row) && row.quotas.some((quota) => quota.after < 0);
    }

    async send() {
        if (this.state.busy || !this.state.lines.length) {
            return;
        }
        this.state.busy = true;
        this.state.error = "";
        const {note, reference, shippingId, token} = this.state;
        try {
            this.state.done = await rpc("/my/dealer/order/send", {
                supplier_id: this.state.supplierId,
                values: {
                    lines: this.getLines(),
                    note,
                    reference,
                    shipping_id: shippingId,
                    token,
                },
            });
            sessionStorage.removeItem(this.key);
        } catch (error) {
            this.fail(error);
        } finally {
            this.state.busy = false;
        }
    }

    again() {
        Object.assign(this.state, {
            lines: [],
            quote: null,
            note: "",
            reference: "",
            token: newToken(),
            done: null,
        });
        this.find(1);
    }

    fail(error) {
        const isAnswer = error.data && error.data.message;
        this.state.error = isAnswer
            ? error.data.message
            : _t("No connection. Your order is kept here: try again in a moment.");
    }

    // --- words

    getPromise(row) {
        if (row.promise === "now") {
            return _t("In stock");
        }
        if (row.promise === "later") {
            return _t("From %s", row.promise_date);
        }
        return _t("Date on request");
    }

    getPromiseClass(row) {
        return {now: "text-success", later: "text-warning", ask: "text-muted"}[
            row.promise
        ];
    }

    getQuotaText(quota) {
        return _t("%(left)s %(unit)s left of your quota", {
            left: Math.max(quota.left, 0),
            unit: quota.unit,
        });
    }
}

registry.category("public_components").add("distribution.dealer_order", DealerOrder);

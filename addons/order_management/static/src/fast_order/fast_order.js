import {
    Component,
    onMounted,
    onWillStart,
    useExternalListener,
    useRef,
    useState,
} from "@odoo/owl";
import {KeepLast, Mutex} from "@web/core/utils/concurrency";
import {
    addProduct,
    blankOrder,
    getMessage,
    getValues,
    isPhone,
    isShort,
    parseEntry,
    stepQuantity,
    wrap,
} from "./fast_order_logic";
import {_t} from "@web/core/l10n/translation";
import {formatCurrency} from "@web/core/currency";
import {formatFloat} from "@web/core/utils/numbers";
import {registry} from "@web/core/registry";
import {standardActionServiceProps} from "@web/webclient/actions/action_service";
import {useDebounced} from "@web/core/utils/timing";
import {useService} from "@web/core/utils/hooks";

const SEARCH_DELAY = 200; // ms without a key

/**
 * An order by keyboard or scanner: customer, codes, Ctrl+Enter.
 *
 * Codes are looked up one after the other in the order they came, so that a scanner
 * never waits; prices are asked once for the whole order and only the last answer
 * counts.
 */
export class FastOrder extends Component {
    static template = "order_management.FastOrder";
    static props = {...standardActionServiceProps};

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.lookups = new Mutex();
        this.quotes = new KeepLast();
        this.customerSearches = new KeepLast();
        this.customerInput = useRef("customer");
        this.codeInput = useRef("code");
        this.addressFields = useRef("address");
        this.state = useState({
            channels: [],
            channelId: false,
            countries: [],
            states: [],
            done: [],
            ...blankOrder(),
        });
        this.searchCustomers = useDebounced(
            this.findCustomers.bind(this),
            SEARCH_DELAY
        );
        useExternalListener(window, "keydown", this.onWindowKeydown.bind(this), {
            capture: true,
        });
        onWillStart(async () => {
            const setup = await this.orm.call("sale.order", "fast_setup", []);
            this.state.channels = setup.channels;
            this.state.channelId = setup.channels.length ? setup.channels[0].id : false;
            this.companyCurrencyId = setup.currency_id;
            this.state.countries = setup.countries || [];
            this.home = {countryId: setup.country_id, states: setup.states || []};
            this.goHome();
        });
        onMounted(() => this.customerInput.el.focus());
    }

    // ---------------------------------------------------------------- what is shown

    money(amount) {
        if (amount === null || amount === undefined) {
            return "";
        }
        const currencyId = this.state.totals && this.state.totals.currency_id;
        return formatCurrency(amount, currencyId || this.companyCurrencyId);
    }

    quantity(value) {
        return formatFloat(value, {digits: [16, 3], trailingZeros: false});
    }

    contactText(customer) {
        return [customer.phone, customer.city].filter(Boolean).join(", ");
    }

    isShort(line) {
        return isShort(this.state.lines, line);
    }

    /** What there is, in the unit of the line. */
    availableText(line) {
        return line.available === false
            ? ""
            : this.quantity(line.available / line.factor);
    }

    // ---------------------------------------------------------------- customer

    onCustomerInput() {
        this.state.customer = null;
        this.state.customers = [];
        this.state.searched = false;
        this.searchCustomers();
    }

    async findCustomers() {
        const text = this.state.customerText.trim();
        if (!text || this.state.customer) {
            return;
        }
        const customers = await this.customerSearches.add(
            this.orm.call("sale.order", "fast_find_customers", [text])
        );
        if (this.state.customerText.trim() === text && !this.state.customer) {
            this.state.customers = customers;
            this.state.searched = true;
            this.state.customerIndex = 0;
        }
        return customers;
    }

    async onCustomerKeydown(ev) {
        const {customers, customerIndex} = this.state;
        if (ev.key === "ArrowDown" || ev.key === "ArrowUp") {
            ev.preventDefault();
            const step = ev.key === "ArrowDown" ? 1 : -1;
            this.state.customerIndex = wrap(customerIndex + step, customers.length + 1);
        } else if (ev.key === "Escape") {
            Object.assign(this.state, {customers: [], searched: false});
        } else if (
            ev.key === "Enter" &&
            !ev.ctrlKey &&
            this.state.customerText.trim()
        ) {
            ev.preventDefault();
            await this.enterCustomer();
        }
    }

    /** Enter in the box: the marked customer, searched first where nobody waited. */
    async enterCustomer() {
        if (!this.state.customers.length && !this.state.customer) {
            // a search still to come would take the place of this one: Enter would hang
            this.searchCustomers.cancel();
            await this.guard(() => this.findCustomers());
        }
        const found = this.state.customers[this.state.customerIndex];
        if (found) {
            this.chooseCustomer(found);
        } else {
            this.newCustomer();
        }
    }

    chooseCustomer(customer) {
        Object.assign(this.state, {
            customer,
            customerText: customer.name,
            customers: [],
            searched: false,
            error: "",
        });
        this.codeInput.el.focus();
        this.refresh();
    }

    /** Keep what was typed as a customer to be made together with the order. */
    newCustomer() {
        const text = this.state.customerText.trim();
        const phone = isPhone(text) ? text : "";
        Object.assign(this.state, {
            customer: {id: false, name: phone ? "" : text},
            customerText: phone ? "" : text,
            customerPhone: phone || this.state.customerPhone,
            customers: [],
            searched: false,
        });
        if (phone) {
            this.state.error = _t("No customer has this number. Type the name.");
            this.customerInput.el.focus();
        } else {
            this.state.error = "";
            this.codeInput.el.focus();
        }
    }

    /** Enter goes on from field to field of the new customer, then to the codes. */
    onAddressKeydown(ev) {
        if (ev.key !== "Enter" || ev.ctrlKey || ev.metaKey) {
            return;
        }
        ev.preventDefault();
        const fields = [...this.addressFields.el.querySelectorAll("input, select")];
        const next = fields[fields.indexOf(ev.target) + 1];
        (next || this.codeInput.el).focus();
    }

    /** F4 goes to the new customer's phone and address. */
    editAddress() {
        if (this.addressFields.el) {
            this.addressFields.el.querySelector("input").focus();
        }
    }

    async onCountryChange(ev) {
        const {address} = this.state;
        address.country_id = Number(ev.target.value) || false;
        address.state_id = false;
        this.state.states = [];
        await this.guard(async () => {
            this.state.states = await this.orm.call("sale.order", "fast_states", [
                address.country_id,
            ]);
        });
    }

    onStateChange(ev) {
        this.state.address.state_id = Number(ev.target.value) || false;
    }

    /** A new customer is of the company's country until somebody says otherwise. */
    goHome() {
        this.state.address.country_id = this.home.countryId;
        this.state.states = this.home.states;
    }

    // ---------------------------------------------------------------- products

    onCodeKeydown(ev) {
        const empty = !this.codeInput.el.value;
        const choices = this.state.products.length;
        const step = {ArrowDown: 1, ArrowUp: -1}[ev.key];
        if (ev.key === "Enter" && !ev.ctrlKey) {
            this.enterCode();
        } else if (step && choices) {
            this.state.productIndex = wrap(this.state.productIndex + step, choices);
        } else if (step && this.state.lines.length) {
            this.state.current = wrap(
                this.state.current + step,
                this.state.lines.length
            );
        } else if (ev.key === "Escape") {
            Object.assign(this.state, {products: [], missing: [], error: ""});
        } else if (empty && (ev.key === "+" || ev.key === "-")) {
            this.step(this.state.current, ev.key === "+" ? 1 : -1);
        } else if (empty && ev.key === "Delete") {
            this.removeLine(this.state.current);
        } else {
            return;
        }
        ev.preventDefault();
    }

    enterCode() {
        // a scanner is faster than the next drawing of the screen: read and empty the
        // box itself, or two codes run together
        const input = this.codeInput.el;
        const {code, quantity} = parseEntry(input.value);
        if (code) {
            input.value = "";
            Object.assign(this.state, {code: "", products: []});
            this.lookup(code, quantity);
        } else if (this.state.products.length) {
            this.chooseProduct(this.state.products[this.state.productIndex]);
        }
    }

    async lookup(code, quantity) {
        this.state.pending++;
        const token = this.state.token;
        try {
            await this.lookups.exec(async () => {
                const found = await this.orm.call("sale.order", "fast_find_products", [
                    code,
                ]);
                if (token === this.state.token) {
                    this.onFound(code, quantity, found);
                }
            });
        } catch (error) {
            this.state.missing.push({code, text: getMessage(error)});
        } finally {
            this.state.pending--;
        }
    }

    onFound(code, quantity, found) {
        if (!found.length) {
            const text = _t("“%s”: no product has this code or name.", code);
            this.state.missing.push({code, text});
        } else if (found[0].exact || found.length === 1) {
            this.add(found[0], quantity);
        } else if (this.state.products.length) {
            const text = _t("“%s”: several products match. Enter it again.", code);
            this.state.missing.push({code, text});
        } else {
            Object.assign(this.state, {
                products: found,
                productIndex: 0,
                productQuantity: quantity,
            });
        }
    }

    chooseProduct(product) {
        this.state.products = [];
        this.add(product, this.state.productQuantity);
        this.codeInput.el.focus();
    }

    add(product, quantity) {
        this.state.current = addProduct(this.state.lines, product, quantity);
        this.refresh();
    }

    step(index, step) {
        this.state.current = stepQuantity(this.state.lines, index, step);
        this.refresh();
    }

    setQuantity(index, ev) {
        const quantity = Number(ev.target.value);
        if (quantity > 0 && Number.isFinite(quantity)) {
            this.state.lines[index].quantity = quantity;
            this.refresh();
        } else {
            ev.target.value = this.state.lines[index].quantity;
            this.state.error = _t("The quantity must be a number above zero.");
        }
    }

    onQuantityKeydown(ev) {
        if (ev.key === "Enter" && !ev.ctrlKey) {
            this.codeInput.el.focus();
        }
    }

    removeLine(index) {
        this.state.lines.splice(index, 1);
        this.state.current = Math.min(index, this.state.lines.length - 1);
        this.refresh();
        this.codeInput.el.focus();
    }

    removeMissing(index) {
        this.state.missing.splice(index, 1);
        this.codeInput.el.focus();
    }

    // ---------------------------------------------------------------- server

    onChannelChange(ev) {
        this.state.channelId = Number(ev.target.value) || false;
        this.refresh();
    }

    /** Prices, availability and totals of the whole order. */
    async refresh() {
        const lines = [...this.state.lines];
        if (!lines.length) {
            this.quotes.add(Promise.resolve());
            this.state.totals = null;
            return;
        }
        await this.guard(async () => {
            const quote = await this.quotes.add(
                this.orm.call("sale.order", "fast_quote", [getValues(this.state)])
            );
            quote.lines.forEach((values, index) => Object.assign(lines[index], values));
            this.state.totals = quote;
        });
    }

    onWindowKeydown(ev) {
        if (ev.key === "Enter" && (ev.ctrlKey || ev.metaKey)) {
            ev.preventDefault();
            ev.stopPropagation();
            this.save();
        } else if (ev.key === "F4") {
            ev.preventDefault();
            this.editAddress();
        }
    }

    /** @returns {string} what has to be done before the order can be saved */
    getObstacle() {
        const {code, customer, customerText, lines, missing, products} = this.state;
        if (code.trim()) {
            return _t("Press Enter to add “%s”, or clear the box.", code.trim());
        }
        if (products.length) {
            return _t("Choose one of the products, or press Escape.");
        }
        if (missing.length) {
            return _t("Some codes are not on the order. Remove them first.");
        }
        if (!customer && customerText.trim()) {
            return _t(
                "Press Enter on the customer to choose one, or to make a new one."
            );
        }
        if (!customerText.trim()) {
            return _t("Choose the customer, or type a name.");
        }
        return lines.length ? "" : _t("Scan or type at least one product first.");
    }

    async save() {
        if (this.state.saving) {
            return;
        }
        this.state.saving = true;
        await this.lookups.getUnlockedDef();
        this.state.error = this.getObstacle();
        if (!this.state.error) {
            await this.guard(async () => {
                const order = await this.orm.call("sale.order", "fast_create", [
                    getValues(this.state),
                ]);
                this.quotes.add(Promise.resolve());
                this.state.done.unshift(order);
                this.state.done.splice(5);
                Object.assign(this.state, blankOrder());
                this.goHome();
                this.customerInput.el.focus();
            });
        }
        this.state.saving = false;
    }

    openOrder(order) {
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: "sale.order",
            res_id: order.id,
            views: [[false, "form"]],
        });
    }

    /** Errors are told on the screen, beside what was typed, which stays. */
    async guard(callback) {
        try {
            await callback();
        } catch (error) {
            this.state.error = getMessage(error);
        }
    }
}

registry.category("actions").add("order_management.fast_order", FastOrder);

// Vendure has no webhooks of its own: put this file and send.js beside your Vendure
// configuration and add SuiteWebhookPlugin to its `plugins`.
const {
    EventBus,
    OrderLineEvent,
    OrderStateTransitionEvent,
    PluginCommonModule,
    ProductVariantEvent,
    RefundEvent,
    RefundStateTransitionEvent,
    StockMovementEvent,
    VendurePlugin,
} = require("@vendure/core");
const {send} = require("./send");

class SuiteWebhookPlugin {
    constructor(eventBus) {
        this.eventBus = eventBus;
    }

    onApplicationBootstrap() {
        const on = (event, translate) =>
            this.eventBus.ofType(event).subscribe((happened) => {
                const [topic, data] = translate(happened);
                if (data) send(topic, data);
            });
        on(OrderStateTransitionEvent, ({order, toState}) => [
            "order",
            order.active && toState !== "Cancelled"
                ? null
                : {id: order.id, state: toState},
        ]);
        on(OrderLineEvent, ({order}) => [
            "order",
            order.active ? null : {id: order.id},
        ]);
        on(RefundEvent, ({order, refund}) => [
            "refund",
            {id: refund.id, order_id: order.id, state: refund.state},
        ]);
        on(RefundStateTransitionEvent, ({order, refund, toState}) => [
            "refund",
            {id: refund.id, order_id: order.id, state: toState},
        ]);
        on(StockMovementEvent, ({stockMovements}) => [
            "stock",
            {variant_ids: stockMovements.map((move) => move.productVariant?.id)},
        ]);
        on(ProductVariantEvent, ({entity}) => [
            "variant",
            {variant_ids: [].concat(entity || []).map((variant) => variant.id)},
        ]);
    }
}

// plain JavaScript: what TypeScript's decorators would have written
Reflect.defineMetadata("design:paramtypes", [EventBus], SuiteWebhookPlugin);
VendurePlugin({imports: [PluginCommonModule], compatibility: "^3.0.0"})(
    SuiteWebhookPlugin
);

module.exports = {SuiteWebhookPlugin};

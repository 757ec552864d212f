// Medusa has no webhooks of its own: put this file into src/subscribers/ of your Medusa
// project and send.js into src/.
const {send} = require("../send");

async function forward({event: {name, data}}) {
    await send(name, data);
}

// not `module.exports = ...`: the loader would go round in circles
exports.default = forward;
exports.config = {
    event: [
        "order.placed",
        "order.updated",
        "order.canceled",
        "order.completed",
        "order.fulfillment_created",
        "order.fulfillment_canceled",
        "order.return_requested",
        "order.return_received",
        "shipment.created",
        "delivery.created",
        "payment.captured",
        "payment.refunded",
        "inventory.inventory-level.updated",
        "product-variant.updated",
    ],
};

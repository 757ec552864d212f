// Posts signed JSON to the suite. Settings come from the environment:
//   SUITE_WEBHOOK_URL     the address that the channel's screen in Odoo shows
//   SUITE_WEBHOOK_SECRET  the secret shown there
//
// Each try is signed anew over the raw body and its moment, so that an old one cannot be
// replayed; the event's id stays the same, so that a second delivery does nothing.
const {createHmac, randomUUID} = require("crypto");

const WAITS = [500, 2000, 10000];

function signedHeaders(secret, body) {
    const timestamp = String(Math.floor(Date.now() / 1000));
    const signature = createHmac("sha256", secret)
        .update(`${timestamp}.`)
        .update(body)
        .digest("hex");
    return {
        "Content-Type": "application/json",
        "X-Webhook-Timestamp": timestamp,
        "X-Webhook-Signature": signature,
    };
}

async function send(topic, data) {
    const url = process.env.SUITE_WEBHOOK_URL;
    const secret = process.env.SUITE_WEBHOOK_SECRET;
    if (!url || !secret) return;
    const body = JSON.stringify({id: randomUUID(), topic, data});
    for (const wait of WAITS) {
        try {
            const headers = signedHeaders(secret, body);
            const answer = await fetch(url, {method: "POST", body, headers});
            if (answer.ok) return;
        } catch {
            // the receiver is down: again, and then polling finds what was lost
        }
        await new Promise((resolve) => setTimeout(resolve, wait));
    }
}

module.exports = {send};

"""Run inside `odoo shell`: an order whose every text is an attack, wherever people meet
it. ``HOSTILE`` (a dict of texts), ``FILE`` (base64) and ``env`` are there already."""

import json
from email.message import EmailMessage

h = HOSTILE  # noqa: F821
admin = env.ref("base.user_admin")  # noqa: F821
env = env(user=admin)  # noqa: F821
admin.odoobot_state = "disabled"
company = env.company
company.approval_mode = "none"
domain = env["mail.alias.domain"].create({"name": "hub.example"})
company.alias_domain_id = domain
product = env["product.product"].create(
    {
        "name": h["product"],
        "default_code": h["sku"],
        "taxes_id": False,
        "description_sale": h["note"][:200],
    }
)
channel = env["sale.channel"].create(
    {
        "name": h["channel"],
        "company_id": company.id,
        "alias_name": "attack",
        "alias_domain_id": domain.id,
        "mail_senders": "eve@evil.example",
        "upload_user_id": admin.id,
        "prices_include_tax": False,
    }
)


def order(number, **values):
    return {
        "external_id": number,
        "number": f"{number} {h['number']}",
        "placed_at": "2026-07-19T08:12:44Z",
        "status": "paid",
        "currency": company.currency_id.name,
        "customer": {
            "external_id": h["id"],
            "name": h["name"],
            "email": "eve@evil.example",
        },
        "shipping_address": {
            "name": h["recipient"],
            "street": h["street"],
            "street2": h["street2"],
            "city": h["city"],
            "country": h["country"],
        },
        "lines": [
            {
                "external_id": "<b>1</b>",
                "sku": h["sku"],
                "name": h["product"],
                "quantity": 2,
                "unit_price": "10",
            }
        ],
        "shipping": {"method": h["method"], "fee": "5"},
        "discounts": [{"code": h["voucher"], "amount": "1", "borne_by": "seller"}],
        "total": "24",
        "note": h["note"],
        "tags": [h["tag"]],
        h["key"]: h["value"],
        **values,
    }


def receive(*payloads):
    rows = env["channel.order"].browse(
        [answer["id"] for answer in env["channel.order"].receive(channel.id, payloads)]
    )
    rows.action_process()
    return rows


good = order("HX-1")
unknown = order("HX-2")
unknown["lines"][0] = {**unknown["lines"][0], "sku": h["unknown"], "name": h["unknown"]}
wrong = order("HX-3", placed_at=h["date"], status=h["date"])
imported, held, broken = receive(good, unknown, wrong)
sale = imported.sale_order_id
assert sale, imported.error
sale.action_confirm()
sale.message_post(body=h["note"][:300], subject=h["name"])
invoice = sale._create_invoices()
invoice.action_post()
# a change after it was invoiced has to be decided by a person
later = order("HX-1", updated_at="2026-07-20T00:00:00Z")
later["shipping_address"] = {**later["shipping_address"], "street": h["newer"]}
later["lines"].append({**later["lines"][0], "external_id": "<b>2</b>"})
later["total"] = "44"
receive(later)

upload = env["channel.order.upload"].create(
    {"name": h["file"], "channel_id": channel.id, "file": FILE}  # noqa: F821
)
mail = EmailMessage()
mail["From"] = '"<b>Eve</b>" <mallory@evil.example>'
mail["To"] = "attack@hub.example"
mail["Subject"] = h["subject"]
mail["Message-Id"] = "<attack@evil.example>"
mail.set_content(h["note"][:300])
mail.add_alternative(f"<p>{h['name']}</p><script>window.hacked=1</script>", "html")
mail.add_attachment(b"x", maintype="text", subtype="plain", filename=h["attachment"])
env["mail.thread"].message_process(False, mail.as_bytes())
letter = env["channel.order.mail"].search([], limit=1)
letter._job_read()
letter.action_accept_sender()

buyer = sale.partner_id
portal = (
    env["res.users"]
    .with_context(no_reset_password=True)
    .create(
        {
            "name": buyer.name,
            "partner_id": buyer.id,
            "login": "eve",
            "password": "eve-and-mallory",
            "group_ids": [(6, 0, env.ref("base.group_portal").ids)],
        }
    )
)
env.cr.commit()
print(
    json.dumps(
        {
            "imported": imported.id,
            "held": held.id,
            "broken": broken.id,
            "states": [held.state, broken.state],
            "sale": sale.id,
            "invoice": invoice.id,
            "changes": len(sale.change_ids),
            "upload": upload.id,
            "mail": letter.id,
            "buyer": buyer.id,
        }
    )
)

"""A process that uploads files of orders and imports them."""

import base64

from ..worker import BaseWorker, main


def prepare(env):
    """A channel, and once the product and currency of all files; the channel's id."""
    currencies = env["res.currency"].with_context(active_test=False)
    currencies.search([("name", "=", "USD")]).active = True
    products = env["product.product"]
    if not products.search([("default_code", "=", "SHEET-LAMP")]):
        products.create(
            {"name": "Sheet Lamp", "default_code": "SHEET-LAMP", "taxes_id": False}
        )
    return (
        env["sale.channel"].create({"name": "Files", "company_id": env.company.id}).id
    )


def upload(env, channel_id, name, content):
    """Upload one file; what is found out about it."""
    record = env["channel.order.upload"].create(
        {
            "name": name,
            "channel_id": channel_id,
            "file": content,
            "timezone": "Asia/Ho_Chi_Minh",
        }
    )
    return {
        "id": record.id,
        "state": record.state,
        "problem": record.problem or "",
        "preview": str(record.preview or ""),
        "columns": len(record.column_ids),
    }


def run(env, upload_id):
    """Import it; what became of its rows."""
    record = env["channel.order.upload"].browse(upload_id)
    record.action_import()
    record._job_import()
    rows = env["channel.order"].search([("upload_id", "=", upload_id)], order="id")
    rows.action_process()
    rejects = record.with_context(bin_size=False).reject_file or b""
    return {
        "state": record.state,
        "problem": record.problem or "",
        "bad": record.bad_row_count,
        "payloads": [row.payload for row in rows],
        "states": [row.state for row in rows],
        "errors": [row.error for row in rows if row.error],
        "buyers": rows.sale_order_id.mapped("partner_id.name"),
        "rejects": base64.b64encode(base64.b64decode(rejects)).decode(),
    }


if __name__ == "__main__":
    main(BaseWorker, globals())

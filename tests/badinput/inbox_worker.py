"""A process that hands spoilt orders to the inbox and tells what became of them."""

from .. import harness
from ..worker import BaseWorker, main
from .mutations import load_examples, mutate


def prepare(env):
    """A channel for each policy of taxes and everything that good examples need.

    :return: ids of the channels
    """
    examples = load_examples(harness.SOURCE)
    company = env.company
    codes = {example["currency"] for example in examples}
    currencies = env["res.currency"].with_context(active_test=False)
    for currency in currencies.search([("name", "in", list(codes))]):
        currency.active = True
        if currency != company.currency_id and not currency.rate_ids:
            currency.rate_ids.create(
                {"currency_id": currency.id, "name": "2020-01-01", "rate": 2}
            )
    lines = [line for example in examples for line in example["lines"]]
    keys = {line.get("sku") or line.get("barcode") for line in lines}
    known = env["product.product"].search([("default_code", "in", list(keys))])
    env["product.product"].create(
        [
            {"name": f"Product {key}", "default_code": key, "taxes_id": False}
            for key in sorted(filter(None, keys - set(known.mapped("default_code"))))
        ]
    )
    channels = env["sale.channel"].create(
        [
            {
                "name": f"Spoilt {policy}",
                "company_id": company.id,
                "tax_policy": policy,
                "shipped_policy": "history",
                "unpaid_policy": "draft",
            }
            for policy in ("odoo", "channel")
        ]
    )
    for rate in ("7", "8", "9", "10"):
        env["account.tax"].create(
            {
                "name": f"Spoilt {rate}",
                "amount": float(rate),
                "company_id": company.id,
                "price_include_override": "tax_excluded",
            }
        )
    return channels.ids


def receive(env, channel_id, payloads):
    return env["channel.order"].receive(channel_id, payloads)


def process(env, ids):
    return env["channel.order"].browse(ids).action_process()["params"]["message"]


def accept(env, ids):
    """Import held orders in spite of their totals."""
    rows = env["channel.order"].browse(ids)
    rows = rows.filtered(lambda row: row.error_code == "total_differs")
    if rows:
        rows.action_accept("Seen")
    return rows.ids


def tell(env, ids):
    """What each row says by now, by its id."""
    rows = env["channel.order"].browse(ids)
    return {
        row.id: {
            "state": row.state,
            "code": row.error_code or "",
            "error": row.error or "",
            "order": row.sale_order_id.id,
            "attempts": row.attempt_count,
        }
        for row in rows
    }


def count(env, channel_id):
    """(rows, sale orders) of a channel."""
    domain = [("channel_id", "=", channel_id)]
    orders = env["sale.order"].with_context(active_test=False)
    return [
        env["channel.order"].search_count(domain),
        orders.search_count([("sale_channel_id", "=", channel_id)]),
    ]


class Worker(BaseWorker):
    def feed(self, channel_id, numbers):
        """Send mutants, process them, try all again and send them once more.

        :return: {mutants: [(number, kinds, external id)], answers, first, second,
            again, before, between, after}: ``answers`` to the first call and ``again``
            to the last, ``first`` and ``second`` what rows say after each processing
        """
        examples = load_examples(harness.SOURCE)
        mutants = [mutate(number, examples) for number in numbers]
        payloads = [mutant.payload for mutant in mutants]
        result = {"before": self.call("count", channel_id)}
        answers = self.call("receive", channel_id, payloads)
        ids = list({answer["id"]: None for answer in answers})
        self.call("process", ids)
        result["first"] = self.call("tell", ids)
        result["between"] = self.call("count", channel_id)
        self.call("process", ids)
        result["second"] = self.call("tell", ids)
        result["after"] = self.call("count", channel_id)
        result["again"] = self.call("receive", channel_id, payloads)
        result["accepted"] = self.call("accept", ids)
        result["third"] = self.call("tell", result["accepted"])
        result["answers"] = answers
        result["mutants"] = [(m.number, m.kinds, m.external_id) for m in mutants]
        return result


if __name__ == "__main__":
    main(Worker, globals())

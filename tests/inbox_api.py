"""The inbox as another system meets it: a server, keys, and calls over JSON-2."""

import contextlib
import json

import requests

from . import harness

SETUP = """
import json
from datetime import datetime, timedelta
other = env["res.company"].create({"name": "Neighbour Ltd"})
channels = env["sale.channel"].create([
    {"name": "Ours", "company_id": env.company.id},
    {"name": "Theirs", "company_id": other.id},
])
env["product.product"].create(
    {"name": "Lamp", "default_code": "HTTP-LAMP", "taxes_id": False}
)
users = {}
for login, group in (("machine", "channel"), ("clerk", "clerk")):
    users[login] = env["res.users"].create({
        "name": login, "login": f"http_{login}", "company_id": env.company.id,
        "company_ids": [(6, 0, env.company.ids)],
        "group_ids": [(6, 0, env.ref(f"order_management.group_{group}").ids)],
    })
keys = {
    login: env["res.users.apikeys"].with_user(user)._generate(
        None, "test", datetime.now() + timedelta(days=1))
    for login, user in users.items()
}
env.cr.commit()
print(json.dumps({
    "keys": keys, "ours": channels[0].id, "theirs": channels[1].id,
    "currency": env.company.currency_id.name,
}))
"""


class Api:
    def __init__(self, database, url, values):
        self.database, self.url, self.values = database, url, values
        self.server = None

    def post(self, method, body, user="machine", kind="application/json"):
        data = body if isinstance(body, (str, bytes)) else json.dumps(body)
        return requests.post(
            f"{self.url}/json/2/channel.order/{method}",
            data=data,
            headers={
                "Authorization": f"bearer {self.values['keys'][user]}",
                "Content-Type": kind,
            },
            timeout=120,
        )

    def receive(self, *payloads, channel="ours", **kwargs):
        body = {"channel_id": self.values[channel], "payloads": payloads}
        return self.post("receive", body, **kwargs)

    def order(self, external_id, **values):
        line = {"sku": "HTTP-LAMP", "quantity": 2, "unit_price": "10.50"}
        return {
            "external_id": external_id,
            "placed_at": "2026-07-19T08:12:44+07:00",
            "status": "paid",
            "currency": self.values["currency"],
            "customer": {"name": "Hoa", "email": "hoa@example.com"},
            "lines": [line],
            "total": "21.00",
            **values,
        }

    def count(self):
        return self.database.sql("SELECT count(*) FROM channel_order")[0][0]


@contextlib.contextmanager
def inbox_api():
    """A copy of the database with a server on it."""
    with harness.Database() as database:
        values = harness.run_odoo_shell(database, SETUP)
        with harness.Server(database) as server:
            api = Api(database, server.url, values)
            api.server = server
            yield api

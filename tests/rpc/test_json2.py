"""The suite seen from outside: /json/2/ with an API key, as another system calls it."""

import pytest
import requests

from .. import harness

SETUP = """
import json
from datetime import datetime, timedelta
group = env.ref("order_management.group_channel")
other = env["res.company"].create({"name": "Neighbour Ltd"})
channels = env["sale.channel"].create([
    {"name": "Ours", "company_id": env.company.id},
    {"name": "Theirs", "company_id": other.id},
])
machine = env["res.users"].create({
    "name": "Connector", "login": "connector", "company_id": env.company.id,
    "company_ids": [(6, 0, env.company.ids)], "group_ids": [(6, 0, group.ids)],
})
key = env["res.users.apikeys"].with_user(machine)._generate(
    "rpc", "test", datetime.now() + timedelta(hours=2))
env.cr.commit()
print(json.dumps({"key": key, "ours": channels[0].id, "theirs": channels[1].id}))
"""


@pytest.fixture(scope="module")
def api():
    with harness.Database() as database:
        values = harness.run_odoo_shell(database, SETUP)
        with harness.Server(database) as server:
            yield Api(server.url, values)
            assert not server.log_problems(ignore=["odoo.addons.rpc", "odoo.http"])


class Api:
    def __init__(self, url, values):
        self.url = url
        self.values = values

    def __call__(self, model, method, key=None, **arguments):
        key = self.values["key"] if key is None else key
        headers = {"Authorization": f"bearer {key}"} if key else {}
        return requests.post(
            f"{self.url}/json/2/{model}/{method}",
            json=arguments,
            headers=headers,
            timeout=60,
        )


def test_machine_user_reads_its_channels_only(api):
    """X-4, X-5: a connector's key sees the channels of its company, nothing more."""
    response = api("sale.channel", "search_read", domain=[], fields=["name"])
    assert response.status_code == 200, response.text
    names = {row["name"] for row in response.json()}
    assert "Ours" in names
    assert "Theirs" not in names


@pytest.mark.parametrize(
    ("model", "method", "arguments", "status"),
    [
        ("sale.order", "search_read", {"domain": [], "fields": ["name"]}, 403),
        ("order.quota", "search_count", {"domain": []}, 403),
        ("channel.settlement", "search_count", {"domain": []}, 403),
        ("sale.channel", "write", {"ids": [1], "vals": {"name": "x"}}, 403),
        # refused by the model itself, with a sentence for people
        ("order.event", "create", {"vals_list": [{"kind": "state"}]}, 422),
        ("channel.order", "create", {"vals_list": [{"external_id": "1"}]}, 403),
    ],
)
def test_machine_user_may_nothing_else(api, model, method, arguments, status):
    response = api(model, method, **arguments)
    assert response.status_code == status, response.text


def test_private_methods_cannot_be_called(api):
    response = api("channel.order", "_transition", ids=[1], target="ignored")
    assert response.status_code in (403, 404, 422), response.text
    assert "_transition" in response.text


@pytest.mark.parametrize("key", ["", "0" * 40])
def test_without_a_valid_key_nothing_is_answered(api, key):
    response = api("sale.channel", "search_read", key=key, domain=[], fields=["name"])
    assert response.status_code in (401, 403)
    assert "Ours" not in response.text

"""OM-1 over HTTP: the inbox as another system meets it, with what it may send wrong."""

import json

import pytest
import requests

from .. import harness
from ..inbox_api import inbox_api


@pytest.fixture(scope="module")
def api():
    with inbox_api() as api:
        yield api


def test_receive_then_process(api):
    response = api.receive(api.order("H1"), api.order("H2"))
    assert response.status_code == 200, response.text
    answers = response.json()
    assert [answer["external_id"] for answer in answers] == ["H1", "H2"]
    assert {answer["state"] for answer in answers} == {"received"}
    assert not any(answer["sale_order_id"] for answer in answers)
    ids = [answer["id"] for answer in answers]
    assert api.post("action_process", {"ids": ids}).status_code == 403
    response = api.post("action_process", {"ids": ids}, user="clerk")
    assert response.status_code == 200, response.text
    again = api.receive(api.order("H2"), api.order("H1")).json()
    assert [answer["id"] for answer in again] == ids[::-1]
    assert {answer["state"] for answer in again} == {"imported"}
    assert len({answer["sale_order_id"] for answer in again}) == 2


def test_one_bad_message_never_takes_its_batch_down(api):
    nested = "[" * 400 + "]" * 400
    good = json.dumps(api.order("B1"))
    bad = [
        json.dumps(api.order("B2", note="a\x00b")),
        json.dumps(api.order("B3", note="a\ud800b")),
        good.replace('"B1"', '"B4"').replace('"21.00"', "NaN"),
        good.replace('"B1"', '"B5"').replace('"21.00"', nested),
        good.replace('"B1"', '""'),
        "null",
    ]
    payloads = ",".join([*bad, good])
    body = f'{{"channel_id": {api.values["ours"]}, "payloads": [{payloads}]}}'
    response = api.post("receive", body)
    assert response.status_code == 200, response.text
    states = [answer["state"] for answer in response.json()]
    assert states == ["error"] * len(bad) + ["received"]
    assert all(answer["error"] for answer in response.json()[:-1])
    again = api.post("receive", body)
    assert [a["id"] for a in again.json()] == [a["id"] for a in response.json()]


def test_refused_and_nothing_stored(api):
    before = api.count()
    order = api.order("N1")
    assert api.receive(order, channel="theirs").status_code == 404
    missing = {"channel_id": 10**9, "payloads": [order]}
    assert api.post("receive", missing).status_code == 404
    assert api.receive(order, user="clerk").status_code == 403
    assert api.receive(*[order] * 1001).status_code == 422
    text = {"channel_id": api.values["ours"], "payloads": "text"}
    assert api.post("receive", text).status_code == 422
    for body in ("", "{", "order=1", "[1", '{"channel_id": 1'):
        assert api.post("receive", body).status_code in (400, 422), body
    for method in ("_receive_raw", "_store_messages", "_job_process", "_transition"):
        body = {"channel": 1, "data": "x"}
        assert api.post(method, body).status_code == 403
    assert api.count() == before


def test_exact_bytes_are_read(api):
    """Thousands of levels and equal keys are one order's problem, not the batch's."""
    nested = "[" * 50_000 + "]" * 50_000
    twice = '{"external_id": "E1", "total": "1", "total": "2"}'
    deep = f'{{"external_id": "E2", "raw": {nested}}}'
    payloads = ",".join([twice, deep, json.dumps(api.order("E3"))])
    body = f'{{"payloads": [{payloads}], "channel_id": {api.values["ours"]}}}'
    response = api.post("receive", body)
    assert response.status_code == 200, response.text
    answers = response.json()
    assert [answer["state"] for answer in answers] == ["error", "error", "received"]
    assert [answer["external_id"] for answer in answers] == ["E1", False, "E3"]


def test_arguments_are_checked(api):
    before = api.count()
    ours = api.values["ours"]
    for body, status in (
        ({"channel_id": ours}, 422),
        ({"channel_id": ours, "payloads": [], "ids": [1]}, 422),
        ({"channel_id": ours, "payloads": {}}, 422),
        ({"channel_id": ours, "payloads": [], "context": 5}, 422),
        ({"channel_id": [], "payloads": []}, 404),
        (f'{{"channel_id": {ours}, "payloads": [1 2]}}', 400),
        (f'{{"channel_id": {ours}, "channel_id": 1, "payloads": []}}', 400),
    ):
        response = api.post("receive", body)
        assert response.status_code == status, response.text
        assert response.json()["message"]
    assert api.post("receive", {"channel_id": ours, "payloads": []}).json() == []
    wrong = requests.post(
        f"{api.url}/json/2/channel.order/receive",
        json={"channel_id": ours, "payloads": [api.order("X1")]},
        headers={"Authorization": "bearer wrong"},
        timeout=60,
    )
    assert wrong.status_code == 401
    assert api.count() == before


def test_jobs_import_what_was_received(api):
    """From the connector's call to the sale order with nobody in between."""
    rows = api.receive(*[api.order(f"J{number}") for number in range(120)]).json()
    ids = [row["id"] for row in rows]

    def count_imported():
        return api.database.sql(
            "SELECT count(*) FROM channel_order"
            " WHERE id = ANY(%s) AND state = 'imported'",
            [ids],
        )[0][0]

    with harness.Server(api.database, jobs=True):
        harness.wait_until(lambda: count_imported() == 120, 90, what="the jobs")
    orders = api.database.sql(
        "SELECT count(DISTINCT sale_order_id) FROM channel_order WHERE id = ANY(%s)",
        [ids],
    )
    assert orders == [(120,)]
    events = api.database.sql(
        "SELECT DISTINCT source, user_id = (SELECT id FROM res_users"
        " WHERE login = 'http_machine') FROM order_event"
        " WHERE res_model = 'channel.order' AND res_id = ANY(%s)"
        " AND to_state = 'imported'",
        [ids],
    )
    assert events == [("channel", True)]


def test_state_and_payload_cannot_be_written(api):
    row_id = api.receive(api.order("W1")).json()[0]["id"]
    for user in ("machine", "clerk"):
        for values in ({"state": "ignored"}, {"payload": {}}, {"to_process": False}):
            body = {"ids": [row_id], "vals": values}
            assert api.post("write", body, user=user).status_code in (403, 422)
    assert api.database.sql(
        "SELECT state, to_process FROM channel_order WHERE id = %s", [row_id]
    ) == [("received", True)]

"""A running deployment, seen from outside through the proxy with TLS."""

import json
import os
import re
import signal
import socket
import ssl
import time

import pytest
import requests
import websocket

from .. import harness


def test_login_page_over_tls(running):
    response = running.client().get(f"{running.proxy.url}/web/login", timeout=60)

    assert response.status_code == 200
    assert 'name="password"' in response.text
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert "Strict-Transport-Security" not in response.headers
    assert response.headers["Content-Encoding"] == "gzip"


@pytest.mark.parametrize("path", ["/", "/odoo/sales?debug=1", "/web/login"])
def test_plain_http_is_redirected(running, path):
    response = running.client().get(
        running.proxy.http_url + path, timeout=10, allow_redirects=False
    )

    assert response.status_code == 301
    assert response.headers["Location"] == running.proxy.url + path


def test_health_is_answered_with_and_without_tls(running):
    client = running.client()
    urls = [
        f"{running.proxy.http_url}/web/health",
        f"{running.proxy.url}/web/health?db_server_status=1",
        f"{running.proxy.url}/websocket/health",
    ]

    answers = [client.get(url, timeout=20, allow_redirects=False) for url in urls]

    assert [answer.status_code for answer in answers] == [200, 200, 200]
    assert {answer.json()["status"] for answer in answers} == {"pass"}
    assert answers[1].json()["db_server_status"] is True


@pytest.mark.parametrize(
    "path",
    [
        "/web/database/manager",
        "/web/database/selector",
        "//web//database/manager",
        "/web/%64atabase/manager",
        "/web/x/../database/manager",
        "/vi_VN/web/database/manager",
        "/queue_job/runjob?job_uuid=1",
        "/queue_job/create_test_job",
        "/en/queue_job/runjob?job_uuid=1",
        "/xmlrpc/db",
        "/xmlrpc/2/db",
    ],
)
def test_inner_routes_are_not_there(running, path):
    """The server's own pages answer 404 too, but not with nginx's page."""
    client = running.client()
    request = client.prepare_request(requests.Request("GET", running.proxy.url))
    request.url = running.proxy.url + path  # as written, nothing normalized

    response = client.send(request, verify=running.proxy.certificate, timeout=20)

    assert response.status_code == 404
    assert "<center>nginx</center>" in response.text


def test_session_cookie_is_only_for_https_and_scripts_cannot_read_it(running):
    client = running.login()

    (cookie,) = [cookie for cookie in client.cookies if cookie.name == "session_id"]
    assert cookie.secure
    assert cookie.has_nonstandard_attr("HttpOnly")


def test_forwarded_headers_reach_odoo_and_a_client_cannot_forge_them(running):
    client = running.client("127.0.0.77")
    client.headers["X-Forwarded-For"] = "203.0.113.9"
    client.headers["X-Forwarded-Host"] = "evil.example.com"

    running.rpc(
        client,
        "/web/session/authenticate",
        db=running.database.name,
        login="admin",
        password="admin",
    )

    # Odoo takes its own address from the first login of an administrator
    base_url = running.database.sql(
        "SELECT value FROM ir_config_parameter WHERE key = 'web.base.url'"
    )
    assert base_url == [(running.proxy.url,)]
    # written by the first page after the login
    client.get(f"{running.proxy.url}/odoo", timeout=60).raise_for_status()
    addresses = running.database.sql("SELECT DISTINCT ip_address FROM res_device_log")
    assert ("127.0.0.77",) in addresses
    assert ("203.0.113.9",) not in addresses


def test_bus_message_arrives_by_websocket(running):
    client = running.login()
    page = client.get(f"{running.proxy.url}/odoo", timeout=60).text
    version = re.search(r'websocket_worker_version"?:\s*"([^"]+)"', page)[1]
    channel_id = running.rpc(
        client,
        "/web/dataset/call_kw",
        model="discuss.channel",
        method="search",
        args=[[("channel_type", "=", "channel")]],
        kwargs={"limit": 1},
    )[0]

    connection = websocket.create_connection(
        f"{running.proxy.url}/websocket?version={version}".replace("https", "wss", 1),
        cookie="; ".join(f"{c.name}={c.value}" for c in client.cookies),
        origin=running.proxy.url,
        sslopt={"ca_certs": running.proxy.certificate},
        # the first one waits until its process has loaded the registry
        timeout=60,
    )
    try:
        assert connection.getstatus() == 101
        connection.settimeout(5)
        subscribe = {"event_name": "subscribe", "data": {"channels": [], "last": 0}}
        connection.send(json.dumps(subscribe))
        started = time.monotonic()
        running.rpc(
            client,
            "/mail/message/post",
            thread_model="discuss.channel",
            thread_id=channel_id,
            post_data={
                "body": "hello",
                "message_type": "comment",
                "subtype_xmlid": "mail.mt_comment",
            },
        )
        types = set()
        while "discuss.channel/new_message" not in types:
            types = {note["message"]["type"] for note in json.loads(connection.recv())}
        assert time.monotonic() - started < 5
    finally:
        connection.close()


def test_job_enqueued_by_web_is_run_by_jobs(running):
    # inside the network, past the proxy, where the route exists
    inside = harness.Session(running.web.url, running.database.name)
    answer = inside.http.get(
        f"{running.web.url}/queue_job/create_test_job?job_duration=0.2", timeout=30
    )
    uuid = re.fullmatch(r"job uuid: (\S+)", answer.text)[1]

    def state():
        return running.database.sql(
            "SELECT state, worker_pid FROM queue_job WHERE uuid = %s", [uuid]
        )[0]

    harness.wait_until(lambda: state()[0] == "done", 30, what="the job")
    assert state()[1] in running.jobs.workers()
    assert state()[1] not in running.web.workers()
    assert running.jobs.workers("WorkerJobRunner")
    assert not running.web.workers("WorkerJobRunner")


def test_crons_run_in_jobs_only(running):
    assert len(running.jobs.workers("WorkerCron")) == 2
    assert not running.web.workers("WorkerCron")


def test_large_upload_is_accepted(running):
    client = running.login()
    page = client.get(f"{running.proxy.url}/odoo", timeout=60).text
    token = re.search(r'csrf_token:\s*"([^"]+)"', page)[1]
    url = f"{running.proxy.url}/web/binary/upload_attachment"
    size = 60 * 1024 * 1024

    response = client.post(
        url,
        data={"model": "res.partner", "id": "1", "csrf_token": token},
        files={"ufile": ("big.bin", os.urandom(1024) * (size // 1024))},
        timeout=120,
    )
    response.raise_for_status()
    stored = running.database.sql(
        "SELECT file_size FROM ir_attachment WHERE name = 'big.bin'"
    )
    assert stored == [(size,)]


def test_upload_beyond_the_limit_is_refused_before_it_is_sent(running):
    head = (
        "POST /web/binary/upload_attachment HTTP/1.1\r\nHost: localhost\r\n"
        f"Content-Length: {201 * 1024 * 1024}\r\n\r\n"
    )
    context = ssl.create_default_context(cafile=running.proxy.certificate)
    address = ("127.0.0.1", running.proxy.https_port)

    with (
        socket.create_connection(address, 10) as plain,
        context.wrap_socket(plain, server_hostname="localhost") as tls,
    ):
        tls.sendall(head.encode())
        status_line = tls.makefile().readline()

    assert status_line.split()[1] == "413"


def test_guessing_passwords_is_slowed_down_for_one_client_only(running):
    guesser = running.client("127.0.0.99")
    url = f"{running.proxy.url}/web/session/authenticate"

    # an empty body costs Odoo nothing; nginx counts it all the same
    started = time.monotonic()
    codes = [guesser.post(url, timeout=20).status_code for _attempt in range(40)]
    # one more may be tried every two seconds: a busy machine takes that long for them
    regained = (time.monotonic() - started) / 2

    assert codes[:20].count(429) == 0
    assert codes.count(429) >= min(15, 19 - regained)
    assert guesser.get(f"{running.proxy.url}/web/login", timeout=20).ok
    assert running.login("127.0.0.98").cookies


def test_killed_worker_is_replaced_and_nobody_notices(running):
    client = running.login()
    before = running.web.workers()

    os.kill(before[-1], signal.SIGKILL)
    codes = {
        client.get(
            f"{running.proxy.url}/web/webclient/load_menus", timeout=60
        ).status_code
        for _attempt in range(10)
    }

    assert codes == {200}
    harness.wait_until(
        lambda: set(running.web.workers()) - set(before), 30, what="a new worker"
    )


#: what the tests above provoke on purpose
PROVOKED = ("limiting requests, excess", "client intended to send too large body")


def test_logs_hold_no_warning(running):
    """Runs last in this file: everything above left its lines by now."""
    for service in (running.web, running.jobs):
        problems = service.problems()
        assert not problems, "\n".join(problems)
    pattern = r"^.*\[(?:warn|error|crit|alert|emerg)\].*$"
    lines = re.findall(pattern, running.proxy.log(), re.M)
    assert [line for line in lines if not any(p in line for p in PROVOKED)] == []

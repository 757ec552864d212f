"""Ports of the tests' servers: no two get the same."""

import socket

import pytest

from .. import harness


def test_nobody_gets_a_port_twice():
    ports = [harness.free_port() for _number in range(30)]
    assert len(set(ports)) == 30
    for port in ports:
        with socket.socket(socket.AF_UNIX) as claim, pytest.raises(OSError):
            claim.bind(f"\0suite-port-{port}")


def test_a_port_that_is_listened_on_is_left_out(monkeypatch):
    with socket.socket() as busy:
        busy.bind(("127.0.0.1", 0))
        busy.listen()
        taken, free = busy.getsockname()[1], harness.free_port()
        harness._claims.pop().close()
        monkeypatch.setattr(harness, "PORTS", [taken, free])
        assert harness.free_port() == free

"""The rules that tests/conftest.py sets for every test are really enforced."""

from __future__ import annotations

import socket
import urllib.request
import warnings

import pytest


def test_an_address_outside_is_refused() -> None:
    with (
        socket.socket() as client,
        pytest.raises(pytest.fail.Exception, match=r"192\.0\.2\.1"),
    ):
        client.connect(("192.0.2.1", 80))


def test_a_name_outside_is_refused_before_it_is_looked_up() -> None:
    with pytest.raises(pytest.fail.Exception, match=r"api\.brain-map\.org"):
        urllib.request.urlopen("http://api.brain-map.org/", timeout=1)


def test_this_machine_can_be_reached() -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as server,
        socket.create_connection(server.getsockname()) as client,
    ):
        assert client.getpeername() == server.getsockname()


def test_a_warning_is_an_error() -> None:
    with pytest.raises(UserWarning, match="loud"):
        warnings.warn("loud", stacklevel=1)

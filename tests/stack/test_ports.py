"""Ports: the one that people remember when it is free, the next one when it is not."""

from __future__ import annotations

import socket

from fawen.stack.ports import LOOPBACK, free_ports, is_free, web_ports


def test_ports_are_free_and_all_different() -> None:
    ports = free_ports(5)
    assert len(set(ports)) == 5
    assert all(is_free(port) for port in ports)


def test_a_port_in_use_is_passed_over() -> None:
    with socket.create_server((LOOPBACK, 0)) as server:
        used = server.getsockname()[1]
        assert not is_free(used)
        assert next(web_ports(used)) != used


def test_a_free_port_is_taken_as_wished() -> None:
    (port,) = free_ports(1)
    assert next(web_ports(port)) == port


def test_a_server_on_all_addresses_is_noticed() -> None:
    with socket.create_server(("", 0)) as server:
        assert not is_free(server.getsockname()[1])

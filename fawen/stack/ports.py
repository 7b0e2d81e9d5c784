"""Ports on this machine: which are free, and one that people can remember for the web."""

from __future__ import annotations

import errno
import socket
from collections.abc import Iterator
from random import SystemRandom

LOOPBACK = "127.0.0.1"
PREFERRED_WEB_PORT = 8080
PREFERRED_COMMENT_PORT = 2525

_OURS = range(10_000, 32_000)
_BACKLOG = 256
_NEAR = 20  # how far from the preferred port we look before taking any free one


def is_free(port: int, host: str = LOOPBACK) -> bool:
    """Whether a server could listen on `port` now."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        # Without this a port in TIME_WAIT, which servers may take, would look used.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as problem:
            if problem.errno in (errno.EADDRINUSE, errno.EACCES):
                return False
            raise
    return not _answers(port, host)


def _answers(port: int, host: str) -> bool:
    """A server on all addresses does not stop us from binding the loopback one, on some systems."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as client:
        client.settimeout(0.2)
        return client.connect_ex((host, port)) == 0


def free_ports(count: int) -> tuple[int, ...]:
    """`count` different ports that are free now, of those that no system hands out for connections.

    A port of the system's own choice would be one that the next connection of anybody may take before our server does.
    """
    ports: list[int] = []
    for port in SystemRandom().sample(_OURS, len(_OURS)):
        if is_free(port):
            ports.append(port)
        if len(ports) == count:
            return tuple(ports)
    raise RuntimeError(f"of {len(_OURS)} ports fewer than {count} are free")


def web_ports(preferred: int) -> Iterator[int]:
    """The preferred port, the next ones, then any: those that are free when asked for."""
    for port in range(preferred, min(preferred + _NEAR, 65536)):
        if is_free(port):
            yield port
    while True:
        yield free_ports(1)[0]


def listening(preferred: int) -> socket.socket:
    """A socket that listens on the preferred port, or on the next free one.

    It is held by the stack and handed to its web process, so that nobody can take the port in between.
    """
    for port in web_ports(preferred):
        ours = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        ours.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            ours.bind((LOOPBACK, port))
            ours.listen(_BACKLOG)
        except OSError:
            ours.close()
            continue
        return ours
    raise AssertionError("web_ports never ends")

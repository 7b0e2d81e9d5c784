"""Measuring honestly: CPU of processes with all their children, sums of histories, ratios with their goals."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from statistics import mean
from typing import Any, Literal

import psutil
from temporalio.client import Client


@dataclass(frozen=True)
class Batch:
    """Lifecycles that ran side by side: how many, how long, and the CPU seconds of each process meanwhile."""

    lifecycles: int
    seconds: float
    cpu: Mapping[str, float]

    @property
    def rate(self) -> float:
        return self.lifecycles / self.seconds


@dataclass(frozen=True)
class Side:
    """One side of a comparison: its batches, and the size of one lifecycle's histories."""

    batches: Sequence[Batch]
    events: float
    bytes: float
    commands: Mapping[str, int] = field(default_factory=dict)

    @property
    def rate(self) -> float:
        return mean(batch.rate for batch in self.batches)

    @property
    def cpu_ms_of_each(self) -> dict[str, float]:
        """CPU milliseconds of each process for one lifecycle."""
        lifecycles, names = sum(batch.lifecycles for batch in self.batches), sorted(self.batches[0].cpu)
        return {name: 1_000 * sum(batch.cpu[name] for batch in self.batches) / lifecycles for name in names}

    def cpu_ms(self, *, but: str) -> float:
        """CPU milliseconds of all processes but one for one lifecycle."""
        return sum(spent_ms for name, spent_ms in self.cpu_ms_of_each.items() if name != but)

    def figures(self) -> dict[str, Any]:
        """As they are printed."""
        return {
            "lifecycles_per_s": round(self.rate, 3),
            "of_each_turn": [round(batch.rate, 3) for batch in self.batches],
            "in_flight": self.batches[0].lifecycles,
            "cpu_ms": {name: round(spent_ms) for name, spent_ms in self.cpu_ms_of_each.items()},
            "events": round(self.events, 1),
            "bytes": round(self.bytes),
            "commands": dict(self.commands),
        }


@dataclass(frozen=True)
class Goal:
    """A figure and the bar that it should reach or stay under."""

    name: str
    value: float
    bar: float
    better: Literal["more", "less"]

    @property
    def passed(self) -> bool:
        return self.value >= self.bar if self.better == "more" else self.value <= self.bar

    def figures(self) -> dict[str, Any]:
        """As it is printed."""
        sign = ">=" if self.better == "more" else "<="
        return {
            "ratio": round(self.value, 2),
            "goal": f"{sign} {self.bar:g}",
            "verdict": "pass" if self.passed else "fail",
        }


def ratio(ours: float, floor: float) -> float:
    """Ours over the floor. Raises ValueError for a floor of nothing."""
    if floor <= 0:
        raise ValueError("the floor was not measured")
    return ours / floor


class Meter:
    """CPU seconds of processes by name, with their children, also those that have ended.

    The bench itself is counted alone: its children are those that are measured, each under a name of its own.
    """

    def __init__(self, processes: Mapping[str, int]) -> None:
        self._processes = {name: psutil.Process(pid) for name, pid in processes.items()}

    def read(self) -> dict[str, float]:
        """CPU seconds so far."""
        return {name: _used(process) for name, process in self._processes.items()}


def spent(before: Mapping[str, float], after: Mapping[str, float]) -> dict[str, float]:
    """CPU seconds between two readings."""
    return {name: after[name] - before[name] for name in after}


async def history_sizes(client: Client, workflow_ids: Sequence[str]) -> tuple[int, int]:
    """Events and bytes of these workflows' histories, as the server counts them."""
    events = bytes_ = 0
    for workflow_id in workflow_ids:
        info = (await client.get_workflow_handle(workflow_id).describe()).raw_description.workflow_execution_info
        events, bytes_ = events + info.history_length, bytes_ + info.history_size_bytes
    return events, bytes_


def _used(process: psutil.Process) -> float:
    if process.pid == os.getpid():
        times = process.cpu_times()
        return float(times.user + times.system)
    total = 0.0
    for one in (process, *process.children(recursive=True)):
        with contextlib.suppress(psutil.NoSuchProcess):
            times = one.cpu_times()
            total += (
                times.user + times.system + getattr(times, "children_user", 0) + getattr(times, "children_system", 0)
            )
    return total

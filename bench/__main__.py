"""`python -m bench` lists the benches, `python -m bench lifecycle` runs one; its last line is one JSON object."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

import uvloop

from bench import comments, inbox, lifecycle, pages, precheck, seal, summary, window_storm


@dataclass(frozen=True)
class Bench:
    """One bench: what it compares, how it is run with the rest of the command line, and on which loop."""

    about: str
    run: Callable[[Sequence[str]], Awaitable[dict[str, Any]]]
    loop: Callable[[], asyncio.AbstractEventLoop] | None = None


BENCHES = {
    "comments": Bench(
        "comments accepted with everything on / single-row inserts / the same handler bare",
        comments.run,
        loop=uvloop.new_event_loop,
    ),
    "inbox": Bench(
        "the first page among a million items of 5,000 people / a round trip; over HTTP / who am I", inbox.run
    ),
    "lifecycle": Bench("the life of a normative document, from POST to filing / a bare skeleton of it", lifecycle.run),
    "pages": Bench("pages of a window with very many opinions / the same with few", pages.run),
    "precheck": Bench(
        "findings in labelled clauses: precision, recall / cutting the text into sentences", precheck.run
    ),
    "seal": Bench("sealing a window of a million comments / SHA-256 over as many bytes", seal.run),
    "summary": Bench("grouping the opinions of large windows / the exact-hash pass over the same texts", summary.run),
    "window_storm": Bench(
        "windows that close at one instant under comments, by the sweeper / a bare timer for each", window_storm.run
    ),
}


def main(argv: Sequence[str]) -> None:
    """The command line. Raises SystemExit for a bench that there is not."""
    if not argv:
        for name, bench in BENCHES.items():
            print(f"{name:12} {bench.about}")
        return
    name, *rest = argv
    if name not in BENCHES:
        raise SystemExit(f"no such bench: {name}; there are {', '.join(BENCHES)}")
    with asyncio.Runner(loop_factory=BENCHES[name].loop) as runner:
        print(json.dumps(runner.run(_run(BENCHES[name], rest))), flush=True)


async def _run(bench: Bench, rest: Sequence[str]) -> dict[str, Any]:
    return await bench.run(rest)


if __name__ == "__main__":
    main(sys.argv[1:])

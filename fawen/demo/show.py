"""Printing the demonstration: each beat with time, actor, rule and link; progress bars while something starts."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from fawen.demo.story import Beat
from fawen.stack.progress import Listener, Step

ZONE = ZoneInfo("Asia/Shanghai")


class Printer:
    """Writes beats to a console; links are made whole with the address of the stack."""

    def __init__(self, console: Console, base_url: str) -> None:
        self._console, self._base_url = console, base_url

    def heading(self, words: str) -> None:
        """A chapter of the story."""
        self._console.print()
        self._console.rule(f"[bold]{words}", align="left", style="cyan")

    def beat(self, beat: Beat) -> None:
        """One thing that happened."""
        at = beat.at.astimezone(ZONE).strftime("%H:%M:%S")
        self._console.print(f"[dim]{at}[/dim]  [bold]{_plain(beat.who)}[/bold]  {_plain(beat.what)}", soft_wrap=True)
        for note in beat.notes:
            self._console.print(f"          · {_plain(note)}", soft_wrap=True)
        if beat.rule:
            self._console.print(f"          依据 [italic]{_plain(beat.rule)}[/italic]", soft_wrap=True)
        if beat.link:
            self._console.print(f"          [blue]{self._base_url}{_plain(beat.link)}[/blue]", soft_wrap=True)

    def line(self, words: str) -> None:
        """A plain line."""
        self._console.print(words, soft_wrap=True)


@contextmanager
def starting(console: Console) -> Iterator[Listener]:
    """A progress bar over the steps of starting the stack."""
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=not console.is_terminal) as progress:
        bar = progress.add_task("准备启动", total=None)

        def tell(step: Step) -> None:
            finished = step.position if step.done else step.position - 1
            progress.update(bar, total=step.total, completed=finished, description=f"{step.zh} {step.en}")

        yield tell


def _plain(words: str) -> str:
    # What people write is data, never markup of the console.
    return words.replace("[", "\\[")

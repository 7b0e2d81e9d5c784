"""Pictures of figures as SVG, drawn on the server: bars in per cent of the width, columns for days or hours.

No style and no script in them: classes only, so that the page's policy, dark mode and print hold. Words are escaped.
The title tells the finding; a table with the same figures stands beside each picture.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from markupsafe import Markup

BAR_LINE, BAR_TEXT, BAR_TOP, BAR = 44, 14, 20, 14
COLUMNS_TOP, COLUMNS_HIGH, COLUMNS_FOOT = 22, 120, 22
# More columns than these are too thin on a phone for a number over each; every so many has its name below.
NUMBERED, NAMED = 12, 6
# Fewer columns than these do not grow wider.
FEWEST = 8


@dataclass(frozen=True)
class Bar:
    """One figure: its name, its number, and the number in words."""

    name: str
    count: int
    words: str
    state: str = "now"


def bars(chart_id: str, title: str, found: Sequence[Bar], *, about: str = "") -> Markup:
    """Horizontal bars, one line each, the longest filling the width."""
    longest = max((one.count for one in found), default=0) or 1
    lines = []
    for place, one in enumerate(found):
        top = place * BAR_LINE
        lines.append(
            f'<text class="label" x="0" y="{top + BAR_TEXT}">{escape(f"{one.name}：{one.words}")}</text>'
            f'<rect class="c-{escape(one.state)}" x="0" y="{top + BAR_TOP}" height="{BAR}"'
            f' width="{100 * one.count / longest:.2f}%"/>'
        )
    return _svg(chart_id, title, about, max(len(found), 1) * BAR_LINE, lines)


def columns(chart_id: str, title: str, found: Sequence[Bar], *, about: str = "") -> Markup:
    """Columns side by side, the highest filling the height: for what follows in time."""
    highest = max((one.count for one in found), default=0) or 1
    wide = 100 / max(len(found), FEWEST)
    base = COLUMNS_TOP + COLUMNS_HIGH
    every = max(-(-len(found) // NAMED), 1)
    lines = [f'<line class="axis" x1="0" x2="100%" y1="{base}" y2="{base}"/>']
    for place, one in enumerate(found):
        high = COLUMNS_HIGH * one.count / highest
        left, middle = place * wide, (place + 0.5) * wide
        lines.append(
            f'<rect class="c-{escape(one.state)}" x="{left + wide * 0.12:.2f}%" y="{base - high:.1f}"'
            f' width="{wide * 0.76:.2f}%" height="{high:.1f}"><title>{escape(f"{one.name}：{one.words}")}</title></rect>'
        )
        if len(found) <= NUMBERED or one.count == highest:
            lines.append(f'<text class="mid" x="{middle:.2f}%" y="{base - high - 6:.1f}">{one.count}</text>')
        if place % every == 0:
            anchor = "first" if place == 0 and len(found) > NUMBERED else "mid"
            at = left if anchor == "first" else middle
            lines.append(f'<text class="{anchor}" x="{at:.2f}%" y="{base + 17}">{escape(one.name)}</text>')
    return _svg(chart_id, title, about, base + COLUMNS_FOOT, lines)


def _svg(chart_id: str, title: str, about: str, height: int, lines: Sequence[str]) -> Markup:
    named = f"{chart_id}-t {chart_id}-d" if about else f"{chart_id}-t"
    said = f'<desc id="{chart_id}-d">{escape(about)}</desc>' if about else ""
    return Markup(  # noqa: S704
        f'<svg class="chart" width="100%" height="{height}" role="img" aria-labelledby="{named}">'
        f'<title id="{chart_id}-t">{escape(title)}</title>{said}{"".join(lines)}</svg>'
    )

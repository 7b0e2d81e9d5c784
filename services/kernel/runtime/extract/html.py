"""HTML pages: each block a line, each row of a data table a line, the furniture of the site left out."""

from __future__ import annotations

import re

from lxml import html

_DROPPED = frozenset(
    [
        "script",
        "style",
        "noscript",
        "template",
        "head",
        "nav",
        "header",
        "footer",
        "aside",
        "iframe",
        "object",
        "embed",
        "svg",
        "canvas",
        "button",
        "select",
        "option",
        "input",
        "textarea",
        "video",
        "audio",
        "map",
        "link",
        "meta",
    ]
)
_BLOCKS = frozenset(
    [
        "address",
        "article",
        "aside",
        "blockquote",
        "body",
        "caption",
        "center",
        "dd",
        "div",
        "dl",
        "dt",
        "fieldset",
        "figcaption",
        "figure",
        "form",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "hr",
        "html",
        "li",
        "main",
        "ol",
        "p",
        "pre",
        "section",
        "table",
        "tbody",
        "tfoot",
        "thead",
        "tr",
        "ul",
    ]
)
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_FURNITURE = frozenset({"navigation", "banner", "contentinfo", "search", "complementary", "menu"})
_CHARSET = re.compile(rb"<meta[^>]{0,200}charset\s*=\s*[\"']?\s*([A-Za-z0-9_-]{2,20})", re.IGNORECASE)
_BLANK = re.compile(r"[ \t\r\n\f\v]+")
_CELL_LIMIT = 2_000
_TEXT_ENOUGH = 80


def html_text(data: bytes) -> str:
    """The words of a page, in reading order."""
    parser = html.HTMLParser(no_network=True, remove_comments=True, remove_pis=True, huge_tree=False)
    root = html.document_fromstring(_decoded(data), parser=parser)
    lines: list[str] = [""]
    _walk(_content(root), lines)
    return "\n".join(line for line in (_tidy(line) for line in lines) if line.strip())


def _decoded(data: bytes) -> str:
    declared = _CHARSET.search(data[:4096])
    named = declared[1].decode("ascii").lower() if declared else "utf-8"
    # The national standard contains its two forerunners, which pages still name.
    named = "gb18030" if named in ("gb2312", "gbk") else named
    for encoding in ("utf-8-sig", named, "gb18030"):
        try:
            text = data.decode(encoding)
        except (UnicodeDecodeError, LookupError):
            continue
        # lxml refuses a string that declares its own encoding.
        return re.sub(r"^\s*<\?xml[^>]{0,200}\?>", "", text)
    raise ValueError("no known encoding")


def _content(root: html.HtmlElement) -> html.HtmlElement:
    """The one main or article element, where the page marks it and it holds the words."""
    for tag in ("main", "article"):
        found = list(root.iter(tag))
        if len(found) == 1 and len(_flat(found[0])) >= _TEXT_ENOUGH:
            return found[0]
    return root


def _walk(element: html.HtmlElement, lines: list[str]) -> None:
    tag = element.tag if isinstance(element.tag, str) else ""
    if not tag or tag in _DROPPED or _is_hidden(element):
        return
    if tag == "br":
        lines.append("")
    elif tag == "tr" and (row := _row(element)) is not None:
        lines += [row, ""]
        return
    block = tag in _BLOCKS
    if block and lines[-1]:
        lines.append("")
    lines[-1] += _inline(element.text)
    for child in element:
        _walk(child, lines)
        lines[-1] += _inline(child.tail)
    if block and lines[-1]:
        lines.append("")


def _is_hidden(element: html.HtmlElement) -> bool:
    return (
        "hidden" in element.attrib
        or element.get("aria-hidden") == "true"
        or element.get("role", "") in _FURNITURE
        or bool(_HIDDEN.search(element.get("style", "")))
    )


def _row(row: html.HtmlElement) -> str | None:
    """The cells of a data table's row, tabs between them; None for a table that only lays out."""
    cells = [cell for cell in row if cell.tag in ("td", "th")]
    if len(cells) < 2 or any(next(cell.iter("table"), None) is not None for cell in cells):
        return None
    texts = [_flat(cell) for cell in cells]
    if any(len(text) > _CELL_LIMIT for text in texts) or sum(map(bool, texts)) == 0:
        return None
    return "\t".join(texts)


def _flat(element: html.HtmlElement) -> str:
    """The words of a cell on one line."""
    lines: list[str] = [""]
    lines[-1] += _inline(element.text)
    for child in element:
        _walk(child, lines)
        lines[-1] += _inline(child.tail)
    return "".join(_tidy(line).strip() for line in lines)


def _inline(text: str | None) -> str:
    return _BLANK.sub(" ", text) if text else ""


def _tidy(line: str) -> str:
    line = line.replace("\xa0", " ")
    if "\t" in line:
        return line
    return re.sub(r" {2,}", "  ", line).strip(" ")

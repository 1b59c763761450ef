"""Web pages to text: the part with the plan, without navigation, counters and related links."""

import re
from html.parser import HTMLParser

from miaopu.engine.plan_reader.decoding import decode
from miaopu.engine.plan_reader.merged_cells import Merged

_VOID = {
    "br",
    "hr",
    "img",
    "input",
    "meta",
    "link",
    "area",
    "base",
    "col",
    "embed",
    "source",
    "wbr",
}
_DROPPED = {
    "script",
    "style",
    "head",
    "nav",
    "footer",
    "aside",
    "form",
    "button",
    "select",
    "noscript",
    "iframe",
    "svg",
    "template",
    "object",
    "title",
    "textarea",
}
_BLOCK = {
    "p",
    "div",
    "li",
    "ul",
    "ol",
    "table",
    "tr",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "section",
    "article",
    "main",
    "body",
    "html",
    "blockquote",
    "dl",
    "dt",
    "dd",
    "pre",
    "center",
    "header",
    "figure",
    "tbody",
    "thead",
}
_CLOSES = {
    "p": {"p"},
    "li": {"li", "p"},
    "td": {"td", "th", "p"},
    "th": {"td", "th", "p"},
    "tr": {"td", "th", "tr", "p"},
}
_STOP = {
    "li": {"ul", "ol"},
    "td": {"table"},
    "th": {"table"},
    "tr": {"table"},
    "p": {"div", "td", "li", "body"},
}
_CHROME = re.compile(
    r"(?:^|[\s_-])(?:nav|menu|crumbs?|breadcrumb|foot(?:er)?|sidebar|share|fenxiang|related|recommend|copyright"
    r"|toolbar|tools?|pagination|pager|position|location|dqwz|weizhi|xgwz|xglj|xgjd|login|search|banner|print|qrcode"
    r"|comment|hidden|counter|hits?|accessib\w*|wza|elder)(?:$|[\s_-])",
    re.IGNORECASE,
)
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_CHARSET = re.compile(rb"<meta[^>]{0,200}charset\s*=\s*[\"']?\s*([\w-]+)", re.IGNORECASE)
_DEPTH = 400


class _Node:
    """An element with its children and the amount of text outside of links below it."""

    def __init__(self, tag: str, parent: "_Node | None", tiny: bool = False) -> None:
        self.tag, self.parent, self.tiny = tag, parent, tiny
        self.depth: int = parent.depth + 1 if parent else 0
        self.children: list[_Node | str] = []
        self.plain = self.linked = 0
        self.rows = self.columns = 1


class _Builder(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = self.here = _Node("html", None)
        self.links = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "br":
            self.here.children.append("\n")
        if tag in _VOID:
            return
        self._close_implied(tag)
        if self.here.depth > _DEPTH:
            return
        named = dict(attrs)
        words = f"{named.get('class') or ''} {named.get('id') or ''}"
        dropped = (
            tag in _DROPPED
            or _HIDDEN.search(named.get("style") or "") is not None
            or (tag != "body" and _CHROME.search(words) is not None)
        )
        node = _Node(tag, self.here, dropped)
        if tag in ("td", "th"):
            node.rows, node.columns = _span(named.get("rowspan")), _span(named.get("colspan"))
        self.here.children.append(node)
        self.here = node
        self.links += tag == "a"

    def handle_endtag(self, tag: str) -> None:
        node: _Node | None = self.here
        steps = 0
        while node is not None and node.tag != tag and steps < 60:
            node, steps = node.parent, steps + 1
        if node is None or node.tag != tag or node.parent is None:
            return
        while self.here is not node.parent and self.here.parent is not None:
            self.links -= self.here.tag == "a"
            self.here = self.here.parent

    def handle_data(self, data: str) -> None:
        self.here.children.append(data)
        amount = len(data.strip())
        if self.links:
            self.here.linked += amount
        else:
            self.here.plain += amount

    def _close_implied(self, tag: str) -> None:
        closes, stop = _CLOSES.get(tag), _STOP.get(tag, set())
        if closes is None:
            return
        node: _Node | None = self.here
        last: _Node | None = None
        steps = 0
        while node is not None and node.tag not in stop and steps < 60:
            if node.tag in closes:
                last = node
            node, steps = node.parent, steps + 1
        if last is not None and last.parent is not None:
            self.here = last.parent


def html_to_text(data: bytes) -> str:
    """The text of a page's main part, a line per block, table cells parted by tabs."""
    builder = _Builder()
    builder.feed(_decode(data))
    builder.close()
    order = _in_order(builder.root)
    for table in order:
        if table.tag == "table" and any(one.rows > 1 for one in _cells_of(table)):
            _fill(table)
    for node in reversed(order):
        if node.parent is not None and not node.tiny:
            node.parent.plain += node.plain
            node.parent.linked += node.linked
    return _text(_main(builder.root))


def _span(value: str | None) -> int:
    """How many rows or columns a cell reaches over; 1 where nothing sensible is said."""
    return int(value) if value and value.isascii() and value.isdigit() and len(value) < 5 else 1


def _rows_of(table: _Node) -> list[_Node]:
    parts = [one for one in table.children if isinstance(one, _Node)]
    rows: list[_Node] = []
    for part in parts:
        inner = [part] if part.tag == "tr" else part.children
        rows.extend(one for one in inner if isinstance(one, _Node) and one.tag == "tr")
    return rows


def _cells_of(part: _Node) -> list[_Node]:
    rows = _rows_of(part) if part.tag == "table" else [part]
    return [
        one
        for row in rows
        for one in row.children
        if isinstance(one, _Node) and one.tag in ("td", "th")
    ]


def _fill(table: _Node) -> None:
    """Put what cells from above say into the rows that they reach into."""
    merged = Merged()
    for row in _rows_of(table):
        cells = _cells_of(row)
        printed = iter(cells)
        filled: list[_Node | str] = []
        for text in merged.row([(_words(one), one.rows, one.columns) for one in cells]):
            if text is None:
                filled.append(next(printed))
                continue
            cell = _Node("td", row)
            cell.children.append(text)
            filled.append(cell)
        row.children = filled


def _words(cell: _Node) -> str:
    """The text of a cell that reaches over rows; nothing of others is needed."""
    pieces: list[str] = []
    stack: list[_Node | str] = [cell] if cell.rows > 1 else []
    while stack:
        one = stack.pop()
        if isinstance(one, str):
            pieces.append(one)
        elif not one.tiny:
            stack.extend(reversed(one.children))
    return "".join(pieces)


def _decode(data: bytes) -> str:
    found = _CHARSET.search(data[:4096])
    name = found.group(1).decode("ascii", "replace").lower() if found else ""
    if name in ("gb2312", "gbk", "gb18030"):
        try:
            return data.decode("gb18030")
        except UnicodeDecodeError:
            return decode(data)
    return decode(data)


def _in_order(root: _Node) -> list[_Node]:
    order, stack = [], [root]
    while stack:
        node = stack.pop()
        order.append(node)
        stack.extend(one for one in node.children if isinstance(one, _Node) and not one.tiny)
    return order


def _main(root: _Node) -> _Node:
    """The innermost element that still holds nearly all text outside of links."""
    node = root
    while True:
        inner = [
            one
            for one in node.children
            if isinstance(one, _Node) and not one.tiny and one.plain >= 0.9 * max(root.plain, 1)
        ]
        if not inner or inner[0].tag in ("p", "td", "span", "a", "table"):
            return node
        node = inner[0]


def _text(main: _Node) -> str:
    pieces: list[str] = []
    stack: list[_Node | str] = [main]
    while stack:
        one = stack.pop()
        if isinstance(one, str):
            pieces.append(one if one == "\n" or one == "\t" else re.sub(r"\s+", " ", one))
            continue
        if one.tiny or (one.linked > 20 and one.linked > 2 * one.plain):
            continue
        block = one.tag in _BLOCK
        stack.append("\n" if block else "")
        if one.tag in ("td", "th"):
            stack.append("\t")
        stack.extend(reversed(one.children))
        if block:
            stack.append("\n")
    lines = (
        re.sub(r" ?\t ?", "\t", line).strip(" \t") for line in _cells("".join(pieces)).split("\n")
    )
    return "\n".join(line for line in lines if line)


def _cells(text: str) -> str:
    """Line breaks right before a cell's end are no ends of lines."""
    return re.sub(r"\s*\n\s*\t", "\t", text)

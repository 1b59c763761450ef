"""What the components show, as frozen shapes: a view fills them, a template passes them on.

Texts are in the reader's language already (or lazy translations), unless a field says otherwise.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from django.utils.translation import gettext

from miaopu.portal.measures import Clock, ClockDay, Progress, Text, Tone

__all__ = [
    "Answer",
    "Clock",
    "ClockDay",
    "Found",
    "JobView",
    "LedgerLine",
    "Link",
    "Progress",
    "Reason",
    "Step",
    "Task",
    "Text",
    "Tone",
    "TrailEntry",
    "Truth",
]

Truth = Literal["true", "false", "unknown"]


@dataclass(frozen=True)
class Link:
    """A text that leads somewhere; the last crumb of a trail has no `href`."""

    text: Text
    href: str = ""


@dataclass(frozen=True)
class Found:
    """A fact that a condition looks at: what was found ("" is nothing), from whom, as of when.

    `wrong_href` leads to where the enterprise says that it is wrong, or brings what is missing.
    """

    label: Text
    value: Text = ""
    source: Text = ""
    as_of: date | None = None
    wrong_href: str = ""


@dataclass(frozen=True)
class Reason:
    """One node of an explanation, as the engine's tree gives it.

    `op` is "all", "any" or "not" for a node that only joins its `children`, else ""; "once" says
    that what is paid for is counted elsewhere. `facts` are those of a node that looks at several.
    """

    status: Truth
    text: Text
    op: Literal["", "all", "any", "not", "once"] = ""
    value: Text = ""
    source: Text = ""
    as_of: date | None = None
    change: Text = ""
    clause: str = ""
    clause_href: str = ""
    children: "Sequence[Reason]" = ()
    facts: Sequence[Found] = ()
    wrong_href: str = ""

    @property
    def mark(self) -> str:
        """✓, ✗ or ?; = where it is counted elsewhere."""
        if self.op == "once":
            return "="
        return {"true": "✓", "false": "✗", "unknown": "?"}[self.status]

    @property
    def look(self) -> str:
        """How the node is coloured: as its status, or not at all."""
        return "once" if self.op == "once" else self.status

    @property
    def word(self) -> str:
        """The status in a word, so that colour and mark never stand alone."""
        if self.op == "once":
            return gettext("只计一次")
        return {
            "true": gettext("符合"),
            "false": gettext("不符合"),
            "unknown": gettext("待核实"),
        }[self.status]

    @property
    def joined(self) -> str:
        """How the children are joined, in words."""
        words = {
            "all": gettext("须全部符合"),
            "any": gettext("符合任一项即可"),
            "not": gettext("须不符合下列情形"),
        }
        return words.get(self.op, "")

    @property
    def open(self) -> bool:
        """Whether the children are shown at once: those of a fulfilled condition are not."""
        return self.status != "true"


@dataclass(frozen=True)
class LedgerLine:
    """A ledger transfer that a step caused: from one account to another."""

    debit: Text
    credit: Text
    amount_fen: int
    state: Text = ""


@dataclass(frozen=True)
class TrailEntry:
    """Who did what, when and why, and the money that moved with it."""

    at: datetime
    who: Text
    what: Text
    why: Text = ""
    lines: Sequence[LedgerLine] = ()
    trace_href: str = ""
    times: int = 1  # in a row


@dataclass(frozen=True)
class Step:
    """A stage of a case, behind or ahead.

    `due`: `when` is the day by which it must be done, not the day on which it was.
    """

    title: Text
    state: Literal["done", "current", "todo", "refused"]
    when: date | None = None
    who: Text = ""
    note: Text = ""
    due: bool = False

    @property
    def word(self) -> str:
        """The state in a word."""
        return {
            "done": gettext("已完成"),
            "current": gettext("进行中"),
            "todo": gettext("未开始"),
            "refused": gettext("未通过"),
        }[self.state]


@dataclass(frozen=True)
class Task:
    """A line of a task list."""

    title: Text
    href: str
    state: Literal["todo", "unread", "doing", "known", "done", "blocked"]
    hint: Text = ""

    @property
    def word(self) -> str:
        """The state in a word."""
        return {
            "todo": gettext("未开始"),
            "unread": gettext("未读"),
            "doing": gettext("填写中"),
            "known": gettext("已替您填好"),
            "done": gettext("已完成"),
            "blocked": gettext("暂不能办"),
        }[self.state]

    @property
    def tone(self) -> Tone:
        """The tone of the tag."""
        return (
            "good"
            if self.state in ("done", "known")
            else "soon"
            if self.state in ("doing", "unread")
            else "neutral"
        )


@dataclass(frozen=True)
class Answer:
    """One answer to be checked before handing in; `href` leads to where it is changed."""

    label: Text
    value: Text
    href: str = ""
    source: Text = ""


@dataclass(frozen=True)
class JobView:
    """A long job as its owner sees it; `poll_href` answers with the same component, "" stops."""

    key: str
    title: Text
    state: Literal["queued", "running", "done", "failed"]
    done: int = 0
    total: int = 0
    message: Text = ""
    poll_href: str = ""
    result: Link | None = None

    @property
    def word(self) -> str:
        """The state in a word."""
        return {
            "queued": gettext("排队中"),
            "running": gettext("进行中"),
            "done": gettext("已完成"),
            "failed": gettext("未完成"),
        }[self.state]

    @property
    def tone(self) -> Tone:
        """The tone of the tag."""
        tones: dict[str, Tone] = {"done": "good", "failed": "late"}
        return tones.get(self.state, "neutral")

    @property
    def alive(self) -> bool:
        """Whether the job may still change, so that the page keeps asking."""
        return self.state in ("queued", "running")

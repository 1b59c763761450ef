"""What reading a plan gives: plain values, each with its place in the text."""

from dataclasses import dataclass

Value = int | float | str | list[int | float]


@dataclass(frozen=True)
class Clause:
    """One numbered part of a plan; `start` and `end` include the parts below it."""

    path: str
    title: str
    start: int
    end: int


@dataclass(frozen=True)
class Responsibility:
    """Who answers for a clause: role `lead`, `responsible` or `cooperate`."""

    clause: str
    units: tuple[str, ...]
    role: str
    explicit: bool
    raw: str
    start: int
    end: int


@dataclass(frozen=True)
class Target:
    """A quantity to be reached; `value` is a number or `[low, high]`."""

    clause: str
    indicator: str
    scope: str | None
    value: Value
    unit: str
    comparator: str
    date: str | None
    raw: str
    start: int
    end: int


@dataclass(frozen=True)
class Deadline:
    """A time by which, during which or how often somebody must act."""

    clause: str
    date: str
    begin: str | None
    what: str
    raw: str
    start: int
    end: int


@dataclass(frozen=True)
class Money:
    """An amount in 元, 万元 or 亿元, or a sharing ratio (unit `ratio`)."""

    clause: str
    what: str
    value: Value
    unit: str
    raw: str
    start: int
    end: int


@dataclass(frozen=True)
class Citation:
    """Another document that the plan names."""

    title: str | None
    number: str | None
    raw: str
    start: int
    end: int


@dataclass(frozen=True)
class Repair:
    """A damaged place and how it was read; the text itself stays as it came."""

    raw: str
    read_as: str
    start: int
    end: int
    certain: bool = False


@dataclass(frozen=True)
class Check:
    """A sum, share or growth that the printed numbers do not give."""

    code: str
    grade: str
    what: str
    stated: int | float
    computed: int | float
    clauses: tuple[str, ...]


@dataclass(frozen=True)
class Reading:
    """A plan as read."""

    text: str
    title: str = ""
    number: str | None = None
    issuer: str | None = None
    date: str | None = None
    clauses: tuple[Clause, ...] = ()
    responsibilities: tuple[Responsibility, ...] = ()
    targets: tuple[Target, ...] = ()
    deadlines: tuple[Deadline, ...] = ()
    money: tuple[Money, ...] = ()
    citations: tuple[Citation, ...] = ()
    repairs: tuple[Repair, ...] = ()
    checks: tuple[Check, ...] = ()

"""The records of a set of books, as they are checked, exported and read back."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date

from miaopu.engine.messages import Bilingual


@dataclass(frozen=True)
class BookAccount:
    """An account with its stated balance in fen."""

    code: str
    kind: str
    balance_fen: int


@dataclass(frozen=True)
class BookEntry:
    """A line of a transfer."""

    account: str
    amount_fen: int


@dataclass(frozen=True)
class BookTransfer:
    """A transfer: `day` in the system's time zone, `award` its number or ""."""

    key: str
    kind: str
    day: date
    award: str
    entries: tuple[BookEntry, ...]

    def record(self) -> dict[str, object]:
        """What the seal covers."""
        return {
            **asdict(self),
            "day": self.day.isoformat(),
            "entries": [asdict(entry) for entry in self.entries],
        }


@dataclass(frozen=True)
class BookAward:
    """An award with its stated state: committed, paid or released."""

    number: str
    amount_fen: int
    state: str


@dataclass(frozen=True)
class BookSeal:
    """The seal of one day."""

    day: date
    count: int
    root: str
    chain: str


@dataclass(frozen=True)
class Books:
    """Everything that is checked; transfers in the order in which they were made."""

    accounts: tuple[BookAccount, ...]
    transfers: tuple[BookTransfer, ...]
    awards: tuple[BookAward, ...]
    seals: tuple[BookSeal, ...]


@dataclass(frozen=True)
class BookFinding:
    """Something that does not agree: where, what is stated and what was computed."""

    where: str
    what: Bilingual
    stated: object
    computed: object

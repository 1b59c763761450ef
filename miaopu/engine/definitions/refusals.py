"""What is wrong with a pack or a rules file: where, what, and what to write instead."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from miaopu.engine.messages import Bilingual, EngineError

Path = tuple[str | int, ...]


@dataclass(frozen=True)
class PackError:
    """One problem; `line` counts from 1, `key` is the way there (items.direct_subsidy.amount)."""

    file: str
    line: int
    key: str
    message: Bilingual
    remedy: Bilingual

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.key}: {self.message} — {self.remedy}"

    def to_json(self) -> dict[str, object]:
        """The problem as `pack check` prints it."""
        return {
            "file": self.file,
            "line": self.line,
            "key": self.key,
            "message": str(self.message),
            "remedy": str(self.remedy),
        }


@dataclass(frozen=True)
class Finding:
    """Something in a sound pack that a person should look at: sums or growth that do not agree.

    `origin` is "plan" where the pack says that the plan itself is like this. `grade` says of sums
    and shares whether rounding can explain them.
    """

    code: str
    file: str
    line: int
    key: str
    message: Bilingual
    grade: Literal["possible-rounding", "error"] = "error"
    origin: Literal["plan", "pack"] = "pack"

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.key}: {self.message}"

    def to_json(self) -> dict[str, object]:
        """The finding as `pack check` prints it."""
        return {
            "code": self.code,
            "file": self.file,
            "line": self.line,
            "key": self.key,
            "message": str(self.message),
            "grade": self.grade,
            "origin": self.origin,
        }


class Refused(EngineError):
    """A pack or rules file that cannot be used; `errors` lists every problem found."""

    def __init__(self, what: str, errors: Sequence[PackError]) -> None:
        first = errors[0]
        super().__init__(
            Bilingual(
                f"{what} 有 {len(errors)} 处错误，第一处：{first.file} 第 {first.line} 行 "
                f"{first.key}：{first.message.zh}",
                f"{what} has {len(errors)} errors; the first: {first.file} line {first.line}, "
                f"{first.key}: {first.message.en}",
            ),
            first.remedy,
        )
        self.errors = tuple(errors)


def key_of(path: Path) -> str:
    """`path` as people write it: items.direct_subsidy.conditions[0].when."""
    key = ""
    for part in path:
        key += f"[{part}]" if isinstance(part, int) else f".{part}" if key else part
    return key


def in_order(errors: Sequence[PackError]) -> list[PackError]:
    """`errors` by file and line."""
    return sorted(errors, key=lambda error: (error.file, error.line, error.key, str(error.message)))

"""What was measured, as a table for people and as JSON."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class Line:
    """One figure; `goal` is in words, `met` is None where there is no goal."""

    what: str
    figure: str
    goal: str = ""
    met: bool | None = None


@dataclass
class Report:
    """All figures of a run."""

    lines: list[Line] = field(default_factory=list)

    def add(self, what: str, figure: str, goal: str = "", met: bool | None = None) -> None:
        """Add a figure."""
        self.lines.append(Line(what, figure, goal, met))

    @property
    def met(self) -> bool:
        """Whether no goal was missed."""
        return all(line.met is not False for line in self.lines)

    def show(self) -> None:
        """Print the table."""
        width = max(len(line.what) for line in self.lines)
        figures = max(len(line.figure) for line in self.lines)
        words = {None: "", True: "  met", False: "  MISSED"}
        for line in self.lines:
            goal = f"  goal {line.goal}{words[line.met]}" if line.goal else ""
            print(f"{line.what:<{width}}  {line.figure:>{figures}}{goal}")

    def write(self, path: Path) -> None:
        """Write the figures as JSON."""
        content = [asdict(line) for line in self.lines]
        path.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")

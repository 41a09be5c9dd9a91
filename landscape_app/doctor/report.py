"""A report as plain text and as JSON."""

import json
from dataclasses import asdict, dataclass, field
from typing import Any

#: Names in the text stand in a column of this width.
WIDTH = 24


@dataclass(frozen=True, slots=True)
class Line:
    """One finding; ``problem`` is a sentence if something about it is wrong."""

    name: str
    value: str
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """Findings that belong together."""

    title: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Remedy:
    """What is missing and how to get it; ``command`` is what to type, or empty. Without ``serious`` all works."""

    missing: str
    advice: str
    command: str = ""
    serious: bool = True


@dataclass(frozen=True, slots=True)
class Report:
    """Everything that was found."""

    program: str
    can_open_window: bool
    sections: tuple[Section, ...]
    remedies: tuple[Remedy, ...] = field(default=())

    def to_text(self) -> str:
        """Return the report for people."""
        return f"{self.findings()}\n\n{self._ending()}\n"

    def findings(self) -> str:
        """Return what was found, without what follows from it."""
        return "\n\n".join([self.program, *(_section_text(section) for section in self.sections)])

    def to_json(self) -> str:
        """Return the report for programs."""
        values: dict[str, Any] = {
            "program": self.program,
            "can_open_window": self.can_open_window,
            "sections": {section.title: [asdict(line) for line in section.lines] for section in self.sections},
            "missing": [asdict(remedy) for remedy in self.remedies],
        }
        return json.dumps(values, indent=1, ensure_ascii=False) + "\n"

    def _ending(self) -> str:
        if not self.remedies:
            return "Nothing is missing."
        lines = ["What is missing and how to get it"]
        for remedy in self.remedies:
            lines.append(f"  - {remedy.missing}")
            lines.append(f"    {remedy.advice}")
            if remedy.command:
                lines.append(f"      {remedy.command}")
        if self.can_open_window:
            lines.append("  The window opens all the same.")
        return "\n".join(lines)


def _section_text(section: Section) -> str:
    lines = [section.title]
    for line in section.lines:
        first, *others = line.value.split("\n")
        lines.append(f"  {line.name:<{WIDTH}}{first}".rstrip())
        lines.extend(f"  {'':<{WIDTH}}{other}" for other in others)
        if line.problem:
            lines.append(f"  {'':<{WIDTH}}! {line.problem}")
    return "\n".join(lines)

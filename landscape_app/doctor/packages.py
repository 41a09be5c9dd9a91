"""The versions of what the program is built on, against the ranges that it was tested with."""

import re
import tomllib
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path

from landscape_app.doctor.report import Line, Remedy

PROGRAM = "landscape-app"
ROOT = Path(__file__).resolve().parents[2]

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


def requirements() -> dict[str, str]:
    """Return the range of each package that the program needs, by its name, as for instance ``>=2.0,<3``."""
    found = {}
    for requirement in _written_down():
        named = _NAME.match(requirement)
        if named and "extra" not in requirement.partition(";")[2]:
            found[named.group()] = requirement[named.end() :].partition(";")[0].strip(" ()")
    return found


def _written_down() -> list[str]:
    """Return the requirements of this very program: in a checkout those of its pyproject.toml, which is newer."""
    try:
        project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
        if project["name"] == PROGRAM:
            return [str(requirement) for requirement in project["dependencies"]]
    except (OSError, ValueError, KeyError, TypeError):  # it is installed, or what lies there is another program's
        pass
    try:
        return requires(PROGRAM) or []
    except PackageNotFoundError:
        return []


def is_tested(found: str, wanted: str) -> bool:
    """Whether the version ``found`` lies in the range ``wanted``; what can't be compared counts as tested."""
    try:
        from packaging.specifiers import InvalidSpecifier, SpecifierSet
        from packaging.version import InvalidVersion
    except ImportError:
        return True
    try:
        return SpecifierSet(wanted).contains(found, prereleases=True)
    except (InvalidSpecifier, InvalidVersion):
        return True


def package_lines() -> tuple[tuple[Line, ...], tuple[Remedy, ...]]:
    """Return each package with its version, and how to get what is missing or untested."""
    lines, missing, untested = [], [], []
    for name, wanted in requirements().items():
        try:
            found = version(name)
        except PackageNotFoundError:
            lines.append(Line(name, "not installed", f"{wanted or 'any version'} is needed."))
            missing.append(f"{name}{wanted}")
            continue
        if is_tested(found, wanted):
            lines.append(Line(name, found))
        else:
            lines.append(Line(name, found, f"The program was tested with {wanted}."))
            untested.append(f"{name}{wanted}")
    remedies = []
    if missing:
        remedies.append(Remedy(f"These packages of Python are missing: {_names(missing)}.", _ADVICE, _pip(missing)))
    if untested:
        what = f"These packages have versions that the program was not tested with: {_names(untested)}."
        remedies.append(Remedy(what, _ADVICE, _pip(untested), serious=False))
    return tuple(lines), tuple(remedies)


_ADVICE = "Install them into the same Python:"


def _names(wanted: list[str]) -> str:
    return ", ".join(_NAME.match(one).group() for one in wanted)  # type: ignore[union-attr]


def _pip(wanted: list[str]) -> str:
    return "python -m pip install " + " ".join(f'"{one}"' for one in wanted)

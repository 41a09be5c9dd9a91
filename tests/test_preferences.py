"""What is remembered: its limits, its place, and what becomes of changes made in two windows."""

import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from landscape_app.preferences import MOST_RECENT, Columns, Preferences, config_folder, merged

PATHS = st.lists(st.sampled_from([f"/data/{letter}.csv" for letter in "abcdefgh"]), unique=True, max_size=6)


def recent(*letters: str) -> Preferences:
    return Preferences(recent=tuple(letters))


@pytest.mark.parametrize(
    "wrong",
    [
        {"digits": 2},
        {"digits": 18},
        {"grid": 64},
        {"grid": 514},
        {"theme": "pink"},
        {"colour_map": "jet"},
        {"autosave_minutes": 0},
        {"speed": float("inf")},
        {"speed": 0.0},
        {"recent": tuple(map(str, range(MOST_RECENT + 1)))},
        {"columns": {"table": {"widths": [-1]}}},
    ],
)
def test_that_a_value_out_of_range_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Preferences().but(**wrong)


def test_that_a_misspelt_name_is_a_mistake() -> None:
    with pytest.raises(TypeError, match="colourmap"):
        Preferences().but(colourmap="magma")


# --- two windows -----------------------------------------------------------------------------------------------------


def test_that_each_window_s_own_change_counts() -> None:
    base = Preferences(theme="light", folder="/old", digits=5)
    together = merged(base, base.but(theme="dark"), base.but(folder="/new", digits=7))
    assert together == base.but(theme="dark", folder="/new", digits=7)


def test_that_keys_and_columns_are_merged_one_by_one() -> None:
    narrow, wide = Columns(widths=(40, 50)), Columns(widths=(400, 500))
    base = Preferences(keys={"play": "P", "step": "N", "back": "B"}, columns={"a": narrow})
    ours = base.but(keys={"play": "Q", "step": "N"}, columns={"a": narrow, "b": wide})
    theirs = base.but(keys={"play": "P", "step": "N", "back": "B", "reset": "R"}, columns={"a": wide})
    together = merged(base, ours, theirs)
    assert together.keys == {"play": "Q", "step": "N", "reset": "R"}
    assert together.columns == {"a": wide, "b": wide}


@pytest.mark.parametrize(
    ("base", "ours", "theirs", "together"),
    [
        ("", "a", "b", "ab"),
        ("abc", "bac", "abc", "bac"),
        ("abc", "dabc", "eabc", "deabc"),
        ("abc", "ac", "dabc", "dac"),
        ("abc", "cab", "bac", "cba"),
        ("abc", "", "dabc", "d"),
    ],
)
def test_that_recent_files_are_merged(base: str, ours: str, theirs: str, together: str) -> None:
    assert merged(recent(*base), recent(*ours), recent(*theirs)) == recent(*together)


@given(PATHS, PATHS, PATHS)
def test_that_no_file_opened_in_either_window_is_lost(base: list[str], mine: list[str], yours: list[str]) -> None:
    def opened(files: list[str]) -> tuple[str, ...]:
        return (*files, *(path for path in base if path not in files))

    together = merged(recent(*base), recent(*opened(mine)), recent(*opened(yours))).recent
    assert set(together) == {*base, *mine, *yours}
    assert len(set(together)) == len(together)
    assert opened(mine) == tuple(base) or together[0] == mine[0]


def test_that_a_full_list_keeps_the_newest_of_both() -> None:
    base = recent(*(f"old{i}" for i in range(MOST_RECENT)))
    together = merged(base, recent("mine", *base.recent[:-1]), recent("yours", *base.recent[:-1])).recent
    assert together[:3] == ("mine", "yours", "old0")
    assert len(together) == MOST_RECENT


def test_that_what_this_version_does_not_know_stays() -> None:
    base = Preferences()
    theirs = Preferences.model_validate({"font_size": 14, "theme": "dark"})
    together = merged(base, base.but(digits=4), theirs)
    assert together.model_dump()["font_size"] == 14
    assert (together.theme, together.digits) == ("dark", 4)


# --- the folder ------------------------------------------------------------------------------------------------------


def test_that_the_folder_can_be_chosen(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("LANDSCAPE_CONFIG_DIR", str(tmp_path / "here"))
    assert config_folder() == tmp_path / "here"


@pytest.mark.parametrize(
    ("platform", "variables", "place"),
    [
        ("linux", {"XDG_CONFIG_HOME": "{home}/conf"}, "conf/landscape-app"),
        ("linux", {"XDG_CONFIG_HOME": "relative"}, ".config/landscape-app"),
        ("linux", {}, ".config/landscape-app"),
        ("darwin", {}, "Library/Application Support/landscape-app"),
        ("win32", {"APPDATA": "{home}/Roaming"}, "Roaming/landscape-app"),
        ("win32", {}, "AppData/Roaming/landscape-app"),
    ],
)
def test_that_each_system_has_its_own_place(
    platform: str, variables: dict[str, str], place: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name in ("LANDSCAPE_CONFIG_DIR", "XDG_CONFIG_HOME", "APPDATA"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value.format(home=tmp_path))
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setattr(sys, "platform", platform)
    assert config_folder() == tmp_path / place

"""The file of the preferences: real files, several windows, real processes."""

import json
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

from landscape_app.file_lock import locked
from landscape_app.preference_store import PreferenceStore
from landscape_app.preferences import MOST_RECENT, Preferences


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "config" / "settings.json"


def opened(path: Path) -> PreferenceStore:
    store = PreferenceStore(path)
    store.load()
    return store


def content(path: Path) -> dict[str, Any]:
    whole: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return whole


def in_processes(code: str, *arguments: list[str]) -> list[str]:
    """Run ``code`` in a process for each list of arguments, all at once; return what they print."""
    started = [
        subprocess.Popen(
            [sys.executable, "-c", code, *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        for words in arguments
    ]
    printed = []
    for process in started:
        out, err = process.communicate(timeout=50)
        assert process.returncode == 0, err
        printed.append(out)
    return printed


# --- one window ------------------------------------------------------------------------------------------------------


def test_that_what_was_changed_is_there_at_the_next_start(path: Path) -> None:
    first = opened(path)
    assert first.current == Preferences()
    first.change(theme="dark", digits=7, keys={"play": "P"}, speed=None)
    first.add_recent(path.parent / "heights.csv")
    first.save()
    second = opened(path)
    assert second.current == first.current
    assert second.current.recent == (str(path.parent / "heights.csv"),)
    assert not second.problem


def test_that_reading_alone_writes_nothing(path: Path) -> None:
    store = opened(path)
    store.change(theme="system")
    store.save()
    assert not path.parent.exists()


def test_that_listeners_hear_of_changes_only(path: Path) -> None:
    store, heard = opened(path), []
    store.listeners.append(lambda before, after: heard.append((before.digits, after.digits)))
    store.change(digits=None)
    store.change(digits=9)
    assert heard == [(None, 9)]


def test_that_recent_files_stand_once_the_newest_first(path: Path, tmp_path: Path) -> None:
    store = opened(path)
    for number in [*range(15), 9]:
        store.add_recent(tmp_path / f"{number}.csv")
    names = [Path(p).stem for p in store.current.recent]
    assert names == ["9", "14", "13", "12", "11", "10", "8", "7", "6", "5", "4", "3"]
    assert len(names) == MOST_RECENT
    store.forget_recent(tmp_path / "14.csv")
    assert Path(store.current.recent[1]).stem == "13"


def test_that_unknown_settings_of_this_version_are_kept(path: Path) -> None:
    path.parent.mkdir()
    path.write_text('{"version": 1, "font": {"size": 14}, "theme": "dark"}')
    store = opened(path)
    store.change(digits=4)
    store.save()
    assert content(path)["font"] == {"size": 14}
    assert (content(path)["theme"], content(path)["digits"]) == ("dark", 4)


# --- files that can't be used ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "does not hold valid JSON"),
        ('{"version": 1,', "does not hold valid JSON"),
        ("[" * 100_000, "does not hold valid JSON"),
        ("[1, 2]", "does not say which version"),
        ('{"theme": "dark"}', "does not say which version"),
        ('{"version": true}', "does not say which version"),
        ('{"version": 2, "theme": "dark"}', "newer version"),
        ('{"version": 1, "digits": "7"}', "digits"),
        ('{"version": 1, "grid": 1000000}', "grid"),
        ('{"version": 1, "recent": "a.csv"}', "recent"),
        ('{"version": 1, "keys": {"play": 5}}', "keys.play"),
    ],
)
def test_that_a_file_that_cannot_be_used_is_set_aside(path: Path, text: str, reason: str) -> None:
    path.parent.mkdir()
    path.write_text(text)
    store = opened(path)
    assert store.current == Preferences()
    told = store.take_problem()
    assert reason in told
    assert told.endswith(".")
    assert "settings.json.bad" in told
    assert "\n" not in told
    assert path.with_name("settings.json.bad").read_text() == text
    assert not path.exists()
    assert store.take_problem() == ""
    store.change(theme="light")
    store.save()
    assert opened(path).current.theme == "light"


def test_that_bytes_that_are_no_text_are_set_aside(path: Path) -> None:
    path.parent.mkdir()
    path.write_bytes(b"\xff\xfe\x00{}")
    store = opened(path)
    assert "settings.json.bad" in store.take_problem()
    assert store.current == Preferences()


def test_that_a_file_spoilt_while_the_window_was_open_loses_no_change(path: Path) -> None:
    store = opened(path)
    store.change(theme="dark")
    store.save()
    path.write_text("spoilt")
    store.change(digits=9)
    store.save()
    assert store.take_problem()
    assert opened(path).current.digits == 9


def test_that_a_folder_that_cannot_be_written_is_told_once(tmp_path: Path) -> None:
    (tmp_path / "config").write_text("a file where the folder should be")
    store = PreferenceStore(tmp_path / "config" / "settings.json")
    store.load()
    store.take_problem()
    store.change(theme="dark")
    store.save()
    told = store.take_problem()
    assert "can't be saved" in told
    assert str(tmp_path / "config") in told
    store.change(digits=5)
    store.save()
    assert store.take_problem() == ""
    assert (store.current.theme, store.current.digits) == ("dark", 5)


def test_that_a_failed_saving_is_made_up_for(tmp_path: Path) -> None:
    folder = tmp_path / "config"
    folder.write_text("in the way")
    store = PreferenceStore(folder / "settings.json")
    store.change(theme="dark")
    store.save()
    folder.unlink()
    store.save()
    assert content(folder / "settings.json")["theme"] == "dark"


# --- several windows -------------------------------------------------------------------------------------------------


def test_that_two_windows_do_not_undo_each_other_s_changes(path: Path) -> None:
    one, two = opened(path), opened(path)
    one.change(theme="dark")
    two.change(folder="/measurements")
    one.add_recent("/a.csv")
    two.add_recent("/b.csv")
    one.save()
    two.save()
    one.change(digits=6)
    one.save()
    third = opened(path).current
    assert (third.theme, third.folder, third.digits) == ("dark", "/measurements", 6)
    assert set(third.recent) == {"/a.csv", "/b.csv"}
    assert two.current.theme == "system", "the other window's look is its own"


def test_that_the_window_closed_last_has_its_layout(path: Path) -> None:
    one, two = opened(path), opened(path)
    two.change(layout="of two")
    two.save()
    one.change(layout="of one")
    one.save()
    assert opened(path).current.layout == "of one"


CHANGES = """
import sys
from pathlib import Path
from landscape_app.preference_store import PreferenceStore
path, name = Path(sys.argv[1]), sys.argv[2]
store = PreferenceStore(path)
store.load()
for i in range(20):
    store.change(keys={**store.current.keys, f"{name}{i}": "F5"})
    if i % 10 == 0:
        store.add_recent(f"/{name}{i}.csv")
    store.save()
    assert not store.problem, store.problem
"""


def test_that_processes_that_save_at_once_lose_nothing(path: Path) -> None:
    in_processes(CHANGES, *([str(path), name] for name in "xyz"))
    after = opened(path).current
    assert set(after.keys) == {f"{name}{i}" for name in "xyz" for i in range(20)}
    assert set(after.recent) == {str(Path(f"/{name}{i}.csv").absolute()) for name in "xyz" for i in (0, 10)}
    assert sorted(p.name for p in path.parent.iterdir()) == ["settings.json", "settings.json.lock"]


def test_that_threads_that_save_at_once_lose_nothing(path: Path) -> None:
    def work(name: str) -> None:
        store = opened(path)
        for i in range(10):
            store.change(keys={**store.current.keys, f"{name}{i}": "F5"})
            store.save()

    threads = [threading.Thread(target=work, args=(name,)) for name in "pqrs"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(opened(path).current.keys) == 40


def test_that_a_lock_is_waited_for_but_not_for_ever(tmp_path: Path) -> None:
    lock = tmp_path / "lock"
    with locked(lock), pytest.raises(TimeoutError, match="held by another"), locked(lock, patience=0.05):
        pass
    with locked(lock, patience=0.0):
        pass


HOLDER = """
import os, sys
from pathlib import Path
from landscape_app.file_lock import locked
with locked(Path(sys.argv[1])):
    os._exit(0)
"""


def test_that_a_lock_is_free_when_its_holder_has_died(tmp_path: Path) -> None:
    lock = tmp_path / "lock"
    in_processes(HOLDER, [str(lock)])
    with locked(lock, patience=0.0):
        pass

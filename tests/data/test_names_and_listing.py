from pathlib import Path

import pytest

from landscape_app.core.errors import DataError
from landscape_app.core.synthetic import GENERATORS
from landscape_app.data import DataKind, bundled_catalogue, data_listing, resolve_name


def test_that_names_win_over_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "line").write_text("x,y\n1,2\n")
    assert resolve_name("line") is DataKind.GENERATOR
    assert resolve_name("./line") is DataKind.FILE
    assert resolve_name("galton") is DataKind.BUNDLED
    assert resolve_name(str(tmp_path)) is DataKind.FILE  # the reader then says that it is a folder


def test_that_no_name_means_two_things() -> None:
    assert not set(GENERATORS) & {described.name for described in bundled_catalogue()}


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("galtn", r"There is no file or data set called 'galtn'; did you mean 'galton'\?"),
        ("Longley", r"did you mean 'longley'\?"),
        ("anscombe", r"did you mean 'anscombe-\d'\?"),
        ("no/such.csv", r"called 'no/such.csv'; 'landscape-app data' lists the names"),
        ("", r"called ''; "),
        ("x" * 5000, r"There is no file or data set called"),
        ("a\0b", r"There is no file or data set called"),
    ],
)
def test_that_what_does_not_exist_is_refused_with_what_was_meant(text: str, sentence: str) -> None:
    with pytest.raises(DataError, match=sentence):
        resolve_name(text)


def test_that_the_listing_names_every_set_column_and_knob_in_narrow_aligned_lines() -> None:
    listing = data_listing()
    lines = listing.splitlines()
    assert max(map(len, lines)) <= 110
    assert listing.endswith("\n")
    starts = {line.split()[0]: line for line in lines if line.startswith("  ") and line[2] != " "}
    assert list(starts) == [described.name for described in bundled_catalogue()] + list(GENERATORS)
    columns = {len(line[2:]) - len(line[2 + len(name) :].lstrip()) for name, line in starts.items()}
    assert len(columns) == 1
    for described in bundled_catalogue():
        assert all(column.name in listing for column in described.columns)
    for generator in GENERATORS.values():
        assert all(f"  {knob.name} " in listing for knob in generator.knobs)

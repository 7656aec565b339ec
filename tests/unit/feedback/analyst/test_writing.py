"""Files out: all or nothing, numbers that read back the same, no cell that starts a formula."""

from pathlib import Path

import numpy as np
import pytest

from feedback.analyst import csv_file, writing


def test_all_files_are_written(tmp_path: Path) -> None:
    writing.write_all({tmp_path / "a": b"1", tmp_path / "b": b"2"})
    assert [(path.name, path.read_bytes()) for path in sorted(tmp_path.iterdir())] == [("a", b"1"), ("b", b"2")]


def test_nothing_is_written_when_one_file_cannot_be(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"old")
    with pytest.raises(OSError, match="No such file"):
        writing.write_all({tmp_path / "a": b"new", tmp_path / "nowhere" / "b": b"2"})
    assert [(path.name, path.read_bytes()) for path in tmp_path.iterdir()] == [("a", b"old")]


def test_nothing_is_written_when_one_place_is_a_folder(tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    with pytest.raises(IsADirectoryError):
        writing.write_all({tmp_path / "a": b"new", tmp_path / "b": b"2"})
    assert [path.name for path in tmp_path.iterdir()] == ["b"]


def test_written_files_are_for_their_owner_alone(tmp_path: Path) -> None:
    writing.write_all({tmp_path / "a": b"1"})
    assert (tmp_path / "a").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(("delimiter", "sign"), [(";", ","), (",", "."), ("\t", ".")])
def test_numbers_follow_the_way_of_the_file_and_read_back_the_same(delimiter: str, sign: str) -> None:
    text = "id,naam\n1,a\n2,b\n".replace(",", delimiter)
    weights = np.array([1 / 3, 1e-7])
    content = writing.with_columns(csv_file.read("d.csv", text.encode(), ["id"]), {"w": weights})
    again = csv_file.read("d.csv", content, ["id", "w"])
    assert again.delimiter == delimiter
    assert again.columns["w"].levels[0] == f"0{sign}3333333333333333"
    found, _ = csv_file.numbers(again.columns["w"], (), "a weight")
    np.testing.assert_array_equal(found, weights)


@pytest.mark.parametrize(
    ("cell", "written"),
    [
        ("-1.5", "-1.5"),
        ("+3", "+3"),
        ("-x", "'-x"),
        ("+31 30 1", "'+31 30 1"),
        ("|x", "'|x"),
        ("%x", "'%x"),
        ("Café", "Café"),
    ],
)
def test_text_that_starts_a_formula_is_guarded_and_numbers_are_not(cell: str, written: str) -> None:
    assert writing.safe(cell) == written
    assert csv_file.plain(written) == cell


def test_guarded_file_reads_back_as_it_was() -> None:
    file = csv_file.read("d.csv", b'id,t\n1,-x\n2,\'s\n3,"a,\nb"\n', ["id", "t"])
    again = csv_file.read("d.csv", writing.with_columns(file, {}), ["id", "t"])
    assert again.columns["t"].levels == file.columns["t"].levels == ("-x", "'s", "a,\nb")

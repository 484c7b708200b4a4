"""Files as tables of text: encodings, quotation marks, broken lines, workbooks, and the line of every row."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from datetime import datetime, time, timedelta
from pathlib import Path

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from bilan.errors import FileError
from bilan.observe.importers import delimited, sources
from bilan.observe.importers.sources import Layout, Reject, open_source


def read(path: Path, layout: Layout | None = None) -> tuple[list[dict[str, str]], list[int], list[Reject]]:
    rows: list[dict[str, str]] = []
    lines: list[int] = []
    rejects: list[Reject] = []
    for part in open_source(path, layout).parts():
        rows += part.cells.to_pylist()
        lines += part.lines.to_pylist()
        rejects += part.rejects
    return rows, lines, rejects


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_the_encoding_is_found(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "表.csv"
    path.write_bytes("站点,备注\n甲,正常运行\n乙,维护\n".encode(encoding))
    rows, lines, _ = read(path)
    assert rows == [{"站点": "甲", "备注": "正常运行"}, {"站点": "乙", "备注": "维护"}]
    assert lines == [2, 3]


def test_chinese_far_below_an_english_beginning_is_found_too(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"station,note\n" + b"a,1\n" * 700_000 + "甲,维护\n".encode("gb18030"))
    rows, lines, _ = read(path)
    assert rows[-1] == {"station": "甲", "note": "维护"}
    assert lines[-1] == 700_002


def test_a_broken_byte_stays_a_mark_and_does_not_turn_utf8_into_gb18030(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes("站点,值\n甲站甲站,1\n".encode() + b"\xff,2\n" + "乙站乙站,3\n".encode())
    rows, *_ = read(path)
    assert [row["站点"] for row in rows] == ["甲站甲站", "\ufffd", "乙站乙站"]


def test_gzip_is_known_by_its_bytes_not_by_its_name(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(gzip.compress(b"a;b\n1;2\n"))
    assert read(path)[0] == [{"a": "1", "b": "2"}]


def test_a_gzip_file_cut_off_is_refused_before_anything_is_read(tmp_path: Path) -> None:
    path = tmp_path / "a.csv.gz"
    text = "a,b\n" + "".join(f"{n},{n * n % 7919}\n" for n in range(400_000))
    path.write_bytes(gzip.compress(text.encode())[:-200_000])
    with pytest.raises(FileError, match="压缩文件已损坏"):
        open_source(path)


def test_quoted_cells_hold_delimiters_marks_and_lines(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text('a,b\n"x,y","he said ""no"""\n"two\nlines",3\n4,5\n', encoding="utf-8")
    rows, lines, rejects = read(path)
    assert [row["a"] for row in rows] == ["x,y", "two\nlines", "4"]
    assert rows[0]["b"] == 'he said "no"'
    assert lines == [2, 3, 5]
    assert rejects == []


@pytest.mark.parametrize("block", [1 << 21, 32])
def test_a_quotation_mark_never_closed_costs_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, block: int
) -> None:
    monkeypatch.setattr(delimited, "BLOCK", block)
    path = tmp_path / "a.csv"
    path.write_text('a,b\n1,2\n"3,4\n5,6\n7,8\n', encoding="utf-8")
    rows, lines, rejects = read(path)
    assert [row["a"] for row in rows] == ["1", "5", "7"]
    assert lines == [2, 4, 5]
    assert [(reject.line, reject.value) for reject in rejects] == [(3, '"3,4')]


def test_a_quotation_mark_that_another_closes_lines_later_costs_one_line_too(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text('a,b\n"3,4\n5,6\n7,"8"\n9,10\n', encoding="utf-8")
    rows, lines, rejects = read(path)
    assert [tuple(row.values()) for row in rows] == [("5", "6"), ("7", "8"), ("9", "10")]
    assert lines == [3, 4, 5]
    assert [reject.line for reject in rejects] == [2]


@pytest.mark.parametrize("quoted", ["", '"q",1\n'])
def test_lines_with_too_few_or_too_many_cells_are_refused_with_their_number(tmp_path: Path, quoted: str) -> None:
    path = tmp_path / "a.csv"
    path.write_text("a,b\n1,2\n3\n\n4,5,6\n7,8\n" + quoted, encoding="utf-8")
    rows, lines, rejects = read(path)
    assert [row["a"] for row in rows][:2] == ["1", "7"]
    assert lines[:2] == [2, 6]
    assert [(reject.line, reject.value) for reject in rejects] == [(3, "3"), (5, "4,5,6")]
    assert "应有 2 列，实有 3 列" in rejects[1].reason


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_lines_are_counted_whatever_ends_them(tmp_path: Path, end: str) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(end.join(["a,b", "1,2", "3,4", ""]).encode())
    assert read(path)[1] == [2, 3]


def test_the_last_line_needs_no_newline(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("a,b\n1,2", encoding="utf-8")
    assert read(path)[0] == [{"a": "1", "b": "2"}]


def test_lines_stay_right_over_many_small_blocks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delimited, "BLOCK", 64)
    path = tmp_path / "a.csv"
    path.write_text("a,b\n" + "".join(f"{n},x\n" if n % 7 else f'{n},"x\ny"\n' for n in range(1, 200)), "utf-8")
    rows, lines, rejects = read(path)
    assert [int(row["a"]) for row in rows] == list(range(1, 200))
    assert lines == [n + 1 + (n - 1) // 7 for n in range(1, 200)]
    assert rejects == []


def test_names_of_a_header_are_trimmed_and_made_unique(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text('a, b ,a,"two\nlines",\n1,2,3,4,5\n', encoding="utf-8")
    assert open_source(path).columns == ("a", "b", "a (2)", "two lines", "第5列")
    assert read(path)[1] == [3]


def test_a_header_below_a_title(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("2024年监测数据\n单位：mg/L\na,b\n1,2\n", encoding="utf-8")
    assert read(path, Layout(header=3)) == ([{"a": "1", "b": "2"}], [4], [])


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("empty.csv", b"", "是空文件"),
        ("a.xls", b"\xd0\xcf\x11\xe0rest", "另存为 xlsx"),
        ("a.bin", b"a\0b\0c", "不是文本文件"),
        ("a.xlsx", b"PK\x03\x04broken", "不是完好的 xlsx"),
        ("a.parquet", b"PAR1broken", "不是完好的 Parquet"),
        ("a.csv.gz", b"\x1f\x8b\x08broken", "压缩文件已损坏"),
    ],
)
def test_what_is_no_table_is_refused_in_one_line(tmp_path: Path, name: str, content: bytes, said: str) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(FileError, match=said) as raised:
        read(path)
    assert name in str(raised.value)


def test_a_folder_and_a_missing_file_are_named(tmp_path: Path) -> None:
    with pytest.raises(FileError, match="是文件夹"):
        open_source(tmp_path)
    with pytest.raises(FileError, match="没有这个文件"):
        open_source(tmp_path / "x.csv")


def test_a_line_longer_than_any_row_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delimited, "BLOCK", 1000)
    monkeypatch.setattr(delimited, "MAX_LINE", 5000)
    path = tmp_path / "a.csv"
    path.write_text("a,b\n" + "x" * 20_000, encoding="utf-8")
    with pytest.raises(FileError, match="第 2 行超过 5000 个字符"):
        read(path)


def test_a_file_beyond_the_limit_is_refused_unread(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sources, "MAX_BYTES", 10)
    path = tmp_path / "a.csv"
    path.write_text("a,b\n" * 10, encoding="utf-8")
    with pytest.raises(FileError, match="超过上限"):
        open_source(path)


# --- workbooks ---


@pytest.fixture
def workbook(tmp_path: Path) -> Callable[[list[list[object]]], Path]:
    def make(rows: list[list[object]]) -> Path:
        book = openpyxl.Workbook()
        sheet = book.active
        assert sheet is not None
        for row in rows:
            sheet.append(row)
        path = tmp_path / "表.xlsx"
        book.save(path)
        return path

    return make


def test_cells_of_a_workbook_are_the_text_that_a_person_sees(workbook: Callable[[list[list[object]]], Path]) -> None:
    path = workbook(
        [
            ["a", "b", "c", "d"],
            [1001, 0.5, datetime(2024, 2, 29, 13), None],
            [1.0, " x ", time(8, 30), timedelta(hours=24)],
            [None, None, None, None],
            ["last", "", True, 1e-7],
        ]
    )
    rows, lines, _ = read(path)
    assert [tuple(row.values()) for row in rows] == [
        ("1001", "0.5", "2024-02-29 13:00:00", ""),
        ("1", "x", "08:30:00", "24:00:00"),
        ("last", "", "TRUE", "1e-07"),
    ]
    assert lines == [2, 3, 5]


def test_an_hour_that_a_serial_number_misses_by_a_hair_is_that_hour(
    workbook: Callable[[list[list[object]]], Path],
) -> None:
    path = workbook([["t"], [datetime(2024, 1, 1, 0, 59, 59, 999_990)]])
    assert read(path)[0] == [{"t": "2024-01-01 01:00:00"}]


def test_a_cell_beyond_the_header_refuses_its_row(workbook: Callable[[list[list[object]]], Path]) -> None:
    rows, lines, rejects = read(workbook([["a", "b"], [1, 2, 3], [4, 5]]))
    assert rows == [{"a": "4", "b": "5"}]
    assert [(reject.line, reject.reason) for reject in rejects] == [(2, "多于 2 列")]
    assert lines == [3]


def test_a_sheet_is_asked_for_by_name(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.create_sheet("小时").append(["a"])
    book["小时"].append([7])
    path = tmp_path / "a.xlsx"
    book.save(path)
    assert read(path, Layout(sheet="小时"))[0] == [{"a": "7"}]
    with pytest.raises(FileError, match="没有工作表“日”，有 Sheet、小时"):
        open_source(path, Layout(sheet="日"))


# --- parquet ---


def test_columns_of_a_parquet_file_are_the_text_of_a_csv(tmp_path: Path) -> None:
    from decimal import Decimal

    path = tmp_path / "a.parquet"
    table = pa.table(
        {
            "t": pa.array([datetime(2024, 1, 1, 5), None], pa.timestamp("us")),
            "d": pa.array([Decimal("12.30"), None], pa.decimal128(7, 2)),
            "f": [0.1, None],
            "i": [3, None],
        }
    )
    pq.write_table(table, path)
    rows, lines, _ = read(path)
    assert rows[0] == {"t": "2024-01-01 05:00:00.000000", "d": "12.30", "f": "0.1", "i": "3"}
    assert set(rows[1].values()) == {""}
    assert lines == [1, 2]


def test_bytes_that_are_no_text_become_marks_in_a_parquet_file_too(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    unchecked = pa.StringArray.from_buffers(2, pa.py_buffer(b"\0\0\0\0\2\0\0\0\3\0\0\0"), pa.py_buffer(b"a\xffb"))
    pq.write_table(pa.table({"s": unchecked, "b": [b"x\xff", None]}), path)
    assert read(path)[0] == [{"s": "a\ufffd", "b": "x\ufffd"}, {"s": "b", "b": ""}]

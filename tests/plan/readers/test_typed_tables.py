"""Tables typed in plain text: tabs, bars, gaps; and what only looks like a table."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

HEADER = ["序号", "指标", "2025年现状值", "2028年目标值"]
ROWS = [
    ["1", "林木覆盖率（%）", "41.2", "42"],
    ["2", "湿地保护率（%）", "", "60"],
    ["3", "山塘整治数量（口）", "—", "120"],
]
BEFORE, AFTER = "表1　主要指标\n", "\n（一）治理山塘。三年整治山塘120口。\n"


def written(rows, separator):
    return "\n".join(separator.join(row) for row in rows)


def with_table(lines):
    return (BEFORE + lines + AFTER).encode()


@pytest.mark.parametrize("separator", ["\t", " | ", "|", "｜", " │ ", "    ", "\u3000\u3000", "      "])
def test_separators(read, rows_of, separator):
    document = read(with_table(written([HEADER, *ROWS], separator)))
    assert rows_of(document) == [HEADER, *ROWS]
    (table,) = document.tables
    assert document.text[: table.start] == BEFORE
    assert document.text[table.end :] == AFTER


@pytest.mark.parametrize("rule", ["|---|:---|---:|:-:|", "|----+----+----+----|", "├──┼──┼──┼──┤"])
def test_ruled_lines_between_rows_are_no_rows(read, rows_of, rule):
    lines = [f"| {' | '.join(row)} |" for row in [HEADER, *ROWS]]
    assert rows_of(read(with_table(f"\n{rule}\n".join(lines)))) == [HEADER, *ROWS]


def test_two_columns_between_outer_bars(read, rows_of):
    document = read("| 指标 | 目标值 |\n|---|---|\n| 林木覆盖率 | 42% |\n".encode())
    assert rows_of(document) == [["指标", "目标值"], ["林木覆盖率", "42%"]]


def test_columns_are_found_by_where_cells_stand(read, rows_of):
    lines = (
        "序号    指标                    2025年现状值      2028年目标值\n"
        "1       林木覆盖率（%）         41.2              42\n"
        "2       湿地保护率（%）                           60\n"
        "3       山塘整治数量（口）      —                 120"
    )
    assert rows_of(read(with_table(lines))) == [HEADER, *ROWS]


def test_a_cell_between_two_columns_ends_the_table(read, rows_of):
    lines = (
        "序号    指标                    2025年现状值      2028年目标值\n"
        "1       林木覆盖率（%）         41.2              42\n"
        "2       湿地保护率（%）         55                60\n"
        "3       山塘整治数量（口）                   120"
    )
    assert rows_of(read(with_table(lines)))[-1] == ["2", "湿地保护率（%）", "55", "60"]


@pytest.mark.parametrize("blank", ["\n\n", "\n \u3000\n", "\n\n\n"])
def test_blank_lines_between_all_rows(read, rows_of, blank):
    text = written([HEADER, *ROWS], "\t").replace("\n", blank)
    assert rows_of(read(with_table(text))) == [HEADER, *ROWS]


def test_a_blank_line_ends_a_table_without_blank_lines(read, rows_of):
    document = read(with_table(written([HEADER, *ROWS], "\t") + "\n\n" + written([HEADER, *ROWS], "\t")))
    assert [len(table.rows) for table in document.tables] == [4, 4]


def test_indented_rows_and_cut_trailing_tabs(read, rows_of):
    lines = "\n".join(
        f"\u3000\u3000{line}" for line in ("序号\t指标\t目标值\t备注", "1\t林木覆盖率\t42", "2\t湿地\t60\t")
    )
    assert rows_of(read(with_table(lines))) == [
        ["序号", "指标", "目标值", "备注"],
        ["1", "林木覆盖率", "42", ""],
        ["2", "湿地", "60", ""],
    ]


def test_a_title_over_the_whole_table_stays_text(read, rows_of):
    document = read(with_table("主要指标\t\t\t\n" + written([HEADER, *ROWS], "\t")))
    assert rows_of(document) == [HEADER, *ROWS]


def test_a_heading_below_a_table_stays_text(read):
    lines = "指标\t现状\t目标\n林木覆盖率\t41\t42\n湿地保护率\t55\t60\n二、\t重点任务"
    document = read(with_table(lines))
    assert document.text[document.tables[0].end :].startswith("\n二、\t重点任务")


LOOKALIKES = {
    "tabs as indent": "\t\t一、总体要求\n\t\t坚持山水林田湖草沙一体治理。\n\t\t二、重点任务\n\t\t治理山塘。",
    "numbered list": "1.\t治理山塘\t县水利局\n2.\t植树造林\t县林业局\n3.\t修复湿地\t县林业局",
    "contents with leaders": "章节\t标题\t页码\n一\t总体要求......\t1\n二\t重点任务......\t3\n三\t保障措施......\t9",
    "contents with tabs": "一、\t总体要求\t1\n二、\t重点任务\t3\n三、\t保障措施\t9",
    "issuing units": "\n".join(["山阳县环保局    山阳县水利局    山阳县林业局"] * 3),
    "signatures": "甲方（盖章）    乙方（盖章）    丙方（盖章）" + "\n代表：    代表：    代表：" * 2,
    "dates": "2026年3月1日    2026年3月2日    2026年3月3日\n第1批    第2批    第3批\n甲    乙    丙",
    "two lines": "指标\t现状\t目标\n林木覆盖率\t41\t42",
    "two columns": "指标\t目标\n林木覆盖率\t42\n湿地保护率\t60",
    "long header": "\t".join(["长" * 13] * 3) + "\n1\t2\t3\n4\t5\t6",
    "long cell": "指标\t现状\t目标\n" + "\t".join(["长" * 201, "1", "2"]) + "\n1\t2\t3",
    "other width": "指标\t现状\t目标\n林木覆盖率\t41\n湿地保护率\t55\t60\t70",
    "rules only": "指标 | 现状 | 目标\n---|---|---\n---|---|---",
    "prose with gaps": "各镇人民政府    各街道办事处    县直各单位：\n为加强山塘治理，制定本方案。\n现印发你们。",
}


@pytest.mark.parametrize("text", LOOKALIKES.values(), ids=LOOKALIKES.keys())
def test_lookalikes(read, text):
    assert read((text + "\n").encode()).tables == ()


def test_web_page_with_typed_tables(read, rows_of):
    ruled = "<table><tr><th>名称</th><th>值</th></tr><tr><td>甲</td><td>1</td></tr></table>"
    markdown = "".join(f"<p><b>| {' | '.join(row)} |</b></p>" for row in [HEADER, *ROWS])
    text = f"<pre>{written([HEADER, *ROWS], chr(9))}</pre>"
    document = read(f"<html><body><p>前</p>{markdown}{ruled}<p>中</p>{text}<p>后</p></body></html>".encode())
    assert [len(table.rows) for table in document.tables] == [4, 2, 4]
    assert rows_of(document) == rows_of(document, 2) == [HEADER, *ROWS]
    assert document.headings == ()


@settings(max_examples=300, deadline=None)
@given(
    st.lists(
        st.lists(st.sampled_from(["指标", "目标值", "1", "", "　", "\t", "|", "     ", "---", "一、", "。", "a b"])),
        min_size=1,
        max_size=9,
    )
)
def test_whatever_is_typed_spans_hold(read, lines):
    read(("标题\n" + "\n".join("".join(line) for line in lines)).encode())  # the fixture checks every span


def test_long_lines_cost_little(read):
    gaps = "甲" + "     乙" * 200_000
    assert read(
        (gaps + "\n" + "指标 | 现状 | 目标\n" + "-" * 200_000 + "x\n" + "指标\t现状\t\n" * 20_000).encode()
    ).text

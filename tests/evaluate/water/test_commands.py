"""``bilan evaluate water``: every figure as a command from a table to a table."""

from __future__ import annotations

import csv
import gzip
from pathlib import Path
from typing import Any

import pytest

from bilan.cli import main

Rows = list[dict[str, str]]


def write(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def read(path: Path) -> Rows:
    text = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    return list(csv.DictReader(text.decode("utf-8").splitlines()))


@pytest.fixture
def run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Any:
    """Run a command on a table; the rows it wrote and what it said."""

    def command(name: str, text: str, *options: object, code: int = 0) -> tuple[Rows, str]:
        source, output = write(tmp_path / "in.csv", text), tmp_path / "out.csv"
        arguments = ["evaluate", "water", name, "--input", source, "-o", output, *options]
        assert main([str(argument) for argument in arguments]) == code
        return read(output), capsys.readouterr().err

    return command


class TestClass:
    def test_identity_class_items_and_reason(self, run: Any) -> None:
        text = "断面,日期,水体类型,溶解氧,总磷,水质类别\n甲,2024-03-01,河流,8,0.1004,Ⅰ\n乙,2024-03-01,湖库,--,0.01,Ⅱ\n"
        rows, said = run("class", text)
        assert list(rows[0]) == ["断面", "日期", "水体类型", "class", "deciding_items", "reason"]
        assert [tuple(row.values())[3:] for row in rows] == [
            ("Ⅲ", "总磷", "未测pH、高锰酸盐指数、氨氮，按其余项目评价"),
            ("", "", "无有效值：溶解氧（--）"),
        ]
        assert "按自动监测五项评价（--profile auto）" in said

    def test_the_columns_of_the_national_daily_file(self, run: Any) -> None:
        header = "file_date,province,basin,section,obs_time,water_class,status,ph,ph_raw,do,do_raw,tp,tp_raw"
        row = "2021-01-01,云江省,云江流域,甲,12-31 08:00,Ⅰ,正常,7.00,7.001,5.00,4.998,*,"
        rows, _ = run("class", f"{header}\n{row}\n")
        assert list(rows[0])[:5] == ["file_date", "province", "basin", "section", "obs_time"]
        assert (rows[0]["class"], rows[0]["deciding_items"]) == ("Ⅳ", "溶解氧")
        shown, _ = run("class", f"{header}\n{row}\n", "--values", "shown")
        assert shown[0]["class"] == "Ⅲ"

    def test_manual_tables_are_rounded_first(self, run: Any) -> None:
        text = "断面,日期,化学需氧量,总磷\n甲,2024-03-01,12,0.1004\n"
        rows, said = run("class", text)
        assert rows[0]["reason"] == "未注明河流或湖库：按河流为Ⅱ，按湖库为Ⅳ"
        assert "手工监测 21 项" in said
        rows, _ = run("class", text, "--no-round")
        assert rows[0]["reason"] == "未注明河流或湖库：按河流为Ⅲ，按湖库为Ⅴ"

    def test_kinds_from_another_file_and_from_a_named_column(self, run: Any, tmp_path: Path) -> None:
        kinds = write(tmp_path / "kinds.csv", "断面,inferred_type\n甲,lake\n乙,river\n丙,undetermined\n")
        text = "断面,日期,溶解氧,总磷\n甲,2024-03-01,8,0.06\n乙,2024-03-01,8,0.06\n丙,2024-03-01,8,0.06\n"
        rows, _ = run("class", text, "--kinds", kinds)
        assert [row["class"] for row in rows] == ["Ⅳ", "Ⅱ", ""]
        named = "断面,属性,溶解氧,总磷\n甲,水库,8,0.06\n乙,河,8,0.06\n"
        rows, _ = run("class", named, "--kind-column", "属性", "--date", "2024-03-01")
        assert [row["class"] for row in rows] == ["Ⅳ", "Ⅱ"]

    def test_bad_rows_are_written_with_their_reason(self, run: Any) -> None:
        rows, said = run("class", "断面,日期,溶解氧\n甲,2024-03-01\n乙,昨天,8\n丙,2024-03-01,8\n", code=3)
        assert [row["class"] for row in rows] == ["", "", "Ⅰ"]
        assert rows[0]["reason"] == "这一行有 2 格，应为 3 格"
        assert "日期" in rows[1]["reason"]
        assert "第 2 行" in said

    def test_line_numbers_are_those_of_the_file(self, run: Any) -> None:
        _, said = run("class", '断面,日期,溶解氧\n"甲\n乙",2024-03-01,8\n\n丙,2024-03-01\n', code=3)
        assert "第 5 行：这一行有 2 格" in said

    @pytest.mark.parametrize("packed", [False, True])
    def test_the_first_chinese_word_may_come_late(self, tmp_path: Path, packed: bool) -> None:
        text = "section,date,do,note\n" + "a,2024-03-01,8,\n" * 9000 + "b,2024-03-01,8,停电\n"
        source, output = tmp_path / ("in.csv.gz" if packed else "in.csv"), tmp_path / "out.csv"
        data = text.encode("gb18030")
        source.write_bytes(gzip.compress(data) if packed else data)
        assert main(["evaluate", "water", "class", "--input", str(source), "-o", str(output), "--quiet"]) == 0
        rows = read(output)
        assert (len(rows), rows[-1]["note"], rows[-1]["class"]) == (9001, "停电", "Ⅰ")

    def test_utf_16_is_named(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        source = tmp_path / "in.csv"
        source.write_bytes("断面,溶解氧\n甲,8\n".encode("utf-16"))
        assert main(["evaluate", "water", "class", "--input", str(source), "-o", str(tmp_path / "out.csv")]) == 1
        assert "UTF-16" in capsys.readouterr().err

    def test_words_of_the_file_of_kinds_that_say_nothing(self, run: Any, tmp_path: Path) -> None:
        kinds = write(tmp_path / "kinds.csv", "断面,kind\n甲,湖库型\n乙,某塘\n")
        rows, said = run("class", "断面,日期,总磷\n甲,2024-03-01,0.06\n乙,2024-03-01,0.06\n", "--kinds", kinds)
        assert [row["class"] for row in rows] == ["Ⅳ", ""]
        assert "不认识的写法，当作未注明：某塘" in said

    def test_compressed_files_and_national_encodings(self, tmp_path: Path) -> None:
        source, output = tmp_path / "in.csv.gz", tmp_path / "out.csv.gz"
        with gzip.open(source, "wb") as file:
            file.write("断面,日期,溶解氧\n甲,2024-03-01,8\n".encode("gb18030"))
        assert main(["evaluate", "water", "class", "--input", str(source), "-o", str(output), "--quiet"]) == 0
        assert read(output)[0]["断面"] == "甲"

    def test_what_cannot_be_read_is_said_in_one_line(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        output = tmp_path / "out.csv"
        for text, said in (("a,b\n1,2\n", "没有一列是水质项目"), ("", "应为列名"), ("do,do\n1,2\n", "重复的列名 do")):
            source = write(tmp_path / "in.csv", text)
            assert main(["evaluate", "water", "class", "--input", str(source), "-o", str(output)]) == 1
            assert said in capsys.readouterr().err
        damaged = tmp_path / "in.csv.gz"
        damaged.write_bytes(gzip.compress(b"do\n8\n")[:-6])
        assert main(["evaluate", "water", "class", "--input", str(damaged), "-o", str(output)]) == 1
        assert "损坏" in capsys.readouterr().err
        assert not output.exists()

    def test_a_long_table_keeps_its_order(self, run: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("bilan.evaluate.water.reading.PORTION", 7)
        lines = "".join(f"{n},2024-03-01,{8 - n % 7}\n" for n in range(50))
        rows, _ = run("class", f"断面,日期,溶解氧\n{lines}")
        words = ["Ⅰ", "Ⅱ", "Ⅱ", "Ⅲ", "Ⅳ", "Ⅳ", "Ⅴ"]
        assert [(row["断面"], row["class"]) for row in rows] == [(str(n), words[n % 7]) for n in range(50)]

    def test_a_table_without_rows(self, run: Any) -> None:
        rows, _ = run("class", "断面,日期,溶解氧\n")
        assert rows == []


def test_pollutants(run: Any) -> None:
    rows, _ = run(
        "pollutants", "断面,日期,水体类型,氨氮,总磷\n甲,2024-03-01,河流,2.3,0.32\n乙,2024-03-01,河流,0.1,0.1\n"
    )
    assert [(row["status"], row["main_pollutants"], row["exceeding"]) for row in rows] == [
        ("重度污染", "氨氮(1.3)、总磷(0.6)", "氨氮(1.3)、总磷(0.6)"),
        ("优", "", ""),
    ]


def test_a_column_called_like_a_result_is_not_doubled(run: Any) -> None:
    rows, said = run("pollutants", "断面,日期,溶解氧,status\n甲,2024-03-01,8,正常\n")
    assert rows[0]["status"] == "优"
    assert "列 status 与结果的列同名" in said
    rows, _ = run("class", "断面,日期,溶解氧,status\n甲,2024-03-01,8,正常\n")
    assert rows[0]["status"] == "正常"


def test_averages_can_be_classed(run: Any) -> None:
    text = "断面,日期,水体类型,溶解氧,总磷,氨氮\n甲,2024-03-01,河流,8,0.1,*\n甲,2024-03-08,河流,6,0.4,*\n"
    rows, _ = run("averages", text, "--period", "month")
    assert [rows[0][name] for name in ("section", "period", "date", "kind", "do", "tp", "nh3n", "count_tp")] == [
        *("甲", "2024-03", "2024-03-31", "river", "7", "0.25", "*", "2"),
    ]
    table = ",".join(rows[0]) + "\n" + ",".join(rows[0].values()) + "\n"
    (classed,), said = run("class", table)
    assert (classed["class"], classed["deciding_items"], classed["count_tp"]) == ("Ⅳ", "总磷", "2")
    assert "看似水质项目" not in said


def test_averages_of_lakes_and_of_too_few_months(run: Any) -> None:
    text = "湖库,点位,日期,水体类型,总磷\n东湖,1,2024-03-01,湖库,0.02\n东湖,2,2024-03-01,湖库,0.04\n"
    rows, _ = run("averages", text, "--period", "month", "--by-lake", "--section", "点位")
    assert (rows[0]["water_body"], rows[0]["tp"]) == ("东湖", "0.03")
    rows, _ = run("averages", text, "--period", "year", "--section", "点位")
    assert (rows[0]["tp"], rows[0]["withheld"]) == ("--", "总磷（1 个，至少 12 个）")


def test_a_table_that_knows_only_midnights_is_told_where_they_belong(run: Any) -> None:
    text = "断面,日期,溶解氧\n甲,2024/3/1 0:00,8\n甲,2024/3/2 0:00,6\n"
    rows, said = run("averages", text, "--period", "month")
    assert [row["period"] for row in rows] == ["2024-02", "2024-03"]
    assert "时间都是 0 点" in said
    assert "时间都是 0 点" not in run("averages", text.replace("2 0:00", "2 4:00"), "--period", "month")[1]


def test_an_item_that_is_withheld_in_every_row_leaves_the_mean_without_a_class(run: Any) -> None:
    text = "断面,日期,水体类型,溶解氧,总磷,氨氮\n甲,2024-03-01,河流,8,--,*\n甲,2024-03-08,河流,6,--,*\n"
    rows, _ = run("averages", text, "--period", "month")
    assert (rows[0]["tp"], rows[0]["nh3n"], rows[0]["withheld"]) == ("--", "*", "总磷")
    table = ",".join(rows[0]) + "\n" + ",".join(rows[0].values()) + "\n"
    (classed,), _ = run("class", table)
    assert (classed["class"], classed["reason"]) == ("", "无有效值：总磷（--）")


def test_averages_keep_what_identifies_a_section(run: Any) -> None:
    header = "省份,流域,river,断面,日期,水体类型,溶解氧,值班人,水质类别"
    lines = (
        "云江省,云江流域,清河,大桥,2024-03-01,河流,8,赵,Ⅰ",
        "云江省,云江流域,,大桥,2024-03-08,河流,6,钱,Ⅱ",
        "海山省,山河流域,白河,大桥,2024-03-01,河流,3,孙,Ⅲ",
    )
    rows, _ = run("averages", "\n".join([header, *lines]) + "\n", "--period", "month")
    assert list(rows[0])[:7] == ["省份", "流域", "section", "river", "period", "date", "kind"]
    assert [(row["省份"], row["section"], row["river"], row["do"]) for row in rows] == [
        ("云江省", "大桥", "清河", "7"),
        ("海山省", "大桥", "白河", "3"),
    ]


def test_the_commands_of_the_guide_follow_on_one_another(tmp_path: Path) -> None:
    """The block of the page on water tables, run on small tables under the names that it uses."""
    page = Path(__file__).parents[3] / "docs" / "guide" / "evaluate.md"
    lines = page.read_text(encoding="utf-8").partition("## 地表水的表")[2].split("```")[1].splitlines()
    commands = [line.removeprefix("$ bilan ").split() for line in lines if line.startswith("$ bilan ")]
    files = {name for command in commands for name in command if name.endswith((".csv", ".csv.gz"))}
    months = "".join(
        f"云江省,清河,{section},2024-0{month}-0{day},河流,{do},0.1\n"
        for section, do in (("甲", 8), ("乙", 4))
        for month in (1, 2, 3)
        for day in (1, 2)
    )
    table = f"province,river,section,date,水体类型,溶解氧,总磷\n{months}"
    write(tmp_path / "断面.csv", table)
    with gzip.open(tmp_path / "断面.csv.gz", "wt", encoding="utf-8") as file:
        file.write(table.replace("溶解氧", "do,do_raw").replace(",8,", ",8,8,").replace(",4,", ",4,4,"))
    for name in ("上年", "今年"):
        write(tmp_path / f"{name}.csv", "province,section,class\n云江省,甲,Ⅱ\n云江省,乙,Ⅳ\n")
    for command in commands:
        assert main([str(tmp_path / part) if part in files else part for part in command]) == 0, command
    spread = read(tmp_path / "比例.csv")
    assert [(row["river"], row["sections"], row["good_ratio"]) for row in spread] == [("清河", "2", "50.0")]
    assert {row["section"] for row in read(tmp_path / "变化.csv")} == {"甲", "乙"}


def test_grade(run: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lines = "".join(f"清河,{n},2024-03-01,{8 if n < 4 else 1}\n" for n in range(5))
    rows, _ = run("grade", f"河,断面,日期,溶解氧\n{lines}", "--by", "河")
    assert (rows[0]["河"], rows[0]["method"], rows[0]["good_ratio"], rows[0]["grade"]) == (
        "清河",
        "shares",
        "80.0",
        "良好",
    )
    twice = write(tmp_path / "twice.csv", "河,断面,日期,溶解氧\n清河,上,2024-03-01,8\n清河,上,2024-03-02,8\n")
    arguments = ["evaluate", "water", "grade", "--input", twice, "-o", tmp_path / "grade.csv", "--by", "河"]
    assert main([str(argument) for argument in arguments]) == 1
    assert "清河 的断面 上 有 2 行" in capsys.readouterr().err


def test_shares_and_change(run: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before, after = (
        "section,river,class\n甲,清河,Ⅳ\n乙,清河,劣Ⅴ\n丙,清河,\n",
        "section,river,class\n甲,清河,Ⅲ\n乙,清河,V\n丙,清河,2\n",
    )
    rows, _ = run("shares", before, "--by", "river")
    assert (rows[0]["judged"], rows[0]["good_ratio"], rows[0]["inferior_ratio"]) == ("2", "0.0", "50.0")
    (total,), _ = run("shares", after)
    assert total["good_ratio"] == "66.7"
    paths = [write(tmp_path / name, text) for name, text in (("before.csv", before), ("after.csv", after))]
    output = tmp_path / "change.csv"
    command = ["evaluate", "water", "change", "--before", paths[0], "--after", paths[1], "-o", output, "--quiet"]
    assert main([str(part) for part in command]) == 0
    assert {row["section"]: row["change"] for row in read(output)} == {"甲": "有所好转", "乙": "有所好转", "丙": ""}
    assert main([str(part) for part in [*command, "--by", "river"]]) == 0
    assert (read(output)[0]["net_change"], read(output)[0]["change"]) == ("116.7", "明显好转")
    assert capsys.readouterr().err == ""


def test_repeated_sections_are_neither_shared_out_nor_compared(
    run: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    twice = "province,section,class\n云江省,甲,Ⅱ\n云江省,甲,Ⅳ\n海山省,甲,Ⅳ\n"
    once = "province,section,class\n云江省,甲,Ⅱ\n海山省,甲,Ⅳ\n"
    one, two = write(tmp_path / "one.csv", once), write(tmp_path / "two.csv", twice)
    output = tmp_path / "change.csv"
    command = ["evaluate", "water", "change", "--before", one, "--after", two, "-o", output]
    for options in ([], ["--by", "province"]):
        assert main([str(part) for part in (*command, *options)]) == 1
        assert "云江省 的断面 甲 有 2 行" in capsys.readouterr().err
    assert main(["evaluate", "water", "shares", "--input", str(two), "-o", str(output)]) == 1
    assert "云江省 的断面 甲 有 2 行" in capsys.readouterr().err
    assert not output.exists()
    command[6] = one
    assert main([str(part) for part in command]) == 0
    assert [(row["province"], row["section"]) for row in read(output)] == [("云江省", "甲"), ("海山省", "甲")]
    rows, _ = run("shares", "section,period,class\n甲,2024Q1,Ⅱ\n甲,2024Q2,Ⅳ\n", "--by", "period")
    assert [row["good_ratio"] for row in rows] == ["100.0", "0.0"]


def test_classes_that_cannot_be_read_are_named(run: Any) -> None:
    rows, said = run("shares", "section,class\n甲,Ⅱ类\n乙,劣五\n")
    assert (rows[0]["judged"], "1 行认不出，当作没有：劣五" in said) == ("1", True)


def test_trend_reads_classes_as_they_are_printed(run: Any) -> None:
    lines = "".join(f"甲,{2016 + n},{name}\n" for n, name in enumerate(("劣Ⅴ类", "V类", "Ⅳ 类", "III类", "Ⅱ类")))
    rows, said = run("trend", f"section,year,value\n{lines}乙,2016,不详\n")
    assert (rows[0]["years"], rows[0]["meaning"]) == ("5", "显著好转")
    assert "1 行认不出，当作没有：不详" in said


def test_trend(run: Any) -> None:
    lines = "".join(f"甲,{2016 + n},{name}\n" for n, name in enumerate(("劣Ⅴ", "Ⅴ", "Ⅳ", "Ⅲ", "Ⅱ")))
    rows, _ = run("trend", f"section,year,value\n{lines}乙,2016,x\n")
    assert rows[0] == {
        **{"section": "甲", "years": "5", "rs": "-1.0", "critical": "0.9"},
        **{"trend": "下降", "meaning": "显著好转", "reason": ""},
    }


def test_chlorophyll_of_the_national_files_is_in_milligrams_per_litre(run: Any) -> None:
    header = "file_date,province,basin,section,obs_time,tp,tp_raw,chla,chla_raw"
    rows, said = run("tli", f"{header}\n2021-04-01,云江省,云江流域,甲湖,04-01 08:00,0.05,0.0501,0.010,0.0100\n")
    assert "按 mg/L 读" in said
    bare, said = run("tli", "湖,总磷,chla\n甲湖,0.05,10\n")
    assert "按 mg/m3 读" in said
    assert rows[0]["tli_chla"] == bare[0]["tli_chla"] != ""


def test_trophic_level(run: Any) -> None:
    rows, said = run("tli", "湖,叶绿素a(mg/L),总磷,总氮,透明度(cm)\n呼,0.00777,0.27,1.81,43\n")
    assert (rows[0]["tli"], rows[0]["trophic_state"]) == ("61.562", "中度富营养")
    assert "高锰酸盐指数" in rows[0]["reason"]
    assert "五项" not in said


def test_ranking(run: Any, tmp_path: Path) -> None:
    text = "城市,断面,水体类型,溶解氧,氨氮\n甲,1,河流,10,0.5\n乙,2,河流,5,1\n丙,3,河流,5,\n"
    before = write(tmp_path / "before.csv", text.replace("乙,2,河流,5,1", "乙,2,河流,5,3"))
    rows, said = run("ranking", text, "--previous", before, "--date", "2024-03-31")
    assert [(row["city"], row["rank"], row["index"], row["change"]) for row in rows] == [
        ("甲", "1", "1.0", "0.0"),
        ("乙", "2", "2.0", "-50.0"),
        ("丙", "", "", ""),
    ]
    assert "指数只含表中的 2 项" in said


def test_rows_that_cannot_be_read_are_in_no_index(run: Any, tmp_path: Path) -> None:
    text = "城市,断面,水体类型,溶解氧,氨氮\n甲,1,河流,10,0.5\n甲,2,河流,2,5,多\n"
    rows, said = run("ranking", text, "--date", "2024-03-31", code=3)
    assert (rows[0]["index"], "第 3 行" in said) == ("1.0", True)
    before = write(tmp_path / "before.csv", text)
    rows, said = run("ranking", text.rsplit("\n", 2)[0] + "\n", "--date", "2024-03-31", "--previous", before, code=3)
    assert (rows[0]["change"], "before.csv 第 3 行" in said) == ("0.0", True)


def test_rows_that_cannot_be_read_make_no_water_black(run: Any) -> None:
    text = "水体,检测点,溶解氧,氧化还原电位,氨氮,透明度(cm)\n小河,1,5,100,1,50\n小河,2,0.1,-250,20,5,多\n"
    rows, said = run("black-odorous", text, "--level", "point", code=3)
    assert [(row["point"], row["grade"]) for row in rows] == [("1", "不黑臭")]
    assert "第 3 行" in said


def test_drinking(run: Any, tmp_path: Path) -> None:
    text = (
        "水源,城市,类型,取水量,日期,氨氮,铁\n甲,A,河流,781.2,2024-05-01,0.4,0.3\n"
        "乙,A,地下水,241.0,2024-05-01,0.4,0.36\n丙,B,河流,5,2024-05-01,--,0.3\n"
    )
    rows, _ = run("drinking", text, "--rates", tmp_path / "rates.csv", "--by", "城市")
    assert [(row["complies"], row["exceeded"]) for row in rows] == [("是", ""), ("否", "铁(0.2)"), ("", "")]
    rates = read(tmp_path / "rates.csv")
    assert [(row["城市"], row["count_rate"], row["volume_rate"]) for row in rates] == [
        ("A", "50.0", "76.4"),
        ("B", "", ""),
    ]


def test_black_odorous(run: Any) -> None:
    text = (
        "水体,检测点,溶解氧,氧化还原电位,氨氮,透明度(cm)\n"
        "小河,1,0.1,-250,20,5\n小河,2,5,100,1,50\n小河,3,0.1,-250,20,5\n"
    )
    rows, _ = run("black-odorous", text)
    assert (rows[0]["water_body"], rows[0]["severe_points"], rows[0]["grade"]) == ("小河", "2", "重度黑臭")
    rows, _ = run("black-odorous", text, "--level", "point")
    assert [row["grade"] for row in rows] == ["重度黑臭", "不黑臭", "重度黑臭"]

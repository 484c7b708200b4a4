"""Charts as files: whole or not at all, without the internet, and never with boxes in place of characters."""

from __future__ import annotations

import json
import re
import struct
import subprocess
import sys
from pathlib import Path

import altair as alt
import pytest

from bilan.errors import FileError
from bilan.publish import ChartError, calendar, charts_file, ranking, save, sections_by_class, summary, trajectory
from bilan.publish.charts import Chart

from .chart_boards import board, row, share

needs_font = pytest.mark.skipif(not charts_file.has_chinese_font(), reason="no Chinese font is installed")

DAYS = [("2025-01", "Ⅱ", 6), ("2025-01", None, 1)]
ENGLISH = alt.Chart().mark_text(text="water")


def charts() -> dict[str, Chart]:
    from datetime import date

    one = row(districts=[share("东湖区", "35.1", "4.1")], simulated=True)
    return {
        "trajectory": trajectory(one),
        "calendar": calendar([(date(2025, 1, 1), 45, None), (date(2025, 2, 3), 120, None)]),
        "sections": sections_by_class(DAYS),
        "ranking": ranking(one),
        "summary": summary(board([one])),
        "nothing": sections_by_class([]),
    }


@needs_font
@pytest.mark.parametrize("name", ["trajectory", "calendar", "sections", "ranking", "summary", "nothing"])
def test_every_chart_is_drawn(name: str, tmp_path: Path) -> None:
    picture = save(charts()[name], tmp_path / "图.png").read_bytes()
    assert picture.startswith(b"\x89PNG\r\n\x1a\n")
    width, height = struct.unpack(">II", picture[16:24])
    assert width > 500
    assert height > 200


@needs_font
def test_the_text_of_an_svg_is_text(tmp_path: Path) -> None:
    picture = save(sections_by_class(DAYS), tmp_path / "图.svg").read_text(encoding="utf-8")
    assert picture.startswith("<svg")
    assert ">各类水质断面比例</text>" in picture
    assert "Noto Sans CJK SC" in picture


def test_json_is_the_specification(tmp_path: Path) -> None:
    chart = sections_by_class(DAYS)
    first, again = (save(chart, tmp_path / name).read_bytes() for name in ("1.json", "2.JSON"))
    spec = json.loads(first)
    assert spec["$schema"].startswith("https://vega.github.io/schema/vega-lite/v6")
    assert spec["title"]["text"] == ["各类水质断面比例"]
    assert first == again


def test_a_page_needs_no_internet(tmp_path: Path) -> None:
    page = save(sections_by_class(DAYS), tmp_path / "图.html").read_text(encoding="utf-8")
    assert page.startswith('<!DOCTYPE html>\n<html lang="zh-CN">')
    assert "<title>各类水质断面比例</title>" in page
    assert re.findall(r"<(?:script|link)[^>]+(?:src|href)", page) == []
    assert page.count("<script>") == page.count("</script>") == 2
    assert "vegaEmbed=" in page
    assert '<html lang="en">' in save(sections_by_class(DAYS, language="en"), tmp_path / "en.html").read_text("utf-8")


def test_the_words_of_a_plan_cannot_end_the_script(tmp_path: Path) -> None:
    hostile = "</script><script>alert(1)</script>"
    page = save(sections_by_class(DAYS, title=hostile), tmp_path / "图.html").read_text(encoding="utf-8")
    assert hostile not in page
    assert page.count("</script>") == 2
    data = page.rpartition("vegaEmbed(")[2].partition(", ")[2]
    assert json.JSONDecoder().raw_decode(data)[0]["title"]["text"] == [hostile]


@pytest.mark.parametrize("name", ["图.pdf", "图", "图.png.gz"])
def test_a_suffix_that_is_unknown_is_named(name: str, tmp_path: Path) -> None:
    with pytest.raises(ChartError, match=r"后缀认不出（应为 \.png、\.svg、\.html、\.json）"):
        save(sections_by_class([]), tmp_path / name)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["图.png", "图.svg"])
def test_without_a_chinese_font_no_picture_with_boxes_is_written(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(charts_file, "has_chinese_font", lambda: False)
    with pytest.raises(ChartError, match=r"没有中文字体.*fonts-noto-cjk.*BILAN_FONTS"):
        save(sections_by_class(DAYS), tmp_path / name)
    assert list(tmp_path.iterdir()) == []
    assert save(ENGLISH, tmp_path / f"en{Path(name).suffix}").stat().st_size > 100


@pytest.mark.parametrize("name", ["图.html", "图.json"])
def test_what_a_browser_draws_needs_no_font_here(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(charts_file, "has_chinese_font", lambda: False)
    assert save(sections_by_class(DAYS), tmp_path / name).stat().st_size > 1000


def test_characters_that_no_font_has_look_alike() -> None:
    private = "\U000f0000", "\U000f0001"  # which no font on any machine draws
    assert charts_file._drawn(private[0]) == charts_file._drawn(private[1])
    assert charts_file._drawn("a") != charts_file._drawn("b")


def test_a_folder_of_fonts_may_be_given(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    taken: list[str] = []
    monkeypatch.setattr("vl_convert.register_font_directory", taken.append)
    charts_file._register.cache_clear()
    (tmp_path / "one").mkdir()
    (tmp_path / "two").mkdir()
    save(ENGLISH, tmp_path / "1.svg", fonts=tmp_path / "one")
    monkeypatch.setenv("BILAN_FONTS", str(tmp_path / "two"))
    save(ENGLISH, tmp_path / "2.svg")
    save(ENGLISH, tmp_path / "3.svg")
    charts_file._register.cache_clear()
    assert taken == [str((tmp_path / name).resolve()) for name in ("one", "two")]
    with pytest.raises(ChartError, match="没有这个字体文件夹"):
        save(ENGLISH, tmp_path / "4.svg", fonts=tmp_path / "three")


def test_a_file_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    with pytest.raises(FileError, match="没有这个文件夹"):
        save(ENGLISH, tmp_path / "none" / "图.json")


def test_an_old_file_is_replaced_and_nothing_is_left_beside(tmp_path: Path) -> None:
    target = tmp_path / "图.json"
    target.write_text("old")
    assert save(ENGLISH, target) == target
    assert json.loads(target.read_text())["mark"]["text"] == "water"
    assert list(tmp_path.iterdir()) == [target]


@pytest.mark.parametrize("missing", ["altair", "vl_convert"])
def test_without_the_extra_one_line_says_how_to_get_it(missing: str) -> None:
    code = (
        f"import sys; sys.modules[{missing!r}] = None\n"
        "import bilan.publish\n"
        "try: bilan.publish.save\n"
        "except bilan.publish.ChartError as error: print(error)"
    )
    said = subprocess.run([sys.executable, "-X", "utf8", "-c", code], capture_output=True, encoding="utf-8", check=True)
    assert said.stdout == f"画图需要附加件 charts：pip install 'bilan[charts]'（缺 {missing}）\n"


def test_the_room_itself_loads_nothing_heavy() -> None:
    code = "import sys, bilan.publish; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, encoding="utf-8", check=True).stdout
    assert not {"altair", "vl_convert", "pydantic", "pyarrow"} & set(loaded.split())

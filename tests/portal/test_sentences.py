"""What the library says in Chinese is said again in English: every sentence it can make, as its source writes it."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import translation

from bilan.portal.core.sentences import again

PLAN = Path(__file__).parents[2] / "src/bilan/plan"
CHINESE = re.compile(r"[\u4e00-\u9fff]")
READERS = ("choose", "decoding", "doc", "docx", "html", "layout", "pdf", "source")
WORKBOOK = ("read", "rows", "cells", "door", "doubts")
SPEAKS = {"refusal", "refuse", "_refuse_cell", "ValueError", "WorkbookError", "Rule", "say", "tell"}
# Parts of others, and what is put together of parts; as a person reads them, they are below.
PARTS = {
    "PDF 7已损坏，无法读取（7）",
    "不是文本文件：7 处不是文字",
    "列标题在第 7 行，其上不能有别的内容：请删去7再导入，该清单保持原样",
    "看起来是 7 编码的文本，但7 处无法解码，文件可能已损坏",
    "第 7 行、字节偏移 7",
    "第 7 页7，请先做文字识别（OCR）再试",
    "读取第 7 页",
}


def spoken(file: Path) -> Iterator[str]:
    """The sentences of a module: what is raised, refused, told or yielded in Chinese, holes filled with ``7``."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and getattr(node.func, "id", getattr(node.func, "attr", "")) in SPEAKS:
            given: list[ast.expr | None] = list(node.args)
        elif isinstance(node, ast.Return | ast.Assign) and not isinstance(getattr(node, "value", None), ast.Call):
            given = [node.value]
        elif isinstance(node, ast.Yield) and isinstance(node.value, ast.Tuple):
            given = list(node.value.elts)
        elif isinstance(node, ast.AnnAssign) and isinstance(node.value, ast.Dict):
            given = list(node.value.values)
        else:
            continue
        for one in given:
            if isinstance(one, ast.Constant | ast.JoinedStr) and (text := written(one)):
                yield text


def written(node: ast.expr) -> str:
    """The text of a string; '' for one that is no sentence."""
    parts = node.values if isinstance(node, ast.JoinedStr) else [node]
    text = "".join(str(part.value) if isinstance(part, ast.Constant) else "7" for part in parts)
    text = text.removeprefix("7：")  # the path of the file, which pages leave out
    return text if len(CHINESE.findall(text)) > 2 and not re.search(r"[\[\\|]|7{2}|〇一", text) else ""


def sentences() -> list[str]:
    files = [*(PLAN / "readers" / f"{name}.py" for name in READERS)]
    files += [*(PLAN / "workbook" / f"{name}.py" for name in WORKBOOK), PLAN / "gaps.py", PLAN / "compiler.py"]
    return sorted({text for file in files for text in spoken(file)})


def test_every_sentence_of_the_library_has_its_english() -> None:
    found = sentences()
    assert len(found) > 90
    with translation.override("en"):
        assert [text for text in found if again(text) == text and text not in PARTS] == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("读取第 12 页，共 200 页", "Reading page 12 of 200"),
        (
            "方案.pdf：第 1-3、7 页没有可读的文字（扫描件、图片，或字体没有编码表），请先做文字识别（OCR）再试",
            "方案.pdf: Pages 1-3、7 hold no text",
        ),
        (
            "“优良天数”前后不一致：不低于 86% 与 不低于 88%（力争）",
            "“优良天数” contradicts itself: at least 86% and at least 88%",
        ),
        ("PDF 第 3 页已损坏，无法读取（KeyError）", "Page 3 of the PDF is damaged"),
        ("PDF 文件结构已损坏，无法读取（KeyError）", "The structure of the PDF is damaged"),
        ("a.txt：不是文本文件：第 3 行、字节偏移 77 处不是文字", "a.txt: This is no text file: line 3, byte 77"),
        ("看起来是 UTF-8 编码的文本，但第 3 行、字节偏移 77 处无法解码，文件可能已损坏", "looks like text in UTF-8"),
        ("列标题在第 3 行，其上不能有别的内容：请删去第 1 至 2 行再导入，该清单保持原样", "delete rows 1 to 2"),
        ("只能填：牵头、配合", "Only these can be entered: Leads, Supports"),
        ("读这份文件超过 600 秒的上限，已停止。请只上传计划正文，或另存为 docx 再试。", "longer than 600 seconds"),
        ("内部错误 KeyError，任务编号 12", "Internal error KeyError, job 12"),
        ("单元格是百分比格式：请改回常规格式，填 86，“%”写在“单位”列", "enter 86, and put “%” into"),
        ("清河市2026年工作要点", "清河市2026年工作要点"),
        ("任务：治理河道", "任务：治理河道"),
    ],
)
def test_a_sentence_is_known_again(text: str, said: str) -> None:
    with translation.override("en"):
        assert said in again(text)
    with translation.override("zh-hans"):
        assert again(text) == text


@pytest.mark.django_db
def test_a_job_speaks_the_language_of_its_reader(people: Any, client_of: Callable[[str], Client]) -> None:
    from bilan.portal.jobs.models import Job

    running = Job.objects.create(kind="plans.compile", owner=people.officer, state="running", message="识别章节")
    failed = Job.objects.create(
        kind="plans.compile", owner=people.officer, state="failed", error="a.txt：文件里没有文字"
    )
    client = client_of("officer")
    for job, words, english in ((running, "识别章节", "Finding sections"), (failed, "没有文字", "There is no text")):
        client.cookies["bilan-language"] = "zh-hans"
        assert words in client.get(f"/jobs/{job.pk}/part/").content.decode()
        client.cookies["bilan-language"] = "en"
        page = client.get(f"/jobs/{job.pk}/part/").content.decode()
        assert english in page and not CHINESE.search(page.replace("officer", ""))


@pytest.mark.django_db
def test_what_a_job_writes_down_is_chinese_whoever_started_it(people: Any) -> None:
    from bilan.portal.jobs.models import Job
    from bilan.portal.jobs.run import run

    job = Job.objects.create(kind="of-old", owner=people.officer)
    with translation.override("en"):
        run(job.pk, 1)
        job.refresh_from_db()
        assert job.error.startswith("内部错误") and job.fault.startswith("Internal error")

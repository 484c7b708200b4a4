"""Plain text: encodings, newlines, and that the text is what ``open`` gives."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bilan.plan.document import DocumentError
from bilan.plan.readers.decoding import plausibility

SIMPLIFIED = (
    "一、深入打好蓝天保卫战\n（一）推进钢铁企业超低排放改造。到2026年年底，临江市完成三座高炉的烟气治理，"
    "细颗粒物年均浓度比2023年下降百分之六以上。市生态环境局牵头，市工业和信息化局、市发展改革委配合。\n"
    "（二）强化扬尘管控。建筑工地严格落实围挡、洒水、覆盖等措施，主要道路机械化清扫率达到百分之九十。\n"
)
TRADITIONAL = (
    "一、加強河川水質改善\n（一）推動污水下水道建設。至民國一百一十六年底，全縣用戶接管普及率達百分之四十五，"
    "由環境保護局主辦，工務處協辦。\n（二）落實事業廢水稽查管制，針對重點河段設置水質自動監測設施，並定期公布監測結果。\n"
)


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (SIMPLIFIED, "utf-8"),
        (SIMPLIFIED, "gb18030"),
        (SIMPLIFIED, "utf-16-le"),
        (SIMPLIFIED, "utf-16-be"),
        (TRADITIONAL, "utf-8"),
        (TRADITIONAL, "big5"),
        (TRADITIONAL, "gb18030"),
        (TRADITIONAL, "utf-16-le"),
        ("plain ASCII, as exported\n", "utf-16-le"),
        ("plain ASCII, as exported\n", "utf-16-be"),
    ],
)
def test_encodings_without_a_mark(read, text, encoding):
    document = read(text.encode(encoding))
    assert (document.text, document.encoding, document.is_plain) == (text, encoding, True)


@settings(max_examples=150, deadline=None)
@given(data=st.data(), case=st.sampled_from([(SIMPLIFIED, "gb18030"), (TRADITIONAL, "big5"), (TRADITIONAL, "gb18030")]))
def test_short_pieces_keep_their_encoding(read, data, case):
    text, encoding = case
    start = data.draw(st.integers(0, len(text) - 30))
    piece = text[start : start + 30]
    assert read(piece.encode(encoding)).text == piece


@pytest.mark.parametrize("encoding", ["utf-16", "utf-32", "utf-8-sig"])
def test_marks(read, encoding):
    document = read(SIMPLIFIED.encode(encoding))
    kept = "\ufeff" if encoding == "utf-8-sig" else ""
    assert document.text == kept + SIMPLIFIED


@settings(max_examples=100, deadline=None)
@given(
    text=st.text(alphabet="一二三，。（）ab1 \n\r\t\u3000\x0b\x0c\x85\u2028", min_size=1).filter(
        lambda t: re.search(r"\w", t)
    ),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
)
def test_text_is_what_open_gives(read, tmp_path_factory, text, encoding):
    document = read(text.encode(encoding))
    path = tmp_path_factory.mktemp("same") / "plan.txt"
    path.write_bytes(text.encode(encoding))
    with path.open(encoding=document.encoding) as stream:
        assert document.text == stream.read()


def test_newlines_are_translated(read):
    assert read("甲\r\n乙\r丙\n\r\n丁".encode()).text == "甲\n乙\n丙\n\n丁"


def test_junk_names_the_byte(read):
    with pytest.raises(DocumentError, match=r"第 1 行、字节偏移 4 处不是文字"):
        read(b"abcd\x00\x01\x02\x03\x04\x05\x06")
    with pytest.raises(DocumentError, match=r"字节偏移 3 处不是文字"):
        read(b"abc" + bytes(range(0xF8, 0x100)) * 40)


def test_damaged_text_names_the_byte(read):
    with pytest.raises(DocumentError, match=r"utf-8 .*第 4 行、字节偏移 \d+"):
        read(SIMPLIFIED.encode() + b"\xff\xfe" + SIMPLIFIED.encode()[:30])
    with pytest.raises(DocumentError, match=r"gb18030"):
        read(SIMPLIFIED.encode("gb18030") + b"\xff" + SIMPLIFIED.encode("gb18030"))


def test_a_stray_control_character_is_no_reason_to_refuse(read):
    text = SIMPLIFIED.replace("\n", "\x07\n", 1)
    assert read(text.encode()).text == text


def test_plausibility_tells_prose_from_mojibake():
    mojibake = TRADITIONAL.encode("big5").decode("gb18030", "replace")
    assert plausibility(TRADITIONAL) > 0.6
    assert plausibility(mojibake) < 0.2


def test_plain_text_loads_no_heavy_library(tmp_path):
    path = tmp_path / "plan.txt"
    path.write_text(SIMPLIFIED, encoding="utf-8")
    script = (
        "import sys; from pathlib import Path; from bilan.plan.readers import read_document; "
        f"read_document(Path({str(path)!r})); "
        "print(sorted({'charset_normalizer', 'lxml', 'docx', 'pdfplumber', 'zipfile'} & set(sys.modules)))"
    )
    root = Path(sys.modules["bilan.plan.readers"].__file__ or "").parents[3]
    run = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, env={"PYTHONPATH": str(root)}
    )
    assert run.stdout.strip() == "[]"

"""Which reader a file goes to, and what is refused before any reader sees it."""

from __future__ import annotations

import hashlib
import io
import zipfile
from pathlib import Path

import docx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bilan.plan import compile_document
from bilan.plan.document import Document, DocumentError
from bilan.plan.readers import read_document, source

PLAN = "一、总体要求\n到2027年，青河市细颗粒物年均浓度控制在每立方米28微克以内。\n"


def zipped(**members: str) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, text in members.items():
            archive.writestr(name.replace("__", "/"), text)
    return stream.getvalue()


def test_content_beats_suffix(read):
    assert read(b"<!DOCTYPE html><html><p>" + PLAN.encode() + b"</p></html>", "page.txt").media_type == "text/html"
    assert read(PLAN.encode(), "plan.docx").media_type == "text/plain"
    assert read(PLAN.encode(), "plan.pdf").is_plain


def test_html_suffix_is_a_hint_for_fragments(read):
    fragment = "<p>一、总体要求</p>".encode()
    assert read(fragment, "a.html").media_type == "text/html"
    assert read(fragment, "a.txt").media_type == "text/plain"


def test_hash_is_that_of_the_file(read):
    assert read(PLAN.encode()).sha256 == hashlib.sha256(PLAN.encode()).hexdigest()


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"", "0 字节"),
        (b" \n\t\n", "没有文字"),
        (b"\xef\xbb\xbf", "没有文字"),
        (b"\x89PNG\r\n\x1a\n0000", "PNG"),
        (b"MIME-Version: 1.0\r\n\r\n<html>", "MHTML"),
        (b"Rar!\x1a\x07\x00", "RAR"),
        (zipped(**{"OFD.xml": ""}), "OFD"),
        (zipped(**{"xl__workbook.xml": ""}), "Excel"),
        (zipped(**{"notes.txt": "x"}), "zip"),
        (b"PK\x03\x04broken", "损坏"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "加密"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "Workbook".encode("utf-16-le"), "Excel"),
    ],
)
def test_refusals_say_what_the_file_is(read, data, expected):
    with pytest.raises(DocumentError, match=expected):
        read(data, "某文件.bin")


def test_missing_folder_and_device(tmp_path):
    with pytest.raises(DocumentError, match="不存在"):
        read_document(tmp_path / "无此文件.txt")
    with pytest.raises(DocumentError, match="文件夹"):
        read_document(tmp_path)
    with pytest.raises(DocumentError, match="不是普通文件"):
        read_document(Path("/dev/null"))


def test_file_size_limit(read, monkeypatch):
    monkeypatch.setattr(source, "MAX_FILE_BYTES", 2**20)
    assert read(b"a" * 2**20)
    with pytest.raises(DocumentError, match="1 MiB"):
        read(b"a" * (2**20 + 1))


@pytest.mark.parametrize("kind", ["txt", "html", "docx"])
def test_text_length_limit(read, monkeypatch, kind):
    def data(characters: int) -> bytes:
        if kind == "txt":
            return b"a" * characters
        if kind == "html":
            return b"<html><p>" + b"a" * (characters - 1) + b"</p></html>"  # and the end of the line
        stream = io.BytesIO()
        document = docx.Document()
        document.add_paragraph("a" * (characters - 1))
        document.save(stream)
        return stream.getvalue()

    monkeypatch.setattr(source, "MAX_CHARACTERS", 2000)
    assert len(read(data(2000), f"a.{kind}").text) == 2000
    with pytest.raises(DocumentError, match=r"2,001 个字符，超过 2,000 个字符的上限"):
        read(data(2001), f"a.{kind}")


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf", b" \n"])
def test_a_compiled_plan_is_no_plan_text(read, mark):
    compiled = compile_document(Document("a.txt", "text/plain", "0" * 64, PLAN, "utf-8", is_plain=True))
    with pytest.raises(DocumentError) as caught:
        read(mark + compiled.model_dump_json(indent=2).encode(), "计划.json")
    assert len(str(caught.value).splitlines()) == 1
    for words in ("编译结果（JSON）", "bilan plan diff", "bilan plan import --base", "bilan workbook"):
        assert words in str(caught.value)
    assert read(b'{"note": 1}', "a.json").is_plain


def test_message_is_one_line_whatever_the_name(read):
    with pytest.raises(DocumentError) as caught:
        read(b"", "两\n行.txt")
    assert "\n" not in str(caught.value)


MAGICS = [
    b"",
    b"%PDF-1.7\n",
    b"PK\x03\x04",
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
    b"<html>",
    b"<!doctype html><table>",
    b"\xef\xbb\xbf",
    b"\xff\xfe",
    b"\xfe\xff",
]


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(MAGICS), st.binary(max_size=600), st.sampled_from([".txt", ".html", ".pdf", ".docx", ""]))
def test_random_bytes_are_read_or_refused(read, magic, tail, suffix):
    try:
        document = read(magic + tail, f"随机{suffix}")
    except DocumentError as error:
        assert len(str(error).splitlines()) == 1
    else:
        assert document.text.strip()

"""Legacy .doc: through LibreOffice when it is there."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess

import docx
import pytest

from bilan.plan.document import DocumentError
from bilan.plan.readers import doc

OLE2 = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
WORD = OLE2 + b"\0" * 504 + "WordDocument".encode("utf-16-le") + b"\0" * 512

needs_office = pytest.mark.skipif(
    shutil.which("soffice") is None and os.environ.get("BILAN_REQUIRE_ALL") != "1",
    reason="LibreOffice (soffice) is not installed",
)


@needs_office
def test_doc_is_read_with_its_numbers_and_tables(read, rows_of, tmp_path):
    document = docx.Document()
    document.add_heading("总体要求", 1)
    document.add_paragraph("治理黑臭水体", style="List Number")
    document.add_paragraph("关停小锅炉", style="List Number")
    table = document.add_table(2, 2)
    for row in range(2):
        for column in range(2):
            table.cell(row, column).text = f"格{row}{column}"
    document.add_paragraph("结束")
    document.save(str(tmp_path / "old.docx"))
    profile = (tmp_path / "profile").as_uri()
    command = ["soffice", f"-env:UserInstallation={profile}", "--headless", "--convert-to", "doc", "old.docx"]
    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True, timeout=120)
    data = (tmp_path / "old.doc").read_bytes()
    result = read(data, "旧.doc")
    assert result.text.splitlines()[:3] == ["总体要求", "1.治理黑臭水体", "2.关停小锅炉"]
    assert rows_of(result) == [["格00", "格01"], ["格10", "格11"]]
    assert result.media_type == "application/msword"
    assert result.sha256 == hashlib.sha256(data).hexdigest()


@needs_office
def test_rtf_under_the_name_of_doc(read):
    result = read(rb"{\rtf1\ansi\ansicpg936\uc0 \u27835 \u27700 \par}", "旧.doc")
    assert (result.text, result.media_type) == ("治水\n", "application/rtf")


def test_without_office_the_error_says_what_to_install(read, monkeypatch):
    monkeypatch.setattr(shutil, "which", lambda name: None)
    with pytest.raises(DocumentError, match="libreoffice-writer"):
        read(WORD, "旧.doc")


def test_password(read):
    fib = bytearray(WORD)
    fib[512:514], fib[523] = b"\xec\xa5", 1
    with pytest.raises(DocumentError, match="加密"):
        read(bytes(fib) + "WordDocument".encode("utf-16-le"), "旧.doc")


def test_a_slow_office_is_stopped(read, monkeypatch, tmp_path):
    office = tmp_path / "soffice"
    office.write_text("#!/bin/sh\nsleep 60\n")
    office.chmod(0o755)
    monkeypatch.setattr(shutil, "which", lambda name: str(office))
    monkeypatch.setattr(doc, "TIMEOUT_SECONDS", 0.2)
    with pytest.raises(DocumentError, match="已停止"):
        read(WORD, "旧.doc")


def test_an_office_that_makes_nothing(read, monkeypatch):
    monkeypatch.setattr(shutil, "which", lambda name: "/bin/true")
    with pytest.raises(DocumentError, match="打不开"):
        read(WORD, "旧.doc")

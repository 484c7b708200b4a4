"""What a file really is, by its bytes, and whether it may come in.

The name says nothing: it only has to agree with the content. Whatever is refused is refused with one sentence that a
person can act on.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, BinaryIO

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bilan.errors import BilanError
from bilan.portal.core.speech import listed
from bilan.portal.files import packages, pdf


class UploadError(BilanError):
    """A file may not come in; the message says why."""


@dataclass(frozen=True)
class FileKind:
    """A kind of file: its code, what people call it, the endings of its names, and how it is served."""

    code: str
    word: Any
    suffixes: tuple[str, ...]
    content_type: str


_OFFICE = "application/vnd.openxmlformats-officedocument"
FILE_KINDS = {
    kind.code: kind
    for kind in (
        FileKind("docx", gettext_lazy("Word 文档"), ("docx",), f"{_OFFICE}.wordprocessingml.document"),
        FileKind("xlsx", gettext_lazy("Excel 工作簿"), ("xlsx",), f"{_OFFICE}.spreadsheetml.sheet"),
        FileKind("pdf", gettext_lazy("PDF 文件"), ("pdf",), "application/pdf"),
        FileKind("doc", gettext_lazy("旧版 Word 文档"), ("doc", "wps"), "application/msword"),
        FileKind("html", gettext_lazy("网页文件"), ("html", "htm"), "text/html"),
        FileKind("text", gettext_lazy("纯文本"), ("txt", "csv", "md"), "text/plain"),
    )
}
DOCUMENTS = ("docx", "pdf", "doc", "html", "text")

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ZIP = b"PK\x03\x04"
_HEAD = 4096
_MOST_TEXT = 16 << 20
# Programs, pictures, archives: what is neither a document nor text.
_OTHERS = (
    b"MZ",
    b"\x7fELF",
    b"\x89PNG",
    b"\xff\xd8\xff",
    b"GIF8",
    b"Rar!",
    b"7z\xbc\xaf",
    b"\x1f\x8b",
    b"BZh",
    b"{\\rtf",
)


def suffixes(kinds: Collection[str]) -> list[str]:
    """Return the endings of the names of files of these kinds: what a field takes, and what is said of it."""
    return [suffix for code in kinds for suffix in FILE_KINDS[code].suffixes]


def endings(kinds: Collection[str]) -> str:
    """Return the same as people read it.

    >>> from django.utils.translation import override
    >>> with override("zh-hans"):
    ...     endings(DOCUMENTS)
    'docx、pdf、doc、wps、html、htm、txt、csv、md'
    """
    return listed(suffixes(kinds))


def examine(file: BinaryIO, name: str, kinds: Collection[str] = DOCUMENTS) -> FileKind:
    """Return the kind of ``file``, one of ``kinds``, which ``name`` must agree with. Raises UploadError.

    The file is left at its beginning.
    """
    size = file.seek(0, 2)
    file.seek(0)
    if not size:
        raise UploadError(_("文件是空的。"))
    if size > settings.BILAN_MOST_UPLOAD:
        raise too_big()
    try:
        kind = FILE_KINDS[_real(file, size, kinds)]
        _agree(kind, name, kinds)
        if kind.code in ("docx", "xlsx"):
            packages.check(file)
        elif kind.code == "pdf":
            pdf.check(file)
        elif kind.code == "doc":
            _refuse_macros(file)
    except (packages.PackageError, pdf.PdfError) as error:
        raise UploadError(str(error)) from error
    finally:
        file.seek(0)
    return kind


def too_big() -> UploadError:
    """Return what is said of a file that is larger than any may be."""
    return UploadError(_("文件超过 %d MB 的上限。") % (settings.BILAN_MOST_UPLOAD >> 20))


def _real(file: BinaryIO, size: int, kinds: Collection[str]) -> str:
    """The code of what the bytes are."""
    head = file.read(_HEAD)
    file.seek(0)
    if b"%PDF-" in head[:1024]:
        return "pdf"
    if head.startswith(_ZIP):
        return packages.kind(file)
    if head.startswith(_OLE):
        return "doc"
    if head.startswith(_OTHERS):
        raise UploadError(_("不是可以处理的文件。请上传 %s。") % endings(kinds))
    return _text(file, size)


def _text(file: BinaryIO, size: int) -> str:
    if size > _MOST_TEXT:
        raise UploadError(_("文本文件超过 %d MB 的上限。") % (_MOST_TEXT >> 20))
    content = file.read()
    for encoding in ("utf-16",) if content[:2] in (b"\xff\xfe", b"\xfe\xff") else ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if any(letter < " " and letter not in "\t\n\r\f\x1a" for letter in text[:_MOST_TEXT]):
            break
        start = text[:_HEAD].lstrip().lower()
        return (
            "html" if start.startswith(("<!doctype html", "<html")) or "<html" in start or "<body" in start else "text"
        )
    raise UploadError(_("文件的内容不是文字，也不是可以处理的文档。"))


def _agree(kind: FileKind, name: str, kinds: Collection[str]) -> None:
    suffix = name.rpartition(".")[2].lower() if "." in name else ""
    if kind.code not in kinds:
        said = {"kind": kind.word, "wanted": endings(kinds)}
        raise UploadError(_("这里不收“%(kind)s”，请上传 %(wanted)s。") % said)
    texts = {"html", "text"}
    if suffix in kind.suffixes or (kind.code in texts and any(suffix in FILE_KINDS[one].suffixes for one in texts)):
        return
    raise UploadError(
        _("文件名以 .%(suffix)s 结尾，内容却是“%(kind)s”。请确认文件没有放错或改过名。")
        % {"suffix": suffix, "kind": kind.word}
    )


def _refuse_macros(file: BinaryIO) -> None:
    """Names of the streams of a Word 97 file are UTF-16; a project of macros has one of these."""
    content = file.read()
    if any(word.encode("utf-16-le") in content for word in ("_VBA_PROJECT", "Macros")):
        raise UploadError(packages.has_macros())

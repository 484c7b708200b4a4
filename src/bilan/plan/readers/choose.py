"""Which reader a file goes to: its first bytes decide, its suffix is only a hint."""

from __future__ import annotations

import re
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Final, cast

from bilan.plan.document import Document
from bilan.plan.readers.source import Progress, SourceFile, load, refusal

Reader = Callable[[SourceFile, Progress | None], Document]

READERS: Final = {kind: f"bilan.plan.readers.{kind}" for kind in ("plain", "html", "docx", "pdf", "doc")}

# First bytes of what people also send, and what to do about it.
_FOREIGN: Final = {
    b"\x89PNG\r\n": "这是 PNG 图片，请先做文字识别（OCR），存为可选中文字的 PDF 或 docx",
    b"\xff\xd8\xff": "这是 JPEG 图片，请先做文字识别（OCR），存为可选中文字的 PDF 或 docx",
    b"GIF8": "这是 GIF 图片，请先做文字识别（OCR），存为可选中文字的 PDF 或 docx",
    b"II*\x00": "这是 TIFF 图片，请先做文字识别（OCR），存为可选中文字的 PDF 或 docx",
    b"MM\x00*": "这是 TIFF 图片，请先做文字识别（OCR），存为可选中文字的 PDF 或 docx",
    b"Rar!\x1a\x07": "这是 RAR 压缩包，请先解压，再给出其中的文件",
    b"7z\xbc\xaf\x27\x1c": "这是 7z 压缩包，请先解压，再给出其中的文件",
    b"\x1f\x8b": "这是 gzip 压缩包，请先解压，再给出其中的文件",
    b"MIME-Version:": "这是单个文件网页（MHTML），请另存为 docx 或 HTML",
    b"SQLite format 3\x00": "这是 SQLite 数据库，不是方案文本",
}
# A name inside a zip that is not a docx, and what that zip then is.
_FOREIGN_ZIPS: Final = {
    "OFD.xml": "这是 OFD 版式文件，请另存为 PDF 或 docx",
    "xl/workbook.xml": "这是 Excel 工作簿，不是方案文本；请给出 docx、PDF、HTML 或 txt",
    "ppt/presentation.xml": "这是演示文稿，不是方案文本；请给出 docx、PDF、HTML 或 txt",
    "content.xml": "这是 OpenDocument 文件，请另存为 docx",
}
_COMPILED: Final = (
    "这是 bilan 的编译结果（JSON），不是方案文本；比较版本用 bilan plan diff，收回校正用 bilan plan import --base，"
    "制作工作簿用 bilan workbook"
)
_OLE2: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_HTML: Final = re.compile(rb"\s*(?:<\?xml[^>]*>\s*|<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body)\b", re.I | re.S)
_TAG: Final = re.compile(rb"</?(?:html|head|body|meta|title|div|p|br|table|tr|td|span|h[1-6])\b[^>]*>", re.I)
_HTML_SUFFIXES: Final = frozenset({".html", ".htm", ".xhtml", ".shtml"})
_SNIFF_BYTES: Final = 4096


def read_document(path: Path, *, progress: Progress | None = None) -> Document:
    """The text and layout of the file at ``path``.

    The format is recognised by content: PDF, docx, legacy doc or RTF (through LibreOffice), HTML, else plain text.
    ``progress(page, pages)`` is called after each page of a PDF. Raises
    :class:`~bilan.plan.document.DocumentError`, one line for a person, when the file cannot be read as a plan.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder, "方案.txt")
    ...     _ = path.write_text("一、总体要求", encoding="utf-8")
    ...     read_document(path).text
    '一、总体要求'
    """
    source = load(Path(path))
    reader = cast("Reader", import_module(READERS[_kind(source)]).read)
    document = reader(source, progress)
    if not any(character.isalnum() for character in document.text):
        raise refusal(source.name, "文件里没有文字")
    return document


def _kind(source: SourceFile) -> str:
    data = source.data
    if data[:_SNIFF_BYTES].lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"%PDF-"):
        return "pdf"
    if source.suffix == ".pdf" and b"%PDF-" in data[:_SNIFF_BYTES]:  # some servers put a few bytes in front
        return "pdf"
    if data.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _zip_kind(source)
    if data.startswith(_OLE2):
        return _ole_kind(source)
    if data.startswith(b"{\\rtf"):
        return "doc"
    for magic, reason in _FOREIGN.items():
        if data.startswith(magic):
            raise refusal(source.name, reason)
    if _is_compiled(data):
        raise refusal(source.name, _COMPILED)
    return "html" if _is_html(source) else "plain"


def _is_compiled(data: bytes) -> bool:
    return data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{") and b'"schema_version"' in data


def _is_html(source: SourceFile) -> bool:
    # NULs go so that UTF-16 markup is seen; a BOM goes so that the pattern can be anchored.
    head = source.data[:_SNIFF_BYTES].replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe")
    return bool(_HTML.match(head) or (source.suffix in _HTML_SUFFIXES and _TAG.search(head)))


def _zip_kind(source: SourceFile) -> str:
    from io import BytesIO
    from zipfile import ZipFile

    try:
        with ZipFile(BytesIO(source.data)) as archive:
            names = set(archive.namelist())
    except Exception as error:  # zipfile answers damage with many exceptions
        raise refusal(source.name, f"压缩结构已损坏，打不开（{error}）") from None
    for name, reason in _FOREIGN_ZIPS.items():
        if name in names:
            raise refusal(source.name, reason)
    if any(name.startswith("word/") for name in names):
        return "docx"
    raise refusal(source.name, "这是 zip 压缩包，其中没有 Word 正文；请先解压，再给出其中的文件")


def _ole_kind(source: SourceFile) -> str:
    def holds(stream: str) -> bool:
        return stream.encode("utf-16-le") in source.data

    if holds("EncryptedPackage"):
        raise refusal(source.name, "文件已加密，请先在 Word 或 WPS 中取消密码再试")
    if not holds("WordDocument"):  # LibreOffice would read anything, junk as text
        raise refusal(source.name, "文件里没有 Word 正文（可能是 Excel 或演示文稿）；请给出 docx、PDF、HTML 或 txt")
    return "doc"

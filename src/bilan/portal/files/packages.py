"""Office files are ZIP archives of XML: what is inside is looked at without unpacking it."""

from __future__ import annotations

import zipfile
import zlib
from typing import BinaryIO

from django.utils.translation import gettext as _

MOST_MEMBERS = 5_000
MOST_UNPACKED = 400 << 20
MOST_RATIO = 200  # of one member or the whole; text packs to a twentieth at best
_SMALL = 4 << 20  # a member unpacked, whose ratio does not matter
_TYPES = "[Content_Types].xml"
_MOST_TYPES = 4 << 20
_PROLOGUE = 2048
_ENTRY = b"PK\x01\x02"
_CHUNK = 1 << 20

# content type of the main part -> kind
_MAIN = {
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml": "docx",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml": "xlsx",
}

# What reading a damaged or hostile archive may raise.
_BROKEN = (zipfile.BadZipFile, zlib.error, RuntimeError, NotImplementedError, EOFError, OSError, ValueError)


class PackageError(ValueError):
    """The archive may not come in; the message says why."""


def has_macros() -> str:
    """Return what is said of a file with macros."""
    return _("文件里有宏，不能上传。请另存为不含宏的格式。")


def kind(file: BinaryIO) -> str:
    """Return ``docx`` or ``xlsx``. Raises PackageError for any other archive."""
    with _opened(file) as archive:
        types = _types(archive)
    if "macroenabled" in types.lower() or "vbaproject" in types.lower():
        raise PackageError(has_macros())
    for content_type, word in _MAIN.items():
        if content_type in types:
            return word
    raise PackageError(_("压缩包不是 docx 或 xlsx 文档。请解压后逐个上传。"))


def check(file: BinaryIO) -> None:
    """Raise PackageError where the archive would unpack to too much, hides something or holds macros."""
    with _opened(file) as archive:
        members = archive.infolist()
        _check_sizes(members)
        for member in members:
            _check_member(member)
            if member.filename.lower().endswith((".xml", ".rels", ".vml")):
                _check_prologue(archive, member)


def _opened(file: BinaryIO) -> zipfile.ZipFile:
    if _entries(file) > MOST_MEMBERS:
        raise PackageError(_("文件里的部件超过 %d 个，可能是压缩炸弹。") % MOST_MEMBERS)
    file.seek(0)
    try:
        return zipfile.ZipFile(file)
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OverflowError) as error:
        raise PackageError(_("文件已损坏，打不开。")) from error


def _entries(file: BinaryIO) -> int:
    """How many members the directory lists, without reading it: it may list a million."""
    file.seek(0)
    return sum(chunk.count(_ENTRY) for chunk in iter(lambda: file.read(_CHUNK), b""))


def _types(archive: zipfile.ZipFile) -> str:
    try:
        with archive.open(_TYPES) as types:
            return types.read(_MOST_TYPES).decode("utf-8", "replace")
    except KeyError as error:
        raise PackageError(_("压缩包不是 docx 或 xlsx 文档。请解压后逐个上传。")) from error
    except _BROKEN as error:
        raise PackageError(_("文件已损坏，打不开。")) from error


def _check_sizes(members: list[zipfile.ZipInfo]) -> None:
    unpacked, packed = sum(one.file_size for one in members), sum(one.compress_size for one in members)
    swollen = any(one.file_size > _SMALL and one.file_size > MOST_RATIO * max(one.compress_size, 1) for one in members)
    if unpacked > MOST_UNPACKED or swollen or (unpacked > _SMALL and unpacked > MOST_RATIO * max(packed, 1)):
        raise PackageError(_("文件解压后过大，可能是压缩炸弹。"))


def _check_member(member: zipfile.ZipInfo) -> None:
    name = member.filename.replace("\\", "/").lower()
    if name.startswith("/") or ".." in name.split("/"):
        raise PackageError(_("文件里有指向外面的路径，不能上传。"))
    if member.flag_bits & 1:
        raise PackageError(_("文件加了密码。请去掉密码后再上传。"))
    if "vbaproject" in name or "vbadata" in name or "/activex/" in name or "/macrosheets/" in name:
        raise PackageError(has_macros())


def _check_prologue(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> None:
    """A part of an office file declares no entities; one that does wants to be multiplied while it is read."""
    try:
        with archive.open(member) as part:
            start = part.read(_PROLOGUE).replace(b"\0", b"").lower()
    except _BROKEN as error:
        raise PackageError(_("文件已损坏，打不开。")) from error
    if b"<!doctype" in start or b"<!entity" in start:
        raise PackageError(_("文件里有不该有的实体声明，不能上传。"))

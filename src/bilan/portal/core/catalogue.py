"""Catalogues of translations: ``locale/*/LC_MESSAGES/django.po`` compiled to the ``.mo`` that Django reads.

``python -m bilan.portal.core.catalogue`` compiles all of the portal; no gettext program is needed. Forms for plurals
are not read: what is said of several things is said so that it fits one. Where a text stands in two catalogues the app
that is installed first speaks for both, so that a word with a second meaning needs a context (``msgctxt``).
"""

from __future__ import annotations

import ast
import struct
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from bilan.errors import BilanError

PORTAL = Path(__file__).parents[1]
CONTEXT_ENDS = "\x04"  # between context and text in a key, as gettext has it
_MAGIC = 0x950412DE
_PARTS = ("msgctxt", "msgid", "msgstr")


class CatalogueError(BilanError):
    """A line of a catalogue cannot be read, or a text stands twice."""


def read(po: Path) -> dict[str, str]:
    """Return the translations by their text, with its context before it; those left empty are not among them.

    Raises :class:`CatalogueError`, which names file and line.
    """
    found: dict[str, str] = {}
    for line, text, translated in _entries(po):
        if text in found:
            raise CatalogueError(f"{po}：第 {line} 行：{text!r} 有两条译文")
        if translated:
            found[text] = translated
    return found


def compiled(translations: Mapping[str, str]) -> bytes:
    """Return the bytes of the ``.mo``.

    >>> import gettext, io
    >>> gettext.GNUTranslations(io.BytesIO(compiled({"首页": "Home"}))).gettext("首页")
    'Home'
    """
    header = {"": "Content-Type: text/plain; charset=UTF-8\nContent-Transfer-Encoding: 8bit\n"}
    pairs = sorted((text.encode(), translated.encode()) for text, translated in {**translations, **header}.items())
    start = 7 * 4
    at = start + 2 * 8 * len(pairs)
    tables: tuple[list[bytes], list[bytes]] = ([], [])
    strings = b""
    for column, table in enumerate(tables):
        for pair in pairs:
            table.append(struct.pack("<II", len(pair[column]), at + len(strings)))
            strings += pair[column] + b"\0"
    head = struct.pack("<7I", _MAGIC, 0, len(pairs), start, start + 8 * len(pairs), 0, at)
    return head + b"".join(tables[0]) + b"".join(tables[1]) + strings


def catalogues(root: Path = PORTAL) -> list[Path]:
    """Return every catalogue below ``root``."""
    return sorted(root.rglob("locale/*/LC_MESSAGES/django.po"))


def main() -> None:
    """Compile every catalogue of the portal."""
    for po in catalogues():
        translations = read(po)
        po.with_suffix(".mo").write_bytes(compiled(translations))
        sys.stdout.write(f"{po.relative_to(PORTAL)}: {len(translations)}\n")


def _entries(po: Path) -> Iterator[tuple[int, str, str]]:
    """Line, key and translation of every entry but the head; a text may run over several lines."""
    part, said, begun = "", dict.fromkeys(_PARTS, ""), 0
    for number, raw in enumerate([*po.read_text(encoding="utf-8").splitlines(), 'msgid ""'], start=1):
        line = raw.strip()
        if not line or line.startswith("#"):
            continue
        word, _, rest = line.partition(" ")
        if line.startswith('"'):
            word, rest = part, line
        elif word == "msgctxt" or (word == "msgid" and part != "msgctxt"):
            if said["msgid"]:
                yield begun, _key(said), said["msgstr"]
            said, begun = dict.fromkeys(_PARTS, ""), number
        if word not in said:
            raise CatalogueError(f"{po}：第 {number} 行：应为 {'、'.join(_PARTS)}：{line}")
        part = word
        said[part] += ast.literal_eval(rest)


def _key(said: Mapping[str, str]) -> str:
    return f"{said['msgctxt']}{CONTEXT_ENDS}{said['msgid']}" if said["msgctxt"] else said["msgid"]


if __name__ == "__main__":
    main()

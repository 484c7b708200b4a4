"""Paragraph and character styles of a docx, each resolved along its ``basedOn`` chain once."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import Any, Final

from bilan.plan.readers.docx_numbering import W, value, whole

_HEADING_NAME: Final = re.compile(r"(?:heading|标题)\s*([1-9])$", re.I)
_TITLE_NAMES: Final = frozenset({"title", "标题"})
_CONTENTS_NAME: Final = re.compile(r"(?:toc|目录)\s*(?:[1-9]|heading|标题)$", re.I)
_BODY_OUTLINE: Final = 9
_MAX_CHAIN: Final = 20
_OFF: Final = frozenset({"0", "false", "off"})


@dataclass(frozen=True, slots=True)
class Style:
    """What a style says; None where it says nothing."""

    bold: bool | None = None
    font: str | None = None
    hidden: bool | None = None
    outline: int | None = None
    num_id: str | None = None
    num_level: int | None = None
    num_style: str | None = None  # the style that brought the list in
    is_title: bool = False
    is_contents: bool = False

    def over(self, base: Style) -> Style:
        """This style with the gaps filled from the one it is based on."""
        return Style(
            bold=base.bold if self.bold is None else self.bold,
            font=self.font or base.font,
            hidden=base.hidden if self.hidden is None else self.hidden,
            outline=base.outline if self.outline is None else self.outline,
            num_id=base.num_id if self.num_id is None else self.num_id,
            num_level=base.num_level if self.num_level is None else self.num_level,
            num_style=base.num_style if self.num_id is None else self.num_style,
            is_title=self.is_title or base.is_title,
            is_contents=self.is_contents or base.is_contents,
        )

    @property
    def heading_level(self) -> int | None:
        """1 to 9 for a heading, None for body text."""
        return self.outline + 1 if self.outline is not None and 0 <= self.outline < _BODY_OUTLINE else None


def looks(element: Any | None) -> Style:
    """What the ``w:rPr`` of ``element`` says about bold, font and visibility."""
    properties = None if element is None else element.find(W + "rPr")
    if properties is None:
        return Style()
    fonts = properties.find(W + "rFonts")
    font = None if fonts is None else fonts.get(W + "eastAsia")
    return Style(bold=_switch(properties, "b"), font=font, hidden=_switch(properties, "vanish"))


def paragraph_looks(element: Any) -> Style:
    """What the ``w:pPr`` of ``element`` says about outline level and list."""
    properties = element.find(W + "pPr")
    if properties is None:
        return Style()
    outline, level = value(properties, "outlineLvl"), value(properties, "numPr/ilvl")
    return Style(
        outline=None if outline is None else whole(outline, _BODY_OUTLINE),
        num_id=value(properties, "numPr/numId"),
        num_level=None if level is None else whole(level, 0),
    )


@dataclass(slots=True)
class Styles:
    """The styles of one document by id."""

    elements: dict[str, Any] = field(default_factory=dict)
    defaults: Style = field(default_factory=Style)
    default_paragraph: str | None = None
    resolved: dict[str, Style] = field(default_factory=dict)

    @classmethod
    def of(cls, root: Any | None) -> Styles:
        """The styles in ``styles.xml``."""
        styles = cls()
        if root is None:
            return styles
        styles.defaults = looks(root.find(f"{W}docDefaults/{W}rPrDefault"))
        for element in root.findall(W + "style"):
            styles.elements[element.get(W + "styleId") or ""] = element
            if element.get(W + "type") == "paragraph" and element.get(W + "default") not in (None, *_OFF):
                styles.default_paragraph = element.get(W + "styleId")
        return styles

    def paragraph(self, style_id: str | None) -> Style:
        """The style of a paragraph that names ``style_id``, or none."""
        return self.named(style_id or self.default_paragraph).over(self.defaults)

    def named(self, style_id: str | None) -> Style:
        """The style ``style_id`` with everything it inherits."""
        if style_id is None or style_id not in self.elements:
            return Style()
        if style_id not in self.resolved:
            chain: list[str] = []
            current = style_id
            while current in self.elements and current not in chain and len(chain) < _MAX_CHAIN:
                chain.append(current)
                current = value(self.elements[current], "basedOn") or ""
            style = Style()
            for link in reversed(chain):
                style = _own(link, self.elements[link]).over(style)
            self.resolved[style_id] = style
        return self.resolved[style_id]


def _own(style_id: str, element: Any) -> Style:
    name = (value(element, "name") or style_id).strip()
    style = looks(element).over(paragraph_looks(element))
    heading = _HEADING_NAME.match(name)
    if heading and style.outline is None:
        style = replace(style, outline=int(heading[1]) - 1)
    return replace(
        style,
        num_style=style_id if style.num_id else None,
        is_title=name.lower() in _TITLE_NAMES,
        is_contents=bool(_CONTENTS_NAME.match(name)),
    )


def _switch(properties: Any, name: str) -> bool | None:
    element = properties.find(W + name)
    return None if element is None else element.get(W + "val") not in _OFF

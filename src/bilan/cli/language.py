"""The option by which a verb speaks Chinese or English."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bilan.policy.texts import Language


class LanguageOption(StrEnum):
    """In which language texts for people are given."""

    zh = "zh"
    en = "en"

    @property
    def language(self) -> Language:
        """The language as the texts name it."""
        return "zh" if self is LanguageOption.zh else "en"

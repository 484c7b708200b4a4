"""Settings from environment variables, each read by its kind; a value that cannot be read is named."""

from __future__ import annotations

import os

from bilan.errors import BilanError

_YES, _NO = {"1", "true", "yes", "on"}, {"", "0", "false", "no", "off"}


class SettingError(BilanError):
    """An environment variable holds something that cannot be used."""


def flag(name: str) -> bool:
    """Return whether the variable says yes; unset is no.

    >>> os.environ["BILAN_EXAMPLE"] = "on"
    >>> flag("BILAN_EXAMPLE"), flag("BILAN_NO_SUCH")
    (True, False)
    """
    text = os.environ.get(name, "").strip().lower()
    if text not in _YES | _NO:
        raise SettingError(f"{name}：应为 1 或 0，是 {text!r}")
    return text in _YES


def whole(name: str, default: int, least: int = 1) -> int:
    """Return the variable as a whole number of at least ``least``; unset is ``default``."""
    text = os.environ.get(name, "").strip()
    if not text:
        return default
    if not text.isascii() or not text.isdigit() or int(text) < least:
        raise SettingError(f"{name}：应为不小于 {least} 的整数，是 {text!r}")
    return int(text)


def words(name: str, default: tuple[str, ...] = ()) -> list[str]:
    """Return the parts of the variable between commas; unset is ``default``."""
    return [word.strip() for word in os.environ.get(name, "").split(",") if word.strip()] or list(default)

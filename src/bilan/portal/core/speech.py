"""The language in which the library's words are shown on the page that is being made."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from django.utils import timezone, translation

from bilan.policy.texts import Language

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def language() -> Language:
    """Return the language of the page in the library's terms.

    >>> with translation.override("en"):
    ...     language()
    'en'
    """
    return "en" if (translation.get_language() or "").startswith("en") else "zh"


def listed(words: Iterable[str]) -> str:
    """Return words one after the other, with the marks of the language of the page.

    >>> with translation.override("zh-hans"):
    ...     listed(["水", "气"])
    '水、气'
    """
    return ("、" if language() == "zh" else ", ").join(words)


def day_words(day: date) -> str:
    """Return a day as people write it, in the language of the page.

    >>> with translation.override("zh-hans"):
    ...     day_words(date(2026, 9, 30))
    '2026年9月30日'
    >>> with translation.override("en"):
    ...     day_words(date(2026, 9, 30))
    '30 Sep 2026'
    """
    if language() == "zh":
        return f"{day.year}年{day.month}月{day.day}日"
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def moment_words(moment: datetime) -> str:
    """Return a moment to the minute, in the time of the site.

    >>> from datetime import UTC
    >>> with timezone.override("Asia/Shanghai"), translation.override("zh-hans"):
    ...     moment_words(datetime(2026, 9, 30, 16, 5, tzinfo=UTC))
    '2026年10月1日 00:05'
    """
    local = timezone.localtime(moment) if timezone.is_aware(moment) else moment
    return f"{day_words(local.date())} {local:%H:%M}"

"""Numbers as Word prints them in automatic lists, by the format names of ``w:numFmt`` (ISO/IEC 29500-1, 17.18.59)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

_DIGITS: Final = "〇一二三四五六七八九"
_LEGAL_DIGITS: Final = "零壹贰叁肆伍陆柒捌玖"
_STEMS: Final = "甲乙丙丁戊己庚辛壬癸"
_BRANCHES: Final = "子丑寅卯辰巳午未申酉戌亥"
_ROMAN: Final = tuple(
    zip(
        (1000, 900, 500, 400, 100, 90, 50, 40, 10, 9, 5, 4, 1),
        ["m", "cm", "d", "cd", "c", "xc", "l", "xl", "x", "ix", "v", "iv", "i"],
        strict=True,
    )
)


def chinese(number: int, digits: str = "零一二三四五六七八九", units: str = "十百千") -> str:
    """The number in words, below ten thousand: 12 is 十二, 105 is 一百零五; larger numbers stay decimal.

    >>> chinese(10), chinese(21), chinese(105), chinese(1010)
    ('十', '二十一', '一百零五', '一千零一十')
    """
    if not 0 < number < 10_000:
        return str(number)
    words, pending_zero = "", False
    for place in range(3, -1, -1):
        digit = number // 10**place % 10
        if digit:
            words += ("零" if pending_zero else "") + digits[digit] + (units[place - 1] if place else "")
        pending_zero = bool(words) and not digit
    one_ten = digits[1] + units[0]
    return words[1:] if digits[1] == "一" and words.startswith(one_ten) else words


def _digital(number: int) -> str:
    return "".join(_DIGITS[int(digit)] for digit in str(number))


def _roman(number: int) -> str:
    if not 0 < number < 4000:
        return str(number)
    letters = ""
    for value, letter in _ROMAN:
        count, number = divmod(number, value)
        letters += letter * count
    return letters


def _letters(number: int) -> str:
    """a … z, aa, bb … as Word counts."""
    repeat, letter = divmod(number - 1, 26)
    return chr(ord("a") + letter) * (repeat + 1) if 0 < number <= 26 * 20 else str(number)


def _circled(number: int) -> str:
    return chr(0x2460 + number - 1) if 1 <= number <= 20 else str(number)


def _from(alphabet: str) -> Callable[[int], str]:
    return lambda number: alphabet[number - 1] if 1 <= number <= len(alphabet) else str(number)


def _none(number: int) -> str:
    return ""


_FORMATS: Final[dict[str, Callable[[int], str]]] = {
    "decimal": str,
    "decimalZero": "{:02d}".format,
    "decimalFullWidth": lambda n: "".join(chr(ord(c) + 0xFEE0) for c in str(n)),
    "decimalFullWidth2": lambda n: "".join(chr(ord(c) + 0xFEE0) for c in str(n)),
    "decimalEnclosedCircle": _circled,
    "decimalEnclosedCircleChinese": _circled,
    "decimalEnclosedParen": lambda n: chr(0x2474 + n - 1) if 1 <= n <= 20 else f"({n})",
    "decimalEnclosedFullstop": lambda n: chr(0x2488 + n - 1) if 1 <= n <= 20 else f"{n}.",
    "chineseCounting": chinese,
    "chineseCountingThousand": chinese,
    "japaneseCounting": chinese,
    "taiwaneseCounting": chinese,
    "taiwaneseCountingThousand": chinese,
    "koreanCounting": chinese,
    "ideographDigital": _digital,
    "japaneseDigitalTenThousand": _digital,
    "taiwaneseDigital": _digital,
    "chineseLegalSimplified": lambda n: chinese(n, _LEGAL_DIGITS, "拾佰仟"),
    "ideographLegalTraditional": lambda n: chinese(n, "零壹貳參肆伍陸柒捌玖", "拾佰仟"),
    "ideographTraditional": _from(_STEMS),
    "ideographZodiac": _from(_BRANCHES),
    "ideographEnclosedCircle": _from("㊀㊁㊂㊃㊄㊅㊆㊇㊈㊉"),
    "upperLetter": lambda n: _letters(n).upper(),
    "lowerLetter": _letters,
    "upperRoman": lambda n: _roman(n).upper(),
    "lowerRoman": _roman,
    "bullet": _none,
    "none": _none,
}


def numeral(number: int, number_format: str) -> str:
    """``number`` in a Word number format; an unknown format counts in decimals.

    >>> numeral(3, "chineseCounting"), numeral(2, "ideographTraditional"), numeral(4, "upperRoman")
    ('三', '乙', 'IV')
    """
    return _FORMATS.get(number_format, str)(number)

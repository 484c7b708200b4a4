"""The parts of a board's row in words, one function each, for the terminal, the workbook and the explanation."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from bilan.board.decimals import apart, computed
from bilan.board.model import Chance, Head, Level, Row, Share
from bilan.board.texts import Value, amount, phrase, spoken, unit_of_difference
from bilan.evaluate.told import span_told
from bilan.policy.texts import Language
from bilan.policy.told import in_language

MOST_DISTRICTS = 3
_CHANGES = ("percent", "points", "amount")  # forms whose levels are computed from a baseline
_NEARLY = {"100%": "＞99%", "0%": "＜1%"}  # what is not certain is not said to be


def subject(row: Row, head: Head, language: Language = "zh") -> str:
    """Return the indicator in the words of the plan; its scope or region where that is not the board's own."""
    region = row.region_name if row.region != head.region else None
    where = [part for part in (row.scope, region) if part and part not in row.name]
    if not where or where[0] == head.region_name:
        return row.name
    return phrase("show.place", language, name=row.name, where=list(dict.fromkeys(where)))


def marks(row: Row, language: Language = "zh") -> list[str]:
    """Return what must be known of the row's figure, a word each: provisional, reported or entered, simulated."""
    if row.figure is None:
        return []
    told = [] if row.official else ["provisional"]
    told += [row.source] if row.source in ("reported", "entered") else []
    told += ["simulated"] if row.simulated else []
    return [phrase(f"show.{word}", language) for word in told]


def figure(row: Row, language: Language = "zh") -> str:
    """Return the figure with its unit; empty where there is none."""
    return "" if row.figure is None else amount(row.figure, row.unit, language)


def period(row: Row, language: Language = "zh") -> str:
    """Return the period of the figure: a month, a year, or from one to another; empty where there is none."""
    return in_language(span_told(row.period or ""), language)


def gap(row: Row, language: Language = "zh") -> str:
    """Return by how much the figure falls short of the goal, or what it has to spare; empty without a goal in figures.

    A figure that is too high is over its goal, one that is too low short of it.
    """
    return _distance(row.gap, row, row.unit, language) if row.gap is not None else ""


def step_gap(row: Row, language: Language = "zh") -> str:
    """Return by how much the figure lags behind the course; empty where it does not."""
    if row.step_gap is None or row.step_gap <= 0 or row.step == row.limits:
        return ""
    return phrase(
        f"show.off_course.{_missed_side(row)}",
        language,
        gap=how_far(row.step_gap, row, row.step),
        unit=unit_of_difference(row.unit),
    )


def probability(chance: Chance) -> str:
    """Return the probability in whole per cent, never as certain where it is not; empty where there is none.

    >>> probability(Chance(probability=0.998, reason=None, level=0.9))
    '＞99%'
    """
    if chance.probability is None:
        return ""
    shown = f"{chance.probability:.0%}"
    return shown if chance.probability in (0, 1) else _NEARLY.get(shown, shown)


def room(row: Row, language: Language = "zh") -> str:
    """Return the room in one sentence; of a step on the way to the goal it is said that it is one."""
    if row.room is None:
        return ""
    text = spoken(row.room.text, language)
    return text if row.room.asked == "goal" else phrase("show.of_step", language, text=text)


def chance_of(row: Row, language: Language = "zh") -> str:
    """Return what the probability is of where that is not the goal itself; empty where it is."""
    if row.chance is None or row.chance.asked == "goal":
        return ""
    return phrase("show.chance_of_step", language, levels=_step(row, language))


def answering(row: Row, language: Language = "zh") -> str:
    """Return the units that lead; where none does, those among whom the work is divided; empty where none is named."""
    if row.leads:
        return phrase("show.list", language, items=[unit.name for unit in row.leads])
    named = [unit.name for unit in row.supports]
    return phrase("show.divided", language, units=named) if named else ""


def _step(row: Row, language: Language) -> list[str]:
    return [f"{level.sign}{amount(value, row.unit, language)}" for level, value in _shown_levels(row, row.step)]


def levels(row: Row, asked: Sequence[Level]) -> list[str]:
    """Return levels of the row with their signs, each as it is printed beside the figure."""
    return [f"{level.sign}{format(value, 'f')}" for level, value in _shown_levels(row, asked)]


def how_far(gap: Decimal, row: Row, asked: Sequence[Level]) -> Decimal:
    """Return how far the figure is from one of the levels ``asked``, without a sign, as it is printed beside them."""
    return apart(gap, row.figure, (value for _, value in _shown_levels(row, asked)))


def of_district(row: Row, share: Share) -> Row:
    """Return the row of the whole with the figure of a district in place of its own, for distances to be printed."""
    return row.model_copy(update={"figure": share.figure})


def _shown_levels(row: Row, asked: Sequence[Level]) -> list[tuple[Level, Decimal]]:
    """Each level with its value as it is printed."""
    written = list(asked) == row.limits and row.form not in _CHANGES
    return [(level, level.value if written else computed(level.value, row.figure)) for level in asked]


def interval(row: Row, language: Language = "zh") -> str:
    """Return the interval of the figure, with a decimal more than the figure has, one at least; empty without one."""
    if row.chance is None or row.chance.low is None or row.chance.high is None:
        return ""
    shown = row.figure if row.figure is not None else Decimal(0)
    decimals = max(1, -int(shown.as_tuple().exponent))
    ends = (f"{end:.{decimals}f}" for end in (row.chance.low, row.chance.high))
    return phrase("show.interval", language, **dict(zip(("low", "high"), ends, strict=True)))


def coverage(chance: Chance, language: Language = "zh") -> str:
    """Return in how many past years intervals like this one held, as a warning where it was less than half of them;
    empty where none could be tried.
    """
    code = "show.unreliable" if is_unreliable(chance) else "show.coverage"
    return phrase(code, language, held=chance.held, tried=chance.tried) if chance.tried else ""


def is_unreliable(chance: Chance) -> bool:
    """Return whether intervals like this one are known to have held in less than half of the past years.

    >>> told = Chance(probability=0.5, reason=None, level=0.9, held=1, tried=2)
    >>> is_unreliable(told), is_unreliable(told.model_copy(update={"held": 0}))
    (False, True)
    """
    return 2 * chance.held < chance.tried


def no_chance(chance: Chance, language: Language = "zh") -> str:
    """Return why there is no probability; empty where there is one."""
    return phrase(f"chance.{chance.reason}", language) if chance.probability is None and chance.reason else ""


def dragging(row: Row, language: Language = "zh") -> str:
    """Return the districts that fall short, the worst three at most; empty where none does."""
    short = [share for share in row.districts if share.gap is not None and share.gap > 0]
    if not short:
        return ""
    told = [_district(share, row, language) for share in short[:MOST_DISTRICTS]]
    code = "show.dragging.more" if len(short) > MOST_DISTRICTS else "show.dragging"
    return phrase(code, language, districts=told, count=len(short))


def facts(head: Head, language: Language = "zh") -> list[str]:
    """Return what the board is of and what it was made from: region and day, then the versions."""
    known: dict[str, Value] = {"moment": head.known_at}
    told: list[tuple[str, dict[str, Value]]] = [
        ("head.as_of", {"day": head.as_of}),
        ("head.known_at" if head.known_at else "head.known_now", known),
    ]
    if head.region_name:
        told.insert(0, ("head.region", {"region": head.region_name}))
    return [" · ".join(phrase(code, language, **values) for code, values in told), versions(head, language)]


def versions(head: Head, language: Language = "zh") -> str:
    """Return the versions of everything that the board was made from."""
    return phrase(
        "head.versions",
        language,
        plan=head.plan_version,
        policy=head.policy_version,
        lake=head.lake_version,
        statistics=head.statistics_version if head.statistics_version >= 0 else None,  # nothing was ever reported
        bilan=head.bilan_version,
    )


def _distance(short: Decimal, row: Row, unit: str, language: Language) -> str:
    if short == 0:
        return phrase("show.even", language)
    code = f"show.{_missed_side(row)}" if short > 0 else "show.spare"
    return phrase(code, language, gap=how_far(short, row, row.limits), unit=unit_of_difference(unit))


def _missed_side(row: Row) -> str:
    """How a figure misses the goal: it is over a limit from above; short of one from below, or of one of two sides."""
    above = [limit.sign in ("≤", "<") for limit in row.limits]
    return "over" if above and all(above) else "short"


def _district(share: Share, row: Row, language: Language) -> str:
    shown = "" if share.figure is None else format(share.figure, "f")
    assert share.gap is not None
    distance = _distance(share.gap, of_district(row, share), "", language)
    return phrase("show.district", language, name=share.region_name, figure=shown, gap=distance)

"""Doubts about observations: a rule is a row of ``policy/quality_rules.csv`` with its source, a flag a row of a table.

A flag stands beside an observation and never removes it. Table in, table out: expressions that every engine compiles;
comparisons are those of whole millionths, as a difference of floats is not the same everywhere.

An observation that bears a mark of its station other than normal (maintenance, calibration, …) is known to be doubtful
and is not judged again; it still counts as received where a gap is looked for.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any, Literal, cast

import ibis

from bilan.observe.lake_schema import USABLE

if TYPE_CHECKING:
    import ibis.expr.types as ir

RuleName = Literal["range", "jump", "constant", "gap", "duplicate", "cross"]

_KEY = ("station", "parameter", "statistic", "seconds", "time")
_SERIES = _KEY[:-1]
_MILLIONTHS = 1_000_000
# Two values are neighbours when not more than this lies between them: an hour, or the interval of automatic stations.
_NEIGHBOURS = {0: 14_400}


@dataclass(frozen=True, slots=True)
class QualityRule:
    """One row of the table of rules; numbers are in the unit of the parameter.

    ``parameter`` empty means any; ``other`` is the second parameter of ``cross`` and the source (feed) of ``gap``;
    ``seconds`` None means any interval. ``step`` is the largest change (jump) or the usual distance in seconds (gap),
    ``run`` how many equal values in a row are too many, ``exempt`` values that may repeat.
    """

    rule: RuleName
    parameter: str
    other: str
    seconds: int | None
    low: Decimal | None
    high: Decimal | None
    step: Decimal | None
    run: int | None
    exempt: tuple[Decimal, ...]
    source: str
    verified: bool


@cache
def quality_rules() -> tuple[QualityRule, ...]:
    """Return every rule of ``policy/quality_rules.csv`` in file order.

    >>> [rule.high for rule in quality_rules() if rule.rule == "range" and rule.parameter == "w01001"]
    [Decimal('14')]
    """
    text = resources.files("bilan.policy").joinpath("quality_rules.csv").read_text(encoding="utf-8")
    return tuple(
        QualityRule(
            rule=cast(RuleName, row["rule"]),
            parameter=row["parameter"],
            other=row["other"],
            seconds=int(row["seconds"]) if row["seconds"] else None,
            low=_number(row["low"]),
            high=_number(row["high"]),
            step=_number(row["step"]),
            run=int(row["run"]) if row["run"] else None,
            exempt=tuple(Decimal(value) for value in row["except"].split("|") if value),
            source=row["source"],
            verified=row["status"] == "verified",
        )
        for row in csv.DictReader(text.splitlines(), strict=True)
    )


def quality_flags(observations: ir.Table, rules: Sequence[QualityRule] | None = None) -> ir.Table:
    """Return a row for every doubt about ``observations``, rows of the lake.

    Columns: station, parameter, statistic, seconds, time; ``rule``; ``value`` of the observation; ``compared``: the
    bound it broke, the value before it, the other parameter's or the other value of its key; ``count``: equal values in
    the run, intervals missing before it, values of its key; ``source`` of the rule, and whether that is ``verified``.

    Of a table with ``superseded_at`` the present rows are judged; only ``duplicate`` looks at all of them: a key that
    arrived with different values. Rules: ``range`` outside what can be measured, ``jump`` from the value before,
    ``constant`` over too many intervals, ``gap`` before the value, ``duplicate`` key, ``cross``: above the parameter
    of which it is a part.
    """
    rules = quality_rules() if rules is None else rules
    every = observations.mutate(steps=_millionths(observations.value), clock=_clock(observations.time))
    present = every.filter(every.superseded_at.isnull()) if "superseded_at" in observations.columns else every
    received = present.filter(present.value.notnull())
    sound = received.filter(received.flag.isnull() | received.flag.isin(USABLE))
    tables: dict[RuleName, ir.Table] = {
        "range": sound,
        "jump": sound,
        "constant": sound,
        "gap": received,
        "duplicate": every.filter(every.value.notnull()),
        "cross": sound,
    }
    found = []
    for name, judge in JUDGES.items():
        own = [rule for rule in rules if rule.rule == name]
        if own:
            found.append(judge(tables[name], own))
    found = found or [_flags(sound.filter(ibis.literal(False)), "range", ())]
    return ibis.union(*found) if len(found) > 1 else found[0]


def outside_range(rows: ir.Table, rules: Sequence[QualityRule]) -> ir.Table:
    """Values below ``low`` or above ``high``; on the bound is inside."""
    low, high = _of(rows, rules, "low"), _of(rows, rules, "high")
    rows = rows.mutate(bound=ibis.cases((rows.steps < low, low), (rows.steps > high, high), else_=None))
    rows = rows.filter(rows.bound.notnull())
    return _flags(rows, "range", rules, compared=rows.bound)


def jumps(rows: ir.Table, rules: Sequence[QualityRule]) -> ir.Table:
    """Values further than ``step`` from the one an interval before; after a gap nothing is said."""
    rows = _with_previous(rows.filter(_any(rows, rules)))
    change = (rows.steps - rows.previous).abs()
    rows = rows.filter((rows.elapsed <= _interval(rows)) & (change > _of(rows, rules, "step")))
    return _flags(rows, "jump", rules, compared=rows.previous)


def constants(rows: ir.Table, rules: Sequence[QualityRule]) -> ir.Table:
    """All values of a run of ``run`` or more equal ones without a gap, above ``low`` and none of ``exempt``."""
    rows = rows.filter(_any(rows, rules) & ~_exempt(rows, rules))
    rows = _with_previous(rows)
    same = (rows.steps == rows.previous) & (rows.elapsed <= _interval(rows))
    rows = rows.mutate(fresh=ibis.cases((same, 0), else_=1))
    so_far = ibis.window(group_by=_SERIES, order_by="clock", preceding=None, following=0)
    rows = rows.mutate(island=rows.fresh.sum().over(so_far))
    rows = rows.mutate(length=rows.steps.count().over(ibis.window(group_by=[*_SERIES, "island"])))
    rows = rows.filter(rows.length >= _of(rows, rules, "run", scale=1))
    return _flags(rows, "constant", rules, count=rows.length)


def gaps(rows: ir.Table, rules: Sequence[QualityRule]) -> ir.Table:
    """The first value after one or more intervals of its feed without any."""
    rows = _with_previous(rows.filter(_any(rows, rules)))
    step = _of(rows, rules, "step", scale=1)
    rows = rows.mutate(missing=(rows.elapsed.cast("float64") / step).round().cast("int64") - 1)
    rows = rows.filter(rows.missing > 0)
    return _flags(rows, "gap", rules, count=rows.missing)


def duplicates(rows: ir.Table, rules: Sequence[QualityRule]) -> ir.Table:
    """Keys that came with more than one value: the largest, compared with the smallest."""
    keys = rows.group_by(*_KEY).agg(
        steps=rows.steps.max(), least=rows.steps.min(), count=rows.steps.nunique(), source=rows.source.max()
    )
    keys = keys.filter(keys["count"] > 1)
    return _flags(keys, "duplicate", rules, compared=keys.least, count=keys["count"])


def above_whole(rows: ir.Table, rules: Sequence[QualityRule]) -> ir.Table:
    """Values above that of ``other``, of which they are a part, at the same station, statistic and time."""
    found = []
    for rule in rules:
        part = rows.filter(rows.parameter == rule.parameter)
        whole = rows.filter(rows.parameter == rule.other)
        whole = whole.select("station", "statistic", "seconds", "time", whole_steps=whole.steps)
        pairs = part.inner_join(whole, ["station", "statistic", "seconds", "time"])
        pairs = pairs.filter(pairs.steps > pairs.whole_steps)
        found.append(_flags(pairs, "cross", [rule], compared=pairs.whole_steps))
    return ibis.union(*found) if len(found) > 1 else found[0]


JUDGES: dict[RuleName, Callable[[ir.Table, Sequence[QualityRule]], ir.Table]] = {
    "range": outside_range,
    "jump": jumps,
    "constant": constants,
    "gap": gaps,
    "duplicate": duplicates,
    "cross": above_whole,
}


def _flags(
    rows: ir.Table, name: RuleName, rules: Sequence[QualityRule], *, compared: Any = None, count: Any = None
) -> ir.Table:
    """The flagged ``rows`` in the columns of :func:`quality_flags`."""
    nothing = ibis.null().cast("int64")
    return rows.select(
        *_KEY,
        rule=ibis.literal(name),
        value=_value(rows.steps),
        compared=_value(nothing if compared is None else compared),
        count=(nothing if count is None else count).cast("int64"),
        source=_text(rows, rules, lambda rule: rule.source).cast("string"),
        verified=_text(rows, rules, lambda rule: rule.verified).cast("boolean"),
    )


def _with_previous(rows: ir.Table) -> ir.Table:
    """``rows`` with the value before in their series, ``previous``, and the seconds since, ``elapsed``."""
    before = ibis.window(group_by=_SERIES, order_by="clock")
    rows = rows.mutate(previous=rows.steps.lag(1).over(before), since=rows.clock.lag(1).over(before))
    return rows.mutate(elapsed=rows.clock - rows.since)


def _interval(rows: ir.Table) -> Any:
    """How many seconds lie between neighbours of a series: the interval itself, for instants that of the stations."""
    return ibis.cases(*((rows.seconds == of, seconds) for of, seconds in _NEIGHBOURS.items()), else_=rows.seconds)


def _applies(rows: ir.Table, rule: QualityRule) -> Any:
    """Whether ``rule`` is about a row."""
    said = [ibis.literal(True)]
    if rule.parameter:
        said.append(rows.parameter == rule.parameter)
    if rule.seconds is not None:
        said.append(rows.seconds == rule.seconds)
    if rule.rule == "gap":
        said.append(rows.source == rule.other)
    both = said[0]
    for condition in said[1:]:
        both = both & condition
    return both


def _any(rows: ir.Table, rules: Iterable[QualityRule]) -> Any:
    return ibis.cases(*((_applies(rows, rule), True) for rule in rules), else_=False)


def _of(rows: ir.Table, rules: Iterable[QualityRule], name: str, scale: int = _MILLIONTHS) -> Any:
    """For each row the number ``name`` of its rule, in millionths unless ``scale`` says otherwise; null without one."""
    found = [(_applies(rows, rule), getattr(rule, name)) for rule in rules]
    said = [
        (condition, ibis.literal(int(number * scale), type="int64"))
        for condition, number in found
        if number is not None
    ]
    return ibis.cases(*said, else_=None) if said else ibis.null().cast("int64")


def _exempt(rows: ir.Table, rules: Iterable[QualityRule]) -> Any:
    """Whether a row's value may repeat: not above the rule's ``low``, or one of its ``exempt``."""
    said = []
    for rule in rules:
        applies = _applies(rows, rule)
        if rule.low is not None:
            said.append((applies & (rows.steps <= int(rule.low * _MILLIONTHS)), True))
        said += [(applies & (rows.steps == int(value * _MILLIONTHS)), True) for value in rule.exempt]
    return ibis.cases(*said, else_=False) if said else ibis.literal(False)


def _text(rows: ir.Table, rules: Iterable[QualityRule], name: Callable[[QualityRule], Any]) -> Any:
    said = [(_applies(rows, rule), ibis.literal(name(rule))) for rule in rules]
    return ibis.cases(*said, else_=None) if said else ibis.null()


def _millionths(value: Any) -> Any:
    scaled = value.cast("float64") * float(_MILLIONTHS)
    return ibis.cases((scaled.abs() < 9e18, scaled), else_=None).round().cast("int64")


def _clock(time: Any) -> Any:
    return time.epoch_seconds().cast("int64")


def _value(steps: Any) -> Any:
    return steps.cast("float64") / float(_MILLIONTHS)


def _number(cell: str) -> Decimal | None:
    return Decimal(cell) if cell else None

"""The chain of proof as steps of a page.

The clause is shown from the plan itself, in its sentence and under its headings (``clauses.clause_of``): its step says
nothing of its own here. Where it stands as a count of characters is for machines and stays in the exported chain.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from bilan.board.explain import line_of_no_figure, line_of_status
from bilan.board.model import Explanation, Link, Row, Said
from bilan.board.texts import phrase, said, spoken
from bilan.portal.board.public import is_internal, without_advice
from bilan.portal.core.speech import language


@dataclass(frozen=True)
class Step:
    """One link: its code, its heading, its lines, and how many more tell of districts that the reader does not see.

    The clause has no lines.
    """

    code: str
    heading: str
    lines: list[str]
    hidden: int = 0


def steps(explanation: Explanation, row: Row, stations: Collection[str] = (), *, public: bool) -> list[Step]:
    """Return the chain in the language of the page, as far as the reader may see it.

    ``row`` is the target as it is shown to him: lines of districts that are not in it are left out, and so are lines
    that name one of ``stations``, by its name or, where it has none, its id. A public chain is without what is
    internal.
    """
    others, named = _others(explanation.row, row), [_as_named(one) for one in stations]
    plainer = _plainer(explanation.row)

    def is_hidden(line: Said) -> bool:
        return line in others or any(one.search(line.zh) for one in named)

    return [_step(link, is_hidden, plainer, public=public) for link in explanation.chain]


def _step(link: Link, is_hidden: Callable[[Said], bool], plainer: Mapping[Said, Said], *, public: bool) -> Step:
    lines, spoken_here = [] if link.step == "clause" else link.lines, language()
    shown = [line for line in lines if not is_hidden(line)]
    return Step(
        link.step,
        phrase(f"step.{link.step}", spoken_here),
        [spoken(plainer.get(line, line), spoken_here) for line in shown if not (public and is_internal(line))],
        0 if public else len(lines) - len(shown),
    )


def _as_named(station: str) -> re.Pattern[str]:
    """The name wherever it stands; one that begins or ends with a letter or digit is no part of a longer word."""
    before, after = (r"(?<![0-9A-Za-z])", r"(?![0-9A-Za-z])")
    first, last = (one.isascii() and one.isalnum() for one in (station[0], station[-1]))
    return re.compile(f"{before if first else ''}{re.escape(station)}{after if last else ''}")


def _plainer(row: Row) -> Mapping[Said, Said]:
    """The lines that say why the row is judged so, without what to enter: that stands above, for who may."""
    plain = row.model_copy(update={"reason_text": without_advice(row)})
    return {line(row): line(plain) for line in (line_of_status, line_of_no_figure)}


def _others(whole: Row, shown: Row) -> Collection[Said]:
    """The lines about districts that are in ``whole`` and not in what is shown of it."""
    seen = {one.region for one in shown.districts}
    return {
        said("line.district", name=one.region_name, value=one.figure, unit=whole.unit)
        for one in whole.districts
        if one.region not in seen
    }

"""``bilan evaluate water`` from the lake: sections, cities, rivers and basins by day, week, month, quarter or year."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import Annotated, Literal

import typer

from bilan.cli.evaluate_options import ENGINE, FROM, KNOWN_AT, LAKE, QUIET, REGION, RESULT, TO
from bilan.cli.files import check_output
from bilan.cli.tables import FORMS, moment, named, span, write_tables
from bilan.cli.water_options import PROFILE, ProfileOption

Kind = Literal["day", "week", "month", "quarter", "year"]


class GroupOption(StrEnum):
    """What a row of the result is about."""

    section = "section"
    city = "city"
    river = "river"
    basin = "basin"


GROUP = Annotated[
    GroupOption,
    typer.Option("--scope", help="按断面（section）、城市、河流还是流域；默认断面。", show_default=False),
]
OTHER = Annotated[
    bool,
    typer.Option("--other-network", help="断面不属国控网，年均值至少 6 个月；默认国控，12 个月。", show_default=False),
]


def from_lake(kind: Kind) -> Callable[..., None]:
    """The command that judges the lake by periods of ``kind``."""

    def command(
        output: RESULT,
        lake: LAKE = "lake",
        scope: GROUP = GroupOption.section,
        first: FROM = None,
        last: TO = None,
        region: REGION = None,
        profile: PROFILE = None,
        other: OTHER = False,
        known_at: KNOWN_AT = None,
        engine: ENGINE = "duckdb",
        quiet: QUIET = False,
    ) -> None:
        check_output(output, forms=FORMS)
        from bilan.evaluate import places
        from bilan.evaluate.engine import connect
        from bilan.evaluate.water.classes import Way
        from bilan.evaluate.water.lake import WaterQuestion, codes, groups, sections
        from bilan.observe import Lake

        question = WaterQuestion(
            lake=Lake(lake, create=False),
            backend=connect(engine),
            region=None if region is None else places.region(region).id,
            way=Way.of("manual" if profile is ProfileOption.manual else "auto"),
            scope="other" if other else "national",
            known_at=moment(known_at),
        )
        days = span(question.lake, codes(question.way), first, last)
        if scope is GroupOption.section:
            table = named(sections(question, kind, *days), "station", question.lake)
        else:
            table = groups(question, scope.value, kind, *days)  # type: ignore[arg-type]
            table = named(table, scope.value, question.lake)
        write_tables([table], output, quiet=quiet)

    return command

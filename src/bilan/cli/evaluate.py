"""``bilan evaluate``: official figures from tables or from the lake."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from bilan.cli import evaluate_air, evaluate_water, new_app
from bilan.cli.evaluate_options import ENGINE, KNOWN_AT, LAKE
from bilan.cli.language import LanguageOption
from bilan.cli.tables import moment

if TYPE_CHECKING:
    from bilan.periods import Period

app = new_app(no_args_is_help=True)
app.add_typer(evaluate_air.app, name="air", help="环境空气：AQI、首要污染物、达标、综合指数 | ambient air")
app.add_typer(evaluate_water.app, name="water", help="地表水：水质类别、优良比例、营养状态等 | surface water")


@app.command("indicator")
def indicator(
    code: Annotated[str, typer.Argument(metavar="CODE", help="指标编号，如 air.pm25.annual。", show_default=False)],
    region: Annotated[
        str, typer.Option(metavar="NAME", help="行政区，名称或编号；必填，没有默认。", show_default=False)
    ],
    period: Annotated[
        str,
        typer.Option(
            metavar="PERIOD",
            help="时段：2025、2025-03、2025Q1 或 2024-10/2025-03；必填，没有默认。",
            show_default=False,
        ),
    ],
    lake: LAKE = "lake",
    explain: Annotated[bool, typer.Option("--explain", help="逐步写出依据、数据和算法；默认只写数值。")] = False,
    json: Annotated[bool, typer.Option("--json", help="输出 JSON；默认文字。")] = False,
    language: Annotated[
        LanguageOption, typer.Option(help="文字用 zh 或 en，JSON 里的也是；默认 zh。", show_default=False)
    ] = LanguageOption.zh,
    known_at: KNOWN_AT = None,
    engine: ENGINE = "duckdb",
) -> None:
    """One indicator of one region and period, or why it cannot be judged."""
    from bilan.evaluate import places
    from bilan.evaluate.engine import connect
    from bilan.evaluate.indicators import reading
    from bilan.observe import Lake

    found = reading(
        code,
        Lake(lake, create=False),
        connect(engine),
        places.region(region),
        _period(period),
        known_at=moment(known_at),
    )
    if json:
        from json import dumps

        print(dumps(found.as_dict(language.language), ensure_ascii=False, indent=2))
        return
    text = found.explained(language.language)
    print(text if explain else text.splitlines()[0])


def _period(text: str) -> Period:
    from bilan.periods import Period

    try:
        return Period.parse(text)
    except ValueError as error:
        message = f"{text!r}：应为 2025、2025-03、2025Q1 或 2024-10/2025-03"
        raise typer.BadParameter(message, param_hint="--period") from error

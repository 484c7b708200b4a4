"""How well plans are compiled, as a Markdown table: the seeds and the sample plan against their gold annotations.

    python bench/plan_accuracy.py [--write] [--shared FOLDER]

``--write`` puts the table into docs/plan-accuracy.md. The figures come from the reference scorer in the shared folder
(``../shared`` beside the repository), which is no part of the project.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "plan-accuracy.md"
BEGIN, END = "<!-- plan_accuracy: begin -->", "<!-- plan_accuracy: end -->"
SAMPLE = ROOT / "src" / "bilan" / "demo" / "qinghe.docx"
SEEDS = {"001": "种子 001（扫描件，行已粘连）", "002": "种子 002（逐句注明牵头单位）", "003": "种子 003（无责任单位）"}
HEAD = (
    "文件",
    "数值命中 F1",
    "数值全对 F1",
    "定性目标 召回",
    "定性目标 精确",
    "任务标题 F1",
    "责任 F1",
    "措施单位全对",
)


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--write", action="store_true", help="put the table into docs/plan-accuracy.md")
    parser.add_argument("--shared", type=Path, default=ROOT.parent / "shared", help="folder of the reference data")
    options = parser.parse_args()
    if not (options.shared / "score" / "score_plan.py").is_file():
        print(f"no score/score_plan.py in {options.shared}: name the folder with --shared", file=sys.stderr)
        return 1
    shown = table(options.shared)
    print(shown)
    if options.write:
        PAGE.write_text(inserted(PAGE.read_text(encoding="utf-8"), shown), encoding="utf-8")
    return 0


def table(shared: Path) -> str:
    """The figures of every annotated plan, one row each."""
    rows = [HEAD, ("---", *["---:"] * (len(HEAD) - 1)), *rows_of(shared)]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def rows_of(shared: Path) -> Iterator[tuple[str, ...]]:
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        for seed, label in SEEDS.items():
            (source,) = (shared / "seeds").glob(f"{seed}_*.txt")
            gold = [shared / "gold" / f"seed-{seed}.{name}.jsonl" for name in ("targets", "tasks")]
            yield row(label, score(shared, compiled(source, folder), gold))
        plan = compiled(SAMPLE, folder)
        text = json.loads(plan.read_text(encoding="utf-8"))["source"]["text"]
        gold = [
            with_spans(ROOT / "tests/plan/gold" / f"qinghe.{name}.jsonl", text, folder) for name in ("targets", "tasks")
        ]
        yield row("示例计划（docx，含指标表）", score(shared, plan, gold))


def compiled(source: Path, folder: Path) -> Path:
    """The plan in ``source``, compiled by the command line."""
    out = folder / f"{source.stem}.json"
    command: list[str | Path] = [sys.executable, "-m", "bilan", "compile", source, "-o", out, "--quiet"]
    subprocess.run(command, check=True)
    return out


def score(shared: Path, plan: Path, gold: list[Path]) -> dict[str, Any]:
    """What the reference scorer says."""
    codes = shared / "gold" / "indicators.csv"
    command: list[str | Path] = [
        sys.executable,
        shared / "score" / "score_plan.py",
        plan,
        *gold,
        "--codes",
        codes,
        "--json",
    ]
    ran = subprocess.run(command, check=True, capture_output=True, encoding="utf-8")
    found: dict[str, Any] = json.loads(ran.stdout)
    return found


def with_spans(gold: Path, text: str, folder: Path) -> Path:
    """A copy of the annotations in which each quote has its place in ``text``, blanks aside."""
    places = [i for i, c in enumerate(text) if not c.isspace()]
    letters = "".join(text[i] for i in places)
    lines = [json.loads(line) for line in gold.read_text(encoding="utf-8").splitlines()]
    for item in [*lines, *(m for g in lines for m in g.get("measures", ()))]:
        quote = "".join(item["quote"].split())
        at = letters.index(quote)
        item["span"] = [places[at], places[at + len(quote) - 1] + 1]
    out = folder / gold.name
    out.write_text("".join(json.dumps(g, ensure_ascii=False) + "\n" for g in lines), encoding="utf-8")
    return out


def row(label: str, scores: dict[str, Any]) -> tuple[str, ...]:
    numbers, tasks = scores["targets"], scores["tasks"]
    hits, wanted, right, predicted = numbers["soft"]
    f1 = [f"{part[name][2]:.3f}" for part, name in ((numbers, "found"), (numbers, "exact"))]
    more = [f"{tasks[name][2]:.3f}" for name in ("headings", "duties")]
    measures = "{}/{}".format(*tasks["measures"]) if tasks["measures"][1] else "—"
    return (label, *f1, f"{hits}/{wanted}", f"{right}/{predicted}", *more, measures)


def inserted(page: str, shown: str) -> str:
    """``page`` with ``shown`` between its markers."""
    before, _, rest = page.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n{shown}\n{END}{after}"


if __name__ == "__main__":
    sys.exit(main())

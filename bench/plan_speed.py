"""Cold time and peak memory of ``bilan compile``, as ratios to named baselines measured in the same run.

    python bench/plan_speed.py [--rounds 5] [--shared FOLDER]

Every figure is the best of several processes started from nothing. Baselines: for every file, importing the compiler
(``python -c "import bilan.plan.compiler"``); for a PDF also taking out its text with pdfplumber and nothing more. The
files are the longest shared text, if the shared folder is there, and the sample plan as docx, text and PDF (the PDF
needs reportlab, from the extra ``test``).
"""

from __future__ import annotations

import argparse
import importlib.util
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
SAMPLE = ROOT / "src" / "bilan" / "demo" / "qinghe.docx"
MEMORY = "import resource, sys; print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, file=sys.stderr)"
IMPORT = "import bilan.plan.compiler"
COMPILE = """import sys
from bilan.cli import main
if code := main(['compile', *sys.argv[1:], '--quiet']):
    sys.exit(code)"""
EXTRACT = (
    "import sys, pdfplumber\nwith pdfplumber.open(sys.argv[1]) as pdf: [page.extract_text() for page in pdf.pages]"
)


@dataclass(frozen=True, slots=True)
class Cost:
    """Best wall time in seconds and peak memory in MB."""

    seconds: float
    megabytes: float

    def over(self, other: Cost) -> str:
        return f"{self.seconds / other.seconds:.2f} | {self.megabytes / other.megabytes:.2f}"


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5, help="processes per figure; the best one counts")
    parser.add_argument("--shared", type=Path, default=ROOT.parent / "shared", help="folder of the reference data")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        base = cost(IMPORT, [], options.rounds)
        print("| what | seconds | MB | time ÷ baseline | memory ÷ baseline | baseline |")
        print("|---|---:|---:|---:|---:|---|")
        print(line("import bilan.plan.compiler", base, base, "itself"))
        for label, path in sources(options.shared, folder):
            found = cost(COMPILE, [str(path), "-o", str(folder / "plan.json")], options.rounds)
            print(line(f"compile {label}", found, base, "import"))
            if path.suffix == ".pdf":
                text = cost(EXTRACT, [str(path)], options.rounds)
                print(line(f"compile {label}", found, text, "pdfplumber text alone"))
    return 0


def line(what: str, found: Cost, base: Cost, name: str) -> str:
    return f"| {what} | {found.seconds:.2f} | {found.megabytes:.0f} | {found.over(base)} | {name} |"


def sources(shared: Path, folder: Path) -> Iterator[tuple[str, Path]]:
    """The files to compile, with a label each."""
    texts = [*(shared / "seeds").glob("*.txt"), *(shared / "corpus").glob("*.txt")]
    if texts:
        longest = max(texts, key=lambda path: path.stat().st_size)
        yield f"{longest.name} ({longest.stat().st_size // 1024} KB)", longest
    yield "sample.docx", SAMPLE
    text = folder / "sample.txt"
    text.write_text("\n".join(paragraphs()), encoding="utf-8")
    yield "sample.txt", text
    if importlib.util.find_spec("reportlab"):
        yield "sample.pdf", printed(paragraphs(), folder / "sample.pdf")


def paragraphs() -> list[str]:
    """The text of the sample plan, a paragraph each."""
    from docx import Document

    return [p.text for p in Document(str(SAMPLE)).paragraphs if p.text.strip()]


def printed(words: Sequence[str], path: Path) -> Path:
    """The paragraphs on the pages of a PDF."""
    from reportlab.lib.pagesizes import A4
    from reportlab.lib.styles import ParagraphStyle
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont
    from reportlab.platypus import Paragraph, SimpleDocTemplate

    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    style = ParagraphStyle("body", fontName="STSong-Light", fontSize=12, leading=20, wordWrap="CJK")
    SimpleDocTemplate(str(path), pagesize=A4).build([Paragraph(text, style) for text in words])
    return path


def cost(code: str, arguments: Sequence[str], rounds: int) -> Cost:
    """The best of ``rounds`` processes that run ``code``; one that fails ends the program."""
    best_time, best_memory = float("inf"), float("inf")
    for _ in range(max(rounds, 1)):
        begun = time.perf_counter()
        ran = subprocess.run(
            [sys.executable, "-c", f"{code}\n{MEMORY}", *arguments], check=False, capture_output=True, encoding="utf-8"
        )
        if ran.returncode:
            what = " ".join(arguments) or code
            sys.exit(f"exit code {ran.returncode}, nothing measured: {what}\n{ran.stderr.strip()}")
        best_time = min(best_time, time.perf_counter() - begun)
        best_memory = min(best_memory, int(ran.stderr.split()[-1]))
    return Cost(best_time, best_memory / (1e6 if sys.platform == "darwin" else 1024))


if __name__ == "__main__":
    sys.exit(main())

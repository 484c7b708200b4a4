"""What a browser can tell of a page: what sticks out, what has no name, what can hardly be read, what did not load."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from playwright.sync_api import Page

_LOOKS = Path(__file__).with_name("looking.js").read_text(encoding="utf-8").strip()
_UNDRAWN = "figure[data-chart-url]:not([data-chart-state=drawn]):not([data-chart-state=failed])"


def drawn(page: Page) -> None:
    """Bring every chart into view and wait until it is drawn."""
    for figure in page.locator("figure[data-chart-url]").all():
        figure.scroll_into_view_if_needed()
    page.wait_for_selector(_UNDRAWN, state="detached")
    page.evaluate("scrollTo(0, 0)")


def _look(name: str, page: Page, given: Any = None) -> list[str]:
    code = _LOOKS[_LOOKS.index("({") :]
    return list(page.evaluate(f"(given) => {code}.{name}(given)", given))


wider, below, nameless, faint, missing, chinese = (
    partial(_look, name) for name in ("wider", "below", "nameless", "faint", "missing", "chinese")
)

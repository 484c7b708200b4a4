"""Every page of the site as those who may open it: silent, whole, readable, not wider than a phone, from one host."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from .conftest import DESK, PHONE, Site
from .looking import drawn, faint, missing, nameless, wider

# who -> at least so many pages, so that a refused log-in does not pass
MANY = {"plan_office": 34, "administrator": 14, "public": 7}


@pytest.mark.parametrize("who", MANY)
def test_every_page(city: Site, reader: Callable[..., Any], who: str) -> None:
    one = reader(city, who)
    one.goes("/")
    pages = [name for name in city.addresses if _is_page(one, city.address(name))]
    if who == "administrator":  # the office saw the others
        pages = [name for name in pages if name.startswith(("people:", "audit:", "jobs:"))]
    found = [f"{name}: {complaint}" for name in pages for complaint in _looked_at(one, name)]
    assert not found, "\n".join(found)
    assert len(pages) >= MANY[who]


def _is_page(one: Any, address: str) -> bool:
    """Whether there is a whole page at the address, neither a file nor a part of a page."""
    if "." in address.rpartition("/")[2]:
        return False
    answer = one.context.request.get(address, max_redirects=0)
    is_part = "<html" not in answer.text()[:200] if answer.ok else True
    return answer.status == 200 and answer.headers["content-type"].startswith("text/html") and not is_part


def _looked_at(one: Any, name: str) -> list[str]:
    """What is wrong with a page, on a desk and on a phone, in light and in dark."""
    page, found = one.page, []
    page.set_viewport_size(DESK)
    page.emulate_media(color_scheme="light")
    one.goes(name)
    drawn(page)
    found += nameless(page) + missing(page)
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        found += [f"{scheme} {words}" for words in faint(page)]
    for view in (DESK, PHONE):
        page.set_viewport_size(view)
        found += [f"{view['width']} {words}" for words in wider(page)]
    return found + one.complaints()

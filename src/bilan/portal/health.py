"""``python -m bilan.portal.health [pages|worker]``: what a container's health check asks. Exit code 0: it works."""

from __future__ import annotations

import http.client
import os
import sys

from bilan.portal.environment import flag

_SECONDS = 10
_ASKED = "/plans/"  # everybody may see it, and it takes a look into the database


def pages_answer(port: int = 8000) -> bool:
    """Return whether the web server on this machine answers as it should, or leads to HTTPS."""
    name = os.environ.get("BILAN_HOSTS", "").split(",")[0].strip().lstrip("*.") or "localhost"
    headers = {"Host": name, **({"X-Forwarded-Proto": "https"} if flag("BILAN_HTTPS") else {})}
    asked = http.client.HTTPConnection("127.0.0.1", port, timeout=_SECONDS)
    try:
        asked.request("GET", _ASKED, headers=headers)
        return asked.getresponse().status in (200, 301)
    except (OSError, http.client.HTTPException):
        return False
    finally:
        asked.close()


def worker_works() -> bool:
    """Return whether jobs are taken; where none wait, there is nothing to be said against it."""
    from bilan.portal.serve import setup

    setup(None)
    from bilan.portal.people.site_state import worker

    return worker().state != "stuck"


if __name__ == "__main__":
    sys.exit(0 if (worker_works() if sys.argv[1:] == ["worker"] else pages_answer()) else 1)

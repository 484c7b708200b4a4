"""The event loop of a gateway process: that of uvloop where it is installed, which is faster, else that of Python."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any

try:
    import uvloop
except ImportError:  # Windows, or without the extra
    uvloop = None  # type: ignore[assignment]


def new_loop() -> asyncio.AbstractEventLoop:
    """Return an event loop that nobody runs yet."""
    return asyncio.new_event_loop() if uvloop is None else uvloop.new_event_loop()


def run_in_loop(serving: Coroutine[Any, Any, None]) -> None:
    """Run ``serving`` to its end in an event loop of its own."""
    with asyncio.Runner(loop_factory=new_loop) as runner:
        runner.run(serving)

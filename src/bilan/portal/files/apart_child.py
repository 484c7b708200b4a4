"""The process in which a file is read (see ``apart``): it binds itself, reads, and says what it found.

``python -m bilan.portal.files.apart_child MODULE:FUNCTION BYTES SECONDS`` takes the arguments as one line of JSON and
answers with lines of JSON: ``words`` and ``share`` on the way, ``result``, ``refused`` or ``defect`` in the end. It
knows nothing of Django, so that it starts quickly and reaches no database.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import sys
import threading
import time
import traceback
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any, BinaryIO

from bilan.errors import BilanError

OUT_OF_MEMORY = 86  # the exit code
_MOST_WRITTEN = 1 << 30  # bytes of one file, such as what LibreOffice converts
_GRACE = 2.0
_ALMOST = 0.9  # of the memory that may be used


def named(function: str) -> Callable[..., Any]:
    """Return the function ``module:name``."""
    module, _, name = function.partition(":")
    found: Callable[..., Any] = getattr(import_module(module), name)
    return found


def main() -> None:
    function, memory, seconds = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    _bind(memory, seconds)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # an exception: what was started is ended on the way out
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever a library prints is no answer
    arguments = json.loads(sys.stdin.buffer.readline() or "[]")
    threading.Thread(target=_end_with_parent, daemon=True).start()
    try:
        answer = _answer(function, arguments, answers, memory)
    except MemoryError:
        os._exit(OUT_OF_MEMORY)
    _say(answers, answer)


def _bind(memory: int, seconds: int) -> None:
    """Set the limits of this process and of the programs it starts."""
    import resource

    with contextlib.suppress(ValueError, OSError):  # macOS knows no limit of addresses
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 5))
    resource.setrlimit(resource.RLIMIT_FSIZE, (_MOST_WRITTEN, _MOST_WRITTEN))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _answer(function: str, arguments: list[Any], answers: BinaryIO, memory: int) -> dict[str, Any]:
    try:
        return {
            "result": named(function)(lambda words, share: _say(answers, {"words": words, "share": share}), *arguments)
        }
    except Exception as error:
        if _for_want_of_memory(error, memory):
            raise MemoryError from None
        if isinstance(error, BilanError):
            return {"refused": str(error)}
        traceback.print_exc()
        return {"defect": f"{function}: {type(error).__name__}"}


def _for_want_of_memory(error: BaseException | None, memory: int) -> bool:
    """Whether lack of memory is behind an error; libraries say so, or take it for damage of the file."""
    while error is not None:
        if isinstance(error, MemoryError):
            return True
        error = error.__cause__ or error.__context__
    return _most_addresses() > _ALMOST * memory


def _most_addresses() -> int:
    """The bytes of addresses that this process had at its peak; 0 where the system does not say."""
    try:
        with Path("/proc/self/status").open() as status:
            return next(int(line.split()[1]) << 10 for line in status if line.startswith("VmPeak"))
    except (OSError, StopIteration):
        return 0


def _say(answers: BinaryIO, said: dict[str, Any]) -> None:
    answers.write(json.dumps(said).encode() + b"\n")
    answers.flush()


def _end_with_parent() -> None:
    """Wait until the parent is gone, however it went, and end too."""
    while os.read(0, 1):  # not through sys.stdin, whose lock would be held when this process ends
        pass
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(_GRACE)
    os.killpg(0, signal.SIGKILL)


if __name__ == "__main__":
    main()

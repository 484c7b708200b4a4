"""Reading what came in from outside, apart: in a process of its own with bounds on its memory and its time.

A file can be made so that reading it takes all the memory there is, or never ends, or breaks the library that reads it.
Here that ends one process, which holds no connection to the database and no key, and the site says what happened.
PDFium, which bears no threads, is used nowhere else either: each process has one of its own.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from queue import Empty, Queue
from typing import Any, NoReturn

from django.conf import settings
from django.utils.translation import gettext as _

from bilan.errors import BilanError
from bilan.portal.core.turns import BusyError, Turns
from bilan.portal.files import apart_child

Tell = Callable[[str, float], None]

_TICK = 0.5  # seconds: so often it is looked whether somebody wants the end
_GRACE = 2.0  # seconds that a process has to end the programs it started
_HANDED_ON = ("PATH", "HOME", "LANG", "LC_ALL", "LC_CTYPE", "TMPDIR", "PYTHONPATH")  # no key and no password is
_turns = Turns(at_once=2, waiting=2)  # of the pages of this process: each reading holds a thread and much memory


class ApartError(BilanError):
    """Reading was stopped at a limit, broke, or did not get its turn; the message says which."""


class UnreadableError(BilanError):
    """The file cannot be read, in the words of the library that tried."""


def apart(function: str, *arguments: Any, tell: Tell | None = None, seconds: int | None = None) -> Any:
    """Return what ``module:function`` makes of ``tell`` and the arguments in a process of its own; JSON both.

    ``tell`` hears of the progress, and again and again of the same while there is none; what it raises ends the
    process and is raised here. Without ``tell`` it is for a page, which waits for its turn; jobs wait in their queue.
    Raises UnreadableError for a file that cannot be read, ApartError at a limit and where too many are at it,
    RuntimeError for a defect. Jobs that run at once, where faults are looked for, read in this process.
    """
    seconds = seconds or settings.BILAN_PARSE_SECONDS
    if settings.BILAN_JOBS_AT_ONCE:
        return _here(function, arguments, tell or _nobody)
    if tell is not None:
        return _there(function, arguments, tell, seconds)
    try:
        with _turns.taken():
            return _there(function, arguments, _nobody, seconds)
    except BusyError:
        raise ApartError(_("现在正在读的文件太多，请过一会儿再试。")) from None


def _nobody(_words: str, _share: float) -> None:
    """Hear nothing."""


def _there(function: str, arguments: tuple[Any, ...], tell: Tell, seconds: int) -> Any:
    command = [sys.executable, "-P", "-m", apart_child.__name__, function]
    command += [str(settings.BILAN_PARSE_MEMORY), str(seconds)]
    given = {name: os.environ[name] for name in _HANDED_ON if name in os.environ}
    given["OPENBLAS_NUM_THREADS"] = "1"  # each thread would take its share of the memory
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, env=given, start_new_session=True) as child:
        try:
            return _heard(child, arguments, tell, time.monotonic() + seconds, seconds)
        finally:
            _end(child)


def _here(function: str, arguments: tuple[Any, ...], tell: Tell) -> Any:
    try:
        found = apart_child.named(function)(tell, *json.loads(json.dumps(arguments)))
    except BilanError as refused:
        raise UnreadableError(str(refused)) from refused
    return json.loads(json.dumps(found))


def _heard(child: subprocess.Popen[bytes], arguments: Any, tell: Tell, deadline: float, seconds: int) -> Any:
    """What the child says in the end; on the way its progress is told."""
    lines: Queue[bytes] = Queue()
    threading.Thread(target=_listen, args=(child, lines), daemon=True).start()
    assert child.stdin is not None
    with contextlib.suppress(BrokenPipeError):  # it has ended already; its exit code says why
        child.stdin.write(json.dumps(arguments).encode() + b"\n")
        child.stdin.flush()  # and stays open: a child whose parent is gone sees its end
    words, share = "", 0.0
    while True:
        try:
            line = lines.get(timeout=_TICK)
        except Empty:
            pass
        else:
            said = json.loads(line) if line else _ended(child, deadline, seconds)
            if "result" in said:
                return said["result"]
            if "refused" in said:
                raise UnreadableError(said["refused"])
            if "defect" in said:
                raise RuntimeError(said["defect"])
            words, share = said["words"], said["share"]
        if time.monotonic() > deadline:
            raise too_long(seconds)
        tell(words, share)


def _listen(child: subprocess.Popen[bytes], lines: Queue[bytes]) -> None:
    assert child.stdout is not None
    for line in child.stdout:
        lines.put(line)
    lines.put(b"")


def _ended(child: subprocess.Popen[bytes], deadline: float, seconds: int) -> NoReturn:
    """Say why a child has ended that gave no answer."""
    try:
        code = child.wait(max(deadline - time.monotonic(), 0))
    except subprocess.TimeoutExpired:
        raise too_long(seconds) from None
    if code in (apart_child.OUT_OF_MEMORY, -signal.SIGKILL):  # the system kills whatever took the last memory
        raise ApartError(
            _("读这份文件要用的内存超过 %d MB 的上限，已停止。请只上传计划正文，或另存为 docx 再试。")
            % (settings.BILAN_PARSE_MEMORY >> 20)
        )
    if code == -signal.SIGXCPU:
        raise too_long(seconds)
    raise ApartError(_("读这份文件时程序异常退出，文件可能已损坏。请用原来的软件另存一份再试。"))


def too_long(seconds: int) -> ApartError:
    """Return what is said of a file that takes longer than reading may."""
    return ApartError(_("读这份文件超过 %d 秒的上限，已停止。请只上传计划正文，或另存为 docx 再试。") % seconds)


def _end(child: subprocess.Popen[bytes]) -> None:
    """End a child with its whole group, however it fared; one that still runs is asked first, so that it tidies up."""
    if child.poll() is None:
        child.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.wait(_GRACE)
    with contextlib.suppress(ProcessLookupError, PermissionError):  # nobody is left; macOS says so of the dead
        os.killpg(child.pid, signal.SIGKILL)

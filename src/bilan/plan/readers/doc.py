"""Legacy Word files (.doc, also RTF): converted to docx by LibreOffice, then read as docx."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path
from typing import Final

from bilan.plan.document import Document
from bilan.plan.readers.source import Progress, SourceFile, refusal

TIMEOUT_SECONDS: Final = 120
_FIB_AT: Final = 512  # where Word writes its file information block when nothing displaces it
_FIB_MAGIC: Final = b"\xec\xa5"
# The office ends with whoever holds the other end of the standard input, also when that is killed.
_GUARD: Final = ("sh", "-c", '("$@"; kill -9 0) & read _; kill -9 0', "sh")


def read(source: SourceFile, progress: Progress | None = None) -> Document:
    """The document that LibreOffice makes of the file; name and hash stay those of the original.

    Raises :class:`~bilan.plan.document.DocumentError` when LibreOffice is not installed, takes longer than
    :data:`TIMEOUT_SECONDS` or cannot read the file.
    """
    from bilan.plan.readers import docx

    if source.data[_FIB_AT : _FIB_AT + 2] == _FIB_MAGIC and source.data[_FIB_AT + 11] & 1:  # fEncrypted
        raise refusal(source.name, "文件已加密，请先在 Word 或 WPS 中取消密码再试")
    program = shutil.which("soffice") or shutil.which("libreoffice")
    if program is None:
        raise refusal(source.name, "读取旧版 .doc 需要 LibreOffice（安装 libreoffice-writer 即可），或请先另存为 .docx")
    is_rtf = source.data.startswith(b"{\\rtf")
    converted = SourceFile(source.name, _convert(source, program, ".rtf" if is_rtf else ".doc"), source.sha256)
    return docx.read(converted, progress, media_type="application/rtf" if is_rtf else "application/msword")


def _convert(source: SourceFile, program: str, suffix: str) -> bytes:
    """The file as docx. Each call has its own user profile: two LibreOffices on one profile block each other."""
    with tempfile.TemporaryDirectory(prefix="bilan-doc-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        (folder / f"plan{suffix}").write_bytes(source.data)
        profile = (folder / "profile").as_uri()
        command = [program, f"-env:UserInstallation={profile}", "--headless", "--norestore", "--nolockcheck"]
        command += ["--convert-to", "docx:MS Word 2007 XML", "--outdir", str(folder / "out"), f"plan{suffix}"]
        if not _run(command, folder):
            raise refusal(source.name, f"LibreOffice 转换超过 {TIMEOUT_SECONDS} 秒，已停止；请先另存为 .docx")
        result = folder / "out" / "plan.docx"
        if not result.is_file():
            raise refusal(source.name, "LibreOffice 打不开这个文件，可能已损坏或加密；请先另存为 .docx")
        return result.read_bytes()


def _run(command: list[str], folder: Path) -> bool:
    """Whether the command ended in time; its whole process group goes when it did not, or when this process ends."""
    quiet = subprocess.DEVNULL
    if hasattr(os, "killpg"):
        command = [*_GUARD, *command]
    with subprocess.Popen(
        command, cwd=folder, stdin=subprocess.PIPE, stdout=quiet, stderr=quiet, start_new_session=True
    ) as process:
        try:
            process.wait(TIMEOUT_SECONDS)
        except BaseException as error:  # also Ctrl-C: never leave an office running
            _kill(process)
            if isinstance(error, subprocess.TimeoutExpired):
                return False
            raise
    return True


def _kill(process: subprocess.Popen[bytes]) -> None:
    if hasattr(os, "killpg"):  # soffice is a script; the office itself is its child
        os.killpg(process.pid, signal.SIGKILL)
    else:
        process.kill()

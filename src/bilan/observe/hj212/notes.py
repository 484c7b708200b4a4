"""What is noted while a packet is read: errors, and liberties that only a lenient reader takes."""

from __future__ import annotations

from bilan.observe.hj212.packet import Problem


class Notes:
    """The problems of one packet; ``strict`` turns every liberty into an error.

    >>> notes = Notes(strict=False)
    >>> notes.liberty("crc.case", 94, "CRC 应为大写")
    >>> len(notes.errors), notes.warnings[0].code
    (0, 'crc.case')
    """

    def __init__(self, *, strict: bool) -> None:
        self.strict = strict
        self.errors: list[Problem] = []
        self.warnings: list[Problem] = []

    def error(
        self, code: str, offset: int, message: str, expected: str | None = None, found: str | None = None
    ) -> None:
        """Note why the packet is refused."""
        self.errors.append(Problem(code, offset, _one_line(message), expected, found))

    def liberty(
        self, code: str, offset: int, message: str, expected: str | None = None, found: str | None = None
    ) -> None:
        """Note what the standard refuses and devices send all the same."""
        (self.errors if self.strict else self.warnings).append(
            Problem(code, offset, _one_line(message), expected, found)
        )


def _one_line(message: str) -> str:
    """The message with what it quotes of a packet made visible: line ends would forge lines of a log."""
    if message.isprintable():
        return message
    return "".join(sign if sign.isprintable() else ascii(sign)[1:-1] for sign in message)

"""The encryption of HJ 212-2025 (6.4.2, A.2): SM4 by blocks, without padding, on the text between the ``&&`` of the CP.

Each full block of 16 bytes is enciphered, a shorter tail stays as it is. Frame, length and CRC are made over the plain
text first, so that a receiver deciphers before it checks. On the wire the blocks are raw bytes; some senders write them
as the standard prints them, ``{0xE4,0x3E,…}``.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers import Cipher
    from cryptography.hazmat.primitives.ciphers.modes import ECB

BLOCK = 16
_LIST = re.compile(rb"\{?((?:0[xX][0-9A-Fa-f]{1,2}+\s*+(?:,\s*+)?+){16,}+)\}?")  # never steps back: linear


def encipher(content: bytes, key: bytes) -> bytes:
    """The content of a CP enciphered; as long as before.

    >>> encipher(b"DataTime=20240520210600", b"0" * 16)[-7:]
    b'0210600'
    """
    whole = len(content) - len(content) % BLOCK
    return _cipher(key).encryptor().update(content[:whole]) + content[whole:]


def decipher(content: bytes, key: bytes) -> bytes:
    """The content of a CP deciphered.

    >>> decipher(encipher(b"DataTime=20240520210600", b"0" * 16), b"0" * 16)
    b'DataTime=20240520210600'
    """
    whole = len(content) - len(content) % BLOCK
    return _cipher(key).decryptor().update(content[:whole]) + content[whole:]


def from_list(content: bytes) -> bytes | None:
    """The bytes of ``{0xE4,0x3E,…}`` with the plain tail behind it, None where ``content`` is no such list.

    >>> from_list(b"{" + b"0x41,0x42," * 8 + b"}g=N")
    b'ABABABABABABABABg=N'
    """
    found = _LIST.match(content)
    if found is None:
        return None
    listed = bytes(int(text, 16) for text in re.findall(rb"0[xX]([0-9A-Fa-f]{1,2})", found[1]))
    return listed + content[found.end() :]


def key_bytes(written: str) -> bytes:
    """A key as people write it: 16 characters, or 32 hexadecimal digits; ValueError for anything else.

    >>> key_bytes("0000000000000000") == key_bytes("30" * 16)
    True
    """
    if len(written) == 2 * BLOCK:
        try:
            return bytes.fromhex(written)
        except ValueError:
            pass
    raw = written.encode()
    if len(raw) != BLOCK:
        raise ValueError(f"SM4 密钥应为 16 个字符或 32 位十六进制数，是 {len(raw)} 个字节")
    return raw


def _cipher(key: bytes) -> Cipher[ECB]:
    from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

    return Cipher(algorithms.SM4(key), modes.ECB())

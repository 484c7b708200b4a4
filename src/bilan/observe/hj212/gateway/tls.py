"""TLS for lines that cross other people's networks."""

from __future__ import annotations

import ssl
from pathlib import Path
from typing import NamedTuple

from bilan.errors import FileError


class TlsFiles(NamedTuple):
    """PEM files: the server's certificate chain, its key (None: in the same file), the authority of client ones."""

    certificate: Path
    key: Path | None = None
    client_authority: Path | None = None


def server_context(files: TlsFiles) -> ssl.SSLContext:
    """The context of the server, TLS 1.2 or newer; with a client authority only clients that it signed come in.

    Raises FileError, which names the file that cannot be used.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    try:
        context.load_cert_chain(files.certificate, files.key)
    except (OSError, ssl.SSLError) as error:
        raise FileError(
            f"{files.certificate}、{files.key or files.certificate}：不能用作证书和私钥：{error}"
        ) from error
    if files.client_authority is not None:
        try:
            context.load_verify_locations(files.client_authority)
        except (OSError, ssl.SSLError) as error:
            raise FileError(f"{files.client_authority}：不能用作签发机构的证书：{error}") from error
        context.verify_mode = ssl.CERT_REQUIRED
    return context

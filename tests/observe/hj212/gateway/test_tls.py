"""Lines over TLS, with and without certificates of the devices."""

from __future__ import annotations

import asyncio
import ssl
from pathlib import Path

import pytest

from bilan.errors import FileError
from bilan.observe.hj212.gateway import Gateway, Limits
from bilan.observe.hj212.gateway.tls import TlsFiles, server_context

from .certificates import Authority
from .wire import Line, connect, data, qns, run, serving, stored, until


def client(authority: Authority, certificate: Path | None = None) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=str(authority.path))
    if certificate:
        context.load_cert_chain(certificate)
    return context


def test_frames_over_tls(tmp_path: Path) -> None:
    authority = Authority(tmp_path, "authority")
    context = server_context(TlsFiles(authority.sign("server")))

    async def trial() -> None:
        async with serving(tmp_path, tls=context, limits=Limits(waiting=2000)) as gateway:
            line = await connect(gateway, client(authority))
            sent = [data("x=" + "1" * 700) for _ in range(300)]
            hearing = asyncio.ensure_future(line.hear_all(300))
            await line.send(*sent)
            assert qns(await hearing) == qns(sent)
            assert stored(tmp_path) == sent
            last = data()
            await line.send(last.removesuffix(b"\r\n"))
            assert qns([await line.hear()]) == qns([last])
            line.close()
            await until(lambda: gateway.counts.connected == 0)

    run(trial())


def test_the_end_answers_what_waits_over_tls_too(tmp_path: Path) -> None:
    authority = Authority(tmp_path, "authority")
    context = server_context(TlsFiles(authority.sign("server")))

    async def trial() -> None:
        async with serving(tmp_path, tls=context) as gateway:
            line = await connect(gateway, client(authority))
            await line.send(sent := data())
            await until(lambda: gateway.counts.frames)
        assert qns([await line.hear()]) == qns([sent])
        assert await line.ended()

    run(trial())


def test_who_speaks_no_tls_or_an_old_one_does_not_come_in(tmp_path: Path) -> None:
    authority = Authority(tmp_path, "authority")
    context = server_context(TlsFiles(authority.sign("server")))

    async def trial() -> None:
        async with serving(tmp_path, tls=context) as gateway:
            plain = await connect(gateway)
            await plain.send(data())
            assert await plain.ended()
            stranger = client(Authority(tmp_path, "another"))
            with pytest.raises(ssl.SSLCertVerificationError):
                await connect(gateway, stranger)
            assert (gateway.counts.connections, gateway.counts.frames) == (0, 0)
            good = await connect(gateway, client(authority))
            await good.send(data())
            await good.hear()

    assert context.minimum_version == ssl.TLSVersion.TLSv1_2
    run(trial())


async def comes_in(gateway: Gateway, context: ssl.SSLContext) -> bool:
    try:
        line: Line = await connect(gateway, context)
        await line.send(data())
        await line.hear()
    except (ssl.SSLError, ConnectionError):
        return False
    line.close()
    return True


def test_only_devices_with_a_certificate_of_ours_come_in(tmp_path: Path) -> None:
    ours, others = Authority(tmp_path, "ours"), Authority(tmp_path, "others")
    context = server_context(TlsFiles(ours.sign("server"), None, ours.path))

    async def trial() -> None:
        async with serving(tmp_path, tls=context) as gateway:
            assert await comes_in(gateway, client(ours, ours.sign("device")))
            assert not await comes_in(gateway, client(ours))
            assert not await comes_in(gateway, client(ours, others.sign("impostor")))
            assert gateway.counts.stored == 1

    run(trial())


def test_files_that_cannot_be_used_are_named(tmp_path: Path) -> None:
    authority = Authority(tmp_path, "authority")
    good, other = authority.sign("server"), authority.sign("other")
    nothing, text = tmp_path / "nothing.pem", tmp_path / "text.pem"
    text.write_text("no certificate")
    for files in (
        TlsFiles(nothing),
        TlsFiles(text),
        TlsFiles(good, nothing),
        TlsFiles(good, other),
        TlsFiles(good, None, text),
        TlsFiles(good, None, nothing),
    ):
        wrong = next((path for path in (nothing, text, other) if path in files), good)
        with pytest.raises(FileError, match=wrong.name):
            server_context(files)

"""``bilan hj212``: packets of HJ 212 read, written, checked and made up."""

from __future__ import annotations

from bilan.cli import (
    hj212_check,
    hj212_command,
    hj212_commands,
    hj212_decode,
    hj212_encode,
    hj212_load,
    hj212_outlets,
    hj212_quarantine,
    hj212_simulate,
    hj212_verify,
    new_app,
)

app = new_app(no_args_is_help=True)
app.command("decode")(hj212_decode.decode)
app.command("encode")(hj212_encode.encode)
app.command("check")(hj212_check.check)
app.command("simulate")(hj212_simulate.simulate)
app.command("load")(hj212_load.load)
app.command("verify")(hj212_verify.verify)
app.command("outlets")(hj212_outlets.outlets)
app.command("quarantine")(hj212_quarantine.quarantine)
app.add_typer(hj212_command.app, name="command")
app.command("commands")(hj212_commands.commands)
app.command("cancel")(hj212_commands.cancel)

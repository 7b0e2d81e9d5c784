"""The `fawen` command."""

from __future__ import annotations

import typer

from fawen.commands.api_keys import keys, revoke_key
from fawen.commands.demo import demo
from fawen.commands.doctor import doctor
from fawen.commands.office import accept, inbox, sign, status, submit
from fawen.commands.offline import parse, trace, verify
from fawen.commands.receipts import verify_receipt
from fawen.commands.sign_offs import sign_offs
from fawen.commands.up import up

app = typer.Typer(
    name="fawen",
    help="发文：公文从起草到年度报告。 The life of an administrative document.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
COMMANDS = (
    demo, up, submit, status, inbox, accept, sign, sign_offs, keys, revoke_key, parse, verify, verify_receipt, trace, doctor,
)  # fmt: skip
for command in COMMANDS:
    app.command()(command)


def main() -> None:
    """Run the command line."""
    app()


if __name__ == "__main__":
    main()

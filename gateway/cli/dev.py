"""`gateway dev`: the hooks with an echo in the place of their workflows, for trying things out."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import click
import msgspec

from gateway.cli.command import Command
from gateway.cli.credentials import Wallet, lasts, with_credentials
from gateway.cli.curl import curl_line, sample_call
from gateway.cli.echo import echo
from gateway.cli.formats.report import counted
from gateway.cli.guarded import each
from gateway.cli.masking import NOTE, without_credentials
from gateway.cli.new_secrets import make_secrets
from gateway.cli.parameters import flag
from gateway.cli.program import program
from gateway.cli.run_lines import run_lines
from gateway.cli.serve import options, settings_of
from gateway.cli.sign import HOOKS, SECRETS, URL
from gateway.cli.starting import listen, refuse_file, start
from gateway.errors import OperatorError
from gateway.language.escaping import escaped
from gateway.language.issued import masked
from gateway.language.outcome import ReadHook, Reading
from gateway.language.read import read
from gateway.language.spec import Hook
from gateway.reload.resolve import has_errors
from gateway.reload.snapshot import take
from gateway.settings import Settings


@click.command(cls=Command, context_settings={"auto_envvar_prefix": "GATEWAY"})
@click.argument("hooks", type=click.Path(path_type=Path), default=HOOKS, envvar="GATEWAY_HOOKS")
@flag("--real", is_flag=True, help="Call the real workflows instead of an echo.")
@options
def command(hooks: Path, real: bool, **flags: Any) -> None:
    """Serve hooks with an echo in place of every workflow, to try them.

    The echo answers with what it received, and no workflow is called. The command generates
    missing secrets in `secrets/` and prints a command for each hook.

    \b
    Examples:
      gateway dev
      gateway dev path/to/hooks.d --port 8888
      gateway dev --real
    """
    if not hooks.is_dir():
        refuse_file(hooks)
        raise OperatorError(
            f"the hooks directory {hooks} does not exist. To write a first hook, run: "
            "gateway init. To use another directory, run: gateway dev path/to/hooks.d"
        )
    flags["secrets"] = flags["secrets"] or Path(SECRETS)
    flags["secrets"].mkdir(mode=0o700, exist_ok=True)
    settings = settings_of(hooks, flags)
    # Before the sockets are open: a process that is forked would keep them open.
    with nullcontext("") if real else echo() as base, _state(flags["state"]) as state:
        settings = msgspec.structs.replace(settings, state=state)
        sockets = listen(settings)
        found = read(take(hooks).sources)
        _make_secrets(found.hooks, flags["secrets"])
        _print_lines(found.hooks, settings)
        _print_remedy(found, hooks)
        advise = run_lines([hook.spec for hook in found.hooks], settings, bool(flags["state"]))
        start(msgspec.structs.replace(settings, workflow_base=base), sockets, advise)


@contextmanager
def _state(written: Path | None) -> Iterator[Path]:
    """The state directory; where none is named, one for as long as the command runs."""
    if written is not None:
        yield written
        return
    with TemporaryDirectory(prefix="gateway-dev-") as made:
        yield Path(made)


def _make_secrets(hooks: Sequence[ReadHook], directory: Path) -> None:
    """Make what is missing, and say so."""

    def made(hook: ReadHook) -> list[str]:
        return list(make_secrets([hook.spec], directory))

    said = each(hooks, made, "has secrets that cannot be created", [])
    for line in dict.fromkeys(chain.from_iterable(said)):
        click.echo(line, err=True)


def _print_lines(hooks: Sequence[ReadHook], settings: Settings) -> None:
    """A line to type for each hook. What an author wrote stays on its line."""
    enabled = [hook for hook in hooks if hook.spec.enabled]
    if enabled:
        number = counted(len(enabled), "hook")
        click.echo(f"\nTry, in another terminal ({number} of {settings.hooks}):\n")

    def lines(hook: ReadHook) -> str:
        spec = hook.spec
        said = ": ".join(filter(None, (spec.name, spec.description)))
        try:
            line = _line(spec, settings)
        except OperatorError as error:
            line = f"# {escaped(masked(str(error)))}"
        return f"  # {escaped(masked(said))}\n  {line}\n"

    for shown in each(enabled, lines, "cannot be shown as a curl line", []):
        click.echo(shown)


def _print_remedy(found: Reading, hooks: Path) -> None:
    """What to do where some hook, or every one, has no line."""
    if has_errors(found.diagnostics):
        typed = shlex.join([*program(), "validate", str(hooks)])
        click.echo(f"Some hooks of {hooks} have errors. To list the errors, run: {typed}\n")
    elif not found.hooks:
        click.echo(f"There is no hook in {hooks}. To write a first hook, run: gateway init\n")


def _line(hook: Hook, settings: Settings) -> str:
    """What opens the hook whenever it is typed: a signature would expire, so it is made then."""
    secrets = settings.secrets or Path(SECRETS)
    if lasts(hook):
        sample = sample_call(hook, settings.url)
        shown = without_credentials(sample, hook)
        line = curl_line(with_credentials(hook, shown, Wallet(secrets)))
        return line if shown == sample else f"# {NOTE}\n  {line}"
    words = [*program(), "sign", hook.name]
    for flag_, value, usual in (
        ("--hooks", str(settings.hooks), HOOKS),
        ("--secrets", str(secrets), SECRETS),
        ("--url", settings.url, URL),
    ):
        if value != usual:
            words += [flag_, value]
    return f"{shlex.join(words)} | sh"

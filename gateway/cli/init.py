"""`gateway init`: a first hook, with all that it takes to try it."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

import click

from gateway.cli.command import Command
from gateway.cli.formats.text import printable
from gateway.cli.new_secrets import make_secrets
from gateway.cli.program import program
from gateway.errors import OperatorError
from gateway.language.read import read, read_source
from gateway.language.schema import schema_text
from gateway.language.senders import PRESETS
from gateway.language.source import Source
from gateway.language.spec import Hook
from gateway.reload.snapshot import take

FIRST = "hello"
"""The example where no sender is named: a bearer token and a rule."""
IGNORED = ("/secrets/", "/state/")


@click.command(cls=Command)
@click.argument("directory", type=click.Path(path_type=Path, file_okay=False), default=".")
@click.option(
    "--from",
    "sender",
    type=click.Choice(sorted(PRESETS)),
    metavar="SENDER",
    help=f"The sender that signs the requests: {', '.join(sorted(PRESETS))}.",
)
def command(directory: Path, sender: str | None) -> None:
    """Write a first hook to hooks.d/ and its secret to secrets/.

    The hook is an example to change. The command generates its secret, readable by this user
    only, and adds it to .gitignore. It writes the schema for editors to schemas/. Existing
    files stay as they are. DIRECTORY is the current directory by default.

    \b
    Examples:
      gateway init
      gateway init --from github
      gateway init --from stripe path/to/project
    """
    name = f"{sender or FIRST}.yaml"
    data = (files("gateway") / "examples" / name).read_bytes()
    (hook,) = read_source(Source(name, data)).hooks
    try:
        for said in _write(directory, name, data, hook.spec):
            click.echo(printable(said))
    except OSError as error:
        raise OperatorError(f"cannot write {error.filename}: {error.strerror}") from error
    for said in _next_steps(directory, hook.spec.name):
        click.echo(printable(said))


def _write(directory: Path, name: str, data: bytes, hook: Hook) -> Iterator[str]:
    """Write what is not there; a line for each file."""
    path = directory / "hooks.d" / name
    other = _namesake(path, hook.name)
    yield f"kept {other}: it has a hook named '{hook.name}'" if other else _new(path, data)
    yield _new(directory / "schemas" / "hook.schema.json", schema_text().encode())
    yield from _ignore(directory / ".gitignore")
    if not other:
        secrets = directory / "secrets"
        secrets.mkdir(mode=0o700, exist_ok=True)
        yield from make_secrets([hook], secrets)


def _namesake(path: Path, name: str) -> str:
    """The other file that has a hook of this name, which a second one would break; or none."""
    if path.exists() or not path.parent.is_dir():
        return ""
    found = read(take(path.parent).sources)
    files = {one.spec.name: one.file for one in found.hooks}
    return files.get(name) or next((one.file for one in found.broken if one.name == name), "")


def _new(path: Path, data: bytes) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with path.open("xb") as file:
            file.write(data)
    except FileExistsError:
        return f"kept {path}: it already exists"
    return f"created {path}"


def _ignore(path: Path) -> Iterator[str]:
    """Add the lines that are not there to the end of the file; every other byte stays."""
    written = path.read_bytes() if path.exists() else b""
    lines = {line.strip().strip(b"/") for line in written.splitlines()}
    missing = [line for line in IGNORED if line.strip("/").encode() not in lines]
    if missing:
        between = "" if not written or written.endswith(b"\n") else "\n"
        with path.open("a", encoding="utf-8") as file:
            file.write(between + "".join(f"{line}\n" for line in missing))
        yield f"{'added to' if written else 'created'} {path}: {' '.join(missing)}"


def _next_steps(directory: Path, name: str) -> Iterator[str]:
    """Lines to type, and what each does."""
    steps = {
        "dev": "serve it with an echo instead of the workflow",
        f"sign {name} | sh": "in another terminal, send a request that the hook accepts",
        "validate --strict": "check it as CI does",
    }
    yield from ("", "Next:", "")
    if directory != Path():
        yield f"  cd {shlex.quote(str(directory))}"
    called = shlex.join(program(elsewhere=directory != Path()))
    width = 29 + len(called)
    for typed, what in steps.items():
        yield f"  {f'{called} {typed}':<{width}}# {what}"

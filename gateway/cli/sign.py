"""`gateway sign`: a request that a hook opens to, as the curl line that sends it."""

from __future__ import annotations

import difflib
import re
import shlex
import sys
import time
from pathlib import Path

import click
import msgspec

from gateway.cli.command import Command
from gateway.cli.completion import hook_names
from gateway.cli.credentials import Wallet
from gateway.cli.curl import Call, curl_line, sample_call
from gateway.cli.hookfiles import find
from gateway.cli.masking import NOTE, without_credentials
from gateway.cli.parameters import BaseUrl, Pair
from gateway.cli.signing import FORM, prove
from gateway.errors import OperatorError
from gateway.language.escaping import escaped
from gateway.language.read import read
from gateway.language.spec import Hook

HOOKS, SECRETS, URL = "hooks.d", "secrets", "http://127.0.0.1:8080"
"""What is meant where nothing is named: what `gateway dev` serves."""
_FORM_LIKE = re.compile(rb"[!-~]+=[!-~]*\n?")
_WITH_BODY = ("POST", "PUT", "PATCH")


@click.command(cls=Command)
@click.argument("hook", shell_complete=hook_names)
@click.option(
    "--body",
    type=click.Path(allow_dash=True),
    metavar="FILE",
    help="Body to send, - for standard input. Default: a body that the hook's rules accept.",
)
@click.option(
    "--hooks",
    default=HOOKS,
    show_default=True,
    metavar="PATH",
    help="Directory or file of the hook.",
)
@click.option(
    "--secrets",
    type=click.Path(path_type=Path),
    default=SECRETS,
    show_default=True,
    metavar="DIR",
    help="Directory of secret files.",
)
@click.option(
    "--url",
    type=BaseUrl(),
    default=URL,
    show_default=True,
    metavar="BASE",
    help="Address of the gateway.",
)
@click.option(
    "--query",
    type=Pair(),
    multiple=True,
    metavar="NAME=VALUE",
    help="Query parameter of the URL; repeatable.",
)
@click.option(
    "--content-type", metavar="TYPE", help="Type of the body. Default: guessed from the body."
)
@click.option(
    "--key",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="File with the credential, if the hook has only a digest or a public key.",
)
def command(
    hook: str,
    body: str | None,
    hooks: str,
    secrets: Path,
    url: str,
    query: tuple[tuple[str, str], ...],
    content_type: str | None,
    key: Path | None,
) -> None:
    """Print a curl command that calls a hook with a fresh signature or with its credential.

    Signatures and tokens are made from the hook's secrets and expire soon. Passwords and keys are
    not printed: the curl command reads them from their files. Notes go to standard error.

    Exit status: 0 success, 2 wrong usage or a missing file, key or signing secret.

    \b
    Examples:
      gateway sign github-push | sh
      gateway sign github-push --body push.json --url https://hooks.example.com
      gateway sign sendgrid-events --body events.json --key private.pem
    """
    spec = _find(hook, hooks)
    wallet = Wallet(secrets, key)
    sample = sample_call(spec, url)
    shown = without_credentials(sample, spec)
    if shown != sample and body is None:
        wallet.notes.append(NOTE)
    with_body = _with_body(spec, shown, body, content_type)
    call = msgspec.structs.replace(with_body, query=(*with_body.query, *query))
    click.echo(curl_line(prove(spec, call, wallet, time.time())))
    if not spec.enabled:
        wallet.notes.append("the hook is disabled and answers 404")
    for note in dict.fromkeys(wallet.notes):
        click.echo(f"gateway: {escaped(note)}", err=True)


def _find(name: str, path: str) -> Hook:
    reading = read(find((path,)).sources)
    found = {hook.spec.name: hook.spec for hook in reading.hooks}
    if name in found:
        return found[name]
    close = difflib.get_close_matches(name, found, 1)
    if any(one.severity == "error" for one in reading.diagnostics):
        hint = f"; to list the errors, run: gateway validate {shlex.quote(path)}"
    else:
        hint = f"; to list the hooks, run: gateway routes {shlex.quote(path)}"
    if close:
        hint = f"; did you mean '{close[0]}'?"
    raise OperatorError(f"{path} contains no valid hook named '{name}'{hint}")


def _with_body(hook: Hook, call: Call, name: str | None, content_type: str | None) -> Call:
    """The call with the body of a file. The newline that ends a form's file is not of the form."""
    if name is None:
        return call
    data = _read(name)
    typed = content_type or _guess(data)
    sent = data.removesuffix(b"\n") if typed == FORM else data
    method = next((method for method in hook.methods if method in _WITH_BODY), hook.methods[0])
    return msgspec.structs.replace(
        call,
        method=method,
        body=sent,
        file=name if name != "-" and sent == data else None,
        content_type=typed,
    )


def _read(name: str) -> bytes:
    try:
        return sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
    except OSError as error:
        raise OperatorError(f"cannot read {name}: {error.strerror}") from error


def _guess(body: bytes) -> str:
    """The type of a body, by its looks."""
    try:
        msgspec.json.decode(body)
    except (ValueError, RecursionError):
        if _FORM_LIKE.fullmatch(body):
            return FORM
        text = body.decode("utf-8", "replace")
        binary = "\ufffd" in text or "\0" in text
        return "application/octet-stream" if binary else "text/plain; charset=utf-8"
    return "application/json"

"""The curl line that a hook answers, for people to type."""

from __future__ import annotations

import shlex
from pathlib import Path
from urllib.parse import quote, urlencode

from msgspec import UNSET

from gateway.compile.sample import sample_request
from gateway.language.spec import BasicAuthentication, BearerAuthentication, Hook


def curl_line(hook: Hook, base: str, secrets: Path) -> str:
    """A line for a POSIX shell. Secrets are read from their files as the line runs."""
    sample = sample_request(hook)
    url = base + quote(sample.path, safe="/~!$&'()*+,;=:@")
    if sample.query:
        url += "?" + urlencode(sample.query, doseq=True)
    parts = ["curl"]
    if sample.method != "GET" and not (sample.method == "POST" and sample.body):
        parts += ["-X", sample.method]
    parts += [f"-H {shlex.quote(f'{name}: {value}')}" for name, value in sample.headers.items()]
    if sample.body is not None and sample.content_type:
        parts.append(f"-H {shlex.quote(f'Content-Type: {sample.content_type}')}")
    parts += _credentials(hook, secrets)
    if sample.body is not None:
        parts.append(f"-d {shlex.quote(sample.body.decode())}")
    return " ".join([*parts, shlex.quote(url)])


def _credentials(hook: Hook, secrets: Path) -> list[str]:
    match hook.authentication:
        case BearerAuthentication(tokens=[token, *_]):
            return [f'-H "Authorization: Bearer {_value(token, secrets, "TOKEN")}"']
        case BasicAuthentication(users=[user, *_]):
            return [f'-u "{user.username}:{_value(user.password, secrets, "PASSWORD")}"']
    return []


def _value(written: object, secrets: Path, unknown: str) -> str:
    """How a shell gets at a credential; a digest cannot be turned back."""
    if (name := getattr(written, "secret", UNSET)) is not UNSET:
        return f"$(cat {shlex.quote(str(secrets / name))})"
    if (name := getattr(written, "env", UNSET)) is not UNSET:
        return f"${name}"
    return f"${unknown}"

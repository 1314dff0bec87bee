"""Files that stand beside hooks and are none: everything that ends up in a directory."""

from __future__ import annotations

import os
import random
from collections.abc import Callable, Iterator
from functools import cache, partial
from pathlib import Path

from tests.cases.diagnostics import diagnostics_cases
from tests.cases.hooks import hook_files
from tests.language.mutations import mutated

Put = Callable[[Path], None]
"""Puts a stray at a path."""

TEXTS = (
    *("", "\n", "# later\n", "hello\n", "hello: world\n", "null\n", "42\n", "---\n---\n", "[]\n"),
    *("name: Github_Push\n", "workflow: http://127.0.0.1:9/\n", "name: no-workflow\n"),
    *("name: stray\nmethod: []\nworkflow: http://127.0.0.1:9/\n", "path: /zz\nmethod: []\n"),
    *("method: [GET]\n", "path: /{a}/{a}\nname: twice\nworkflow: http://127.0.0.1:9/\n"),
    *("hooks: [{name: a}]\n", "- name: a\n- name: b\n", "- - - -\n", "a: b\n---\n" * 300),
    *(
        "name: {{ .Values.name }}\n",
        '{{- range .Values.hooks }}\nname: "{{ .name }}"\n{{- end }}\n',
    ),
    *("name: ${NAME}\nworkflow: ${URL}\n", "name: stray-%d\nmetod: POST\n---\n" * 50),
    "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: hooks}\ndata:\n  a.yaml: |\n    name: a\n",
    "apiVersion: v1\nkind: List\nitems:\n- {apiVersion: v1, kind: Secret, data: {a: Yg==}}\n",
    "apiVersion: apps/v1\nkind: Deployment\nspec: {template: {spec: {containers: [{name: a}]}}}\n",
    "resources: [base]\nconfigMapGenerator: [{name: hooks, files: [a.yaml]}]\n",
    "<<<<<<< HEAD\nname: a\n=======\nname: b\n>>>>>>> theirs\n",
    "services: {gateway: {image: gateway, ports: ['8080:8080']}}\n",
    "on: [push]\njobs: {test: {runs-on: ubuntu-latest, steps: [{run: make test}]}}\n",
    "%YAML 1.1\n---\nname: a\n...\n%TAG ! tag:x\n---\nname: b\n",
    "a: &a [x]\nb: [*a, *a]\n<<: *a\n",
    "[" * 3000,
    "{a: " * 3000,
    "? [a]\n: b\n",
)
NAMES = ("{}.yaml", "{}.yml", "team/{}.yaml", "team/a/{}.yml", "with a blank {}.yaml", "é {}.yaml")


def strays(chance: random.Random) -> dict[str, Put]:
    """One to six strays by name below the directory."""
    return {
        chance.choice(NAMES).format(f"{chance.choice('amz')}-stray-{n}"): _stray(chance)
        for n in range(chance.randint(1, 6))
    }


def _stray(chance: random.Random) -> Put:
    match chance.randint(0, 9):
        case 0:
            return partial(_write, data=chance.randbytes(chance.randint(0, 400)))
        case 1:
            return chance.choice((os.mkfifo, Path.mkdir, _dangling, _outside, _loop, _large))
        case 2 | 3 | 4:
            return partial(_write, data=chance.choice(TEXTS).encode())
        case 5:
            data = chance.choice(TEXTS) + chance.choice(TEXTS)
            return partial(_write, data=data.encode())
    seed = chance.randrange(2**32)
    return partial(_write, data=next(mutated(_seeds(), 1, seed)))


@cache
def _seeds() -> list[bytes]:
    cases = (section for case in diagnostics_cases() for section in case.sections[:-1])
    texts = [section.data for section in cases if len(section.data) < 5_000]
    return [source.data for source in hook_files()] * 4 + texts


def _write(path: Path, data: bytes) -> None:
    path.write_bytes(data)


def _dangling(path: Path) -> None:
    path.symlink_to("nowhere")


def _outside(path: Path) -> None:
    path.symlink_to("/etc/hostname")


def _loop(path: Path) -> None:
    path.symlink_to(path.name)


def _large(path: Path) -> None:
    path.write_bytes(b"#" * 1_048_577)


def put(root: Path, found: dict[str, Put]) -> Iterator[str]:
    """Put strays below a directory; what stands there for each."""
    for name, stray in found.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        stray(path)
        yield f"{name}: {path.read_bytes()[:2000]!r}" if path.is_file() else name

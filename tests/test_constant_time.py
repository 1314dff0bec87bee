"""No secret and no signature is compared by an operator that stops at the first difference."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from gateway.compile.guards import KINDS

TOP = Path(__file__).parents[1]
PLACES = (
    "gateway/compile/guards",
    "gateway/compile/handshakes",
    "gateway/compile/signatures",
    "gateway/compile/invoker.py",
    "gateway/operate",
    "gateway/runtime",
)
"""Where credentials are handled."""
FILES = sorted(
    file
    for place in PLACES
    for file in ((TOP / place).rglob("*.py") if (TOP / place).is_dir() else [TOP / place])
)

SECRET = re.compile(
    r"secret|token|signature|digest|password|credential|expected|candidate|presented|hmac|\bmac\b"
    r"|api_?key|\bkey\b|reveal|\bhash(ed)?\b|material",
    re.IGNORECASE,
)
PUBLIC = frozenset({"algorithms", "id", "name"})
"""What everybody may know of a key or a secret."""

ALLOWED = {
    "digest in accepted": "a digest under a key that dies with the process: nobody can choose how "
    "it begins, so that a look-up tells nothing",
    "digest in memory": "the same",
    "digest in self._known": "the same",
    "key not in self._cells": "the kind and the name of a reference",
}


def leaks(source: str) -> list[str]:
    """What compares something named like a secret with `==`, `!=`, `in` or `not in`."""
    found = {ast.unparse(node) for node in ast.walk(ast.parse(source)) if _leaks(node)}
    return sorted(found - ALLOWED.keys())


def _leaks(node: ast.AST) -> bool:
    if not isinstance(node, ast.Compare):
        return False
    operands = [node.left, *node.comparators]
    by_value = (ast.Eq, ast.NotEq, ast.In, ast.NotIn)
    return (
        any(isinstance(operator, by_value) for operator in node.ops)
        and any(_secret(operand) for operand in operands)
        and not any(_harmless(operand) for operand in operands)
    )


def _secret(operand: ast.expr) -> bool:
    names = [node.id for node in ast.walk(operand) if isinstance(node, ast.Name)]
    names += [node.attr for node in ast.walk(operand) if isinstance(node, ast.Attribute)]
    return any(SECRET.search(name) for name in names)


def _harmless(operand: ast.expr) -> bool:
    """Literals and constants, lengths and types, and what of a key is public."""
    if isinstance(operand, ast.Tuple | ast.Set | ast.List):
        return all(_harmless(element) for element in operand.elts)
    if isinstance(operand, ast.Call) and isinstance(operand.func, ast.Name):
        return operand.func.id in ("len", "type")
    if isinstance(operand, ast.Name):
        return operand.id.isupper()
    if isinstance(operand, ast.Attribute):
        return operand.attr in PUBLIC
    return isinstance(operand, ast.Constant)


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(TOP)))
def test_secrets_and_signatures_are_compared_in_constant_time(file: Path) -> None:
    assert leaks(file.read_text()) == []


def test_every_guard_is_looked_at() -> None:
    written = (TOP / "gateway/compile/guards").glob("*.py")
    guards = {file for file in written if "_guard(" in file.read_text()}
    assert len(guards) >= len(KINDS)
    assert guards <= set(FILES)


def test_what_is_allowed_is_still_there() -> None:
    sources = [ast.parse(file.read_text()) for file in FILES]
    written = {ast.unparse(node) for source in sources for node in ast.walk(source)}
    assert ALLOWED.keys() <= written


@pytest.mark.parametrize(
    "line",
    [
        "if token == presented: pass",
        "return signature != expected",
        "self.secret == value",
        "cell.secret.reveal() == header",
        "token in tokens",
        "key.material == material",
        "any(candidate == value for value in values)",
    ],
)
def test_the_check_finds_what_it_looks_for(line: str) -> None:
    assert leaks(f"def f():\n  {line}")


@pytest.mark.parametrize(
    "line",
    [
        "hmac.compare_digest(token, presented)",
        "len(secret) != 32",
        "spec.digest == 'sha256'",
        "spec.key in ('utf8', 'base64')",
        "cell.secret is None",
        "credentials[:7].lower() != SCHEME",
        "algorithm in key.algorithms",
    ],
)
def test_the_check_lets_pass_what_compares_no_secret(line: str) -> None:
    assert not leaks(f"def f():\n  {line}")

"""No secret and no signature is compared by an operator that stops at the first difference."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

COMPILE = Path(__file__).parents[3] / "gateway" / "compile"
PLACES = ("guards", "signatures", "handshakes")
FILES = sorted(file for place in PLACES for file in (COMPILE / place).rglob("*.py"))

SECRET = re.compile(
    r"secret|token|signature|digest|password|credential|expected|candidate|presented|hmac|\bmac\b"
    r"|api_?key|\bkey\b|reveal|\bhash(ed)?\b|material",
    re.IGNORECASE,
)


REMEMBERED = re.compile(r"digest in [\w.]+")
"""Basic passwords are remembered by a digest under a key that dies with the process: nobody can
choose how such a digest begins, so a look-up tells nothing."""


def leaks(source: str) -> list[str]:
    """What compares something named like a secret with `==`, `!=`, `in` or `not in`."""
    found = {ast.unparse(node) for node in ast.walk(ast.parse(source)) if _leaks(node)}
    return sorted(text for text in found if REMEMBERED.fullmatch(text) is None)


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
    """Literals of the grammar, lengths, and the kinds that a specification may name."""
    if isinstance(operand, ast.Tuple | ast.Set | ast.List):
        return all(_harmless(element) for element in operand.elts)
    if isinstance(operand, ast.Call) and isinstance(operand.func, ast.Name):
        return operand.func.id in ("len", "type")
    return isinstance(operand, ast.Constant)


@pytest.mark.parametrize("file", FILES, ids=lambda file: f"{file.parent.name}/{file.stem}")
def test_secrets_and_signatures_are_compared_in_constant_time(file: Path) -> None:
    assert leaks(file.read_text()) == []


def test_all_places_that_compare_credentials_are_looked_at() -> None:
    assert {file.parent.name for file in FILES} >= set(PLACES)


@pytest.mark.parametrize(
    "line",
    [
        "if token == presented: pass",
        "return signature != expected",
        "self.secret == value",
        "cell.secret.reveal() == header",
        "token in tokens",
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
    ],
)
def test_the_check_lets_pass_what_compares_no_secret(line: str) -> None:
    assert not leaks(f"def f():\n  {line}")

"""What is written down from a spec reads as the same spec."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

import msgspec
import yaml
from hypothesis import HealthCheck, given, settings

from gateway.language.decode import convert
from gateway.language.findings import Findings
from gateway.language.literals import encode_json
from gateway.language.spec import Elements
from gateway.language.yaml12 import documents
from tests.language.strategies import hooks
from tests.support.thorough import cases

hypothesis = settings(
    max_examples=cases(100), deadline=None, database=None, suppress_health_check=list(HealthCheck)
)

EXPONENT = re.compile(r"-?[0-9.]+E[+-]?[0-9]+$")
FORBIDDEN = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")


class Quoted(yaml.SafeDumper):
    """Every text in double quotes: what PyYAML leaves plain, it has judged as YAML 1.1."""


def quoted(dumper: yaml.SafeDumper, text: str) -> Any:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style='"')


def number(dumper: yaml.SafeDumper, value: Decimal) -> Any:
    text = str(value)
    kind = "int" if text.lstrip("-").isdigit() else "float"
    return dumper.represent_scalar(f"tag:yaml.org,2002:{kind}", text)


Quoted.add_representer(str, quoted)
Quoted.add_representer(Decimal, number)
# In YAML 1.1 a number with an exponent has a point, too; without this it would get a tag.
Quoted.add_implicit_resolver("tag:yaml.org,2002:float", EXPONENT, list("-0123456789"))
Quoted.ignore_aliases = lambda *_: True  # type: ignore[method-assign]


def read(text: str) -> Any:
    """The value of the one document of a text without mistakes."""
    findings = Findings("hooks.d/written.yaml")
    (document,) = documents(text.encode(), findings)
    assert not findings.sorted()
    return document.value


def written(value: object) -> Any:
    """The plain values of a spec, as an author would have written them."""
    return msgspec.to_builtins(
        value, enc_hook=rule, order="deterministic", builtin_types=(Decimal,)
    )


def escaped(found: re.Match[str]) -> str:
    return f"\\u{ord(found[0]):04x}"


def rule(value: object) -> Any:
    assert isinstance(value, Elements)
    return value.rule


@hypothesis
@given(hooks())
def test_a_spec_that_is_written_in_blocks_reads_as_itself(value: dict[str, Any]) -> None:
    spec = convert(value)
    text = yaml.dump(written(spec), Dumper=Quoted, allow_unicode=True, width=60)
    assert convert(read(text)) == spec


@hypothesis
@given(hooks())
def test_a_spec_that_is_written_in_brackets_reads_as_itself(value: dict[str, Any]) -> None:
    spec = convert(value)
    text = yaml.dump(written(spec), Dumper=Quoted, default_flow_style=True)
    assert convert(read(text)) == spec


@hypothesis
@given(hooks())
def test_a_hook_of_json_reads_as_itself(value: dict[str, Any]) -> None:
    # JSON takes as they are some characters that YAML takes only as escapes.
    text = FORBIDDEN.sub(escaped, encode_json(value).decode())
    assert convert(read(text)) == convert(value)

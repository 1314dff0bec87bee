"""The JSON Schema is valid, explains itself, works offline, and agrees with what is decoded."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from jsonschema import Draft202012Validator

from gateway.language.decode import convert
from gateway.language.explain.validator import validator
from gateway.language.findings import Findings
from gateway.language.schema import editor_schema, hook_schema, schema_text
from gateway.language.yaml12 import documents
from tests.cases.hooks import hook_files
from tests.cases.schema_walk import parts
from tests.language.strategies import hooks, near_hooks
from tests.support.thorough import cases

TOP = Path(__file__).parents[2]
DEFINITIONS: dict[str, Any] = hook_schema()["$defs"]
STRUCTS = [name for name, part in DEFINITIONS.items() if "properties" in part]
WITHOUT_KEYS = {"NoAuthentication", "NoWorkflowAuthentication"}

hypothesis = settings(
    max_examples=cases(300), deadline=None, database=None, suppress_health_check=list(HealthCheck)
)


def test_the_written_schema_is_the_one_that_checks() -> None:
    written = (TOP / "schemas" / "hook.schema.json").read_text(encoding="utf-8")
    assert written == schema_text()
    assert json.loads(written) == editor_schema()


OFFERED = {"examples", "default", "defaultSnippets"}
"""What editors offer. It says nothing about which values are valid."""


def judging(schema: Any) -> Any:
    """A schema without what only editors read."""
    if isinstance(schema, list):
        return [judging(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    found = {key: judging(value) for key, value in schema.items() if key not in OFFERED}
    if all(part == {"properties": {"type": {}}} for part in found.get("allOf", [None])):
        del found["allOf"]
    return found


def test_what_editors_are_offered_refuses_nothing() -> None:
    assert judging(editor_schema()) == judging(hook_schema())


def test_editors_are_offered_no_mapping_as_an_example() -> None:
    offered = [
        one
        for _, part in parts(editor_schema(), "#")
        for one in [*part.get("examples", []), part.get("default")]
    ]
    assert not any(isinstance(one, dict) for one in offered)


def typed(body: Any) -> Any:
    """What a snippet puts in, read back: its texts are YAML."""
    if isinstance(body, dict):
        return {typed(key): typed(value) for key, value in body.items()}
    if isinstance(body, list):
        return [typed(one) for one in body]
    if not isinstance(body, str):
        return body
    (document,) = documents(re.sub(r"\\([\\$])", r"\1", body).encode(), Findings("snippet"))
    return document.value


def test_every_snippet_puts_in_an_example() -> None:
    found = 0
    for name, definition in DEFINITIONS.items():
        written = editor_schema()["$defs"][name]
        pairs = [(definition, written)]
        pairs += [
            (part, written["properties"][key])
            for key, part in definition.get("properties", {}).items()
        ]
        for part, offered in pairs:
            examples = [one for one in part.get("examples", []) if isinstance(one, dict)]
            snippets = offered.get("defaultSnippets", [])
            assert [typed(one["body"]) for one in snippets] == examples, name
            found += len(snippets)
    assert found > 30


def test_the_schema_is_one_of_draft_2020_12() -> None:
    assert hook_schema()["$schema"] == Draft202012Validator.META_SCHEMA["$id"]
    Draft202012Validator.check_schema(hook_schema())


def test_nothing_refers_to_another_place() -> None:
    references = [part["$ref"] for _, part in parts(hook_schema(), "#") if "$ref" in part]
    assert references
    assert all(one.removeprefix("#/$defs/") in DEFINITIONS for one in references)


def test_every_definition_is_used() -> None:
    used = {
        part["$ref"].removeprefix("#/$defs/")
        for _, part in parts(hook_schema(), "#")
        if "$ref" in part
    }
    assert used == DEFINITIONS.keys()


@pytest.mark.parametrize("name", DEFINITIONS)
def test_every_definition_has_a_title_and_a_sentence(name: str) -> None:
    definition = DEFINITIONS[name]
    assert definition["title"]
    assert definition["description"].endswith(".")


@pytest.mark.parametrize("name", STRUCTS)
def test_every_key_has_a_sentence(name: str) -> None:
    for key, part in DEFINITIONS[name]["properties"].items():
        said = part.get("description", "")
        assert said[:1].isupper() or said[:1] == "`", f"{name}.{key}: {said!r}"
        assert said.endswith("."), f"{name}.{key}: {said!r}"


@pytest.mark.parametrize("name", STRUCTS)
def test_no_key_is_taken_that_is_not_known(name: str) -> None:
    assert DEFINITIONS[name]["additionalProperties"] is False


@pytest.mark.parametrize("name", DEFINITIONS)
def test_every_definition_has_examples_that_hold(name: str) -> None:
    examples = DEFINITIONS[name].get("examples", [])
    assert examples, name
    check = validator().evolve(schema={"$ref": f"#/$defs/{name}", "$defs": DEFINITIONS})
    for example in examples:
        check.validate(example)


def test_every_example_of_a_key_holds() -> None:
    for name in STRUCTS:
        for part in DEFINITIONS[name]["properties"].values():
            check = validator().evolve(schema={**part, "$defs": DEFINITIONS})
            for example in [
                *part.get("examples", []),
                *([part["default"]] if "default" in part else []),
            ]:
                check.validate(example)


def agree(value: Any) -> bool:
    """Whether schema and decoder judge a value alike."""
    try:
        convert(value)
    except msgspec.ValidationError as error:
        # JSON Schema takes 5.0 for a whole number; the code `invalid-value` explains it.
        return "Expected `int`, got `float`" in str(error) or not validator().is_valid(value)
    return bool(validator().is_valid(value))


@hypothesis
@given(hooks())
def test_what_the_schema_allows_can_be_decoded(value: dict[str, Any]) -> None:
    assert validator().is_valid(value)
    assert agree(value)


@hypothesis
@given(near_hooks())
def test_schema_and_decoder_refuse_the_same(value: Any) -> None:
    assert agree(value)


def paths(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The way to every value inside a value."""
    yield path
    if isinstance(value, (dict, list)):
        for key in value if isinstance(value, dict) else range(len(value)):
            yield from paths(value[key], (*path, key))


def changed(value: Any, path: tuple[Any, ...], new: Any) -> Any:
    """A copy with another value at a path."""
    if not path:
        return new
    copy: Any = dict(value) if isinstance(value, dict) else list(value)
    copy[path[0]] = changed(value[path[0]], path[1:], new)
    return copy


JUNK: tuple[Any, ...] = (
    None, True, 0, 1, -1, 1.5, 10**9, "", "a", "a\n", "none", "GET", "\u0661s", "a b", "x" * 600,
    "http://a", "10s", [], ["a"], [None], {}, {"a": 1}, {"eq": 1}, {"type": "none"},
    {"secret": "a"},
)  # fmt: skip


def test_no_value_of_a_sound_hook_can_be_replaced_so_that_the_two_disagree() -> None:
    values = [
        document.value
        for source in hook_files()
        for document in documents(source.data, Findings(source.name))
    ]
    assert all(map(validator().is_valid, values))
    one_of_each = {
        tuple("*" if isinstance(step, int) else step for step in path): (value, path)
        for value in values
        for path in paths(value)
    }
    replaced = [(value, path, junk) for value, path in one_of_each.values() for junk in JUNK]
    for value, path, junk in replaced[:: len(replaced) // cases(len(replaced))]:
        assert agree(changed(value, path, junk)), (path, junk, value)

"""`docs/language.md`: every key of the language."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import yaml

from gateway.language.reference.chapters import MORE, chapters, scalars
from gateway.language.reference.forms import anchor, cell, default, form, link
from gateway.language.reference.introduction import INTRODUCTION
from gateway.language.schema import hook_schema


def language_page() -> str:
    """The page: an introduction, a chapter for each key of a hook, a table of scalars."""
    parts = [INTRODUCTION, _contents(), *_sections(["Hook"], "## ")]
    for title, names in chapters().items():
        parts += [f"## {title}\n", *_sections(names, "### ")]
    return "\n".join([*parts, _scalars(scalars())])


def _contents() -> str:
    lines = ["- [Hook](#hook)"]
    for title, names in chapters().items():
        lines += [f"- [{title}](#{anchor(title)})", *(f"  - {link(name)}" for name in names)]
    return "\n".join([*lines, "- [Scalars](#scalars)"]) + "\n"


def _sections(names: list[str], level: str) -> Iterator[str]:
    for name in names:
        yield _section(name, hook_schema()["$defs"][name], level)


def _section(name: str, schema: dict[str, Any], level: str) -> str:
    more = f" {MORE[name]}" if name in MORE else ""
    lines = [f"{level}{schema['title']}", "", f"{schema['description']}{more}", ""]
    for example in schema.get("examples", ()):
        lines += ["```yaml", _yaml(example), "```", ""]
    if "properties" in schema:
        lines += [*_table(schema), "", *_conditions(schema)]
    else:
        lines += [f"Form: {form(schema)}.", ""]
    return "\n".join(lines)


def _table(schema: dict[str, Any]) -> Iterator[str]:
    yield "| key | form | default | meaning |"
    yield "|---|---|---|---|"
    for key, part in schema["properties"].items():
        meaning = " ".join([_meaning(part), *_examples(part)])
        columns = (f"`{key}`", form(part), default(key, schema), meaning)
        yield f"| {' | '.join(cell(column) for column in columns)} |"


def _meaning(part: dict[str, Any]) -> str:
    """The first sentence of a key; the tag of a mapping has said it above its table."""
    said: str = part.get("description", "").split("\n\n")[0]
    return "The type." if "const" in part else said


def _examples(part: dict[str, Any]) -> Iterator[str]:
    examples = part.get("examples", ())
    if examples:
        yield "For example " + " or ".join(f"`{_yaml(one, flow=True)}`" for one in examples) + "."


def _conditions(schema: dict[str, Any]) -> Iterator[str]:
    if "oneOf" in schema:
        keys = ", ".join(f"`{branch['required'][0]}`" for branch in schema["oneOf"])
        yield f"Exactly one of {keys} is required.\n"
    if schema.get("minProperties"):
        yield "At least one key is required.\n"


def _scalars(scalars: list[dict[str, Any]]) -> str:
    lines = ["## Scalars", "", "Text of a certain form.", ""]
    for one in scalars:
        examples = ", ".join(f"`{example}`" for example in one.get("examples", ()))
        lines += [f"### {one['title']}", "", f"{one['description']} For example {examples}.", ""]
        if "pattern" in one:
            lines += [f"Pattern: `` {one['pattern'].removesuffix('(?!' + chr(92) + 'n)')} ``", ""]
    return "\n".join(lines)


class _Dumper(yaml.SafeDumper):
    """YAML 1.2 as people write it: lists are indented, an instant needs no quotes."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)


_Dumper.yaml_implicit_resolvers = {
    first: [rule for rule in rules if rule[0] != "tag:yaml.org,2002:timestamp"]
    for first, rules in yaml.SafeDumper.yaml_implicit_resolvers.items()
}


def _yaml(value: Any, flow: bool = False) -> str:
    text: str = yaml.dump(
        value,
        Dumper=_Dumper,
        sort_keys=False,
        allow_unicode=True,
        default_flow_style=flow,
        width=1000,
    )
    return text.removesuffix("\n").removesuffix("\n...")

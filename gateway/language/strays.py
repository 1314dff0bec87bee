"""What lies in a hooks directory and is no hook: documents of other tools, templates that were not
filled in, merges that were not finished. Each is one mistake, however many keys are wrong.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any

from gateway.language.diagnostic import Diagnostic, Place
from gateway.language.findings import Findings
from gateway.language.template import ANSWERED, ROOTS
from gateway.language.yaml12 import Document
from gateway.language.yaml12.characters import lines_of

_Test = Callable[[dict[str, Any]], bool]

_BEGINS = re.compile(r"<{7}(?:[ \t]|$)")
_ENDS = re.compile(r">{7}(?:[ \t]|$)")
_TAG = re.compile(r"\{\{[^{}]{0,200}\}\}|\{%[^{}]{0,200}%\}")
_INPUT = re.compile(r"\{\{\s*(?:" + "|".join([*ROOTS, *ANSWERED]) + r")\.")
"""A template that reads an input of the gateway."""
_KIND = re.compile(r"[A-Z][A-Za-z]{0,62}")
_OUT = "move it out of the hooks directory, or give it a name that starts with '_'"
_KUSTOMIZE = frozenset(
    {"configMapGenerator", "secretGenerator", "patchesStrategicMerge", "patches"}
)


def _has(*keys: str) -> _Test:
    return lambda mapping: all(key in mapping for key in keys)


def _entries(key: str, *inner: str) -> _Test:
    """Whether there are mappings below a key that have one of the inner keys."""

    def test(mapping: dict[str, Any]) -> bool:
        value = mapping.get(key)
        entries = list(value.values()) if isinstance(value, dict) else value
        if not isinstance(entries, list):
            return False
        return any(name in one for one in entries if isinstance(one, dict) for name in inner)

    return test


_TOOLS: tuple[tuple[str, _Test], ...] = (
    ("a kustomization", lambda mapping: not _KUSTOMIZE.isdisjoint(mapping)),
    ("a Helm chart", _has("apiVersion", "name", "version")),
    ("a GitHub workflow", _has("on", "jobs")),
    ("a Docker Compose file", _entries("services", "image", "build")),
    ("a pre-commit configuration", _entries("repos", "repo")),
    ("a GitLab CI pipeline", _has("stages")),
    ("an OpenAPI document", _has("openapi")),
    ("an OpenAPI document", _has("swagger")),
    ("a Prometheus configuration", _has("scrape_configs")),
    ("a file of Prometheus rules", _entries("groups", "rules")),
    ("a JSON Schema", _has("$schema", "properties")),
)
_LISTS: tuple[tuple[str, _Test], ...] = (
    ("a hooks file of adnanh/webhook", _has("id", "execute-command")),
    ("an Ansible playbook", _has("hosts", "tasks")),
    ("an Ansible playbook", _has("hosts", "roles")),
)


def tool_of(value: Any) -> str:
    """What a document is, where it belongs to a known tool; else nothing. A hook has a workflow."""
    if isinstance(value, list):
        return _first(_LISTS, next((one for one in value if isinstance(one, dict)), {}))
    if not isinstance(value, dict) or "workflow" in value:
        return ""
    if "apiVersion" in value and "kind" in value:
        return _manifest(value["kind"])
    return _first(_TOOLS, value)


def _manifest(kind: Any) -> str:
    if kind == "Kustomization":
        return "a kustomization"
    known = isinstance(kind, str) and _KIND.fullmatch(kind)
    return f"a Kubernetes manifest ({kind})" if known else "a Kubernetes manifest"


def _first(tools: tuple[tuple[str, _Test], ...], mapping: dict[str, Any]) -> str:
    return next((name for name, test in tools if test(mapping)), "")


def add_tool(document: Document, tool: str, findings: Findings) -> None:
    """Make the one finding of a document of another tool."""
    hint = _OUT
    if "ConfigMap" in tool:
        hint = "write each hook of its `data` into its own file; " + _OUT
    findings.add("not-a-hook", document.root.place, f"this is {tool}, not a hook", hint)


def conflict(data: bytes, findings: Findings) -> bool:
    """Make a finding of a merge that was not finished. Whether there is one."""
    lines = lines_of(data) if b"<<<<<<<" in data else []
    begin = next((at for at, line in enumerate(lines) if _BEGINS.match(line)), len(lines))
    if not any(_ENDS.match(line) for line in lines[begin:]):
        return False
    hint = "keep the lines of one side, and remove the lines of '<', '=' and '>'"
    place = Place(begin + 1, 1, begin + 1, 8)
    findings.add("merge-conflict", place, "this merge is unfinished", hint)
    return True


def unfilled(data: bytes, found: Iterable[Diagnostic], findings: Findings) -> bool:
    """Make a finding of a template that was not filled in, where an error stands on one of its
    lines. Whether there is one.
    """
    lines = lines_of(data) if b"{{" in data or b"{%" in data else []
    wrong = {one.place.line for one in found if one.severity == "error"}
    for number, line in enumerate(lines, 1):
        tag = _TAG.search(line) if number in wrong else None
        if tag is not None:
            place = Place(number, tag.start() + 1, number, tag.end() + 1)
            findings.add(*_of_tag(line, tag, place))
            return True
    return False


def _of_tag(line: str, tag: re.Match[str], place: Place) -> tuple[str, Place, str, str]:
    if line[: tag.start()].endswith("$") or _INPUT.match(tag[0]):
        message = "a template of a hook has one pair of braces"
        return "bad-template", place, message, "write ${body.name}"
    hint = "put the rendered output here, such as that of `helm template`"
    return "not-a-hook", place, "this is an unrendered template", hint

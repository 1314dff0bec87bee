"""An author is helped by yaml-language-server, which VS Code, Neovim, Helix and Emacs use."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import msgspec
import pytest

from gateway.language.answers import KINDS
from gateway.language.read import read_source
from gateway.language.source import Source
from gateway.language.spec import Answer, Failure, Hook, Response
from gateway.language.spec.handshakes import LongHandshake, name_of
from gateway.language.spec.outgoing import (
    BasicWorkflowAuthentication,
    BearerWorkflowAuthentication,
    HeaderWorkflowAuthentication,
    SignatureWorkflowAuthentication,
)
from gateway.language.spec.receive import Charset, Form
from gateway.language.spec.signature import Preset
from tests.editor.language_server import SERVER, LanguageServer, language_server

SCHEMA = Path(__file__).parents[2] / "schemas" / "hook.schema.json"
MODELINE = f"# yaml-language-server: $schema={SCHEMA.as_uri()}\n"
TYPES = ["none", "basic", "bearer", "api-key", "jwt", "signature"]
SENDERS = set(Preset.__args__)  # type: ignore[attr-defined]
HANDSHAKES = [name_of(kind) for kind in get_args(LongHandshake)]
WORKFLOW = "workflow:\n  url: http://workflows.internal/run\n  authentication:"
REST = "workflow: http://workflows.internal/run\n"

pytestmark = pytest.mark.skipif(
    not (shutil.which("node") and SERVER.exists()),
    reason="yaml-language-server is not installed: `make editor` needs npm",
)


@pytest.fixture(scope="module")
def editor(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LanguageServer]:
    with language_server(tmp_path_factory.mktemp("hooks")) as running:
        yield running


def hook(*lines: str) -> str:
    """A document with the modeline; the cursor is the `|` in one of the lines."""
    return MODELINE + "\n".join(["name: a", *lines]) + "\n"


def test_a_new_file_begins_with_a_whole_hook(editor: LanguageServer) -> None:
    written = editor.completed(MODELINE + "|\n", "Hook")
    assert read_source(Source("a.yaml", written.encode())).diagnostics == ()


@pytest.mark.parametrize("key", sorted(set(Hook.__struct_fields__) - {"name"}))
def test_every_key_of_a_hook_is_offered(editor: LanguageServer, key: str) -> None:
    assert key in editor.offered(hook("|"))


def test_authentication_is_offered_in_each_form(editor: LanguageServer) -> None:
    assert editor.offered(hook("authentication: |")) == [
        "none", "type: none", "basic", "bearer", "api-key", "jwt", "signature",
    ]  # fmt: skip


@pytest.mark.parametrize("label", ["none", "basic", "bearer", "api-key", "jwt", "signature"])
@pytest.mark.parametrize("place", ["authentication: |", "authentication:\n  |"])
def test_each_form_of_authentication_that_is_taken_is_sound(
    editor: LanguageServer, place: str, label: str
) -> None:
    if label == "none" and "\n" in place:
        label = "type: none"
    written = editor.completed(hook("method: POST", place) + REST, label)
    reading = read_source(Source("a.yaml", written.encode()))
    assert [one for one in reading.diagnostics if one.severity == "error"] == []
    assert len(reading.hooks) == 1


@pytest.mark.parametrize(
    "place",
    [
        "authentication: |", "workflow: |", "response: |", "handshake: |", "limits: |", "match: |",
        "receive: |", "handshake:\n  - |", "handshake:\n  type: challenge\n  answer: |",
        "match:\n  body:\n    city: |", "workflow:\n  url: http://a/\n  authentication: |",
        "workflow:\n  url: http://a/\n  headers: |",
        "authentication:\n  type: bearer\n  tokens:\n    - |",
        "authentication:\n  type: signature\n  scheme: |",
    ],
)  # fmt: skip
def test_no_offer_is_unreadable(editor: LanguageServer, place: str) -> None:
    offered = editor.completions(hook(*place.split("\n")))
    assert offered
    assert "object Object" not in str(offered)


@pytest.mark.parametrize(
    "place",
    [
        "authentication:\n  type: |",
        "authentication:\n  type: |\n  tokens: [{secret: a}]",
        "authentication: {type: |}",
        "authentication: {type: s|, scheme: github}",
    ],
)
def test_every_type_is_offered(editor: LanguageServer, place: str) -> None:
    assert editor.offered(hook(*place.split("\n"))) == TYPES


@pytest.mark.parametrize(
    "place",
    [
        "authentication:\n  type: signature\n  scheme: |",
        "authentication: {type: signature, scheme: |}",
    ],
)
def test_every_sender_is_offered(editor: LanguageServer, place: str) -> None:
    assert set(editor.offered(hook(*place.split("\n")))) == SENDERS | {"Scheme"}


@pytest.mark.parametrize("place", ["handshake:\n  type: |", "handshake:\n  - type: |"])
def test_every_handshake_is_offered(editor: LanguageServer, place: str) -> None:
    assert set(HANDSHAKES) <= set(editor.offered(hook(*place.split("\n"))))


@pytest.mark.parametrize(
    ("key", "values"), [("as", get_args(Form)), ("charset", get_args(Charset))]
)
def test_every_way_to_read_a_body_is_offered(
    editor: LanguageServer, key: str, values: tuple[str, ...]
) -> None:
    assert set(values) <= set(editor.offered(hook("receive:", f"  {key}: |")))


@pytest.mark.parametrize(
    ("place", "keys"),
    [
        ("response:\n  |", Response),
        ("response:\n  failures:\n    - |", Failure),
        ("response:\n  failures:\n    - workflow: any\n      answer:\n        |", Answer),
        (f"{WORKFLOW}\n    type: basic\n    |", BasicWorkflowAuthentication),
        (f"{WORKFLOW}\n    type: bearer\n    |", BearerWorkflowAuthentication),
        (f"{WORKFLOW}\n    type: header\n    |", HeaderWorkflowAuthentication),
        (f"{WORKFLOW}\n    type: signature\n    |", SignatureWorkflowAuthentication),
    ],
)
def test_every_key_of_answers_and_of_credentials_for_the_workflow_is_offered(
    editor: LanguageServer, place: str, keys: type[msgspec.Struct]
) -> None:
    offered = editor.offered(hook(*place.split("\n")))
    assert set(keys.__struct_encode_fields__) <= set(offered)


@pytest.mark.parametrize(
    ("place", "values"),
    [
        ("response: |", ["outputs", "status"]),
        ("response:\n  type: |", ["outputs", "status"]),
        ("response:\n  failures:\n    - workflow: |", [*KINDS, "3xx", "4xx", "5xx", "any"]),
        ("response:\n  failures:\n    - workflow: 4xx\n      answer: |", ["pass", "report"]),
        (f"{WORKFLOW}\n    type: |", ["none", "basic", "bearer", "header", "signature"]),
        (f"{WORKFLOW}\n    type: signature\n    scheme: |", ["standard-webhooks", "svix"]),
    ],
)
def test_every_value_of_answers_and_of_credentials_for_the_workflow_is_offered(
    editor: LanguageServer, place: str, values: list[str]
) -> None:
    assert set(values) <= set(editor.offered(hook(*place.split("\n"))))


def test_keys_are_offered_in_flow_style_from_their_first_letter(editor: LanguageServer) -> None:
    assert {"type", "tokens"} <= set(editor.offered(hook("authentication: {t|}")))
    assert "prefix" in editor.offered(hook("match: {body: {ref: {p|}}}"))


def test_a_second_document_is_helped_where_it_has_its_own_line(editor: LanguageServer) -> None:
    second = hook("authentication:", "  type: |")
    assert editor.offered(hook(REST) + "---\n" + second) == TYPES


def test_one_setting_of_an_editor_is_enough_for_all_documents(tmp_path: Path) -> None:
    plain = hook("authentication:", "  type: |").removeprefix(MODELINE)
    with language_server(tmp_path, schemas={SCHEMA.as_uri(): ["*.yaml"]}) as editor:
        assert editor.offered(plain) == TYPES
        assert editor.offered(f"name: b\n{REST}---\n{plain}") == TYPES


def test_a_key_and_a_value_are_explained(editor: LanguageServer) -> None:
    assert "Who may call." in editor.hover(hook("authenti|cation: none"))
    assert "RFC 7617" in editor.hover(hook("authentication:", "  ty|pe: basic"))
    assert "How the sender signs" in editor.hover(
        hook("authentication:", "  type: signature", "  scheme: git|hub")
    )


def test_a_sound_hook_has_no_complaint_and_a_misspelt_key_has_one(editor: LanguageServer) -> None:
    assert editor.problems(hook("authentication: none", REST)) == []
    assert editor.problems(hook("metod: POST", REST)) == ["Property metod is not allowed."]

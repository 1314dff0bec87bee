"""yaml-language-server as an editor runs it: JSON-RPC over its standard streams."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

HERE = Path(__file__).parent
SERVER = HERE / "node_modules" / "yaml-language-server" / "bin" / "yaml-language-server"
CURSOR = "|"
SETTINGS = {"completion": True, "hover": True, "validate": True, "schemaStore": {"enable": False}}
"""No schema is fetched: a file names its own."""
CAPABILITIES = {
    "textDocument": {
        "completion": {"completionItem": {"snippetSupport": True}},
        "hover": {"contentFormat": ["markdown"]},
        "publishDiagnostics": {},
    },
    "workspace": {"configuration": True},
}


class Completion(NamedTuple):
    """What an editor offers at the cursor: its label, and the text that it puts there."""

    label: str
    text: str


class LanguageServer:
    """A running server; a document is a text with the cursor in it."""

    def __init__(
        self, process: subprocess.Popen[bytes], directory: Path, settings: dict[str, Any]
    ) -> None:
        self._process = process
        self._directory = directory
        self._settings = {"yaml": settings}
        self._number = 0
        self._configured = False
        self._diagnostics: dict[str, list[str]] = {}

    def start(self) -> None:
        """Shake hands, until the server has the settings."""
        folder = {"uri": self._directory.as_uri(), "name": "hooks"}
        arguments = {
            "processId": None, "rootUri": folder["uri"], "workspaceFolders": [folder],
            "capabilities": CAPABILITIES,
        }  # fmt: skip
        self._ask("initialize", arguments)
        self._tell("initialized", {})
        self._tell("workspace/didChangeConfiguration", {"settings": self._settings})
        while not self._configured:
            self._handle(self._read())

    def offered(self, text: str) -> list[str]:
        """The labels of what is offered at the cursor."""
        return [one.label for one in self.completions(text)]

    def completions(self, text: str) -> list[Completion]:
        """What is offered at the cursor."""
        result = self._ask("textDocument/completion", self._open(text))
        items = result["items"] if isinstance(result, dict) else result
        return [Completion(one["label"], _text(one)) for one in items]

    def hover(self, text: str) -> str:
        """What is said about the word at the cursor."""
        result = self._ask("textDocument/hover", self._open(text))
        found: str = result["contents"]["value"] if result else ""
        return found

    def problems(self, text: str) -> list[str]:
        """What the server complains about."""
        uri: str = self._open(text)["textDocument"]["uri"]
        while uri not in self._diagnostics:
            self._handle(self._read())
        return self._diagnostics[uri]

    def completed(self, text: str, label: str) -> str:
        """The document after one of the offers was taken and its placeholders were kept."""
        (taken,) = [one.text for one in self.completions(text) if one.label == label]
        before, _, after = text.partition(CURSOR)
        indent = re.match(r"[ ]*", before.rpartition("\n")[2])
        assert indent is not None
        return before + _typed(taken).replace("\n", "\n" + indent[0]) + after

    def _open(self, text: str) -> dict[str, Any]:
        """Open a document; its identifier and the place of the cursor."""
        self._number += 1
        before, _, after = text.partition(CURSOR)
        path = self._directory / f"hook-{self._number}.yaml"
        document = {"uri": path.as_uri(), "languageId": "yaml", "version": 1}
        self._tell("textDocument/didOpen", {"textDocument": {**document, "text": before + after}})
        lines = before.split("\n")
        position = {"line": len(lines) - 1, "character": len(lines[-1])}
        return {"textDocument": {"uri": path.as_uri()}, "position": position}

    def _ask(self, method: str, arguments: Any) -> Any:
        self._number += 1
        number = self._number
        self._write({"id": number, "method": method, "params": arguments})
        while True:
            message = self._read()
            if message.get("id") == number and "method" not in message:
                assert "error" not in message, message
                return message["result"]
            self._handle(message)

    def _tell(self, method: str, arguments: Any) -> None:
        self._write({"method": method, "params": arguments})

    def _handle(self, message: dict[str, Any]) -> None:
        """Answer what the server asks, and keep what it says of documents."""
        match message.get("method"):
            case "textDocument/publishDiagnostics":
                said = message["params"]
                self._diagnostics[said["uri"]] = [one["message"] for one in said["diagnostics"]]
            case "workspace/configuration":
                asked = message["params"]["items"]
                found = [self._settings.get(one.get("section", ""), {}) for one in asked]
                self._write({"id": message["id"], "result": found})
                self._configured = True
            case str() if "id" in message:
                self._write({"id": message["id"], "result": None})

    def _write(self, message: dict[str, Any]) -> None:
        data = json.dumps({"jsonrpc": "2.0", **message}).encode()
        assert self._process.stdin is not None
        self._process.stdin.write(b"Content-Length: %d\r\n\r\n" % len(data) + data)
        self._process.stdin.flush()

    def _read(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        length = 0
        while line := self._process.stdout.readline().strip():
            name, _, value = line.partition(b":")
            if name.lower() == b"content-length":
                length = int(value)
        assert length, "the language server ended"
        message: dict[str, Any] = json.loads(self._process.stdout.read(length))
        return message


def _typed(snippet: str) -> str:
    """What an editor makes of a snippet: LSP 3.17, "Snippet Syntax"."""
    kept = re.sub(r"\$\{\d+:([^}]*)\}", r"\1", re.sub(r"\$\{\d+\|([^,|]*)[^}]*\}", r"\1", snippet))
    return re.sub(r"\\([\\$}])", r"\1", kept)


def _text(item: dict[str, Any]) -> str:
    edit = item.get("textEdit") or {}
    text: str = edit.get("newText") or item.get("insertText") or item["label"]
    return text


@contextmanager
def language_server(directory: Path, **settings: Any) -> Iterator[LanguageServer]:
    """Start the server for the files of a directory; stop it at the end.

    `settings` are an editor's, below `yaml`.
    """
    process = subprocess.Popen(
        ["node", str(SERVER), "--stdio"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    server = LanguageServer(process, directory, {**SETTINGS, **settings})
    try:
        server.start()
        yield server
    finally:
        process.kill()
        process.communicate()

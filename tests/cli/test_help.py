"""Every command explains itself, fails plainly, and ends when it is told to."""

from __future__ import annotations

import fcntl
import importlib
import os
import re
import signal
import struct
import subprocess
import sys
import termios
import time
from pathlib import Path

import click
import pytest

from gateway.cli.main import COMMANDS
from gateway.cli.runs import COMMANDS as RUNS
from tests.support.command import COMMAND, PATIENCE, called, run, terminal

TOP = Path(__file__).parents[2]
PAGE = (TOP / "docs" / "cli.md").read_text()


EVERY = [*COMMANDS, *(f"runs {name}" for name in RUNS)]
"""All commands, those of a group with its name."""


def _command(name: str) -> click.Command:
    module = name.replace(" ", ".")
    found: click.Command = importlib.import_module(f"gateway.cli.{module}").command
    return found


def _options(name: str) -> list[click.Option]:
    return [one for one in _command(name).params if isinstance(one, click.Option)]


def test_every_command_is_listed() -> None:
    modules = {path.stem for path in (TOP / "gateway" / "cli").iterdir()} - {"__init__", "main"}
    found = {
        name
        for name in modules
        if isinstance(getattr(importlib.import_module(f"gateway.cli.{name}"), "command", None),
                      click.Command)
    }  # fmt: skip
    assert found == set(COMMANDS)


def test_the_help_names_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    for flag in ("-h", "--help"):
        status, text, _ = called(capsys, flag)
        assert status == 0
        for name, line in COMMANDS.items():
            assert re.search(rf"^  {name} +{re.escape(line)}", text, re.MULTILINE)


def test_the_help_of_all_loads_no_server() -> None:
    script = (
        "import sys; from gateway.cli.main import main\n"
        "try: main(['--help'])\n"
        "except SystemExit: print(*sys.modules, file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert not {"litestar", "httptools", "jsonschema"} & set(done.stderr.split())


@pytest.mark.parametrize("name", EVERY)
def test_the_help_of_a_command_has_examples_and_its_flags(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    status, text, _ = called(capsys, *name.split(), "--help")
    assert status == 0
    assert text.startswith(f"Usage: gateway {name} ")
    assert all(line == line.rstrip() for line in text.splitlines())
    assert re.search(rf"^Examples: *\n(  .*\n)*  .*gateway {name}\b", text, re.MULTILINE)
    for option in _options(name):
        assert f"  {option.opts[0]}" in text
        assert option.help


@pytest.mark.parametrize("name", ["serve", "dev"])
def test_each_flag_of_the_server_has_a_variable_that_the_help_shows(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    _, text, _ = called(capsys, name, "--help")
    for option in _options(name):
        variable = "GATEWAY_" + option.opts[0].removeprefix("--").replace("-", "_").upper()
        assert f"[env={variable}]" in text
        assert f"`{variable}`" in PAGE


@pytest.mark.parametrize("name", COMMANDS)
def test_the_page_about_the_command_line_has_every_command_and_flag(name: str) -> None:
    assert f"\n## `gateway {name}" in PAGE
    section = PAGE.split(f"\n## `gateway {name}")[1].split("\n## ")[0]
    assert f"\n$ gateway {name}" in section or f"| gateway {name}" in section
    shared = {one.opts[0] for one in _options("serve")} if name == "dev" else set()
    for option in _options(name):
        if option.opts[0] not in shared:
            assert f"`{option.opts[0]}" in section


@pytest.mark.parametrize("columns", [80, 120])
def test_the_help_fits_the_terminal(columns: int) -> None:
    with terminal("serve", "--help", columns=columns) as screen:
        assert screen.wait() == 0
    lines = re.sub(r"\x1b\[[0-9;]*m", "", screen.shown).splitlines()
    assert max(map(len, lines)) <= columns
    assert sum("[env=GATEWAY_" in line and "]" in line.split("[env=")[1] for line in lines) > 8


WRONG = {
    "": "Usage: gateway",
    "tokn": "gateway: No such command 'tokn'. Did you mean 'token'?\nTry 'gateway --help'.",
    "validate --formt text": "Did you mean '--format'?\nTry 'gateway validate --help'.",
    "validate --format xml": "'xml' is not one of 'text', 'json'",
    "routes a b": "unexpected extra argument",
    "routes --format": "requires an argument",
    "password secret": "unexpected extra argument",
    "schema --reference --diagnostics": "exclude each other",
    "token --write": "need a FILE",
    "serve --port 0": "'0' is not a whole number from 1 to 65535",
    "serve --port http": "'http' is not a whole number from 1 to 65535",
    "serve --workers 65": "'65' is not a whole number from 1 to 64",
    "serve --drain 20": "'20' is not a duration such as 250ms, 20s or 5m",
    "dev --port 99999": "'99999' is not a whole number from 1 to 65535",
}


@pytest.mark.parametrize("line", WRONG)
def test_wrong_usage_is_one_plain_message_and_status_2(
    line: str, capsys: pytest.CaptureFixture[str]
) -> None:
    status, text, said = called(capsys, *line.split())
    assert status == 2
    assert WRONG[line] in (said or text)
    assert len(said.splitlines()) <= 2
    assert said == "" or said.startswith("gateway")


def test_a_wrong_value_of_a_variable_is_said_with_the_variable(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GATEWAY_PORT", "tcp://10.0.0.1:8080")
    assert called(capsys, "serve") == (
        2,
        "",
        "gateway serve: Invalid value for '--port' (GATEWAY_PORT): 'tcp://10.0.0.1:8080' is not a "
        "whole number from 1 to 65535\nTry 'gateway serve --help'.\n",
    )


@pytest.mark.parametrize("name", COMMANDS)
def test_an_option_without_its_value_is_said_to_be_of_its_command(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    options = [one for one in _options(name) if not one.is_flag]
    for option in (option for one in options for option in one.opts):
        assert called(capsys, name, option) == (
            2,
            "",
            f"gateway {name}: Option '{option}' requires an argument.\n"
            f"Try 'gateway {name} --help'.\n",
        )


def test_colours_are_for_terminals_that_want_them(tmp_path: Path) -> None:
    broken = tmp_path / "a.yaml"
    broken.write_text("name: a\n")
    arguments = ("validate", str(broken))
    with terminal(*arguments) as screen:
        assert screen.wait() == 1
    assert "\x1b[31m" in screen.shown
    for environment in ({"NO_COLOR": "1"}, {"TERM": "dumb"}):
        with terminal(*arguments, environment=environment) as screen:
            assert screen.wait() == 1
        assert "\x1b" not in screen.shown
    assert "\x1b" not in run(*arguments, environment={"TERM": "xterm-256color"}).stdout


@pytest.mark.parametrize("line", ["--help", "schema", "schema --help", "validate hooks.d"])
def test_a_reader_that_has_left_is_no_accident(line: str) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run(
        [*COMMAND, *line.split()], stdout=writer, stderr=subprocess.PIPE, cwd=TOP, check=False
    )
    os.close(writer)
    assert done.stderr == b""


@pytest.mark.parametrize(
    ("line", "status", "message"),
    [
        ("validate hooks.d > /dev/full", 1, "gateway: the output cannot be written"),
        ("--help > /dev/full", 1, "gateway: the output cannot be written"),
        ("validate hooks.d >&-", 0, ""),
        ("validate - <&-", 1, ""),
        ("password <&-", 2, "gateway: the password is empty"),
        ("nothing 2>&-", 2, ""),
    ],
)
def test_streams_that_are_full_or_closed_are_no_accident(
    line: str, status: int, message: str
) -> None:
    command = ["bash", "-c", f"{' '.join(COMMAND)} {line}"]
    done = subprocess.run(command, capture_output=True, text=True, cwd=TOP, check=False)
    assert done.returncode == status
    assert done.stderr.startswith(message)
    assert len(done.stderr.splitlines()) <= 1


def test_an_interrupt_ends_a_command_quietly() -> None:
    with terminal("password") as screen:
        screen.wait_for("Password:")
        screen.send("\x03")
        assert screen.wait() == 128 + signal.SIGINT
    assert "Traceback" not in screen.shown
    assert "Abort" not in screen.shown


INTERRUPT = """
import os, signal, sys

class Finder:
    def find_spec(self, name, path=None, target=None):
        if name == {!r}:
            os.kill(os.getpid(), signal.SIGINT)

sys.meta_path.insert(0, Finder())
sys.argv[1:] = {!r}
from gateway.__main__ import main
main()
"""


@pytest.mark.parametrize("command", ["validate hooks.d", "runs list"])
@pytest.mark.parametrize(
    "module", ["gateway.cli.interrupts", "click", "gateway.errors", "gateway.cli.{command}"]
)
def test_an_interrupt_while_modules_are_imported_ends_a_command_quietly(
    module: str, command: str
) -> None:
    words = command.split()
    module = module.format(command=command.removesuffix(" hooks.d").replace(" ", "."))
    done = subprocess.run(
        [sys.executable, "-c", INTERRUPT.format(module, words)],
        capture_output=True, cwd=TOP, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stdout, done.stderr) == (128 + signal.SIGINT, b"", b"")


def test_a_job_in_the_background_of_a_script_is_not_interrupted() -> None:
    python = [sys.executable, "-c", INTERRUPT.format("gateway.cli.password", ["password"])]
    done = subprocess.run(
        ["bash", "-c", 'trap "" INT; exec "$@"', "bash", *python],
        stdin=subprocess.DEVNULL, capture_output=True, check=False,
    )  # fmt: skip
    assert done.returncode == 2, done.stderr


def test_an_interrupt_ends_what_waits_for_its_input() -> None:
    process = subprocess.Popen(
        [*COMMAND, "validate", "-"], stdin=subprocess.PIPE, stderr=subprocess.PIPE
    )
    _until_it_reads(process)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=PATIENCE)
    assert (process.returncode, said.strip()) == (128 + signal.SIGINT, b"")


def _until_it_reads(process: subprocess.Popen[bytes]) -> None:
    """Write to its standard input, and wait until nothing is left in the pipe."""
    assert process.stdin is not None
    process.stdin.write(b"name: a\n")
    process.stdin.flush()
    deadline = time.monotonic() + PATIENCE
    left = struct.pack("i", 1)
    while any(left):
        assert time.monotonic() < deadline
        assert process.poll() is None
        time.sleep(0.02)
        left = fcntl.ioctl(process.stdin, termios.FIONREAD, left)


def test_the_module_is_the_command() -> None:
    for command in (list(COMMAND), [str(Path(sys.executable).parent / "gateway")]):
        done = subprocess.run([*command, "--version"], capture_output=True, text=True, check=True)
        assert re.fullmatch(r"gateway, version \d+\.\d+\.\d+\n", done.stdout)
    assert os.access(Path(sys.executable).parent / "gateway", os.X_OK)

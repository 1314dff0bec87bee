"""Shells complete what the documentation says that they do."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.command import run, within
from tests.support.gateway import write_files

TOP = Path(__file__).parents[2]
FILES = {
    "hooks.d/a.yaml": "name: orders-new\ndescription: New orders.\nworkflow: http://a/\n"
    "---\nname: orders-paid\nworkflow: http://a/\n---\nname: broken\nmetod: GET\n",
    "mine/b.yaml": "name: others\nworkflow: http://a/\n",
}


def completed(directory: Path, *words: str) -> list[str]:
    """What bash is offered for the last of the words."""
    environment = {
        "_GATEWAY_COMPLETE": "bash_complete",
        "COMP_WORDS": " ".join(("gateway", *words)),
        "COMP_CWORD": str(len(words)),
    }
    done = within(directory=directory, environment=environment)
    assert done.stderr == ""
    return [line.partition(",")[2] for line in done.stdout.splitlines()]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("sign", "ord"), ["orders-new", "orders-paid"]),
        (("sign", "--hooks", "mine", "o"), ["others"]),
        (("sign", "--hooks", "nothing", "o"), [""]),
        (("token", "hooks.d/a.yaml", "--hook", "orders-p"), ["orders-paid"]),
        (("init", "--from", "git"), ["gitea", "github", "gitlab"]),
        (("ro",), ["routes"]),
        (("routes", "--for"), ["--format"]),
    ],
)
def test_a_shell_is_offered(tmp_path: Path, words: tuple[str, ...], expected: list[str]) -> None:
    write_files(tmp_path, FILES)
    assert completed(tmp_path, *words) == expected


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_line_of_the_page_gives_a_shell_its_function(shell: str) -> None:
    page = (TOP / "docs" / "cli.md").read_text(encoding="utf-8")
    (name, value) = re.findall(rf"(_GATEWAY_COMPLETE)=({shell}_source) gateway", page)[0]
    environment = {name: value, "PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin"}
    done = run(environment=environment)
    assert done.returncode == 0
    assert "_gateway_completion" in done.stdout
    if shutil.which(shell):
        subprocess.run([shell, "-n"], input=done.stdout, text=True, check=True)


def test_signing_loads_nothing_that_it_does_without() -> None:
    """A person waits for the line."""
    code = (
        "import sys; from gateway.cli.main import main\n"
        "try: main(['sign', 'github-push', '--secrets', 'nothing'])\n"
        "except SystemExit: pass\n"
        "print({'jwt', 'jsonschema', 'aiohttp', 'litestar'} & {*sys.modules})"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=TOP, capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines()[-1] == "set()"

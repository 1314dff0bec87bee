"""`--trusted-proxies`: whom the operator believes, said plainly or refused plainly."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from gateway.cli.serve import command, settings_of


def trusted(tmp_path: Path, *arguments: str, environment: str | None = None) -> tuple[str, ...]:
    """What the settings say, given these flags and this variable."""
    variables = {} if environment is None else {"GATEWAY_TRUSTED_PROXIES": environment}
    with pytest.MonkeyPatch.context() as patch:
        for name, value in variables.items():
            patch.setenv(name, value)
        context = command.make_context("serve", [str(tmp_path), *arguments])
    flags = dict(context.params)
    return settings_of(flags.pop("hooks"), flags).trusted_proxies


def test_without_the_flag_nobody_is_believed(tmp_path: Path) -> None:
    assert trusted(tmp_path) == ()


@pytest.mark.parametrize(
    "arguments",
    [
        ["--trusted-proxies", "10.0.0.0/8,fd00::/8"],
        ["--trusted-proxies", "10.0.0.0/8, fd00::/8"],
        ["--trusted-proxies", "10.0.0.0/8", "--trusted-proxies", "fd00::/8"],
    ],
)
def test_networks_are_written_in_one_flag_or_in_several(
    tmp_path: Path, arguments: list[str]
) -> None:
    assert trusted(tmp_path, *arguments) == ("10.0.0.0/8", "fd00::/8")


def test_the_variable_says_the_same(tmp_path: Path) -> None:
    for text in ("10.0.0.0/8,127.0.0.1", "10.0.0.0/8 127.0.0.1"):
        assert trusted(tmp_path, environment=text) == ("10.0.0.0/8", "127.0.0.1")


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("10.0.0.0/33", "'10.0.0.0/33' is not an address or a network: write it in CIDR"),
        ("10.0.0.0/8,proxy", "'proxy' is not an address or a network"),
        ("10.0.0.7/8", "'10.0.0.7/8' has host bits: write 10.0.0.0/8"),
        ("::ffff:10.0.0.0/104", "is an IPv4 network in IPv6 form: write 10.0.0.0/8"),
        ("0.0.0.0/0", "0.0.0.0/0 would trust every address; name the networks of the proxies"),
        ("::/0", "::/0 would trust every address"),
    ],
)
def test_a_network_that_is_none_is_refused_with_what_to_write(
    tmp_path: Path, value: str, message: str
) -> None:
    done = CliRunner().invoke(command, [str(tmp_path), "--trusted-proxies", value])
    assert done.exit_code == 2
    assert message in " ".join(done.output.replace("│", "").split())
    assert "--trusted-proxies" in done.output

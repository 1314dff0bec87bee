"""`gateway runs` finds, replays and cancels runs of a running gateway and of a stopped one."""

from __future__ import annotations

import json
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from tests.operate.runs.site import accepted, operated, shown
from tests.support.command import run as process
from tests.support.command import terminal
from tests.support.command import within as command
from tests.support.gateway import ADMIN_TOKEN, Gateway
from tests.support.polling import until
from tests.support.workflow import Workflow

NOBODY = "0193a1c2-7f3e-7c1a-9d55-0b6f3a2e8c41"


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory, workflow: Workflow) -> Iterator[Gateway]:
    with operated(tmp_path_factory.mktemp("runs"), workflow) as found:
        yield found


@pytest.fixture(scope="module")
def stopped(tmp_path_factory: pytest.TempPathFactory, workflow: Workflow) -> tuple[Path, str, str]:
    """The state directory of a gateway that has ended, with a dead run and a queued one."""
    directory = tmp_path_factory.mktemp("stopped")
    with operated(directory, workflow) as gateway:
        dead, late = accepted(gateway, "dead", "dead"), accepted(gateway, "late", "queued")
        until(lambda: shown(gateway, late)["attempts"] == 1)
    return directory / "state", dead, late


def environment(running: Gateway) -> dict[str, str]:
    """As in the container of the gateway."""
    return {
        "GATEWAY_SECRETS": str(running.log.parent / "secrets"),
        "GATEWAY_ADMIN_TOKEN": "admin",
        "GATEWAY_ADMIN_LISTEN": running.operators_url.removeprefix("http://"),
    }


def runs(running: Gateway, *arguments: str) -> CompletedProcess[str]:
    return command("runs", *arguments, environment=environment(running))


def test_a_list_is_a_line_of_seven_fields_a_run(running: Gateway) -> None:
    run = accepted(running, "dead", "dead")
    done = runs(
        running, "list", "--hook", "dead", "--state", "dead", "--since", "1h", "--limit", "1"
    )
    assert done.returncode == 0, done.stderr
    fields = done.stdout.removesuffix("\n").split("\t")
    assert (fields[0:4], fields[6].split()[0]) == ([run, "dead", "dead", "1"], "422")


def test_a_list_in_json_is_what_the_endpoint_says(running: Gateway) -> None:
    run = accepted(running, "good", "succeeded")
    done = runs(running, "list", "--hook", "good", "--format", "json", "--limit", "1")
    assert json.loads(done.stdout)["runs"][0]["run"] == run


def test_a_run_is_shown_with_its_payload_where_that_is_asked_for(running: Gateway) -> None:
    run = accepted(running, "dead", "dead")
    without, payload = runs(running, "show", run), runs(running, "show", run, "--payload")
    assert "state: dead\n" in without.stdout
    assert "  dead  422  " in without.stdout
    assert "body:" not in without.stdout
    assert 'body:\n{"name":"dead"}' in payload.stdout


def test_runs_are_replayed_by_name_each_with_its_reason(running: Gateway) -> None:
    dead, good = accepted(running, "dead", "dead"), accepted(running, "good", "succeeded")
    done = runs(running, "replay", dead, good, NOBODY)
    assert (done.returncode, done.stdout) == (1, f"{dead} is replayed\n")
    assert [line.split()[1] for line in done.stderr.splitlines()] == [f"{good}:", f"{NOBODY}:"]
    anew = runs(running, "replay", good, "--anew")
    assert anew.stdout.startswith(f"{good} is replayed as ")


def test_many_need_a_yes_where_nobody_can_be_asked(running: Gateway) -> None:
    accepted(running, "late", "queued")
    which = ("cancel", "--hook", "late")
    asked = runs(running, *which)
    assert (asked.returncode, asked.stdout) == (2, "")
    assert "would be cancelled; to do it without a question, add --yes" in asked.stderr
    dry = runs(running, *which, "--dry-run")
    assert (dry.returncode, "would be cancelled" in dry.stdout) == (0, True)
    done = runs(running, *which, "--yes")
    assert (done.returncode, "cancelled" in done.stdout) == (0, True)
    none = runs(running, *which, "--yes")
    assert (none.returncode, none.stderr) == (1, "gateway: no run matches\n")


def test_many_are_counted_and_asked_for_on_a_terminal(running: Gateway) -> None:
    run = accepted(running, "late", "queued")
    arguments = ("runs", "cancel", "--hook", "late")
    for answer, state in (("n", "queued"), ("y", "cancelled")):
        with terminal(*arguments, environment=environment(running)) as screen:
            screen.wait_for("Cancel 1 run of late? [y/N]:")
            screen.send(f"{answer}\n")
            screen.wait()
        assert shown(running, run)["state"] == state


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("cancel",), "name runs, or choose them with --hook NAME"),
        (("cancel", NOBODY, "--hook", "late"), "not both"),
        (("cancel", "--since", "1h"), "--hook NAME"),
        (("show", "a"), "is not the id of a run"),
        (("list", "--since", "yesterday"), "is not a time such as 2h"),
        (("replay", "--hook", "a", "--state", "succeeded"), "add --anew"),
        (("replay", NOBODY, "--state-dir", "x"), "start it, then replay"),
        (("check", "--state-dir", "/nowhere"), "has no stored runs"),
        (("list", "--state-dir", "/nowhere"), "has no stored runs"),
        (("list", "--url", "http://127.0.0.1:1"), "cannot be reached at http://127.0.0.1:1"),
        (("list", "--url", "http://127.0.0.1:1"), "or --store for a database"),
    ],
)
def test_wrong_usage_is_one_message_and_status_2(
    running: Gateway, arguments: tuple[str, ...], message: str
) -> None:
    done = runs(running, *arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert message in done.stderr


def test_a_token_is_needed_and_never_shown(running: Gateway) -> None:
    where = ("list", "--url", running.operators_url)
    missing = command("runs", *where)
    assert (missing.returncode, "GATEWAY_TOKEN" in missing.stderr) == (2, True)
    wrong = command("runs", *where, environment={"GATEWAY_TOKEN": "wrong-token"})
    assert (wrong.returncode, "does not accept the admin token" in wrong.stderr) == (2, True)
    assert "wrong-token" not in wrong.stderr + wrong.stdout
    unfit = command("runs", *where, environment={"GATEWAY_TOKEN": "unfit-token\n"})
    assert (unfit.returncode, "no header can have" in unfit.stderr) == (2, True)
    assert "unfit-token" not in unfit.stderr + unfit.stdout
    right = command("runs", *where, environment={"GATEWAY_TOKEN": ADMIN_TOKEN})
    assert right.returncode == 0


@pytest.mark.parametrize(
    "url", ["http://[::1", "http://127.0.0.1:99999", "http://127.0.0.1:x", "http://a\r\nb", "a:1"]
)
def test_what_is_no_address_is_called_that(url: str) -> None:
    done = command("runs", "list", "--url", url, environment={"GATEWAY_TOKEN": ADMIN_TOKEN})
    assert (done.returncode, "is not an address" in done.stderr) == (2, True)


@pytest.mark.parametrize("name", ["GATEWAY_ADMIN_LISTEN", "GATEWAY_PORT"])
def test_a_variable_that_is_no_address_is_named(name: str) -> None:
    done = command("runs", "list", environment={"GATEWAY_TOKEN": ADMIN_TOKEN, name: "x"})
    assert (done.returncode, f"{name} is not" in done.stderr) == (2, True)


def test_a_server_that_is_no_gateway_is_called_that(running: Gateway, workflow: Workflow) -> None:
    done = runs(running, "list", "--url", f"{workflow.url}/run/other")
    assert (done.returncode, "is not a gateway" in done.stderr) == (2, True)


def test_the_address_of_the_hooks_is_not_that_of_the_operators(running: Gateway) -> None:
    done = runs(running, "list", "--url", running.url)
    assert (done.returncode, "has no operators' endpoints" in done.stderr) == (2, True)


def test_a_backup_of_a_running_gateway_is_sound_and_can_be_listed(
    running: Gateway, tmp_path: Path
) -> None:
    run = accepted(running, "dead", "dead")
    done = runs(running, "backup", str(tmp_path / "runs.db"))
    assert done.returncode == 0, done.stderr
    assert runs(running, "backup", str(tmp_path / "runs.db")).returncode == 1
    # A store stays open until its process ends.
    checked = process("runs", "check", "--state-dir", str(tmp_path))
    assert (checked.returncode, "is sound" in checked.stdout) == (0, True)
    listed = command("runs", "list", "--state-dir", str(tmp_path), "--hook", "dead")
    assert run in listed.stdout


def test_a_stopped_gateway_s_runs_are_listed_and_cancelled(
    stopped: tuple[Path, str, str], tmp_path: Path
) -> None:
    state, dead, late = stopped
    copy = ("--state-dir", str(shutil.copytree(state, tmp_path / "state")))
    listed = process("runs", "list", *copy)
    assert [line.split("\t")[:4] for line in listed.stdout.splitlines()] == [
        [late, "late", "queued", "1"], [dead, "dead", "dead", "1"],
    ]  # fmt: skip
    assert process("runs", "cancel", late, *copy).stdout == f"{late} is cancelled\n"
    assert "state: cancelled" in command("runs", "show", late, *copy).stdout


def test_a_stopped_gateway_s_runs_are_found_where_only_its_directory_can_be_written(
    stopped: tuple[Path, str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    state, dead, _ = stopped
    copy = shutil.copytree(state, tmp_path / "state")
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "nowhere"))
    done = command("runs", "show", dead, "--state-dir", str(copy))
    assert (done.returncode, "state: dead" in done.stdout) == (0, True), done.stderr
    long = tmp_path / ("a" * 100)
    copy.rename(long)
    done = command("runs", "show", dead, "--state-dir", str(long))
    assert (done.returncode, "use a shorter path, or set TMPDIR" in done.stderr) == (2, True)


def test_an_empty_list_is_no_error(running: Gateway) -> None:
    done = runs(running, "list", "--hook", "keyed", "--state", "dead", "--until", "2020-01-01")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@pytest.mark.parametrize(
    ("arguments", "status"),
    [(("list",), 0), (("list", "--state", "dead"), 0), (("cancel",), 1), (("replay",), 1)],
)
def test_a_hook_that_nothing_has_is_told_with_the_one_that_was_meant(
    running: Gateway, arguments: tuple[str, ...], status: int
) -> None:
    for name, meant in (("god", "; did you mean 'good'?"), ("nothing-like-it", "")):
        done = runs(running, *arguments, "--hook", name)
        assert (done.returncode, done.stdout, done.stderr) == (
            status, "", f"gateway: no hook and no run has the name '{name}'{meant}\n",
        )  # fmt: skip


def test_a_stopped_gateway_knows_the_hooks_of_its_runs(
    stopped: tuple[Path, str, str], tmp_path: Path
) -> None:
    copy = ("--state-dir", str(shutil.copytree(stopped[0], tmp_path / "state")))
    done = command("runs", "list", "--hook", "latte", *copy)
    told = "gateway: no hook and no run has the name 'latte'; did you mean 'late'?\n"
    assert (done.returncode, done.stdout, done.stderr) == (0, "", told)


def test_the_store_of_a_running_gateway_is_left_alone(running: Gateway) -> None:
    state = ("--state-dir", str(running.log.parent / "state"))
    accepted(running, "dead", "dead")
    for arguments, told in (
        (("list", *state), "is used by another gateway (process"),
        (("check", *state), "stop it first, or check a copy"),
    ):
        done = command("runs", *arguments)
        assert (done.returncode, told in done.stderr) == (2, True)


def test_damage_is_found(stopped: tuple[Path, str, str], tmp_path: Path) -> None:
    state = shutil.copytree(stopped[0], tmp_path / "state")
    file = state / "runs.db"
    data = bytearray(file.read_bytes())
    for page in range(2, len(data) // 4096):
        data[page * 4096 : page * 4096 + 64] = b"\xff" * 64
    file.write_bytes(data)
    done = command("runs", "check", "--state-dir", str(state))
    assert (done.returncode, "the store is damaged" in done.stderr) == (1, True)
    assert file.read_bytes() == bytes(data)


def test_damage_of_the_schema_is_found(stopped: tuple[Path, str, str], tmp_path: Path) -> None:
    state = shutil.copytree(stopped[0], tmp_path / "state")
    file = state / "runs.db"
    data = file.read_bytes().replace(b"CREATE INDEX run_give_up", b"CREATE IN\xdfEX run_g\xdfve_up")
    file.write_bytes(data.replace(b"run_give_up", b"run_g\xdfve_up"))
    done = command("runs", "check", "--state-dir", str(state))
    assert (done.returncode, "the store is damaged" in done.stderr) == (1, True)


@pytest.mark.parametrize(
    ("change", "finding"),
    [
        ("DELETE FROM payload", "has no payload"),
        ("UPDATE sqlite_schema SET sql=replace(sql, 'run(id)', 'run(gate)') WHERE name='run_id'",
         "run_id"),
    ],
    ids=["payload", "index"],
)  # fmt: skip
def test_what_is_missing_is_found(
    stopped: tuple[Path, str, str], tmp_path: Path, change: str, finding: str
) -> None:
    state = shutil.copytree(stopped[0], tmp_path / "state")
    with closing(sqlite3.connect(state / "runs.db", isolation_level=None)) as file:
        file.execute("PRAGMA writable_schema=ON")
        file.execute(change)
    done = command("runs", "check", "--state-dir", str(state))
    assert (done.returncode, finding in done.stdout) == (1, True), done.stdout

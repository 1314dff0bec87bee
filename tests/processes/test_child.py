"""How a process of the gateway's own is started."""

from __future__ import annotations

import signal

import pytest

from gateway.processes.child import start_module


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGHUP])
def test_what_a_terminal_sends_to_its_whole_job_ends_no_process_that_is_starting(
    number: signal.Signals,
) -> None:
    before = signal.pthread_sigmask(signal.SIG_BLOCK, ())
    process = start_module("json.tool", (), "--help")
    process.send_signal(number)
    assert process.wait() == 0
    assert signal.pthread_sigmask(signal.SIG_BLOCK, ()) == before

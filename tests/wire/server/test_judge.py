"""What is no request line, although a later line ends as one does."""

from __future__ import annotations

import pytest

from gateway.wire.server.judge import judge_line
from gateway.wire.server.refused import Refused


@pytest.mark.parametrize(
    "head", [b"GET /\r\nHost:x HTTP/1.1\r\n\r\n", b"GET\r\nHost: /x HTTP/1.1\r\n\r\n"]
)
def test_a_request_line_ends_with_its_version(head: bytes) -> None:
    with pytest.raises(Refused):
        judge_line(head)

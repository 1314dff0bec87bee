"""Credentials for workflows in a header."""

from __future__ import annotations

import pytest

from gateway.compile.outgoing.headers import credential_line
from gateway.language.spec import SecretReference
from gateway.language.spec.outgoing import HeaderWorkflowAuthentication

KEY = HeaderWorkflowAuthentication(
    name="X-Api-Key", prefix="Key ", value=SecretReference(secret="key")
)


def test_a_prefix_stands_before_the_secret() -> None:
    assert credential_line(KEY, b"s3cret") == b"X-Api-Key: Key s3cret\r\n"


def test_an_echo_that_shows_headers_receives_no_secret() -> None:
    assert credential_line(KEY, b"s3cret", hidden=True) == b"X-Api-Key: ***\r\n"


@pytest.mark.parametrize("secret", [b"a\r\nX-Admin: 1", b"a\nb", b"a\0b"])
def test_a_secret_that_would_end_its_header_is_refused_without_showing_it(secret: bytes) -> None:
    with pytest.raises(ValueError, match="control characters") as refused:
        credential_line(KEY, secret)
    assert refused.value.__cause__ is None
    assert "Admin" not in str(refused.value)

"""What every handshake has in common."""

from __future__ import annotations

from typing import ClassVar

from gateway.language.spec.base import Written


class Handshaking(Written, frozen=True, kw_only=True):
    """`METHOD` is how the provider asks. `PROVEN` is whether it shows with it what it shows with
    its events: then the credentials come first. `SCHEME` names the signature that it is.
    `BRINGS_SECRET` is whether a secret of the hook is known only after it.
    """

    METHOD: ClassVar[str]
    PROVEN: ClassVar[bool] = False
    SCHEME: ClassVar[str] = ""
    BRINGS_SECRET: ClassVar[bool] = False

    @property
    def asked_by(self) -> tuple[str, ...]:
        """The methods by which the provider asks."""
        return (self.METHOD,)

    @property
    def proven(self) -> bool:
        """Whether the hook's credentials are asked for first."""
        return self.PROVEN

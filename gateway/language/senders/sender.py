"""A known sender: its scheme, and where it was learned."""

from __future__ import annotations

import msgspec

from gateway.language.spec.scheme import Scheme


class Sender(msgspec.Struct, frozen=True):
    """A known sender: its scheme, its documentation, and how far its timestamps may be off.

    The tolerance is the sender's own where it names one of a minute or more, otherwise 5m.
    `begins` is what its secrets begin with although they are used whole. `repeats` is how long
    after a request it may send the same again, empty where that is not known. `forms` says that
    it sends forms, unless it has asked for the hook's answer to its handshake.
    """

    scheme: Scheme
    source: str
    tolerance: str = "5m"
    begins: str = ""
    repeats: str = ""
    forms: bool = False

"""Known senders: named values of the grammar, and where each was learned."""

from __future__ import annotations

from gateway.language.senders.commerce import COMMERCE
from gateway.language.senders.development import DEVELOPMENT
from gateway.language.senders.documents import DOCUMENTS
from gateway.language.senders.messaging import MESSAGING
from gateway.language.senders.sender import Sender
from gateway.language.senders.standard import STANDARD_SENDERS
from gateway.language.spec.signature import Preset

__all__ = ["PRESETS", "Sender"]

PRESETS: dict[Preset, Sender] = {
    **STANDARD_SENDERS,
    **DEVELOPMENT,
    **COMMERCE,
    **MESSAGING,
    **DOCUMENTS,
}

"""What the log says of secrets, once for all workers."""

from __future__ import annotations

from collections.abc import Mapping

import structlog

from gateway.reload.messages import OddSecrets, SecretsChanged
from gateway.reload.service import MOST

_log = structlog.get_logger("gateway.reload")


class SecretLog:
    """A line for each change, and one for each secret that is probably wrong, again where its new
    value is, too.
    """

    def __init__(self) -> None:
        self._known: Mapping[str, str] = {}

    def changed(self, message: SecretsChanged) -> None:
        """Secrets have new values, of which nothing was told yet."""
        _log.info("secrets changed", secrets=list(message.labels))
        self._known = {
            label: reason for label, reason in self._known.items() if label not in message.labels
        }

    def tell(self, message: OddSecrets) -> None:
        """Log what was not told before."""
        new = [one for one in message.secrets if self._known.get(one.label) != one.reason]
        self._known = {one.label: one.reason for one in message.secrets}
        for one in new[:MOST]:
            hint = f"the whole value is the secret: if that is not meant, {one.remedy}"
            _log.warning(
                "a secret is probably wrong", secret=one.label, reason=one.reason, hint=hint
            )
        if more := len(new[MOST:]):
            _log.warning("more secrets are probably wrong", count=more)

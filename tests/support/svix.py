"""Svix's headers for the library of Standard Webhooks, with which Svix's own verifies, too."""

from __future__ import annotations

from collections.abc import Mapping


def without_svix(headers: Mapping[str, str]) -> dict[str, str]:
    """The headers with the names of Standard Webhooks in place of Svix's."""
    return {name.lower().replace("svix-", "webhook-"): text for name, text in headers.items()}

"""What the JSON Schema refuses, in sentences that name the key and what may stand there."""

from gateway.language.explain.errors import mistakes
from gateway.language.explain.sentences import called

__all__ = ["called", "mistakes"]

"""The client: one request, sent once, and its whole answer, within one deadline and in bounds."""

from gateway.wire.client.client import Client
from gateway.wire.client.endpoint import Endpoint
from gateway.wire.client.pool import Pool
from gateway.wire.client.reply import Reply

__all__ = ["Client", "Endpoint", "Pool", "Reply"]

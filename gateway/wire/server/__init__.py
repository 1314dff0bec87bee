"""The server: one connection, one request at a time, every phase with a deadline."""

from gateway.wire.server.fields import Lines, encode_lines
from gateway.wire.server.limits import ServerLimits
from gateway.wire.server.listener import Listener, serve
from gateway.wire.server.refused import AnswerUnread, Refuse, Refused, RequestHead

__all__ = [
    "AnswerUnread",
    "Lines",
    "Listener",
    "Refuse",
    "Refused",
    "RequestHead",
    "ServerLimits",
    "encode_lines",
    "serve",
]

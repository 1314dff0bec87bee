"""Who may call, and what they may cost."""

from __future__ import annotations

from gateway.plan.kinds.kind import Kind

ACCESS = (
    Kind("now-public", "risk", "The hook asked for credentials, and anyone may call it now."),
    Kind(
        "authentication-weakened",
        "risk",
        "Another type of authentication that proves less. From the strongest: a signature, a JSON "
        "Web Token, a secret in a header (bearer token, password, key), a key in the URL.",
    ),
    Kind(
        "authentication-replaced",
        "risk",
        "Another type of authentication that proves no less: other credentials open the hook.",
    ),
    Kind("credential-added", "risk", "A further token, user, key or secret opens the hook."),
    Kind("expiry-prolonged", "risk", "A credential opens the hook longer than before."),
    Kind("key-place-changed", "risk", "The API key is looked for in another place."),
    Kind(
        "scheme-changed",
        "risk",
        "Requests are signed in another way. Whether less is proven by it cannot be told.",
    ),
    Kind(
        "tolerance-raised",
        "risk",
        "Old or future timestamps, or expired tokens, are accepted for longer: `tolerance` or "
        "`leeway` is greater.",
    ),
    Kind("public-url-changed", "risk", "Signatures for another URL are accepted."),
    Kind(
        "unsigned-trusted",
        "risk",
        "Rules may read a header or a query parameter that the signature does not cover.",
    ),
    Kind("issuer-changed", "risk", "Tokens of another issuer are accepted."),
    Kind("audience-widened", "risk", "Tokens for a further audience are accepted."),
    Kind("algorithms-widened", "risk", "Tokens signed with a further algorithm are accepted."),
    Kind("key-set-changed", "risk", "The keys that tokens are verified with come from elsewhere."),
    Kind(
        "networks-widened",
        "risk",
        "Addresses may call that were answered 403: a network was added, or `allow_from` is gone.",
    ),
    Kind("handshake-added", "risk", "Requests of a provider's handshake are answered."),
    Kind(
        "handshake-changed",
        "risk",
        "Another handshake is answered, another verify token opens it, or more origins may send.",
    ),
    Kind("authentication-added", "notice", "Anyone could call, and now credentials are asked for."),
    Kind("credential-removed", "notice", "A token, user, key or secret opens the hook no more."),
    Kind("expiry-shortened", "notice", "A credential opens the hook for a shorter time."),
    Kind("scheme-narrowed", "notice", "A kind of signature is accepted no more."),
    Kind("tolerance-lowered", "notice", "`tolerance` or `leeway` is smaller."),
    Kind("audience-narrowed", "notice", "Tokens for an audience are accepted no more."),
    Kind("algorithms-narrowed", "notice", "Tokens signed with an algorithm are accepted no more."),
    Kind("networks-narrowed", "notice", "Addresses are answered 403 that could call."),
    Kind("handshake-narrowed", "notice", "The handshake lets fewer origins or requests in."),
    Kind("handshake-removed", "notice", "A provider's handshake is answered no more."),
    Kind("credential-relabelled", "info", "The log calls a credential by another name."),
    Kind("unsigned-distrusted", "info", "`trust_unsigned` names fewer headers or parameters."),
)

LIMITS = (
    Kind("limit-raised", "risk", "A caller may cost more: a limit is higher than it was."),
    Kind("limit-removed", "risk", "A caller may cost more: a limit is gone."),
    Kind("limit-lowered", "notice", "A caller may cost less: a limit is lower, or it is new."),
)

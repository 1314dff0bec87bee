"""Who may call, and what they may cost."""

from __future__ import annotations

from gateway.plan.kinds.kind import Kind

ACCESS = (
    Kind("now-public", "risk", "Anyone may call the hook now; it asked for credentials before."),
    Kind(
        "authentication-weakened",
        "risk",
        "The hook has a weaker type of authentication. From the strongest to the weakest: a "
        "signature, a JSON Web Token, a secret in a header (bearer token, password, key), a key "
        "in the URL.",
    ),
    Kind(
        "authentication-replaced",
        "risk",
        "The hook has another type of authentication that is not weaker: other credentials open "
        "it.",
    ),
    Kind("credential-added", "risk", "Another token, user, key or secret also opens the hook."),
    Kind("expiry-prolonged", "risk", "A credential opens the hook longer than before."),
    Kind("key-place-changed", "risk", "The gateway reads the API key from another place."),
    Kind(
        "scheme-changed",
        "risk",
        "The signature scheme is different. The plan cannot determine whether it is weaker.",
    ),
    Kind(
        "tolerance-raised",
        "risk",
        "The gateway accepts old or future timestamps, or expired tokens, for longer: "
        "`tolerance` or `leeway` is greater.",
    ),
    Kind("public-url-changed", "risk", "The gateway accepts signatures for another URL."),
    Kind(
        "unsigned-trusted",
        "risk",
        "Rules may read a header or a query parameter that the signature does not cover.",
    ),
    Kind("issuer-changed", "risk", "The gateway accepts tokens of another issuer."),
    Kind("audience-widened", "risk", "The gateway accepts tokens for another audience."),
    Kind("algorithms-widened", "risk", "The gateway accepts tokens signed with another algorithm."),
    Kind("key-set-changed", "risk", "The keys that verify tokens come from another place."),
    Kind(
        "networks-widened",
        "risk",
        "Addresses that got 403 may call: a network was added, or `allow_from` was removed.",
    ),
    Kind("handshake-added", "risk", "The hook answers a provider's handshake."),
    Kind(
        "handshake-changed",
        "risk",
        "The hook answers another handshake, accepts another verify token, or allows more origins.",
    ),
    Kind(
        "authentication-added",
        "notice",
        "The hook asks for credentials now; anyone could call it before.",
    ),
    Kind("credential-removed", "notice", "A token, user, key or secret no longer opens the hook."),
    Kind("expiry-shortened", "notice", "A credential opens the hook for a shorter time."),
    Kind("scheme-narrowed", "notice", "The gateway no longer accepts a kind of signature."),
    Kind("tolerance-lowered", "notice", "`tolerance` or `leeway` is smaller."),
    Kind("audience-narrowed", "notice", "The gateway no longer accepts tokens for an audience."),
    Kind(
        "algorithms-narrowed",
        "notice",
        "The gateway no longer accepts tokens signed with an algorithm.",
    ),
    Kind("networks-narrowed", "notice", "Addresses that could call get 403."),
    Kind("handshake-narrowed", "notice", "The handshake allows fewer origins or requests."),
    Kind("handshake-removed", "notice", "The hook no longer answers a provider's handshake."),
    Kind("credential-relabelled", "info", "The log shows another name for a credential."),
    Kind("unsigned-distrusted", "info", "`trust_unsigned` names fewer headers or parameters."),
)

LIMITS = (
    Kind("limit-raised", "risk", "A limit is higher."),
    Kind("limit-removed", "risk", "A limit was removed."),
    Kind("limit-lowered", "notice", "A limit is lower, or new."),
)

"""Who may call, and what they may cost."""

from __future__ import annotations

from gateway.plan.kinds.kind import kinds

ACCESS = kinds(
    risk={
        "now-public": "Anyone may call the hook now; it required credentials before.",
        "authentication-weakened": (
            "The hook has a weaker type of authentication. From the strongest to the weakest: a "
            "signature, a JSON Web Token, a secret in a header (bearer token, password, key), a "
            "key in the URL."
        ),
        "authentication-replaced": (
            "The hook has another type of authentication that is not weaker: other credentials "
            "open it."
        ),
        "credential-added": "Another token, user, key or secret also opens the hook.",
        "expiry-prolonged": "A credential opens the hook longer than before.",
        "key-place-changed": "The gateway reads the API key from another place.",
        "scheme-changed": (
            "The signature scheme is different. The plan cannot determine whether it is weaker."
        ),
        "tolerance-raised": (
            "The gateway accepts old or future timestamps, or expired tokens, for longer: "
            "`tolerance` or `leeway` is greater."
        ),
        "public-url-changed": "The gateway accepts signatures for another URL.",
        "unsigned-trusted": (
            "Rules may read a header or a query parameter that the signature does not cover."
        ),
        "issuer-changed": "The gateway accepts tokens of another issuer.",
        "audience-widened": "The gateway accepts tokens for another audience.",
        "algorithms-widened": "The gateway accepts tokens signed with another algorithm.",
        "key-set-changed": "The keys that verify tokens come from another place.",
        "networks-widened": (
            "Addresses that got 403 may call: a network was added, or `allow_from` was removed."
        ),
        "cors-widened": (
            "Pages of another origin may call the hook from a browser, or set another header."
        ),
        "handshake-added": "The hook answers a provider's handshake.",
        "handshake-changed": (
            "A handshake accepts another verify token, may allow more origins, or returns another "
            "challenge, or returns it to other requests."
        ),
        "handshake-unanswered": (
            "Requests that were a handshake, and started nothing, may start the workflow: a "
            "handshake is gone, or is asked for by fewer requests, and the hook takes its method."
        ),
    },
    notice={
        "authentication-added": "The hook requires credentials now; anyone could call it before.",
        "credential-removed": "A token, user, key or secret no longer opens the hook.",
        "expiry-shortened": "A credential opens the hook for a shorter time.",
        "scheme-narrowed": "The gateway no longer accepts a kind of signature.",
        "tolerance-lowered": "`tolerance` or `leeway` is smaller.",
        "audience-narrowed": "The gateway no longer accepts tokens for an audience.",
        "algorithms-narrowed": "The gateway no longer accepts tokens signed with an algorithm.",
        "networks-narrowed": "Addresses that could call get 403.",
        "cors-narrowed": (
            "Pages of an origin may no longer call the hook, or no longer set a header."
        ),
        "handshake-narrowed": "A handshake allows fewer origins or requests.",
        "handshake-removed": (
            "The hook no longer answers a provider's handshake, and refuses its requests."
        ),
    },
    info={
        "credential-relabelled": "The log shows another name for a credential.",
        "unsigned-distrusted": "`trust_unsigned` names fewer headers or parameters.",
    },
)

LIMITS = kinds(
    risk={
        "limit-raised": "A limit is higher.",
        "limit-removed": "A limit was removed.",
    },
    notice={
        "limit-lowered": "A limit is lower, or new.",
    },
)

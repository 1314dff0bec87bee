"""Private keys for trying out signatures by key pairs."""

from __future__ import annotations

from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat


def private_key(algorithm: str) -> str:
    """A new key in PEM form (PKCS #8) for an `algorithm` of a signature scheme."""
    made: Ed25519PrivateKey | ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey
    match algorithm:
        case "ed25519":
            made = Ed25519PrivateKey.generate()
        case "ecdsa-p256":
            made = ec.generate_private_key(ec.SECP256R1())
        case _:
            made = rsa.generate_private_key(65537, 3072)
    return made.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode().strip()

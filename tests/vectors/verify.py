#!/usr/bin/env python3
"""Checks docs/token-v1.json with the verifier of token_v1.py, which shares nothing with the library.

Then the control: each of the broken verifiers of broken.py has to be caught by a vector. Exits 1 at the
first difference.
"""
import json
import sys
from pathlib import Path

from broken import BROKEN
from token_v1 import Verifier, derived, encoded, hmac, outcome, prefixed, secret_bytes

VECTORS = Path(__file__).parents[2] / "docs" / "token-v1.json"


def bent(token: str, verifier: Verifier):
    """The token with one bit flipped, each in turn, and every beginning of it."""
    wire = verifier.decode(token)
    for bit in range(len(wire) * 8):
        flipped = int.from_bytes(wire, "big") ^ 1 << bit
        yield encoded(flipped.to_bytes(len(wire), "big"))
    for length in range(len(token)):
        yield token[:length]


def check_steps(steps: dict, vector: dict) -> None:
    secret, site = secret_bytes(vector["secret"]), vector["site"]
    verifier = Verifier(vector)
    wire = verifier.decode(vector["token"])
    message = verifier.authenticated(wire[:17], wire[17:-32])
    own = {
        "vector": vector["name"],
        "info": prefixed(b"token", site.encode()).hex(),
        "key": derived(secret, "token", site, 64).hex(),
        "authenticated": message.hex(),
        "tag": hmac(verifier.key(secret), message).hex(),
    }
    differs(f"the steps of {vector['name']!r}", steps, own)


def differs(what: str, published: object, own: object) -> None:
    if published != own:
        sys.exit(f"vectors: {what}: the file says {published}, this verifier says {own}")


def main() -> None:
    file = json.loads(VECTORS.read_text())
    vectors = file["vectors"]
    check_steps(file["steps"], vectors[0])
    for key in file["keys"]:
        length = len(key["key"]) // 2
        own = derived(secret_bytes(key["secret"]), key["purpose"], key["site"], length).hex()
        differs(f"the key for {key['purpose']} at {key['site']}", key["key"], own)
    bent_ones = 0
    for vector in vectors:
        verifier = Verifier(vector)
        differs(vector["name"], vector["verdict"], outcome(verifier, vector["token"]))
        if "ok" in vector["verdict"]:
            for token in bent(vector["token"], verifier):
                differs(f"a bent token of {vector['name']!r}", {"error": "malformed"}, outcome(verifier, token))
                bent_ones += 1
    failing = sum("error" in vector["verdict"] for vector in vectors)
    if len(vectors) < 60 or failing < 30:
        sys.exit(f"vectors: {len(vectors)} with {failing} that fail are too few")
    for variant in BROKEN:
        if all(outcome(variant(vector), vector["token"]) == vector["verdict"] for vector in vectors):
            sys.exit(f"vectors: no vector catches a verifier that {variant.__name__}")
    print(f"vectors: {len(vectors)} tokens, {failing} of which fail, {len(file['keys'])} keys and {bent_ones:,} bent "
          f"tokens agree; {len(BROKEN)} of {len(BROKEN)} broken verifiers are caught")


if __name__ == "__main__":
    main()

"""A verifier of tokens, written from docs/token-v1.md and sharing nothing with the library.

HMAC, HKDF and base64url are here as well, on hashlib's SHA-256 alone.
"""
import hashlib
import string

ALPHABET = string.ascii_uppercase + string.ascii_lowercase + string.digits + "-_"
SALT = b"captcha-core v1"
LONGEST = 1_024
FUTURE = 30_000
BLOCK = 64


class Refused(Exception):
    """The kind of error that the engine would say."""


def hmac(key: bytes, message: bytes) -> bytes:
    """RFC 2104 with SHA-256."""
    if len(key) > BLOCK:
        key = hashlib.sha256(key).digest()
    key = key.ljust(BLOCK, b"\0")
    inner = hashlib.sha256(bytes(byte ^ 0x36 for byte in key) + message).digest()
    return hashlib.sha256(bytes(byte ^ 0x5C for byte in key) + inner).digest()


def hkdf(secret: bytes, salt: bytes, info: bytes, length: int) -> bytes:
    """RFC 5869 with SHA-256."""
    pseudorandom_key = hmac(salt, secret)
    output = block = b""
    for counter in range(1, 256):
        if len(output) >= length:
            break
        block = hmac(pseudorandom_key, block + info + bytes([counter]))
        output += block
    return output[:length]


def prefixed(*parts: bytes) -> bytes:
    return b"".join(len(part).to_bytes(8, "big") + part for part in parts)


def secret_bytes(secret: dict) -> bytes:
    return secret["text"].encode() if "text" in secret else bytes.fromhex(secret["hex"])


def derived(secret: bytes, purpose: str, site: str, length: int) -> bytes:
    return hkdf(secret, SALT, prefixed(purpose.encode(), site.encode()), length)


class Verifier:
    """One method for each sentence that a broken verifier forgets."""

    def __init__(self, vector: dict):
        self.site = vector["site"]
        self.action = vector["action"]
        self.now = int(vector["now"])
        generation = vector["generation"]
        self.generation = (generation["configured"], int(generation["store"]))
        secrets = [secret_bytes(one) for one in [vector["secret"], *vector["verify_only"]]]
        self.keys = {self.key_id(secret): self.key(secret) for secret in secrets}

    def verify(self, token: str) -> dict:
        wire = self.decode(token)
        if len(wire) < 17 + 32:
            raise Refused("malformed")
        header, content, tag = wire[:17], wire[17:-32], wire[-32:]
        if not self.is_version(header[0]):
            raise Refused("malformed")
        if not self.is_tagged(header, content, tag):
            raise Refused("malformed")
        content = self.read(content)
        generation = (int.from_bytes(header[5:9], "big"), int.from_bytes(header[9:17], "big"))
        self.judge(generation, content)
        return content

    def judge(self, generation: tuple, content: dict) -> None:
        if not self.is_of(generation) or not self.is_alive(content["issued"], content["expires"]):
            raise Refused("expired")
        if not self.is_for(content["action"]):
            raise Refused("wrong-action")

    def key(self, secret: bytes) -> bytes:
        return derived(secret, "token", self.site, 64)

    def key_id(self, secret: bytes) -> bytes:
        return derived(secret, "key-id", self.site, 4)

    def decode(self, text: str) -> bytes:
        if len(text.encode()) > LONGEST:
            raise Refused("malformed")
        return self.base64url(text)

    def base64url(self, text: str) -> bytes:
        if len(text) % 4 == 1 or any(character not in ALPHABET for character in text):
            raise Refused("malformed")
        bits = 0
        for character in text:
            bits = bits << 6 | ALPHABET.index(character)
        over = len(text) * 6 % 8
        if not self.is_canonical(bits & ((1 << over) - 1)):
            raise Refused("malformed")
        return (bits >> over).to_bytes(len(text) * 6 // 8, "big")

    def is_canonical(self, stray: int) -> bool:
        return stray == 0

    def is_version(self, version: int) -> bool:
        return version == 1

    def candidates(self, key_id: bytes) -> list[bytes]:
        return [self.keys[key_id]] if key_id in self.keys else []

    def authenticated(self, header: bytes, content: bytes) -> bytes:
        return prefixed(b"token", self.site.encode(), header, content)

    def is_tagged(self, header: bytes, content: bytes, tag: bytes) -> bool:
        # A verifier that strangers can reach compares in constant time.
        message = self.authenticated(header, content)
        return any(self.is_same(hmac(key, message), tag) for key in self.candidates(header[1:5]))

    def is_same(self, one: bytes, other: bytes) -> bool:
        return one == other

    def read(self, content: bytes) -> dict:
        if len(content) < 33 or not self.is_whole(content[32], len(content) - 33):
            raise Refused("malformed")
        return {
            "id": content[:16].hex(),
            "action": self.text(content[33:33 + content[32]]),
            "issued": self.number(content[16:24]),
            "expires": self.number(content[24:32]),
        }

    def is_whole(self, said: int, there: int) -> bool:
        return said == there

    def text(self, action: bytes) -> str:
        try:
            return action.decode()
        except UnicodeDecodeError:
            raise Refused("malformed") from None

    def number(self, eight: bytes) -> int:
        return int.from_bytes(eight, "big")

    def is_of(self, generation: tuple) -> bool:
        return generation == self.generation

    def is_alive(self, issued: int, expires: int) -> bool:
        return issued <= self.now + FUTURE and self.now < expires

    def is_for(self, action: str) -> bool:
        return action == self.action


def outcome(verifier: Verifier, token: str) -> dict:
    try:
        content = verifier.verify(token)
    except Refused as refused:
        return {"error": str(refused)}
    return {"ok": {**content, "issued": str(content["issued"]), "expires": str(content["expires"])}}


def encoded(wire: bytes) -> str:
    characters = (len(wire) * 8 + 5) // 6
    bits = int.from_bytes(wire, "big") << characters * 6 - len(wire) * 8
    return "".join(ALPHABET[bits >> 6 * at & 63] for at in reversed(range(characters)))

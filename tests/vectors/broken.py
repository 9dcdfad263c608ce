"""Verifiers that each forget one thing: the control of the vectors, which have to catch them all."""
from token_v1 import FUTURE, Refused, Verifier, derived, hmac, prefixed

SECRET = b"pZ4mQ1nq0vJ8cXr2T6yBwE9hKsLdFgUa3o7iR5WxYtM="


def broken(name: str, **methods) -> type:
    return type(name, (Verifier,), methods)


def lax(translate):
    """A decoder that first makes the text what it takes it for."""
    return lambda self, text: Verifier.base64url(self, translate(text))


def unordered(self, generation, content):
    if not self.is_for(content["action"]):
        raise Refused("wrong-action")
    Verifier.judge(self, generation, content)


BROKEN = [
    broken("skips the tag", is_tagged=lambda self, *_: True),
    broken("compares half a tag", is_same=lambda self, one, other: one[:16] == other[:16]),
    broken("compares the end of a tag", is_same=lambda self, one, other: one[16:] == other[16:]),
    broken("ignores the site", key=lambda self, secret: derived(secret, "token", "", 64),
           authenticated=lambda self, *rest: prefixed(b"token", b"", *rest)),
    broken("ignores the site when another tag fits", is_tagged=lambda self, header, content, tag: any(
        hmac(key, prefixed(b"token", site, header, content)) == tag
        for key in self.keys.values() for site in (self.site.encode(), b"forum.example"))),
    broken("takes sites without regard to case", is_tagged=lambda self, header, content, tag: any(
        hmac(derived(secret, "token", site, 64), prefixed(b"token", site.encode(), header, content)) == tag
        for secret in [SECRET] for site in (self.site, self.site.upper()))
        or Verifier.is_tagged(self, header, content, tag)),
    broken("also takes what has no lengths", is_tagged=lambda self, header, content, tag: (
        Verifier.is_tagged(self, header, content, tag) or any(
            hmac(key, b"token" + self.site.encode() + header + content) == tag for key in self.keys.values()))),
    broken("takes any type", is_tagged=lambda self, header, content, tag: any(
        hmac(key, prefixed(kind, self.site.encode(), header, content)) == tag
        for key in self.keys.values() for kind in (b"token", b"challenge"))),
    broken("accepts padding", base64url=lax(lambda text: text.rstrip("="))),
    broken("accepts base64", base64url=lax(lambda text: text.replace("+", "-").replace("/", "_"))),
    broken("accepts stray bits", is_canonical=lambda self, stray: True),
    broken("accepts white space around", base64url=lax(str.strip)),
    broken("accepts white space within", base64url=lax(lambda text: "".join(text.split()))),
    broken("stops at a zero byte", base64url=lax(lambda text: text.split("\0")[0])),
    broken("takes the first of two", base64url=lax(lambda text: text.split(",")[0])),
    broken("reads percent-encoding", base64url=lax(lambda text: text.replace("%5F", "_"))),
    broken("accepts any version", is_version=lambda self, version: True),
    broken("takes later versions for this one", is_version=lambda self, version: version >= 1),
    broken("knows seven bits of the version", is_version=lambda self, version: version & 0x7F == 1),
    broken("tries every key", candidates=lambda self, key_id: list(self.keys.values())),
    broken("knows the active key alone", candidates=lambda self, key_id: list(self.keys.values())[:1]),
    broken("ignores what follows the content", is_whole=lambda self, said, there: said <= there),
    broken("reads what is there of an action", is_whole=lambda self, said, there: said >= there),
    broken("replaces what is no UTF-8", text=lambda self, action: action.decode(errors="replace")),
    broken("drops a byte order mark", text=lambda self, action: Verifier.text(self, action).lstrip("\ufeff")),
    broken("ends an action at a zero byte", is_for=lambda self, action: action.split("\0")[0] == self.action),
    broken("trims an action", is_for=lambda self, action: action.strip() == self.action),
    broken("ignores the action", is_for=lambda self, action: True),
    broken("takes actions without regard to case", is_for=lambda self, action: action.lower() == self.action.lower()),
    broken("takes actions that begin alike", is_for=lambda self, action: action.startswith(self.action)),
    broken("takes the beginning of an action", is_for=lambda self, action: self.action.startswith(action)),
    broken("ignores the expiry", is_alive=lambda self, issued, expires: issued <= self.now + FUTURE),
    broken("lives a millisecond longer", is_alive=lambda self, issued, expires:
           issued <= self.now + FUTURE and self.now <= expires),
    broken("ignores the time of issue", is_alive=lambda self, issued, expires: self.now < expires),
    broken("allows no other clock", is_alive=lambda self, issued, expires: issued <= self.now < expires),
    broken("allows 29.999 s", is_alive=lambda self, issued, expires:
           issued < self.now + FUTURE and self.now < expires),
    broken("adds within 64 bits", is_alive=lambda self, issued, expires:
           issued <= (self.now + FUTURE) % (1 << 64) and self.now < expires),
    broken("has signed times", number=lambda self, eight: int.from_bytes(eight, "big", signed=True)),
    broken("has times of 32 bits", is_alive=lambda self, issued, expires: Verifier.is_alive(
        self, issued, expires) or (self.now - issued) % (1 << 32) < 300_000),
    broken("ignores generations", is_of=lambda self, generation: True),
    broken("ignores the store's generation", is_of=lambda self, generation: generation[0] == self.generation[0]),
    broken("ignores the configured generation", is_of=lambda self, generation: generation[1] == self.generation[1]),
    broken("takes later generations", is_of=lambda self, generation: generation >= self.generation),
    broken("takes generations in any order", is_of=lambda self, generation: set(generation) == set(self.generation)),
    broken("looks at the action first", judge=unordered),
    broken("has keys of 32 bytes", key=lambda self, secret: derived(secret, "token", self.site, 32)),
]

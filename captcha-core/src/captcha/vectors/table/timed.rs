//! Lives, generations, and keys before and after a rotation.

use super::{
    super::{
        Expected, Secret, SecretKey,
        forge::{LIFE, NOW, Parts, SITE, key_id, own, secret},
    },
    Vector, bad, good, malformed, ok, old, older, vector, with_action,
};

pub(super) fn vectors() -> Vec<Vector> {
    let groups = [times(), generations(), rotation()];
    groups.into_iter().flatten().collect()
}

fn times() -> Vec<Vector> {
    let at = |now: u64, vector: Vector| Vector { now, ..vector };
    let life = |issued: u64, expires: u64| Parts {
        issued,
        expires,
        ..Parts::default()
    };
    let usual = life(NOW, NOW + LIFE);
    let expired = |name: &str, parts: &Parts| bad(name, "expired", parts.token());
    let late = |parts: Parts| Parts {
        expires: NOW,
        ..parts
    };
    vec![
        good("in the millisecond of its issue", &usual),
        at(NOW + LIFE - 1, good("in its last millisecond", &usual)),
        at(NOW + LIFE, expired("at its expiry", &usual)),
        at(
            NOW + LIFE + 1,
            expired("a millisecond after its expiry", &usual),
        ),
        at(
            NOW + (1 << 32),
            expired("a time whose low 32 bits are those of its issue", &usual),
        ),
        good("30 s from the future", &life(NOW + 30_000, NOW + LIFE)),
        expired("30.001 s from the future", &life(NOW + 30_001, NOW + LIFE)),
        expired(
            "a day from the future",
            &life(NOW + 86_400_000, NOW + 86_400_000 + LIFE),
        ),
        expired("issued at the end of time", &life(u64::MAX, u64::MAX)),
        good("expires at the end of time", &life(NOW, u64::MAX)),
        good(
            "expires where a signed number of 64 bits turns negative",
            &life(NOW, 1 << 63),
        ),
        at(
            u64::MAX - 1,
            good(
                "now plus 30 s is past the end of time",
                &life(u64::MAX, u64::MAX),
            ),
        ),
        at(
            u64::MAX,
            expired("the end of time itself", &life(0, u64::MAX)),
        ),
        at(0, good("at the beginning of time", &life(0, 1))),
        expired("expiry of zero", &life(0, 0)),
        good(
            "issued a millisecond after 1970, a life of decades",
            &life(1, NOW + 1),
        ),
        expired(
            "past its life and of another action",
            &late(with_action("login")),
        ),
        malformed(
            "past its life and with a byte behind its content",
            late(Parts {
                tail: vec![0],
                ..usual.clone()
            })
            .token(),
        ),
    ]
}

fn generations() -> Vec<Vector> {
    let of = |configured: u32, store: u64| Parts {
        configured,
        store,
        ..Parts::default()
    };
    let here = of(3, 0x0102_0304_0506_0708);
    let expired = |name: &str, parts: &Parts| bad(name, "expired", parts.token());
    let expects = |configured, store, vector| Vector {
        generation: Expected { configured, store },
        ..vector
    };
    vec![
        expired("of the configured generation before", &of(2, here.store)),
        expired("of a later configured generation", &of(4, here.store)),
        expired("of another generation of the store", &of(3, here.store + 1)),
        expired(
            "of a store whose generation differs in its highest bit",
            &of(3, here.store ^ (1 << 63)),
        ),
        expired(
            "a configured generation that differs by 2^24",
            &of(3 + (1 << 24), here.store),
        ),
        expired(
            "a store's generation in other byte order",
            &of(3, here.store.swap_bytes()),
        ),
        expired(
            "of another generation and another action",
            &Parts {
                configured: 2,
                ..with_action("login")
            },
        ),
        expects(0, 0, good("generations of zero", &of(0, 0))),
        expects(
            u32::MAX,
            u64::MAX,
            good("the highest generations", &of(u32::MAX, u64::MAX)),
        ),
        expects(
            7,
            3,
            expired("both generations are there and change places", &of(3, 7)),
        ),
    ]
}

fn rotation() -> Vec<Vector> {
    let with = |verify_only: Vec<Secret>, vector: Vector| Vector {
        verify_only,
        ..vector
    };
    let of = |key: &SecretKey, id: &SecretKey| {
        let parts = Parts {
            key_id: key_id(id, SITE),
            ..Parts::default()
        };
        parts.token_of(key, SITE)
    };
    let [active, first, second] = [own(), secret(&old()), secret(&older())];
    let accepted = |name, token| vector(name, token, ok(&Parts::default()));
    let elsewhere = Parts {
        key_id: key_id(&first, "forum.example"),
        ..Parts::default()
    };
    vec![
        with(
            vec![old()],
            accepted("of a verify-only key", of(&first, &first)),
        ),
        with(
            vec![old(), older()],
            accepted("of the second verify-only key", of(&second, &second)),
        ),
        with(
            vec![old()],
            accepted(
                "of the active key, beside a verify-only one",
                of(&active, &active),
            ),
        ),
        malformed("of another key", of(&first, &first)),
        with(
            vec![older()],
            malformed("of a key that was taken out", of(&first, &first)),
        ),
        with(
            vec![old()],
            malformed(
                "of the active key under a verify-only key's id",
                of(&active, &first),
            ),
        ),
        with(
            vec![old()],
            malformed(
                "of a verify-only key under the active key's id",
                of(&first, &active),
            ),
        ),
        with(
            vec![old(), older()],
            malformed(
                "of one verify-only key under another's id",
                of(&second, &first),
            ),
        ),
        with(
            vec![old()],
            malformed(
                "of a verify-only key at another site",
                elsewhere.token_of(&first, "forum.example"),
            ),
        ),
        with(
            vec![old()],
            malformed(
                "of an unknown key under an unknown id",
                of(&second, &second),
            ),
        ),
        with(
            vec![older()],
            malformed(
                "of another key under the active key's id",
                of(&first, &active),
            ),
        ),
    ]
}

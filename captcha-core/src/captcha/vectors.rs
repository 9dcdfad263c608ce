//! The published vectors of the token format, `docs/token-v1.json`: that every verdict in the file is
//! the engine's. After a change that is meant, which is another version of the format:
//! `CAPTCHA_VECTORS=write cargo test -p captcha-core --all-features vectors`.

mod forge;
mod table;

use std::{collections::HashSet, fs, path::PathBuf, time::Duration};

use serde::{Deserialize, Serialize};

use super::*;
use crate::{
    KeyRing, Limits, SecretKey,
    key::derive,
    privacy::audit::hex,
    seal::Sealer,
    seal::to_text,
    store::{Store, StoreFuture},
    testing::{HandClock, block_on},
};
use forge::{Parts, secret};

#[derive(Serialize, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
struct File {
    format: String,
    description: String,
    steps: Steps,
    keys: Vec<DerivedKey>,
    vectors: Vec<Vector>,
}

/// One token with everything that is computed on the way to it.
#[derive(Serialize, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
struct Steps {
    vector: String,
    info: String,
    key: String,
    authenticated: String,
    tag: String,
}

#[derive(Serialize, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
struct DerivedKey {
    secret: Secret,
    purpose: String,
    site: String,
    key: String,
}

#[derive(Clone, Serialize, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
struct Vector {
    name: String,
    secret: Secret,
    verify_only: Vec<Secret>,
    site: String,
    action: String,
    #[serde(with = "decimal")]
    now: u64,
    generation: Expected,
    token: String,
    verdict: Outcome,
}

#[derive(Clone, Serialize, Deserialize, PartialEq)]
#[serde(rename_all = "lowercase")]
enum Secret {
    Text(String),
    Hex(String),
}

#[derive(Clone, Serialize, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
struct Expected {
    configured: u32,
    #[serde(with = "decimal")]
    store: u64,
}

#[derive(Clone, Debug, Serialize, Deserialize, PartialEq)]
#[serde(rename_all = "lowercase")]
enum Outcome {
    Ok {
        id: String,
        action: String,
        #[serde(with = "decimal")]
        issued: u64,
        #[serde(with = "decimal")]
        expires: u64,
    },
    Error(String),
}

/// Numbers of 64 bits as text: many readers of JSON keep 53 of them.
mod decimal {
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    pub(super) fn serialize<S: Serializer>(number: &u64, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(number)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<u64, D::Error> {
        String::deserialize(from)?.parse().map_err(D::Error::custom)
    }
}

/// A store of a known generation, to which every id is new.
struct At(u64);

impl Store for At {
    fn spend<'a>(&'a self, _: &'a Id, _: Duration) -> StoreFuture<'a, bool> {
        Box::pin(std::future::ready(Ok(true)))
    }

    fn hit<'a>(&'a self, _: &'a Id, _: Duration) -> StoreFuture<'a, u64> {
        Box::pin(std::future::ready(Ok(1)))
    }

    fn generation(&self) -> StoreFuture<'_, u64> {
        Box::pin(std::future::ready(Ok(self.0)))
    }
}

fn engine(vector: &Vector) -> Captcha {
    let ring = KeyRing::new(secret(&vector.secret));
    let ring = (vector.verify_only.iter()).fold(ring, |ring, key| ring.verify_also(secret(key)));
    Captcha::builder()
        .privacy(crate::testing::privacy())
        .key(ring)
        .site(&vector.site)
        .kinds([Kind::Work])
        .limits(Limits::UNLIMITED)
        .clock(Arc::new(HandClock::at(vector.now)))
        .store(Arc::new(At(vector.generation.store)))
        .generation(vector.generation.configured)
        .draw_in_order()
        .build()
        .unwrap()
}

fn verdict(captcha: &Captcha, token: &str, action: &str) -> Outcome {
    match block_on(captcha.redeem(token, Some(action))) {
        Err(error) => Outcome::Error(error.kind().name().to_owned()),
        Ok(proof) => {
            let content = captcha.engine().read_token(token).unwrap();
            assert_eq!(content.issued, proof.solved_at_unix_millis());
            Outcome::Ok {
                id: hex(&content.id),
                action: proof.action().to_owned(),
                issued: content.issued,
                expires: content.expires,
            }
        }
    }
}

fn difference(vector: &Vector) -> Option<String> {
    let said = verdict(&engine(vector), &vector.token, &vector.action);
    (said != vector.verdict).then(|| {
        format!(
            "{}: {:?}, and the engine says {said:?}",
            vector.name, vector.verdict
        )
    })
}

fn path() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../docs/token-v1.json")
}

fn committed() -> File {
    serde_json::from_str(&fs::read_to_string(path()).unwrap()).unwrap()
}

fn file() -> File {
    let vectors = table::vectors();
    let (parts, first) = (Parts::default(), &vectors[0]);
    let secret = secret(&first.secret);
    let authenticated = parts.authenticated("token", &first.site);
    File {
        format: "captcha token, version 1".to_owned(),
        description: "token-v1.md".to_owned(),
        steps: Steps {
            vector: first.name.clone(),
            info: hex(&forge::prefixed(&[b"token", first.site.as_bytes()])),
            key: hex(&*derive::<64>(&secret, "token", &first.site).unwrap()),
            tag: hex(&forge::mac(&secret, "token", &first.site, &authenticated)),
            authenticated: hex(&authenticated),
        },
        keys: table::keys(),
        vectors,
    }
}

#[test]
fn the_published_vectors_are_what_the_engine_says() {
    let text = serde_json::to_string_pretty(&file()).unwrap() + "\n";
    if std::env::var_os("CAPTCHA_VECTORS").is_some_and(|how| how == "write") {
        fs::write(path(), &text).unwrap();
    }
    let File { vectors, keys, .. } = committed();
    let differences: Vec<_> = vectors.iter().filter_map(difference).collect();
    assert!(differences.is_empty(), "{differences:#?}");
    for DerivedKey {
        secret: from,
        purpose,
        site,
        key,
    } in &keys
    {
        let (from, short) = (secret(from), key.len() == 8);
        let derived = match short {
            true => hex(&*derive::<4>(&from, purpose, site).unwrap()),
            false => hex(&*derive::<64>(&from, purpose, site).unwrap()),
        };
        assert_eq!(*key, derived, "{purpose} at {site}");
    }
    let fail = |vector: &&Vector| matches!(vector.verdict, Outcome::Error(_));
    let failing = vectors.iter().filter(fail).count();
    assert!(vectors.len() >= 60 && failing >= 30);
    let names: HashSet<_> = vectors.iter().map(|vector| &vector.name).collect();
    assert_eq!(names.len(), vectors.len(), "each has its own name");
    assert_eq!(
        fs::read_to_string(path()).unwrap(),
        text,
        "the file is not what this code writes"
    );
}

#[test]
fn no_bent_or_shortened_token_of_the_vectors_is_accepted() {
    let accepted = |vector: &&Vector| matches!(vector.verdict, Outcome::Ok { .. });
    for vector in table::vectors().iter().filter(accepted) {
        let captcha = engine(vector);
        let refused = |token: &str| {
            let said = verdict(&captcha, token, &vector.action);
            assert_eq!(said, Outcome::Error("malformed".to_owned()), "{token}");
        };
        let wire = forge::bytes(&vector.token);
        for bit in 0..wire.len() * 8 {
            let mut bent = wire.clone();
            bent[bit / 8] ^= 1 << (bit % 8);
            refused(&to_text(&bent));
        }
        for length in 0..vector.token.len() {
            refused(&vector.token[..length]);
        }
    }
}

#[test]
fn a_vector_that_says_something_else_is_caught() {
    for vector in table::vectors() {
        let mut wrong = vector.clone();
        match &mut wrong.verdict {
            Outcome::Ok { issued, .. } => *issued ^= 1,
            Outcome::Error(kind) => kind.push('!'),
        }
        assert!(difference(&wrong).is_some(), "{}", vector.name);
    }
}

/// A token of the engine's own making is what the table forges, field by field.
#[test]
fn the_forger_makes_what_the_sealer_makes() {
    let vector = &table::vectors()[0];
    let parts = Parts::default();
    let ring = KeyRing::new(secret(&vector.secret));
    let sealer = Sealer::new(&ring, &vector.site).unwrap();
    let generation = Generation {
        configured: parts.configured,
        store: parts.store,
    };
    let sealed = sealer.tag(Purpose::Token, generation, &parts.content());
    assert_eq!(sealed, vector.token);
    let captcha = engine(vector);
    let own = block_on(captcha.engine().token("signup")).unwrap();
    let content = captcha.engine().read_token(own.as_str()).unwrap();
    let same = Parts {
        id: content.id,
        issued: content.issued,
        expires: content.expires,
        ..parts
    };
    assert_eq!(same.token(), own.as_str());
}

mod pending;

use std::{sync::Arc, time::Duration};

use super::*;
use crate::clock::day_of;
use crate::{
    ErrorKind, Kind, Limits, MemoryStore, SecretKey, Statistics, Store,
    endpoint::{Headers, Request},
    testing::{HandClock, block_on, privacy},
};

const SECRET: &str = "pZ4mQ1nq0vJ8cXr2T6yBwE9hKsLdFgUa3o7iR5WxYtM=";

fn engine(store: &Arc<MemoryStore>) -> Captcha {
    Captcha::builder()
        .key(SecretKey::new(SECRET).unwrap())
        .privacy(privacy())
        .limits(Limits::UNLIMITED)
        .kinds([Kind::Work])
        .work_bits(0, 1)
        .store(Arc::clone(store) as Arc<dyn Store>)
        .draw_in_order()
        .build()
        .unwrap()
}

/// Everything that a site hands out, many times over.
struct Handed {
    tokens: Vec<String>,
    challenges: Vec<String>,
    cookies: Vec<String>,
}

fn call(captcha: &Captcha, method: &str, path: &str, cookie: &str, body: &str) -> Vec<String> {
    let headers: [(&str, &[u8]); 2] = [
        ("content-type", b"application/json"),
        ("cookie", cookie.as_bytes()),
    ];
    let request = Request {
        method,
        path,
        query: None,
        headers: headers.into_iter().collect::<Headers<'_>>(),
        body: body.as_bytes(),
        peer: None,
    };
    let response = block_on(captcha.handle(&request));
    assert!(response.status < 300, "{path}: {}", response.status);
    let set = response
        .headers
        .iter()
        .filter(|(name, _)| *name == "set-cookie");
    set.filter_map(|(_, value)| Some(value.split_once(';')?.0.to_owned()))
        .collect()
}

fn issue(captcha: &Captcha, number: usize) -> Handed {
    let mut artefacts = Handed {
        tokens: Vec::new(),
        challenges: Vec::new(),
        cookies: Vec::new(),
    };
    for _ in 0..number {
        let token = block_on(captcha.token_for_tests(None)).unwrap();
        artefacts.tokens.push(token.as_str().to_owned());
        let challenge = block_on(captcha.issue(Some(Kind::Work), None)).unwrap();
        artefacts.challenges.push(challenge.challenge);
    }
    for (method, path, body) in [
        ("POST", "/challenge", r#"{"kind":"work"}"#),
        ("PATCH", "/privacy/data", r#"{"theme":"dark"}"#),
        ("PUT", "/privacy/restriction", ""),
    ] {
        let cookies = call(captcha, method, path, "", body);
        artefacts
            .cookies
            .extend(cookies.into_iter().filter(|pair| !pair.ends_with('=')));
    }
    artefacts
}

/// How many of them are still taken.
fn taken(captcha: &Captcha, artefacts: &Handed) -> usize {
    let tokens = artefacts.tokens.iter().filter(|token| {
        let refused = block_on(captcha.redeem(token, None)).err();
        refused.is_none_or(|error| error.kind() == ErrorKind::Spent)
    });
    let challenges = (artefacts.challenges.iter())
        .filter(|challenge| block_on(captcha.solve(challenge)).is_ok());
    let cookies = artefacts.cookies.iter().filter(|cookie| {
        let headers: [(&str, &[u8]); 1] = [("cookie", cookie.as_bytes())];
        let request = Request {
            method: "GET",
            path: "/privacy/data",
            query: None,
            headers: headers.into_iter().collect::<Headers<'_>>(),
            body: b"",
            peer: None,
        };
        let data = String::from_utf8(block_on(captcha.handle(&request)).body.into()).unwrap();
        !data.contains("\"items\":[]")
    });
    tokens.count() + challenges.count() + cookies.count()
}

#[test]
fn nothing_that_was_issued_before_is_taken_after() {
    // With the challenges, 100,000 live artefacts of each engine.
    let number = 50_000;
    let store = Arc::new(MemoryStore::new().unwrap());
    let (captcha, neighbour) = (engine(&store), engine(&store));
    let (mine, theirs) = (issue(&captcha, number), issue(&neighbour, number));
    assert_eq!(mine.cookies.len(), 3);
    // The control: an engine that was left alone takes them.
    let control = issue(&captcha, 5);
    assert_eq!(taken(&captcha, &control), 5 + 5 + 3);

    let revoked = block_on(captcha.revoke_all()).unwrap();
    assert_eq!((revoked.keys.len(), revoked.new_key.len()), (1, 8));
    assert_ne!(revoked.keys.first(), Some(&revoked.new_key));
    let issued = number as u64 + 5;
    // A token is made of a challenge of its own, and every way through the routes begins a visit.
    assert_eq!(
        (
            revoked.artefacts.tokens,
            revoked.artefacts.challenges,
            revoked.artefacts.sessions
        ),
        (issued, 2 * issued + 2, 2)
    );
    for artefacts in [&mine, &theirs, &control] {
        assert_eq!(taken(&captcha, artefacts), 0);
    }
    // The neighbour keeps its key, and what lasts over restarts; the rest is dead by the store.
    assert_eq!(
        taken(&neighbour, &theirs),
        2,
        "the cookies of selections and decisions"
    );
    let fresh = issue(&captcha, 3);
    assert_eq!(taken(&captcha, &fresh), 3 + 3 + 3);
}

#[test]
fn released_days_are_the_same_after_a_revocation() {
    let clock = HandClock::at(1_800_000_000_000);
    let engine = |secret: &str| {
        let store = MemoryStore::assemble(1_000, 1, Arc::new(clock.clone()));
        Captcha::builder()
            .key(SecretKey::new(secret).unwrap())
            .privacy(privacy())
            .statistics(Statistics::new().noise(1, 1))
            .clock(Arc::new(clock.clone()))
            .store(Arc::new(store))
            .draw_in_order()
            .build()
            .unwrap()
    };
    let count = |captcha: &Captcha| {
        let day = day_of(captcha.engine().timeline.now());
        for (bucket, visitors) in [("0", 3), ("1", 90), ("2", 90), ("4", 90), ("8", 90)] {
            for _ in 0..visitors {
                let cell = format!("solved.seconds.{bucket}");
                block_on(captcha.engine().ledger.count(day, &cell)).unwrap();
            }
        }
    };
    let shown = |captcha: &Captcha| block_on(captcha.statistics_json()).unwrap().unwrap();
    let (captcha, control) = (
        engine(SECRET),
        engine("T3mQ1nq0vJ8cXr2T6yBwE9hKsLdFgUa3o7iR5WxYtM4="),
    );
    for _ in 0..10 {
        count(&captcha);
        count(&control);
        clock.advance(Duration::from_secs(86_400));
    }
    let before = shown(&captcha);
    assert_eq!(before.matches("\"date\"").count(), 10);
    block_on(captcha.revoke_all()).unwrap();
    assert_eq!(shown(&captcha), before);
    block_on(captcha.revoke_all()).unwrap();
    assert_eq!(shown(&captcha), before);
    // The control: the same counts under another key are other figures.
    assert_ne!(shown(&control), before);
}

#[test]
fn the_incident_record_has_what_a_notification_needs() {
    let store = Arc::new(MemoryStore::new().unwrap());
    let captcha = engine(&store);
    issue(&captcha, 3);
    let revoked = block_on(captcha.revoke_all()).unwrap();
    let known = 1_800_000_000_000;
    let incident = captcha
        .incident(
            &revoked,
            "The secret was in a <b>log</b>\n# that others read",
        )
        .known_since(known)
        .people("visitors of one hour, about 40")
        .measure("The log was closed.");
    let json: serde_json::Value = serde_json::from_str(&incident.to_json()).unwrap();
    for (field, value) in [
        ("known_since", "2027-01-15T08:00:00Z"),
        ("report_until", "2027-01-18T08:00:00Z"),
        ("new_key", &revoked.new_key),
        ("site", "default"),
    ] {
        assert_eq!(json[field], value, "{field}");
    }
    assert_eq!(json["keys_out_of_use"][0], revoked.keys[0]);
    assert_eq!(json["artefacts_revoked_at_most"]["tokens"], 3);
    assert!(json["consequences"].is_null(), "nobody said so yet");
    assert_eq!(json["measures"].as_array().unwrap().len(), 2);
    let kept = json["data"].as_array().unwrap();
    assert!(kept.iter().any(|data| data["name"] == "token-mark"));
    let text = incident.to_markdown();
    for part in [
        "Art. 33(3)(a)",
        "Art. 33(3)(b)",
        "Art. 33(3)(c)",
        "Art. 33(3)(d)",
        "2027-01-18T08:00:00Z (72 hours)",
        "about 40",
        "To be filled in",
        "at most: 7 challenges, 3 tokens, 1 sessions",
        "a \\<b\\>log\\</b\\> \\# that",
        &revoked.keys[0],
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }

    // When it was known nobody but people know: the revocation is the latest it can have been.
    let open = captcha.incident(&revoked, "A key was seen");
    let json: serde_json::Value = serde_json::from_str(&open.to_json()).unwrap();
    assert!(json["known_since"].is_null() && json["report_until"].is_null());
    let (latest, until) = (&json["revoked_at"], &json["report_at_the_latest"]);
    assert_ne!(latest, until);
    let text = open.to_markdown();
    for line in [
        format!(
            "Known since: *To be filled in (at the latest {}).*",
            latest.as_str().unwrap()
        ),
        format!(
            "until: *To be filled in (at the latest {}).*",
            until.as_str().unwrap()
        ),
    ] {
        assert!(text.contains(&line), "{line}: {text}");
    }
    // It says no more than was done: other processes keep their keys.
    let measure = json["measures"][0].as_str().unwrap();
    assert!(measure.starts_with("In the process that wrote this record, every token"));
    assert!(measure.contains("keep their keys until they are restarted with a new secret"));

    let audit = captcha.audit_log();
    assert_eq!(crate::AuditLog::verify(&audit, None), Ok(1));
    assert!(audit.contains(&revoked.keys[0]) && audit.contains("\"revoke\""));
}

#[test]
fn who_holds_the_old_secret_makes_nothing_that_is_taken() {
    let store = Arc::new(MemoryStore::new().unwrap());
    let captcha = engine(&store);
    block_on(captcha.revoke_all()).unwrap();
    // A thief's own engine, with the secret and even the store's new generation.
    let thief = engine(&store);
    assert_eq!(taken(&captcha, &issue(&thief, 20)), 0);
}

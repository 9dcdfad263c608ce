//! Nothing that a visitor sends is written down anywhere, and what is written down ends when the
//! notice says.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use captcha_core::{
    Store,
    store::{Id, StoreFuture},
};
use contract::{
    apps::Adapter,
    canary::{
        self, Evidence, Marker, Recorder, Search, Sink, drift, flows, log,
        markers::{self, PEER, word},
        recorder::Does,
    },
    client::{form, get, json},
    engine::Config,
};
use sha2::{Digest, Sha256};

/// The log belongs to the process: one test at a time.
fn alone() -> MutexGuard<'static, ()> {
    static TURN: Mutex<()> = Mutex::new(());
    TURN.lock().unwrap_or_else(PoisonError::into_inner)
}

fn shown(findings: &[canary::Finding]) -> String {
    findings
        .iter()
        .take(20)
        .map(|finding| format!("\n{finding}"))
        .collect()
}

#[test]
#[allow(
    clippy::print_stdout,
    reason = "the summary is read by people and by scripts"
)]
fn nothing_planted_is_found_in_the_store_the_log_or_any_answer() {
    let _alone = alone();
    for (name, store) in canary::STORES {
        for adapter in Adapter::ALL {
            let evidence = flows::all(adapter, store);
            let findings = evidence.findings();
            let (answers, log) = (evidence.answers.len(), evidence.log.len());
            let bytes: usize = evidence.pieces().map(|(.., bytes)| bytes.len()).sum();
            println!(
                "canary: {name}, {adapter:?}: {} markers as {} needles in {} store operations, {log} \
                 bytes of log, {answers} answers, {bytes} bytes in all: {} found",
                markers::planted().len(),
                Search::new(&markers::planted()).needles(),
                evidence.operations.len(),
                findings.len()
            );
            assert!(
                findings.is_empty(),
                "{name}, {adapter:?}:{}",
                shown(&findings)
            );
            // A search of little would find nothing.
            let refusals: Vec<_> = flows::refusals(&evidence).into_iter().collect();
            assert_eq!(refusals, flows::REFUSALS, "every refusal was met");
            let lines = String::from_utf8_lossy(&evidence.log);
            for part in [
                "DEBUG captcha_core",
                "WARN captcha_core",
                "wrong-answer",
                "db7.internal",
            ] {
                assert!(lines.contains(part), "{part} in {lines}");
            }
            assert!(evidence.operations.len() > 300 && answers > 600);
        }
    }
}

fn small(adapter: Adapter) -> Evidence {
    log::keep();
    let _ = log::take();
    let config = Config {
        limits: flows::COUNTED,
        ..Config::default()
    };
    let visit = flows::visit(adapter, canary::STORES[0].1(), config);
    flows::without_rights(&visit);
    visit.evidence()
}

/// Calls the store with a key of its own beside every count.
struct Leaky(Arc<Recorder>, Id);

impl Store for Leaky {
    fn spend<'a>(&'a self, id: &'a Id, ttl: std::time::Duration) -> StoreFuture<'a, bool> {
        self.0.spend(id, ttl)
    }

    fn hit<'a>(&'a self, key: &'a Id, window: std::time::Duration) -> StoreFuture<'a, u64> {
        Box::pin(async move {
            self.0.hit(&self.1, window).await?;
            self.0.hit(key, window).await
        })
    }

    fn generation(&self) -> StoreFuture<'_, u64> {
        self.0.generation()
    }
}

fn first_16(bytes: &[u8]) -> Id {
    std::array::from_fn(|at| bytes.get(at).copied().unwrap_or(0))
}

#[test]
fn a_store_that_is_handed_something_of_a_visitor_is_caught() {
    let _alone = alone();
    log::keep();
    let keys = [
        ("peer", first_16(&Sha256::digest(PEER))),
        ("peer", first_16(&Sha256::digest([127, 83, 19, 211]))),
        ("peer", first_16(&Sha256::digest("127.83.19"))),
        ("peer", first_16(&[127, 83, 19, 211])),
        ("peer", first_16(&[127, 83, 19])),
        ("peer", first_16(PEER.as_bytes())),
        (
            "peer",
            first_16(STANDARD.encode([127, 83, 19, 211]).as_bytes()),
        ),
        (
            "user-agent",
            first_16(&Sha256::digest(word("user-agent").to_lowercase())),
        ),
        ("email", first_16(word("email").as_bytes())),
        (
            "forwarded",
            first_16(&[0x20, 0x01, 0x0d, 0xb8, 0x7a, 0x31, 0x9c, 0x04]),
        ),
    ];
    for (position, (place, key)) in keys.into_iter().enumerate() {
        let recorder = Recorder::over(canary::STORES[0].1());
        let leaky = Arc::new(Leaky(Arc::clone(&recorder), key));
        let config = Config {
            limits: flows::COUNTED,
            ..Config::default()
        };
        let visit = flows::visit_through(Adapter::Axum, recorder, leaky, config);
        visit.client.block_on(async {
            visit
                .send(contract::client::json("/captcha/challenge", "{}"))
                .await
                .is(200);
        });
        let findings = visit.evidence().findings();
        assert!(
            findings
                .iter()
                .any(|finding| finding.place == place && finding.sink == Sink::Store),
            "control {position}:{}",
            shown(&findings)
        );
    }
}

#[test]
fn a_log_line_about_a_visitor_is_caught() {
    let _alone = alone();
    let agent = word("user-agent");
    let lines = [
        STANDARD.encode(&agent),
        STANDARD.encode(format!("agent={agent}")),
        agent.to_uppercase(),
        format!("{:X?}", agent.as_bytes()).replace([',', ' '], ""),
        Sha256::digest(&agent)
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect(),
        STANDARD.encode(Sha256::digest(&agent)),
    ];
    for line in lines {
        log::keep();
        let _ = log::take();
        tracing::trace!(target: "captcha_core::control", line, "a call");
        let evidence = Evidence {
            log: log::take(),
            ..Evidence::default()
        };
        let findings = evidence.findings();
        assert!(
            findings
                .iter()
                .any(|finding| finding.place == "user-agent" && finding.sink == Sink::Log),
            "{line}:{}",
            shown(&findings)
        );
    }
}

#[test]
fn an_answer_that_reflects_a_field_is_caught() {
    let _alone = alone();
    let sound = small(Adapter::Axum);
    assert!(sound.findings().is_empty());
    // The host's page greets by name. As one of ours it would be a leak.
    let mut evidence = small(Adapter::Axum);
    evidence
        .answers
        .iter_mut()
        .for_each(|answer| answer.ours = true);
    let findings = evidence.findings();
    for place in ["name", "email"] {
        let found =
            |finding: &canary::Finding| finding.place == place && finding.sink == Sink::Body;
        assert!(findings.iter().any(found), "{place}");
    }
    for place in ["field", "lang", "foreign-cookie"] {
        let mut evidence = small(Adapter::Axum);
        let answer = evidence.answers.last_mut().unwrap();
        answer
            .reply
            .headers
            .push(("x-echo".to_owned(), word(place)));
        let findings = evidence.findings();
        assert!(
            findings.iter().any(|finding| finding.sink == Sink::Head),
            "{place}"
        );
    }
}

#[test]
fn a_right_answer_that_is_written_down_is_caught() {
    let _alone = alone();
    let mut evidence = small(Adapter::Axum);
    let marker = Marker::text("right answer", "AC3DE");
    evidence.answered_right.push(marker);
    evidence.log.extend_from_slice(b"expected=\"ac3de\"");
    let findings = evidence.findings();
    assert!(
        findings
            .iter()
            .any(|finding| finding.place == "right answer"),
        "{}",
        shown(&findings)
    );
}

#[test]
fn the_store_is_handed_no_life_but_those_of_the_notice() {
    let _alone = alone();
    for (name, store) in canary::STORES {
        for adapter in Adapter::ALL {
            let (lives, notice) = drift::run(adapter, store, |recorder| recorder);
            let differences = drift::differences(&lives, &notice);
            assert!(
                differences.is_empty(),
                "{name}, {adapter:?}: {differences:?}"
            );
            // Processes that share a store share the salts and what a revocation changes as well.
            let shared = if store().is_shared() { 2 } else { 0 };
            assert_eq!(lives.len(), 6 + shared);
        }
    }
}

#[test]
fn a_stretched_life_and_a_changed_notice_are_caught() {
    let _alone = alone();
    let store = canary::STORES[0].1;
    let stretched: [drift::Between; 4] = [
        |recorder| drift::Stretch::one(recorder, Does::Spend),
        |recorder| drift::Stretch::one(recorder, Does::Hit),
        |recorder| drift::Stretch::one(recorder, Does::Count),
        |recorder| drift::Stretch::one(recorder, Does::Keep),
    ];
    for (between, records) in stretched.into_iter().zip([2, 2, 1, 1]) {
        let (lives, notice) = drift::run(Adapter::Axum, store, between);
        assert_eq!(drift::differences(&lives, &notice).len(), records);
    }
    let (lives, notice) = drift::run(Adapter::Axum, store, |recorder| recorder);
    let rows = notice["records"].as_array().unwrap().len();
    let mut mutants = Vec::new();
    for row in 0..rows {
        let name = notice["records"][row]["name"].as_str().unwrap();
        if drift::NOT_STORED.contains(&name) || name == drift::IF_SHARED {
            continue;
        }
        let mut changed = |change: fn(&mut serde_json::Value)| {
            let mut mutant = notice.clone();
            change(&mut mutant["records"][row]);
            mutants.push(mutant);
        };
        changed(|row| row["life_seconds"] = (row["life_seconds"].as_u64().unwrap() + 1).into());
        changed(|row| row["life_seconds"] = (row["life_seconds"].as_u64().unwrap() - 1).into());
        changed(|row| row["name"] = "another".into());
        let mut fewer = notice.clone();
        fewer["records"].as_array_mut().unwrap().remove(row);
        mutants.push(fewer);
    }
    let mut more = notice.clone();
    let mut row = notice["records"][0].clone();
    row["name"] = "trail".into();
    more["records"].as_array_mut().unwrap().push(row);
    mutants.push(more);
    assert_eq!(mutants.len(), 25);
    for mutant in mutants {
        let records = &mutant["records"];
        assert!(!drift::differences(&lives, &mutant).is_empty(), "{records}");
    }
}

const FORGED: &str = "2027-01-15T08:00:00Z ERROR captcha_core: forged by a visitor";

/// What of a log a visitor could have written, or a terminal would carry out.
fn not_inert(log: &[u8]) -> Vec<String> {
    let text = String::from_utf8_lossy(log);
    let odd = |line: &&str| {
        let begins = line
            .bytes()
            .next()
            .is_some_and(|byte| byte.is_ascii_digit());
        !begins || line.contains("forged") || line.chars().any(char::is_control)
    };
    text.split_terminator('\n')
        .filter(odd)
        .map(str::to_owned)
        .collect()
}

/// CVE-2025-58160 is the case where a log carried out what a visitor sent.
#[test]
fn line_breaks_and_terminal_codes_of_a_visitor_are_inert_in_the_log() {
    let _alone = alone();
    log::keep();
    let _ = log::take();
    for adapter in Adapter::ALL {
        let config = Config {
            limits: flows::COUNTED,
            ..Config::default()
        };
        let visit = flows::visit(
            adapter,
            canary::STORES[0].1(),
            flows::consented::config(config),
        );
        let client = &visit.client;
        client.block_on(async {
            for code in [
                "\r\n",
                "\n",
                "\u{1b}[2J\u{1b}[31m",
                "\u{1b}]0;x\u{7}",
                "\u{9b}2J",
                "\u{8}\u{202e}",
            ] {
                let hostile = format!("{code}{FORGED}{code}");
                let quoted = serde_json::to_string(&hostile).unwrap();
                let encoded: String = hostile.bytes().map(|byte| format!("%{byte:02x}")).collect();
                let challenge = client.challenge("text").await;
                for call in [
                    json("/captcha/challenge", format!(r#"{{"kind":{quoted}}}"#)),
                    json("/captcha/challenge", format!(r#"{{"action":{quoted}}}"#)),
                    json("/captcha/challenge", format!(r#"{{"lang":{quoted}}}"#)),
                    json("/captcha/challenge", format!(r#"{{{quoted}:1}}"#)),
                    json("/captcha/challenge", hostile.clone()),
                    json(
                        "/captcha/answer",
                        format!(
                            r#"{{"challenge":"{challenge}","answer":{{"text":{quoted}}},"work":0}}"#
                        ),
                    ),
                    json(
                        "/captcha/answer",
                        format!(
                            r#"{{"challenge":{quoted},"answer":{{{quoted}:{quoted}}},"work":0}}"#
                        ),
                    ),
                    form(
                        "/captcha/frame",
                        format!("challenge={encoded}&action={encoded}&text={encoded}"),
                    ),
                    form("/signup", format!("name=a&email=b&captcha-token={encoded}")),
                    json(
                        "/captcha/privacy/feedback",
                        format!(r#"{{"text":{quoted}}}"#),
                    ),
                    json(
                        "/captcha/privacy/requests",
                        format!(r#"{{"kind":{quoted}}}"#),
                    ),
                    form(
                        "/captcha/privacy/choices",
                        format!("do={encoded}&version={encoded}"),
                    ),
                    get(&format!("/captcha/{encoded}?{encoded}={encoded}")),
                    get(&format!("/captcha/privacy?lang={encoded}")),
                    get("/members").header("x-captcha-token", format!("a\tb {FORGED}")),
                    get("/members").cookie("__Host-captcha-token", &format!("\t{FORGED}")),
                    get("/captcha/privacy").header("accept-language", FORGED.as_bytes()),
                ] {
                    client.send(call).await;
                }
            }
        });
        let log = visit.evidence().log;
        assert!(
            log.len() > 1_000,
            "{adapter:?}: a silent log proves nothing"
        );
        assert_eq!(not_inert(&log), Vec::<String>::new(), "{adapter:?}");
    }
    // The controls: lines that repeat what was sent are caught, whatever a subscriber makes of them.
    for repeated in [format!("what\r\n{FORGED}"), "what\u{1b}[2J".to_owned()] {
        let raw = format!("2027-01-15T08:00:00Z WARN captcha_core: {repeated}\n");
        assert!(!not_inert(raw.as_bytes()).is_empty(), "{repeated:?}");
    }
    tracing::warn!(target: "captcha_core", "what\n{FORGED}");
    assert!(!not_inert(&log::take()).is_empty());
}

mod clocks;
mod redeem;

use super::*;
use crate::{
    Limits, MemoryStore, Privacy, SecretKey, Store, TextOptions,
    endpoint::Request,
    testing::{HandClock, block_on},
};

const START: u64 = 1_800_000_000_000;

fn secret() -> SecretKey {
    SecretKey::new("pZ4mQ1nq0vJ8cXr2T6yBwE9hKsLdFgUa3o7iR5WxYtM=").unwrap()
}

fn engine(clock: &HandClock) -> CaptchaBuilder {
    Captcha::builder()
        .privacy(crate::testing::privacy())
        .key(secret())
        .action("signup")
        .limits(Limits::UNLIMITED)
        .clock(Arc::new(clock.clone()))
        .work_bits(4, 6)
        .draw_in_order()
}

fn ready() -> (Captcha, HandClock) {
    let clock = HandClock::at(START);
    (engine(&clock).build().unwrap(), clock)
}

fn kind_of<T>(outcome: Result<T, CaptchaError>) -> Option<ErrorKind> {
    outcome.err().map(|error| error.kind())
}

#[test]
fn every_kind_is_solved_answered_and_redeemed_once() {
    let (captcha, _) = ready();
    for kind in Kind::ALL {
        let challenge = block_on(captcha.issue(Some(kind), None)).unwrap();
        assert_eq!(challenge.kind, kind.name());
        assert_eq!(challenge.alternatives.len(), Kind::ALL.len() - 1);
        let solved = block_on(captcha.solve(&challenge.challenge)).unwrap();
        let answer = || block_on(captcha.answer(&challenge.challenge, &solved.answer, solved.work));
        let token = answer().unwrap();
        assert_eq!(kind_of(answer()), Some(ErrorKind::Spent));
        let proof = block_on(captcha.redeem(token.as_str(), None)).unwrap();
        assert_eq!(
            (proof.action(), proof.solved_at_unix_millis()),
            ("signup", START)
        );
        assert_eq!(
            kind_of(block_on(captcha.redeem(token.as_str(), None))),
            Some(ErrorKind::Spent)
        );
    }
}

#[test]
fn a_wrong_or_unreadable_answer_burns_the_challenge() {
    let (captcha, _) = ready();
    let wrong = [
        (r#"{"x":1}"#, ErrorKind::WrongAnswer),
        (r#"{"x":"1"}"#, ErrorKind::Malformed),
        (r#"{"x":1e999}"#, ErrorKind::Malformed),
        (r#"{"text":"AB"}"#, ErrorKind::Malformed),
        ("{}", ErrorKind::Malformed),
    ];
    for (json, kind) in wrong {
        let challenge = block_on(captcha.issue(Some(Kind::Slide), None))
            .unwrap()
            .challenge;
        let solved = block_on(captcha.solve(&challenge)).unwrap();
        let answer = Answer::from_json(json);
        let first = block_on(captcha.answer(&challenge, &answer, solved.work));
        assert_eq!(kind_of(first), Some(kind), "{json}");
        let second = block_on(captcha.answer(&challenge, &solved.answer, solved.work));
        assert_eq!(kind_of(second), Some(ErrorKind::Spent), "{json}");
    }
}

#[test]
fn a_right_answer_without_the_work_is_wrong() {
    let clock = HandClock::at(START);
    let captcha = engine(&clock).work_bits(20, 20).build().unwrap();
    for kind in Kind::ALL {
        let challenge = block_on(captcha.issue(Some(kind), None)).unwrap().challenge;
        let solved = block_on(captcha.solve(&challenge)).unwrap();
        let cheap = solved.work + 1;
        let outcome = block_on(captcha.answer(&challenge, &solved.answer, cheap));
        assert_eq!(kind_of(outcome), Some(ErrorKind::WrongAnswer));
    }
}

#[test]
fn lives_end_on_the_millisecond() {
    let (captcha, clock) = ready();
    let challenge = block_on(captcha.issue(None, None)).unwrap();
    assert_eq!(challenge.expires_in, 120);
    let solved = block_on(captcha.solve(&challenge.challenge)).unwrap();
    clock.set(START + 119_999);
    let token =
        block_on(captcha.answer(&challenge.challenge, &solved.answer, solved.work)).unwrap();
    assert_eq!(token.expires_in().as_secs(), 300);
    clock.set(START + 120_000);
    let late = block_on(captcha.answer(&challenge.challenge, &solved.answer, solved.work));
    assert_eq!(kind_of(late), Some(ErrorKind::Expired));
    clock.set(START + 119_999 + 300_000);
    let late = block_on(captcha.redeem(token.as_str(), None));
    assert_eq!(kind_of(late), Some(ErrorKind::Expired));
}

#[test]
fn a_clock_that_jumps_a_day_either_way_lets_nothing_in_twice() {
    const DAY: u64 = 24 * 3_600_000;
    let (captcha, clock) = ready();
    let token = block_on(captcha.token_for_tests(None)).unwrap();
    block_on(captcha.redeem(token.as_str(), None)).unwrap();
    let unused = block_on(captcha.token_for_tests(None)).unwrap();
    for now in [START + DAY, START, START - DAY, START + 1] {
        clock.set(now);
        for token in [&token, &unused] {
            assert!(
                block_on(captcha.redeem(token.as_str(), None)).is_err(),
                "at {now}"
            );
        }
    }
}

#[test]
fn a_token_from_the_future_is_refused() {
    let (ahead, _) = ready();
    let store = Arc::new(MemoryStore::new().unwrap());
    let at = |millis| {
        let clock = HandClock::at(millis);
        engine(&clock)
            .store(Arc::clone(&store) as Arc<dyn Store>)
            .build()
            .unwrap()
    };
    drop(ahead);
    let token = block_on(at(START + 60_000).token_for_tests(None)).unwrap();
    let outcome = block_on(at(START).redeem(token.as_str(), None));
    assert_eq!(kind_of(outcome), Some(ErrorKind::Expired));
    let near = block_on(at(START + 20_000).token_for_tests(None)).unwrap();
    assert!(block_on(at(START).redeem(near.as_str(), None)).is_ok());
}

#[test]
fn a_restart_with_the_memory_store_and_a_raised_generation_end_what_was_issued() {
    let clock = HandClock::at(START);
    let before = engine(&clock).build().unwrap();
    let token = block_on(before.token_for_tests(None)).unwrap();
    let challenge = block_on(before.issue(None, None)).unwrap().challenge;
    let restarted = engine(&clock).build().unwrap();
    let refused = block_on(restarted.redeem(token.as_str(), None));
    assert_eq!(kind_of(refused), Some(ErrorKind::Expired));
    assert_eq!(
        kind_of(block_on(restarted.answer(
            &challenge,
            &Answer::from_json("{}"),
            0
        ))),
        Some(ErrorKind::Expired)
    );

    let store: Arc<dyn Store> = Arc::new(MemoryStore::new().unwrap());
    let first = engine(&clock).store(Arc::clone(&store)).build().unwrap();
    let raised = engine(&clock)
        .store(Arc::clone(&store))
        .generation(1)
        .build()
        .unwrap();
    let same = engine(&clock).store(store).build().unwrap();
    let token = block_on(first.token_for_tests(None)).unwrap();
    let refused = block_on(raised.redeem(token.as_str(), None));
    assert_eq!(kind_of(refused), Some(ErrorKind::Expired));
    assert!(
        block_on(same.redeem(token.as_str(), None)).is_ok(),
        "the control"
    );
}

#[test]
fn another_action_or_site_refuses_and_does_not_spend() {
    let clock = HandClock::at(START);
    let store: Arc<dyn Store> = Arc::new(MemoryStore::new().unwrap());
    let here = engine(&clock).store(Arc::clone(&store)).build().unwrap();
    let there = engine(&clock).store(store).site("there").build().unwrap();
    let token = block_on(here.token_for_tests(Some("login"))).unwrap();
    let of = |action| kind_of(block_on(here.redeem(token.as_str(), action)));
    assert_eq!(of(None), Some(ErrorKind::WrongAction));
    assert_eq!(of(Some("signup")), Some(ErrorKind::WrongAction));
    assert_eq!(
        kind_of(block_on(there.redeem(token.as_str(), Some("login")))),
        Some(ErrorKind::Malformed)
    );
    assert_eq!(of(Some("login")), None);
}

#[test]
fn a_full_store_lets_nothing_through() {
    let clock = HandClock::at(START);
    let store = Arc::new(MemoryStore::with_max_marks(1).unwrap());
    let captcha = engine(&clock).store(store).build().unwrap();
    let challenge = block_on(captcha.issue(Some(Kind::Work), None))
        .unwrap()
        .challenge;
    let solved = block_on(captcha.solve(&challenge)).unwrap();
    let token = block_on(captcha.answer(&challenge, &solved.answer, solved.work)).unwrap();
    let error = block_on(captcha.redeem(token.as_str(), None)).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unavailable);
    assert!(error.retry_after_seconds().is_some());
}

#[test]
fn without_randomness_nothing_is_issued() {
    use std::sync::atomic::{AtomicBool, Ordering};

    struct Broken(AtomicBool);

    impl RandomSource for Broken {
        fn fill(&self, bytes: &mut [u8]) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
            if self.0.load(Ordering::SeqCst) {
                return Err("no entropy".into());
            }
            crate::SystemRandom.fill(bytes)
        }
    }

    let clock = HandClock::at(START);
    let random = Arc::new(Broken(AtomicBool::new(false)));
    let captcha = engine(&clock).random(random.clone()).build().unwrap();
    assert!(block_on(captcha.issue(Some(Kind::Work), None)).is_ok());
    random.0.store(true, Ordering::SeqCst);
    let error = block_on(captcha.issue(Some(Kind::Work), None)).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unavailable);
    assert!(error.retry_after_seconds().is_some());
}

#[test]
fn a_builder_names_what_is_missing_or_out_of_range() {
    let clock = HandClock::at(START);
    let base = || engine(&clock);
    let cases: [(CaptchaBuilder, &str); 11] = [
        (Captcha::builder(), "SecretKey::from_env"),
        (Captcha::builder().key(secret()), ".privacy(Privacy::new("),
        (base().privacy(Privacy::new("", "")), "has no controller"),
        (base().site(""), "site"),
        (base().site("a b"), "site"),
        (base().action("sign up"), "action"),
        (base().kinds([]), "no kind"),
        (base().kinds([Kind::Text, Kind::Text]), "twice"),
        (base().token_life(Duration::from_secs(1)), "token life"),
        (base().work_bits(30, 30), "at most 26"),
        (
            base().limits(Limits {
                per_visitor: 0,
                per_site: 1,
            }),
            "limit of 0",
        ),
    ];
    for (builder, word) in cases {
        let error = builder.build().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Configuration);
        assert!(error.to_string().contains(word), "{error}");
    }
}

#[test]
fn debug_output_gives_nothing_away() {
    let (captcha, _) = ready();
    let token = block_on(captcha.token_for_tests(None)).unwrap();
    let printed = format!("{captcha:?} {token:?} {:?}", engine(&HandClock::at(0)));
    assert!(!printed.contains(token.as_str()) && !printed.contains("pZ4m"));
}

#[test]
fn a_rotation_shows_every_puzzle_and_stand_ins_only_when_chosen() {
    let clock = HandClock::at(START);
    let shown = |rotation, kinds: &[Kind]| {
        let captcha = engine(&clock)
            .rotation(rotation)
            .kinds(kinds.iter().copied())
            .build()
            .unwrap();
        let kinds = (0..60).map(|_| block_on(captcha.issue(None, None)).unwrap().kind);
        kinds.collect::<std::collections::BTreeSet<_>>()
    };
    let puzzles = [Kind::Rotate, Kind::Click, Kind::Work];
    assert_eq!(
        Vec::from_iter(shown(Rotation::Random, &puzzles)),
        ["click", "rotate"]
    );
    assert_eq!(Vec::from_iter(shown(Rotation::First, &puzzles)), ["rotate"]);
    assert_eq!(
        Vec::from_iter(shown(Rotation::Random, &[Kind::Work])),
        ["work"]
    );
}

#[test]
fn a_rush_asks_everybody_for_more_work_and_a_calm_minute_ends_it() {
    let clock = HandClock::at(START);
    let captcha = engine(&clock)
        .limits(Limits {
            per_visitor: 100,
            per_site: 100,
        })
        .build()
        .unwrap();
    let bits = || {
        let issue = |kind| block_on(captcha.issue(Some(kind), None)).unwrap().work.bits;
        [issue(Kind::Text), issue(Kind::Work)]
    };
    let calm = bits();
    for _ in 0..10 {
        bits();
    }
    assert_eq!(bits(), calm.map(|bits| bits + 2));
    clock.advance(Duration::from_secs(120));
    assert_eq!(bits(), calm);
}

#[test]
fn a_sum_says_that_its_result_is_asked_for() {
    let clock = HandClock::at(START);
    let arrive =
        |captcha: &Captcha, method: &'static str, path: &'static str, body: &'static [u8]| {
            let headers = [
                ("host", &b"shop.example"[..]),
                ("content-type", b"application/json"),
            ];
            block_on(captcha.handle(&Request {
                method,
                path,
                query: None,
                headers: headers.into_iter().collect(),
                body,
                peer: None,
            }))
        };
    let both = [
        (TextOptions::new(), false),
        (TextOptions::arithmetic(), true),
    ];
    for (options, sum) in both {
        let captcha = engine(&clock).text(options).build().unwrap();
        let body = br#"{"kind":"text","words":true}"#;
        let reply = arrive(&captcha, "POST", "/challenge", body);
        let shown: serde_json::Value = serde_json::from_slice(&reply.body).unwrap();
        assert_eq!(shown["prompt"]["arithmetic"] == true, sum, "{shown}");
        let task = if sum {
            "Type the result"
        } else {
            "Type what you see"
        };
        assert_eq!(shown["words"]["task"], task, "{shown}");
        let solved = block_on(captcha.solve(shown["challenge"].as_str().unwrap())).unwrap();
        let digits = solved.answer.0.bytes().filter(u8::is_ascii_digit).count();
        assert_eq!(
            solved.answer.0.len() == digits + r#"{"text":""}"#.len(),
            sum,
            "{}",
            solved.answer.0
        );
        let page = arrive(&captcha, "GET", "/frame", b"").body;
        let page = String::from_utf8(page.to_vec()).unwrap();
        assert_eq!(page.contains("Type the result"), sum, "{page}");
        assert_eq!(page.contains("Type what you see"), !sum, "{page}");
    }
}

#[test]
fn text_that_cannot_be_drawn_is_refused_at_the_start() {
    let clock = HandClock::at(START);
    let error = engine(&clock)
        .text(TextOptions::new().lengths(2..=3))
        .build()
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Configuration);
    assert!(error.to_string().contains("4 to 8"), "{error}");
}

use std::time::Duration;

use super::*;
use crate::privacy::config::Claim;

fn privacy() -> Privacy {
    Privacy::new("Example Ltd, 1 Hill Street", "privacy@example.org")
        .legitimate_interest("keeping bots out of our newsletter")
}

fn facts<'a>(privacy: &'a Privacy, archive: &'a [Archived]) -> Facts<'a> {
    Facts {
        privacy,
        lives: Lives {
            challenge: Duration::from_secs(120),
            token: Duration::from_secs(300),
            statistics: Duration::from_secs(400 * 86_400),
        },
        secure: true,
        encrypted: true,
        limits: true,
        shared: false,
        statistics: false,
        feedback: false,
        archive,
    }
}

fn today() -> Date {
    day("2026-11-24").unwrap()
}

#[test]
fn the_version_moves_with_everything_that_the_notice_says() {
    let plain = privacy();
    let base = version(&facts(&plain, &[]));
    assert_eq!(base.len(), 64);
    assert_eq!(base, version(&facts(&plain, &[])));
    let changed: [fn(&mut Facts<'_>); 8] = [
        |facts| facts.encrypted = false,
        |facts| facts.lives.token = Duration::from_secs(301),
        |facts| facts.lives.challenge = Duration::from_secs(60),
        |facts| facts.secure = false,
        |facts| facts.limits = false,
        |facts| facts.shared = true,
        |facts| facts.statistics = true,
        |facts| facts.feedback = true,
    ];
    for (position, change) in changed.into_iter().enumerate() {
        let mut facts = facts(&plain, &[]);
        change(&mut facts);
        assert_ne!(version(&facts), base, "fact {position}");
    }
    for other in [
        Privacy::new("Example Inc, 1 Hill Street", "privacy@example.org")
            .legitimate_interest("keeping bots out of our newsletter"),
        Privacy::new("Example Ltd, 1 Hill Street", "dpo@example.org")
            .legitimate_interest("keeping bots out of our newsletter"),
        privacy().legitimate_interest("another"),
        privacy().interest_in(Purpose::Security, "another"),
        privacy().data_protection_officer("Ada"),
        privacy().representative("Bo"),
        privacy().complaint_authority("the authority of Dublin"),
        privacy().recipient("Hosting Ltd", "runs the servers"),
        privacy().audience(Audience::Mixed),
        privacy().attest(Claim::SecurityAudits, "2026-01-01", "2027-01-01"),
        privacy().dated("2026-12-01"),
    ] {
        assert_ne!(version(&facts(&other, &[])), base, "{other:?}");
    }
}

#[test]
fn a_statement_of_the_organisation_is_there_from_its_day_to_its_end() {
    let privacy = privacy().attest(Claim::SecurityTraining, "2026-03-01", "2027-03-01");
    let facts = facts(&privacy, &[]);
    let on = |date: &str| Notice::of(&facts, Language::ENGLISH, day(date).unwrap());
    for (date, there) in [
        ("2026-02-28", false),
        ("2026-03-01", true),
        ("2027-02-28", true),
        ("2027-03-01", false),
    ] {
        let notice = on(date);
        assert_eq!(notice.statements.len(), usize::from(there), "{date}");
        assert_eq!(
            page(&notice, false, false).contains("trained in security"),
            there
        );
        assert_eq!(
            notice.version,
            version(&facts),
            "the calendar alone changes no version"
        );
    }
}

#[test]
fn a_changed_notice_needs_a_newer_date_and_the_old_one_stays() {
    let before = privacy().dated("2026-11-01");
    let old = serde_json::to_string(&Notice::of(
        &facts(&before, &[]),
        Language::ENGLISH,
        today(),
    ))
    .unwrap();
    let settle = |privacy: &Privacy| {
        let archive = archive::read(privacy)?;
        let now = Notice::of(&facts(privacy, &archive), Language::ENGLISH, today());
        archive::check(&archive, &now.version, &now.date).map(|()| now)
    };
    // Unchanged: the same date and version may stand in the archive.
    assert!(settle(&before.clone().earlier(&*old, "nothing")).is_ok());
    let moved = before.clone().recipient("Hosting Ltd", "runs the servers");
    let error = settle(&moved.clone().earlier(&*old, "New host.")).unwrap_err();
    assert!(error.to_string().contains("newer date"), "{error}");
    let notice = settle(&moved.dated("2026-11-20").earlier(&*old, "New host.")).unwrap();
    let [change] = notice.changes.as_slice() else {
        panic!("one change")
    };
    assert_eq!(
        (change.date.as_str(), change.text.as_str()),
        ("2026-11-01", "New host.")
    );
    assert!(page(&notice, false, false).contains(&format!("privacy?version={}", change.version)));
    assert!(archive::read(&privacy().earlier("{}", "x")).is_err());
}

#[test]
fn what_the_operator_says_is_text_and_never_markup() {
    let hostile = "</title><script>alert(1)</script>\" onload=\"x";
    let privacy = Privacy::new(hostile, hostile)
        .legitimate_interest(hostile)
        .recipient(hostile, hostile)
        .complaint_authority(hostile);
    let html = page(
        &Notice::of(&facts(&privacy, &[]), Language::ENGLISH, today()),
        false,
        false,
    );
    assert!(!html.contains("<script") && !html.contains("onload=\""));
    for unsafe_contact in ["javascript:alert(1)//@x", "https://a b", "data:text/html,@"] {
        assert!(
            !page::tests_contact(unsafe_contact).contains("href"),
            "{unsafe_contact}"
        );
    }
    assert!(page::tests_contact("privacy@example.org").contains("mailto:privacy@example.org"));
}

#[test]
fn all_languages_say_the_same_things() {
    let privacy = privacy().attest(Claim::LegalReview, "2026-01-01", "2027-01-01");
    let mut facts = facts(&privacy, &[]);
    facts.statistics = true;
    facts.feedback = true;
    let notices: Vec<Notice> = Language::all()
        .map(|language| Notice::of(&facts, language, today()))
        .collect();
    let ids = |notice: &Notice| {
        (
            notice.version.clone(),
            notice
                .cookies
                .iter()
                .map(|row| (row.name.clone(), row.life_seconds))
                .collect::<Vec<_>>(),
            notice
                .records
                .iter()
                .map(|row| (row.name.clone(), row.life_seconds))
                .collect::<Vec<_>>(),
            notice
                .rights
                .iter()
                .map(|row| row.id.clone())
                .collect::<Vec<_>>(),
            notice
                .purposes
                .iter()
                .map(|row| row.id.clone())
                .collect::<Vec<_>>(),
        )
    };
    for notice in &notices {
        assert_eq!(ids(notice), ids(&notices[0]), "{}", notice.language);
    }
    for notice in notices {
        let html = page(&notice, false, false);
        assert!(html.starts_with(&format!(
            "<!DOCTYPE html><html lang=\"{}\"",
            notice.language
        )));
        assert!(
            !html.contains("{0}") && !html.contains("{1}"),
            "every blank is filled"
        );
    }
}

#[test]
fn statistics_where_children_are_among_the_audience_are_an_error() {
    let build = |audience, statistics| {
        let builder = (crate::Captcha::builder())
            .key(crate::SecretKey::generate().unwrap())
            .privacy(privacy().audience(audience));
        let builder = match statistics {
            true => builder.statistics(crate::Statistics::new()),
            false => builder,
        };
        builder.build()
    };
    for audience in [Audience::Directed, Audience::Mixed] {
        assert!(build(audience, false).is_ok());
        let error = build(audience, true).unwrap_err();
        assert_eq!(error.kind(), crate::ErrorKind::Configuration);
        assert!(error.to_string().contains("children"), "{error}");
    }
    assert!(build(Audience::NotDirectedToChildren, true).is_ok());
}

/// What the registry and the words said when [`registry::DATE`] was last set.
/// For a process alone, and for several with one store.
const SAID: [&str; 2] = [
    "fddd6de9d2fe648651047aa9546e8501cd8d6af5e13f057fcaf13bcda5d4c2fb",
    "fb38d8bbd35efe3628b961ad6bd646bf38496be24e468276322927aa0a3e2278",
];

#[test]
fn what_is_kept_and_said_changes_with_its_date() {
    let privacy = privacy();
    let mut facts = facts(&privacy, &[]);
    (facts.statistics, facts.feedback) = (true, true);
    let said = [false, true].map(|shared| {
        facts.shared = shared;
        version(&facts)
    });
    assert_eq!(
        said, SAID,
        "an entry of the registry or a sentence changed: set `registry::DATE` to today, and this \
         constant to what is said now"
    );
}

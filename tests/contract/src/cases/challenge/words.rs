//! What is said of a puzzle.

use captcha_core::Kind;
use serde_json::json as value;

use super::{PATH, envelope_of, fields};
use crate::{
    client::json,
    engine::Config,
    runner::{Case, Client},
};

const SHUFFLED: [Kind; 3] = [Kind::Work, Kind::Text, Kind::Slide];

pub(super) fn cases() -> Vec<Case> {
    vec![
        Case::new(
            "the words of a puzzle come for the asking, with the ways on offer in one order",
            async |c: &Client| {
                let ask = async |more: &str| {
                    let body = format!(r#"{{"words":true{more}}}"#);
                    let challenge = c.send(json(PATH, body)).await.is(200).json();
                    fields(&challenge["words"], &["hint", "task", "ways"]);
                    challenge["words"].clone()
                };
                let words = ask("").await;
                let hint = "Your browser calculates for a moment.";
                let ways = value!([["slide", "Slide"], ["text", "Text"], ["work", "No puzzle"]]);
                assert_eq!(
                    (&words["task"], &words["hint"], &words["ways"]),
                    (&value!("No puzzle"), &value!(hint), &ways)
                );
                let words = ask(r#","kind":"slide","lang":"de-AT""#).await;
                let named = value!([
                    ["slide", "Schieben"],
                    ["text", "Text"],
                    ["work", "Ohne Rätsel"]
                ]);
                assert_eq!(words["ways"], named);
                assert_eq!(ask(r#","lang":"tlh""#).await["ways"], ways);
                envelope_of(&c.challenge_json("text").await, "text", 8, &SHUFFLED);
                let asked = json(PATH, r#"{"words":1}"#);
                c.send(asked).await.refused(400, "malformed");
            },
        )
        .config(|| Config {
            kinds: SHUFFLED.to_vec(),
            ..Config::default()
        }),
    ]
}

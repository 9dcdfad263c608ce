use std::collections::BTreeMap;

use serde_json::Value;

use super::{
    plural::{Category, category},
    *,
};

/// Every sentence by its path.
fn sentences(text: &Text) -> BTreeMap<String, String> {
    fn walk(value: &Value, path: &str, found: &mut BTreeMap<String, String>) {
        match value {
            Value::Object(inner) => {
                for (key, value) in inner {
                    walk(value, &format!("{path}.{key}"), found);
                }
            }
            Value::String(sentence) => {
                found.insert(path.to_owned(), sentence.clone());
            }
            _ => {}
        }
    }
    let mut found = BTreeMap::new();
    walk(&serde_json::to_value(text).unwrap(), "", &mut found);
    found
}

fn blanks(sentence: &str) -> Vec<String> {
    let mut found: Vec<String> = (sentence.split('{').skip(1))
        .map(|part| part.split('}').next().unwrap().to_owned())
        .collect();
    found.sort();
    found
}

/// What is wrong with a file, if anything.
fn faults(source: &'static str, tag: &str) -> Vec<String> {
    let text: Text = match serde_json::from_str(source) {
        Ok(text) => text,
        Err(error) => return vec![error.to_string()],
    };
    let english = sentences(Language::ENGLISH.text());
    let mut faults = Vec::new();
    for (path, sentence) in sentences(&text) {
        if sentence.trim().is_empty() || sentence.trim() != sentence {
            faults.push(format!("{path} is empty, or has white space around it"));
        }
        if sentence.contains(['<', '>', '&', '"', '\\'])
            || sentence.chars().any(|letter| {
                letter.is_control()
                    || ('\u{202a}'..='\u{202e}').contains(&letter)
                    || ('\u{2066}'..='\u{2069}').contains(&letter)
            })
        {
            faults.push(format!("{path} has a character that is not for text"));
        }
        if path.contains(".units.") {
            continue;
        }
        let model = english.get(&path).map_or("", String::as_str);
        if blanks(&sentence) != blanks(model) {
            faults.push(format!("{path} has other blanks than in English"));
        }
        if tag != "en" && sentence == model && sentence.len() > 24 {
            faults.push(format!("{path} is still English"));
        }
    }
    // Whatever number comes, the file has the form that it asks for, and no form that none does.
    let units = &text.notice.units;
    for forms in [&units.days, &units.hours, &units.minutes, &units.seconds] {
        for count in 0..=200 {
            if forms.named(category(tag, count)).is_none() {
                faults.push(format!("no form for {count}"));
            }
        }
        for kind in [
            Category::Zero,
            Category::One,
            Category::Two,
            Category::Few,
            Category::Many,
        ] {
            if forms.named(kind).is_some() && (0..=200).all(|count| category(tag, count) != kind) {
                faults.push(format!("{kind:?} is of no number"));
            }
        }
    }
    faults.dedup();
    faults
}

#[test]
fn every_language_says_everything() {
    assert!(Language::all().count() >= 30);
    for (language, source) in Language::all().zip(SOURCES) {
        assert_eq!(
            faults(source, language.tag()),
            [""; 0],
            "{}",
            language.tag()
        );
    }
    let names: std::collections::BTreeSet<_> = Language::all()
        .map(|language| language.text().name)
        .collect();
    assert_eq!(names.len(), Language::COUNT);
    // Those of the widget that this one stands in for, and four that are written from right to left.
    for tag in [
        "en", "zh", "zh-hant", "es", "fr", "de", "ja", "kr", "ko", "ru", "pl", "ar", "fa", "he",
    ] {
        assert!(Language::of_tag(tag).is_some(), "{tag}");
    }
    for language in Language::all() {
        let right_to_left = ["ar", "fa", "he"].contains(&language.tag());
        assert_eq!(
            language.text().direction == "rtl",
            right_to_left,
            "{}",
            language.tag()
        );
    }
}

/// The control: what a translator may get wrong is found.
#[test]
fn a_file_that_says_less_is_found() {
    let [english, ..] = SOURCES;
    let spoilt = [
        ("\"close\": \"Close\",", ""),
        (
            "\"close\": \"Close\",",
            "\"close\": \"Close\", \"shut\": \"Shut\",",
        ),
        ("\"close\": \"Close\",", "\"close\": \"\","),
        ("\"close\": \"Close\",", "\"close\": \"<b>Close\","),
        ("\"close\": \"Close\",", "\"close\": \"Close\u{202e}\","),
        ("\"{0} of {1}\"", "\"{0} of {0}\""),
        ("\"one\": \"{0} day\",", ""),
        (
            "\"one\": \"{0} day\",",
            "\"one\": \"{0} day\", \"few\": \"{0} days\",",
        ),
    ];
    assert_eq!(faults(english, "en"), [""; 0]);
    for (from, to) in spoilt {
        let source: &'static str = english.replacen(from, to, 1).leak();
        assert_ne!(source, english, "{from}");
        assert_ne!(faults(source, "en"), [""; 0], "{to}");
    }
}

/// The widget's list of words is made of the same files: as many entries in each, tag first.
#[test]
fn what_the_widget_loads_belongs_to_its_language() {
    let lengths: std::collections::BTreeSet<usize> = Language::all()
        .map(|language| {
            let words: Vec<String> = serde_json::from_str(language.widget()).unwrap();
            let text = language.text();
            assert_eq!(words.first().map(String::as_str), Some(language.tag()));
            assert_eq!(words.get(1).map(String::as_str), Some(text.direction));
            assert_eq!(words.get(2).map(String::as_str), Some(text.widget.label));
            assert_eq!(words.last().map(String::as_str), Some(text.widget.failed));
            words.len()
        })
        .collect();
    assert_eq!(lengths.len(), 1, "{lengths:?}");
}

#[test]
fn a_hint_says_where_digits_are_spoken_in_english() {
    for language in Language::all() {
        let hint = language.text().widget.kinds.audio.hint;
        let sentences = hint.matches(['.', '。', '।', '؛']).count();
        let spoken = language.voice() != voice::Language::English || language == Language::ENGLISH;
        // Thai ends no sentence with a mark.
        if language.tag() != "th" {
            assert_eq!(
                sentences,
                if spoken { 1 } else { 2 },
                "{}: {hint}",
                language.tag()
            );
        }
    }
}

#[test]
fn a_language_is_chosen_by_tag_and_weight() {
    let of = |value| Language::of_header(value).map(Language::tag);
    assert_eq!(of("zh-Hans-CN,en;q=0.5"), Some("zh"));
    assert_eq!(of("zh-TW,en;q=0.5"), Some("zh-Hant"));
    assert_eq!(of("tlh, en;q=0.7, zh;q=0.9"), Some("zh"));
    assert_eq!(of("zh;q=0, en"), Some("en"));
    assert_eq!(of("de;q=x,,;q=,\u{202e}"), None);
    let of = |tag| Language::of_tag(tag).map(Language::tag);
    assert_eq!(of("EN-gb"), Some("en"));
    assert_eq!(of("pt_BR"), Some("pt"));
    assert_eq!(of(" ZH-hk"), Some("zh-Hant"));
    assert_eq!(of("zh-Hant-MO"), Some("zh-Hant"));
    assert_eq!(of("kr"), Some("ko"));
    assert_eq!(of("nn-NO"), Some("nb"));
    assert_eq!(of(""), None);
    assert_eq!(of(&"z".repeat(10_000)), None);
}

/// Examples of CLDR 46, of languages that differ.
#[test]
fn numbers_take_the_form_that_the_language_has_for_them() {
    use Category::{Few, Many, One, Other, Two, Zero};
    let examples = [
        ("en", vec![(0, Other), (1, One), (2, Other), (11, Other)]),
        ("fr", vec![(0, One), (1, One), (2, Other)]),
        ("ja", vec![(1, Other), (2, Other)]),
        (
            "ru",
            vec![
                (1, One),
                (2, Few),
                (5, Many),
                (11, Many),
                (12, Many),
                (21, One),
                (24, Few),
                (111, Many),
            ],
        ),
        (
            "pl",
            vec![
                (1, One),
                (2, Few),
                (5, Many),
                (12, Many),
                (21, Many),
                (22, Few),
                (112, Many),
            ],
        ),
        ("cs", vec![(1, One), (4, Few), (5, Other), (22, Other)]),
        (
            "hr",
            vec![(1, One), (21, One), (3, Few), (13, Other), (5, Other)],
        ),
        (
            "ro",
            vec![
                (1, One),
                (0, Few),
                (19, Few),
                (20, Other),
                (101, Few),
                (120, Other),
            ],
        ),
        ("he", vec![(1, One), (2, Two), (3, Other)]),
        (
            "ar",
            vec![
                (0, Zero),
                (1, One),
                (2, Two),
                (3, Few),
                (10, Few),
                (11, Many),
                (99, Many),
                (100, Other),
                (103, Few),
            ],
        ),
    ];
    for (tag, numbers) in examples {
        for (count, expected) in numbers {
            assert_eq!(category(tag, count), expected, "{tag} {count}");
        }
    }
    let russian = Language::of_tag("ru").unwrap();
    let days = &russian.text().notice.units.days;
    assert_ne!(
        russian.counted(days, 2),
        russian.counted(days, 5).replace('5', "2")
    );
}

#[test]
fn a_value_that_looks_like_a_blank_is_left_alone() {
    assert_eq!(filled("a {0} b {1}", &["{1}", "x"]), "a {1} b x");
    assert_eq!(filled("{1}{0}{2}{", &["a", "b"]), "ba{2}{");
}

//! Which form a whole number asks for: the plural categories of CLDR for the languages that there
//! are.

/// A plural category.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Category {
    Zero,
    One,
    Two,
    Few,
    Many,
    Other,
}

/// The category of `count` in the language of that tag.
pub(super) fn category(tag: &str, count: u64) -> Category {
    use Category::{Few, Many, One, Other, Two, Zero};
    let (ten, hundred) = (count % 10, count % 100);
    let teens = (11..=14).contains(&hundred);
    match tag {
        "zh" | "zh-Hant" | "ja" | "ko" | "vi" | "th" | "id" => Other,
        "fr" | "pt" | "hi" | "bn" | "fa" if count <= 1 => One,
        "ru" | "uk" => match ten {
            1 if hundred != 11 => One,
            2..=4 if !teens => Few,
            _ => Many,
        },
        "pl" => match ten {
            _ if count == 1 => One,
            2..=4 if !teens => Few,
            _ => Many,
        },
        "hr" => match ten {
            1 if hundred != 11 => One,
            2..=4 if !teens => Few,
            _ => Other,
        },
        "cs" | "sk" => match count {
            1 => One,
            2..=4 => Few,
            _ => Other,
        },
        "ro" => match count {
            1 => One,
            0 => Few,
            _ if (1..=19).contains(&hundred) => Few,
            _ => Other,
        },
        "he" => match count {
            1 => One,
            2 => Two,
            _ => Other,
        },
        "ar" => match (count, hundred) {
            (0, _) => Zero,
            (1, _) => One,
            (2, _) => Two,
            (_, 3..=10) => Few,
            (_, 11..=99) => Many,
            _ => Other,
        },
        _ if count == 1 => One,
        _ => Other,
    }
}

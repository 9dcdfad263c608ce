//! The languages of widget, frame and privacy pages. Each is a file in `languages/`, which says
//! everything; a test fails where one says less.

mod plural;
#[cfg(test)]
mod tests;
mod text;

use std::sync::OnceLock;

pub(crate) use text::{Choices, ConsentWords, Labels, Notice, PuzzleWords, Text, filled};

use crate::render::voice;

/// A language, by its place in [`TAGS`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Language(usize);

macro_rules! languages {
    ($($tag:literal)+) => {
        /// The tags (BCP 47). A cookie holds places in this list: new ones go to the end.
        pub(crate) const TAGS: &[&str] = &[$($tag),+];
        const SOURCES: [&str; TAGS.len()] =
            [$(include_str!(concat!("../../languages/", $tag, ".json"))),+];
        /// What the widget loads: built from the same files.
        const WIDGET: [&str; TAGS.len()] =
            [$(include_str!(concat!("../widget/dist/lang/", $tag, ".json"))),+];
    };
}

languages! {
    "en" "zh" "zh-Hant" "es" "fr" "de" "ja" "ko" "ru" "pl" "pt" "it" "ar" "nl" "tr" "uk" "cs" "sv"
    "da" "nb" "fi" "el" "he" "fa" "hi" "bn" "id" "vi" "th" "ro" "hu" "bg" "sk" "hr" "ca"
}

/// Tags of old, or of other lists, that mean a language of ours.
const ALIASES: [(&str, &str); 7] = [
    ("kr", "ko"),
    ("no", "nb"),
    ("nn", "nb"),
    ("iw", "he"),
    ("in", "id"),
    ("cn", "zh"),
    ("tw", "zh-Hant"),
];

impl Language {
    pub(crate) const ENGLISH: Self = Self(0);
    pub(crate) const COUNT: usize = TAGS.len();

    pub(crate) fn all() -> impl Iterator<Item = Self> {
        (0..Self::COUNT).map(Self)
    }

    /// Its place in [`TAGS`].
    pub(crate) const fn place(self) -> usize {
        self.0
    }

    pub(crate) fn tag(self) -> &'static str {
        TAGS.get(self.0).copied().unwrap_or("en")
    }

    /// The language of a tag such as `zh-Hans-CN` or `pt_BR`, in any case.
    pub(crate) fn of_tag(tag: &str) -> Option<Self> {
        let mut parts = tag.trim().split(['-', '_']);
        let primary = parts.next().unwrap_or_default();
        let primary = (ALIASES.into_iter())
            .find(|(alias, _)| alias.eq_ignore_ascii_case(primary))
            .map_or(primary, |(_, tag)| tag);
        let traditional = primary.eq_ignore_ascii_case("zh")
            && parts.next().is_some_and(|part| {
                ["hant", "tw", "hk", "mo"].contains(&part.to_ascii_lowercase().as_str())
            });
        let wanted = if traditional { "zh-Hant" } else { primary };
        (TAGS.iter())
            .position(|tag| tag.eq_ignore_ascii_case(wanted))
            .map(Self)
    }

    /// The first language of an `Accept-Language` value that there is, by its order and weights.
    pub(crate) fn of_header(value: &str) -> Option<Self> {
        let mut best: Option<(u32, Self)> = None;
        for item in value.split(',').take(32) {
            let (tag, weight) = item.split_once(";q=").unwrap_or((item, "1"));
            let weight = weight.trim().parse::<f32>().unwrap_or(0.0).clamp(0.0, 1.0);
            let weight = (weight * 1_000.0) as u32;
            let Some(language) = Self::of_tag(tag) else {
                continue;
            };
            if weight > 0 && best.as_ref().is_none_or(|(other, _)| weight > *other) {
                best = Some((weight, language));
            }
        }
        best.map(|(_, language)| language)
    }

    /// What it says.
    pub(crate) fn text(self) -> &'static Text {
        static TEXTS: [OnceLock<Text>; TAGS.len()] = [const { OnceLock::new() }; TAGS.len()];
        static NONE: Text = Text::NOTHING;
        let (Some(slot), Some(source)) = (TEXTS.get(self.0), SOURCES.get(self.0)) else {
            return &NONE;
        };
        // The files are compiled in, and a test reads each.
        slot.get_or_init(|| serde_json::from_str(source).unwrap_or(Text::NOTHING))
    }

    /// The file that the widget loads.
    pub(crate) fn widget(self) -> &'static str {
        WIDGET.get(self.0).copied().unwrap_or("[]")
    }

    /// The voice that reads digits to whoever reads this language: English where there is none,
    /// as the words beside it say.
    pub(crate) fn voice(self) -> voice::Language {
        voice::Language::from_tag(self.tag()).unwrap_or_default()
    }

    /// A number of something, in the form that the language has for it.
    pub(crate) fn counted(self, forms: &text::Forms, count: u64) -> String {
        filled(
            forms.of(plural::category(self.tag(), count)),
            &[&count.to_string()],
        )
    }
}

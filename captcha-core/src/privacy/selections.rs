//! What a visitor selected, kept for the session in a cookie that equal selections share.

use serde::Serialize;
use serde_json::{Map, Value};

use crate::{
    challenge::Kind,
    error::CaptchaError,
    language::{Language, TAGS},
    seal::Reader,
};

/// Light or dark.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Theme {
    Light,
    Dark,
}

/// The selections; `None` where the visitor left the choice to the page.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Selections {
    pub(crate) language: Option<Language>,
    pub(crate) theme: Option<Theme>,
    pub(crate) kind: Option<Kind>,
    pub(crate) more_contrast: bool,
    pub(crate) less_motion: bool,
}

/// A selection, by the name it has in JSON and forms.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Field {
    pub(crate) name: &'static str,
    /// What may be chosen.
    pub(crate) values: &'static [&'static str],
}

/// Every selection.
pub(crate) const FIELDS: [Field; 5] = [
    Field {
        name: "language",
        values: TAGS,
    },
    Field {
        name: "theme",
        values: &["light", "dark"],
    },
    Field {
        name: "kind",
        values: &["slide", "text", "rotate", "click", "drag", "audio", "work"],
    },
    Field {
        name: "contrast",
        values: &["more"],
    },
    Field {
        name: "motion",
        values: &["reduce"],
    },
];

impl Selections {
    /// The value of the selection of that name.
    pub(crate) fn get(&self, name: &str) -> Option<&'static str> {
        match name {
            "language" => self.language.map(Language::tag),
            "theme" => self.theme.map(|theme| match theme {
                Theme::Light => "light",
                Theme::Dark => "dark",
            }),
            "kind" => self.kind.map(Kind::name),
            "contrast" => self.more_contrast.then_some("more"),
            "motion" => self.less_motion.then_some("reduce"),
            _ => None,
        }
    }

    /// Selects a value, or leaves the choice to the page. `false` for what cannot be chosen.
    #[must_use]
    pub(crate) fn set(&mut self, name: &str, value: Option<&str>) -> bool {
        let known = (FIELDS.iter())
            .find(|field| field.name == name)
            .is_some_and(|field| value.is_none_or(|value| field.values.contains(&value)));
        if !known {
            return false;
        }
        match name {
            "language" => self.language = value.and_then(Language::of_tag),
            "theme" => {
                self.theme = match value {
                    Some("light") => Some(Theme::Light),
                    Some("dark") => Some(Theme::Dark),
                    _ => None,
                };
            }
            "kind" => self.kind = value.and_then(Kind::from_name),
            "contrast" => self.more_contrast = value.is_some(),
            _ => self.less_motion = value.is_some(),
        }
        true
    }

    /// The selections that were made, by name.
    pub(crate) fn shown(&self) -> Map<String, Value> {
        (FIELDS.into_iter())
            .filter_map(|field| Some((field.name.to_owned(), self.get(field.name)?.into())))
            .collect()
    }

    /// One byte a selection: 0 for none, else its place among the values and one.
    pub(crate) fn to_bytes(self) -> [u8; 5] {
        FIELDS.map(|field| {
            let chosen = self.get(field.name);
            let place = (field.values.iter()).position(|value| Some(*value) == chosen);
            place.map_or(0, |place| place as u8 + 1)
        })
    }

    /// Reads what [`Selections::to_bytes`] wrote; a value of another version counts as none.
    pub(crate) fn from_bytes(bytes: &[u8]) -> Result<Self, CaptchaError> {
        let mut reader = Reader(bytes);
        let mut selections = Self::default();
        for field in FIELDS {
            let [place] = reader.array()?;
            let value = (usize::from(place).checked_sub(1)).and_then(|at| field.values.get(at));
            let _ = selections.set(field.name, value.copied());
        }
        reader.finish()?;
        Ok(selections)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_selection_survives_the_cookie_and_nothing_else_gets_in() {
        let mut seen = std::collections::HashSet::new();
        for field in FIELDS {
            for value in field.values.iter().map(Some).chain([None]) {
                let mut selections = Selections::default();
                assert!(selections.set(field.name, value.copied()));
                assert_eq!(selections.get(field.name), value.copied());
                let bytes = selections.to_bytes();
                assert_eq!(Selections::from_bytes(&bytes).unwrap(), selections);
                seen.insert(bytes);
            }
        }
        assert_eq!(seen.len(), 1 + TAGS.len() + 2 + Kind::ALL.len() + 1 + 1);
        let mut selections = Selections::default();
        for (name, value) in [
            ("language", "tlh"),
            ("theme", "DARK"),
            ("kind", ""),
            ("motion", "\u{202e}reduce"),
            ("session", "x"),
            ("", "x"),
        ] {
            assert!(!selections.set(name, Some(value)), "{name} {value}");
        }
        assert_eq!(selections, Selections::default());
    }

    #[test]
    fn a_value_of_another_version_counts_as_none() {
        let read = Selections::from_bytes(&[250, 2, 0, 9, 1]).unwrap();
        assert_eq!((read.language, read.theme), (None, Some(Theme::Dark)));
        assert!(read.less_motion && !read.more_contrast);
        assert!(Selections::from_bytes(&[0; 4]).is_err());
        assert!(Selections::from_bytes(&[0; 6]).is_err());
    }
}

//! The digits of twelve languages as two speakers say them: what `voices/make.py` wrote.

/// Line spectral frequencies of a frame.
pub(crate) const ORDER: usize = 12;
/// Samples that a frame stands for at the speed it was spoken.
pub(crate) const HOP: usize = 100;
/// Speakers of each language.
pub(crate) const SPEAKERS: usize = 2;

const DIGITS: usize = 10;
const FRAME: usize = ORDER + 2;

/// A language that digits are spoken in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) enum Language {
    Arabic,
    Chinese,
    /// What is spoken where nothing better is known.
    #[default]
    English,
    French,
    German,
    Italian,
    Japanese,
    Korean,
    Polish,
    Portuguese,
    Russian,
    Spanish,
}

impl Language {
    /// Every language, in the order of the enum.
    pub(crate) const ALL: [Self; 12] = [
        Self::Arabic,
        Self::Chinese,
        Self::English,
        Self::French,
        Self::German,
        Self::Italian,
        Self::Japanese,
        Self::Korean,
        Self::Polish,
        Self::Portuguese,
        Self::Russian,
        Self::Spanish,
    ];

    /// Its primary subtag (BCP 47).
    pub(crate) const fn code(self) -> &'static str {
        match self {
            Self::Arabic => "ar",
            Self::Chinese => "zh",
            Self::English => "en",
            Self::French => "fr",
            Self::German => "de",
            Self::Italian => "it",
            Self::Japanese => "ja",
            Self::Korean => "ko",
            Self::Polish => "pl",
            Self::Portuguese => "pt",
            Self::Russian => "ru",
            Self::Spanish => "es",
        }
    }

    /// The language of a tag such as `pt-BR`, by its primary subtag. Scripts and regions make no
    /// difference to how digits are called here.
    pub(crate) fn from_tag(tag: &str) -> Option<Self> {
        let primary = tag.trim().split(['-', '_']).next().unwrap_or_default();
        (Self::ALL.into_iter()).find(|language| language.code().eq_ignore_ascii_case(primary))
    }

    const fn recorded(self) -> &'static [u8] {
        match self {
            Self::Arabic => include_bytes!("voice/ar.bin"),
            Self::Chinese => include_bytes!("voice/zh.bin"),
            Self::English => include_bytes!("voice/en.bin"),
            Self::French => include_bytes!("voice/fr.bin"),
            Self::German => include_bytes!("voice/de.bin"),
            Self::Italian => include_bytes!("voice/it.bin"),
            Self::Japanese => include_bytes!("voice/ja.bin"),
            Self::Korean => include_bytes!("voice/ko.bin"),
            Self::Polish => include_bytes!("voice/pl.bin"),
            Self::Portuguese => include_bytes!("voice/pt.bin"),
            Self::Russian => include_bytes!("voice/ru.bin"),
            Self::Spanish => include_bytes!("voice/es.bin"),
        }
    }
}

/// One moment of speech.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Frame {
    /// Line spectral frequencies, rising, in radians a sample.
    pub(crate) lines: [f32; ORDER],
    /// Loudness of the excitation in dB; 63 is the loudest of the word, 0 silence.
    pub(crate) decibels: f32,
    /// How periodic it is, from 0 (breath) to 1.
    pub(crate) voiced: f32,
    /// In Hz; of unvoiced frames 0.
    pub(crate) pitch: f32,
}

impl Frame {
    fn read(bytes: &[u8; FRAME]) -> Self {
        let [lines @ .., loud, tone] = bytes;
        let mut frame = Self {
            lines: [0.0; ORDER],
            decibels: f32::from(loud >> 2),
            voiced: f32::from(loud & 3) / 3.0,
            pitch: match tone {
                0 => 0.0,
                tone => 55.0 * (f32::from(*tone) / 48.0).exp2(),
            },
        };
        for (line, byte) in frame.lines.iter_mut().zip(lines) {
            *line = f32::from(*byte) * std::f32::consts::PI / 256.0;
        }
        frame
    }
}

/// How a speaker of a language says a digit.
pub(crate) fn word(language: Language, speaker: usize, digit: usize) -> Vec<Frame> {
    let mut rest = language.recorded();
    for _ in 0..(speaker % SPEAKERS) * DIGITS + digit % DIGITS {
        rest = split(rest).1;
    }
    let (frames, _) = split(rest).0.as_chunks::<FRAME>();
    frames.iter().map(Frame::read).collect()
}

/// The frames of the first word, and the words after it. What is cut short is empty.
fn split(words: &[u8]) -> (&[u8], &[u8]) {
    let (count, rest) = words.split_first().unwrap_or((&0, &[]));
    rest.split_at_checked(usize::from(*count) * FRAME)
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_holds_ten_digits_of_each_speaker() {
        for language in Language::ALL {
            let mut rest = language.recorded();
            for number in 0..SPEAKERS * DIGITS {
                let (word, after) = split(rest);
                let frames = word.len() / FRAME;
                assert!(
                    (10..100).contains(&frames),
                    "{language:?} {number}: {frames}"
                );
                rest = after;
            }
            assert!(rest.is_empty(), "{language:?}");
        }
    }

    #[test]
    fn every_frame_can_be_spoken() {
        for language in Language::ALL {
            for (speaker, digit) in (0..SPEAKERS).flat_map(|s| (0..DIGITS).map(move |d| (s, d))) {
                let word = word(language, speaker, digit);
                let place = format!("{language:?} {speaker} {digit}");
                // Frequencies that rise are what keeps a synthesis filter stable.
                assert!(
                    word.iter().all(|frame| frame.lines.is_sorted()
                        && frame.lines[0] > 0.0
                        && frame.lines[ORDER - 1] < std::f32::consts::PI),
                    "{place}"
                );
                assert!(word.iter().any(|frame| frame.decibels == 63.0), "{place}");
                assert!(word.iter().any(|frame| frame.voiced > 0.5), "{place}");
                let pitches = word.iter().map(|frame| frame.pitch);
                assert!(
                    pitches
                        .filter(|pitch| *pitch > 0.0)
                        .all(|hz| (59.0..430.0).contains(&hz))
                );
            }
        }
    }

    #[test]
    fn no_two_digits_of_a_speaker_are_the_same() {
        for language in Language::ALL {
            for digit in 1..DIGITS {
                for other in 0..digit {
                    assert_ne!(word(language, 0, digit), word(language, 0, other));
                }
            }
        }
    }

    #[test]
    fn tags_are_matched_by_their_first_part() {
        for language in Language::ALL {
            let code = language.code();
            for tag in [
                code.to_owned(),
                code.to_uppercase(),
                format!("{code}-Latn-XX"),
            ] {
                assert_eq!(Language::from_tag(&tag), Some(language));
            }
        }
        assert_eq!(Language::from_tag("zh-Hant-TW"), Some(Language::Chinese));
        assert_eq!(Language::from_tag("pt_BR"), Some(Language::Portuguese));
        for tag in ["", "-", "nl", "eng", "x-en", "e", "enn-GB"] {
            assert_eq!(Language::from_tag(tag), None, "{tag:?}");
        }
    }
}

//! Feedback about the notice and data protection, for whoever wants to give some: sealed, kept for
//! 30 days at most, without an address.

use std::time::Duration;

use serde::Serialize;

use crate::{
    captcha::Captcha,
    clock::{DAY_MILLIS, day_of, millis},
    error::{CaptchaError, ErrorKind},
    privacy::{
        audit::{Action, hex},
        notice::date_of,
        registry::Record,
    },
    random,
    seal::{Purpose, Reader, Sealer},
    store::Id,
};

/// Longest feedback, in bytes.
pub(crate) const MAX_FEEDBACK: usize = 2_000;

/// What a visitor wrote. Nobody knows who: there is no address, and the time is a day.
///
/// The text is as it was written, hostile or not: escape it wherever it is shown. Control and
/// direction and invisible characters were taken out when it came in, line breaks were kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Feedback {
    /// To delete it with [`Captcha::delete_feedback`].
    pub id: String,
    /// The day in UTC, `YYYY-MM-DD`; `None` with the text.
    pub day: Option<String>,
    /// The text; `None` when its key is no longer there, as after [`Captcha::revoke_all`] or when it
    /// was taken out of the ring. Nobody can read it any more, and it takes a place until it is
    /// deleted or its time is over.
    pub text: Option<String>,
}

impl Captcha {
    /// The feedback of the last 30 days, oldest first, before it what cannot be read any more. Each
    /// call is written down in the audit log, once an hour.
    ///
    /// # Errors
    /// `Unavailable` when the store does not answer, or the audit log cannot be written.
    pub async fn feedback(&self) -> Result<Vec<Feedback>, CaptchaError> {
        let engine = self.engine();
        let now = engine.timeline.now();
        engine.audit.record_read(Action::FeedbackRead, now)?;
        let sealer = engine.sealer();
        let mut notes: Vec<_> = (engine.ledger.kept().await?)
            .into_iter()
            .map(|(id, sealed)| (read(&sealer, &sealed).ok(), id))
            .collect();
        notes.sort_unstable();
        Ok((notes.into_iter())
            .map(|(note, id)| {
                let (day, text) = note.unzip();
                let date = |day: u32| date_of(u64::from(day) * DAY_MILLIS).to_string();
                Feedback {
                    id: hex(&id),
                    day: day.map(date),
                    text,
                }
            })
            .collect())
    }

    /// Deletes one feedback before its 30 days are over. Deleting what is not there is no error.
    /// Written down in the audit log first, without its id.
    ///
    /// # Errors
    /// `Malformed` when `id` is none, `Unavailable` when the audit log or the store does not answer.
    pub async fn delete_feedback(&self, id: &str) -> Result<(), CaptchaError> {
        let mut bytes = Id::default();
        for (at, byte) in bytes.iter_mut().enumerate() {
            let pair = id.get(2 * at..2 * at + 2).filter(|_| id.len() == 32);
            *byte = (pair.and_then(|pair| u8::from_str_radix(pair, 16).ok())).ok_or_else(|| {
                CaptchaError::new(ErrorKind::Malformed, "this is no id of a feedback")
            })?;
        }
        let engine = self.engine();
        let now = engine.timeline.now();
        (engine.audit).record(Action::FeedbackDelete, String::new(), now)?;
        engine.ledger.drop_kept(&bytes).await
    }

    /// Seals and keeps what a visitor wrote.
    pub(crate) async fn keep_feedback(&self, text: &str) -> Result<(), CaptchaError> {
        let engine = self.engine();
        let now = engine.timeline.now();
        let mut content = day_of(now).to_be_bytes().to_vec();
        content.extend_from_slice(text.as_bytes());
        let nonce = random::array(engine.random.as_ref())?;
        let generation = engine.current_generation().await?;
        let sealed = (engine.sealer()).seal(Purpose::Feedback, generation, nonce, &content)?;
        let id = random::array(engine.random.as_ref())?;
        engine.ledger.keep(&id, sealed.as_bytes(), left(now)).await
    }
}

/// How long a text of that moment is kept: to a midnight that it shares with every text of its day,
/// or its end would tell the store when it came.
fn left(now: u64) -> Duration {
    let life = millis(Record::Feedback.entry().life.longest_fixed());
    let midnight = u64::from(day_of(now)) * DAY_MILLIS + life;
    Duration::from_millis(midnight.saturating_sub(now))
}

fn read(sealer: &Sealer, sealed: &[u8]) -> Result<(u32, String), CaptchaError> {
    let no_text = |_| CaptchaError::new(ErrorKind::Malformed, "this is no text");
    let sealed = std::str::from_utf8(sealed).map_err(no_text)?;
    let opened = sealer.open(Purpose::Feedback, sealed)?;
    let mut reader = Reader(&opened.content);
    let day = u32::from_be_bytes(reader.array()?);
    let text = std::str::from_utf8(reader.0).map_err(no_text)?;
    Ok((day, text.to_owned()))
}

/// A text without what a terminal or a reader could be led astray by: control characters but line
/// breaks, and characters that change the direction or cannot be seen.
pub(crate) fn inert(text: &str) -> String {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let mut inert = String::with_capacity(text.len());
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        let keep = match character {
            '\n' => true,
            '\u{200c}' | '\u{200d}' => {
                inert.chars().next_back().is_some_and(is_joined)
                    && characters.peek().copied().is_some_and(is_joined)
            }
            _ => !(character.is_control() || is_invisible(character)),
        };
        if keep {
            inert.push(character);
        }
    }
    inert.trim().to_owned()
}

/// Whether it cannot be seen: Unicode's `Default_Ignorable_Code_Point`, other format characters
/// that show nothing, separators of lines, and an empty braille cell.
const fn is_invisible(character: char) -> bool {
    matches!(character,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{70f}' | '\u{115f}' | '\u{1160}'
        | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}'
        | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{2800}' | '\u{3164}'
        | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}'
        | '\u{13430}'..='\u{1343f}' | '\u{1bca0}'..='\u{1bca3}'
        | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
}

/// Whether it is of a script that spells with joiners and non-joiners between letters: Arabic to
/// Sinhala, Myanmar, Khmer, Mongolian. Between others they would only hide something.
const fn is_joined(character: char) -> bool {
    matches!(character,
        '\u{620}'..='\u{dff}' | '\u{1000}'..='\u{109f}' | '\u{1780}'..='\u{17d3}'
        | '\u{1820}'..='\u{18aa}')
}

#[cfg(test)]
mod tests {
    use super::inert;

    #[test]
    fn what_leads_terminals_and_readers_astray_is_taken_out() {
        for (hostile, text) in [
            ("a\r\nb\rc", "a\nb\nc"),
            ("\u{1b}[31mred\u{1b}]8;;x\u{7}", "[31mred]8;;x"),
            ("\u{202e}txt.exe\u{2066}", "txt.exe"),
            ("  \0 \t\u{feff} ", ""),
            ("zero\u{200b}width", "zerowidth"),
            ("<b>日本 é</b>", "<b>日本 é</b>"),
            (
                "\u{61c}a\u{ad}b\u{180e}c\u{3164}d\u{fe0f}e\u{e0100}",
                "abcde",
            ),
            (
                "\u{34f}\u{115f}\u{17b4}\u{ffa0}\u{fff9}\u{1d173}\u{2800}",
                "",
            ),
            // Joiners spell words of some scripts, and hide things in others.
            ("می\u{200c}خواهم", "می\u{200c}خواهم"),
            ("क\u{94d}\u{200d}ष", "क\u{94d}\u{200d}ष"),
            ("pass\u{200d}word\u{200c}", "password"),
            ("\u{200c}می\u{200d}", "می"),
            ("م\u{200c}\u{200c}\u{200d}ی", "م\u{200d}ی"),
        ] {
            assert_eq!(inert(hostile), text, "{hostile:?}");
        }
    }

    #[test]
    fn nothing_that_unicode_lets_be_ignored_is_kept() {
        // Default_Ignorable_Code_Point of Unicode 16, whole: its ends and what stands beside them.
        for (first, last) in [
            (0xad, 0xad),
            (0x34f, 0x34f),
            (0x61c, 0x61c),
            (0x115f, 0x1160),
            (0x17b4, 0x17b5),
            (0x180b, 0x180f),
            (0x200b, 0x200f),
            (0x202a, 0x202e),
            (0x2060, 0x206f),
            (0x3164, 0x3164),
            (0xfe00, 0xfe0f),
            (0xfeff, 0xfeff),
            (0xffa0, 0xffa0),
            (0xfff0, 0xfff8),
            (0x1bca0, 0x1bca3),
            (0x1d173, 0x1d17a),
            (0xe0000, 0xe0fff),
        ] {
            for code in first..=last {
                let text = format!("a{}b", char::from_u32(code).unwrap());
                assert_eq!(inert(&text), "ab", "{code:x}");
            }
        }
        for seen in [
            '\u{ac}', '\u{ae}', '\u{600}', '\u{1810}', '\u{2010}', '\u{fe10}', '\u{fffd}',
        ] {
            assert_eq!(inert(&seen.to_string()), seen.to_string());
        }
    }
}

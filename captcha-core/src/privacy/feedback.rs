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
/// direction characters were taken out when it came in, line breaks were kept.
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
    (text.replace("\r\n", "\n").replace('\r', "\n").chars())
        .filter(|character| {
            let invisible = matches!(character,
                '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
                | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}');
            *character == '\n' || !(character.is_control() || invisible)
        })
        .collect::<String>()
        .trim()
        .to_owned()
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
        ] {
            assert_eq!(inert(hostile), text);
        }
    }
}

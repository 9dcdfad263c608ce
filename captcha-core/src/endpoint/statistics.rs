//! Counting what happens to visitors who agreed, and `GET stats` for operators.

use serde::Deserialize;
use subtle::ConstantTimeEq;

use super::{
    Problem, Request, Response,
    privacy::{global_privacy_control, page, prefers_json},
    problem,
    puzzle::settle,
};
use crate::{
    captcha::Captcha,
    challenge::Kind,
    cookie,
    error::CaptchaError,
    pending::Pending,
    privacy::{
        audit::Action,
        registry::Cookie,
        statistics::{
            Event, Happening, Statistics,
            counted::Counted,
            page as shown,
            release::{Day, release},
        },
    },
    seal::Purpose,
};

/// Milliseconds after midnight before a day counts as closed, for clocks that disagree.
const CLOSING_MILLIS: u64 = 600_000;
const DAY_MILLIS: u64 = 86_400_000;
/// Days that are shown.
const SHOWN_DAYS: u32 = 90;

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Query {
    format: Option<String>,
}

impl Captcha {
    /// Counts what happened to a visitor who agreed, each event once a day. Gives the `Set-Cookie` value that
    /// says so; never more than a log line when it fails, since nobody waits for statistics. Of who is not to be
    /// counted it takes back a cookie that a call on its way set after a withdrawal.
    pub(super) async fn count(
        &self,
        request: &Request<'_>,
        events: &[Event],
        kind: Option<Kind>,
        issued: Option<u64>,
    ) -> Option<String> {
        let engine = self.engine();
        engine.statistics.as_ref()?;
        let moment = self.moment(global_privacy_control(request));
        if !self
            .held(&request.headers)
            .decisions
            .may_be_counted(&moment)
        {
            let cookies = engine.cookies;
            return cookie::find(
                request.headers.all("cookie"),
                cookies.name(Cookie::Statistics),
            )
            .map(|_| cookies.expire(Cookie::Statistics));
        }
        let today = Counted {
            day: moment.day,
            flags: 0,
        };
        let counted =
            (engine.read_alike(&request.headers, Cookie::Statistics, Purpose::Statistics))
                .and_then(|bytes| Counted::from_bytes(&bytes).ok())
                .filter(|counted| counted.day == moment.day)
                .unwrap_or(today);
        let mut flags = counted.flags;
        let seconds = issued.map(|issued| engine.timeline.now().saturating_sub(issued) / 1_000);
        for &event in events {
            if flags & event.flag() != 0 {
                continue;
            }
            let happening = Happening {
                event,
                kind: kind?,
                language: self.language(request, None),
                seconds,
            };
            for cell in happening.cells() {
                if let Err(error) = engine.ledger.count(moment.day, &cell).await {
                    super::puzzle::log(&error);
                    return None;
                }
            }
            flags |= event.flag();
        }
        if flags == counted.flags {
            return None;
        }
        let counted = Counted { flags, ..counted };
        (engine.write_alike(Cookie::Statistics, Purpose::Statistics, &counted.to_bytes())).ok()
    }

    /// The kind of a sealed challenge and when it was issued, for counting alone.
    pub(super) fn glance(&self, challenge: &str) -> Option<(Kind, u64)> {
        self.engine().statistics.as_ref()?;
        let opened = (self.engine().sealer().open(Purpose::Challenge, challenge)).ok()?;
        let pending = Pending::from_bytes(&opened.content).ok()?;
        Some((pending.kind(), pending.issued))
    }

    /// Whether `GET stats` is mounted.
    pub(super) fn shows_statistics(&self) -> bool {
        (self.engine().statistics.as_ref()).is_some_and(|config| config.key.is_some())
    }

    pub(super) async fn show_statistics(&self, request: &Request<'_>) -> Response {
        let Some((config, key)) = (self.engine().statistics.as_ref())
            .and_then(|config| Some((config, config.key.as_ref()?)))
        else {
            return problem(&Problem::NOT_FOUND);
        };
        let sent = (request.headers.one("authorization").ok().flatten())
            .and_then(|value| value.split_once(' '))
            .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
            .map(|(_, token)| token.trim());
        let right = sent.is_some_and(|sent| bool::from(sent.as_bytes().ct_eq(key.0.as_bytes())));
        if !right {
            return problem(&Problem::UNAUTHORISED).with("www-authenticate", "Bearer");
        }
        let Ok(query) = serde_html_form::from_str::<Query>(request.query.unwrap_or_default())
        else {
            return problem(&Problem::malformed(
                "The query does not fit; unknown parameters are refused.",
            ));
        };
        if request.method == "DELETE" {
            return settle(self.purge_statistics().await.map(|()| Response::empty(204)));
        }
        let days = match self.released(config).await {
            Ok(days) => days,
            Err(error) => return settle(Err(error)),
        };
        let response = match query.format.as_deref() {
            Some("json") => Response::json(200, &shown::json(&days, config)),
            Some("prometheus") => Response::new(
                200,
                "text/plain; version=0.0.4; charset=utf-8",
                shown::prometheus(&days).into_bytes(),
            ),
            None if prefers_json(request) => Response::json(200, &shown::json(&days, config)),
            None | Some("html") => page(200, shown::page(&days, config, "")),
            Some(_) => problem(&Problem::malformed(
                "`format` is `html`, `json` or `prometheus`.",
            )),
        };
        response.with("vary", "Accept, Authorization")
    }

    /// Released statistics as JSON, newest day first, for a route behind a guard of your own.
    /// `None` where statistics are off.
    ///
    /// # Errors
    /// `Unavailable` when the store does not answer, or the audit log cannot be written.
    pub async fn statistics_json(&self) -> Result<Option<String>, CaptchaError> {
        let Some(config) = &self.engine().statistics else {
            return Ok(None);
        };
        let days = self.released(config).await?;
        Ok(Some(shown::json(&days, config).to_string()))
    }

    /// Forgets every counter, of all days. Written down in the audit log first. Released figures
    /// cannot be called back, and nothing in them is anybody's.
    ///
    /// # Errors
    /// `Unavailable` when the audit log or the store does not answer.
    pub async fn purge_statistics(&self) -> Result<(), CaptchaError> {
        let engine = self.engine();
        let now = engine.timeline.now();
        (engine.audit).record(Action::Purge, "statistics".to_owned(), now)?;
        engine.ledger.forget_counts().await
    }

    /// Closed days with something on them, newest first.
    async fn released(&self, config: &Statistics) -> Result<Vec<Day>, CaptchaError> {
        let engine = self.engine();
        let now = engine.timeline.now();
        engine.audit.record_read(Action::StatisticsRead, now)?;
        let open = now.saturating_sub(CLOSING_MILLIS) / DAY_MILLIS;
        let open = u32::try_from(open).unwrap_or(u32::MAX);
        let oldest = open.saturating_sub(SHOWN_DAYS.min(config.retention_days));
        let mut days = Vec::new();
        for day in (oldest..open).rev() {
            let counts = engine.ledger.counts(day).await?;
            if counts.is_empty() {
                continue;
            }
            let date = crate::privacy::notice::date_of(u64::from(day) * DAY_MILLIS);
            let seed = |cell: &str| engine.sealer().noise_seed(day, cell);
            days.push(release(config, date.to_string(), &counts, &seed));
        }
        Ok(days)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        SecretKey,
        endpoint::Headers,
        testing::{block_on, privacy},
    };

    fn engine() -> Captcha {
        (Captcha::builder().key(SecretKey::generate().unwrap()))
            .privacy(privacy())
            .statistics(Statistics::new())
            .work_bits(0, 1)
            .draw_in_order()
            .build()
            .unwrap()
    }

    /// Sends a call with the cookies of a visitor, and gives them as they are after it.
    fn call(captcha: &Captcha, method: &str, path: &str, cookies: &str, body: &str) -> String {
        let headers: [(&str, &[u8]); 2] = [
            ("content-type", b"application/json"),
            ("cookie", cookies.as_bytes()),
        ];
        let response = block_on(captcha.handle(&Request {
            method,
            path,
            query: None,
            headers: headers.into_iter().collect::<Headers<'_>>(),
            body: body.as_bytes(),
            peer: None,
        }));
        assert!(
            response.status < 300,
            "{method} {path}: {}",
            response.status
        );
        let set = (response.headers.iter()).filter(|(name, _)| *name == "set-cookie");
        set.filter_map(|(_, value)| value.split_once(';'))
            .map(|(pair, _)| pair)
            .filter(|pair| !pair.ends_with('='))
            .fold(cookies.to_owned(), |cookies, pair| {
                format!("{pair}; {cookies}")
            })
    }

    #[test]
    fn what_was_counted_before_a_withdrawal_stands_and_nothing_is_added() {
        let captcha = engine();
        let version = captcha.engine().notices.version().to_owned();
        let grant = format!(r#"{{"choice":"granted","version":"{version}"}}"#);
        let today = || captcha.moment(false).day;
        let counts = || block_on(captcha.engine().ledger.counts(today())).unwrap();
        let agreed = call(&captcha, "PUT", "/privacy/consent", "", &grant);
        assert!(counts().is_empty());
        let work = r#"{"kind":"work"}"#;
        call(&captcha, "POST", "/challenge", &agreed, work);
        let before = counts();
        assert_eq!(before.get("issued.kind.work"), Some(&1), "{before:?}");

        let withdrawn = call(&captcha, "DELETE", "/privacy/consent", &agreed, "");
        call(&captcha, "POST", "/challenge", &withdrawn, work);
        assert_eq!(counts(), before);
        // The control: somebody who agrees is counted.
        call(&captcha, "POST", "/challenge", &agreed, work);
        assert_ne!(counts(), before);
    }

    #[test]
    fn ten_thousand_browsers_in_one_state_carry_one_value() {
        let captcha = engine();
        let version = captcha.engine().notices.version().to_owned();
        let grant = format!(r#"{{"choice":"granted","version":"{version}"}}"#);
        let mut seen = std::collections::BTreeSet::new();
        for _ in 0..10_000 {
            let agreed = call(&captcha, "PUT", "/privacy/consent", "", &grant);
            let cookies = call(
                &captcha,
                "POST",
                "/challenge",
                &agreed,
                r#"{"kind":"work"}"#,
            );
            let lasting = cookies
                .split("; ")
                .filter(|pair| !pair.contains("captcha-session"));
            seen.insert(lasting.collect::<Vec<_>>().join("; "));
        }
        assert_eq!(seen.len(), 1, "no number stands for a visitor");
        assert!(
            seen.first()
                .is_some_and(|pair| pair.contains("captcha-stats="))
        );
    }
}

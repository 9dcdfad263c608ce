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
    error::CaptchaError,
    pending::Pending,
    privacy::{
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
    /// Counts what happened to a visitor who agreed, once a day. Gives the `Set-Cookie` value that
    /// says so; never more than a log line when it fails, since nobody waits for statistics.
    pub(super) async fn count(
        &self,
        request: &Request<'_>,
        event: Event,
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
            return None;
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
        if counted.flags & event.flag() != 0 {
            return None;
        }
        let seconds = issued.map(|issued| engine.timeline.now().saturating_sub(issued) / 1_000);
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
        let counted = Counted {
            flags: counted.flags | event.flag(),
            ..counted
        };
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
    /// `Unavailable` when the store does not answer.
    pub async fn statistics_json(&self) -> Result<Option<String>, CaptchaError> {
        let Some(config) = &self.engine().statistics else {
            return Ok(None);
        };
        let days = self.released(config).await?;
        Ok(Some(shown::json(&days, config).to_string()))
    }

    /// Closed days with something on them, newest first.
    async fn released(&self, config: &Statistics) -> Result<Vec<Day>, CaptchaError> {
        let engine = self.engine();
        let open = (engine.timeline.now().saturating_sub(CLOSING_MILLIS)) / DAY_MILLIS;
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

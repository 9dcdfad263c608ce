//! What an operator sees: spans for `tracing`, and counters for `metrics` where the feature is on. Verdicts,
//! durations and nothing else: no address, no token, no action, and no kind of challenge, since the choice
//! of an accessible one hints at a disability.

use std::future::Future;

use tracing::Instrument;

use crate::error::CaptchaError;
#[cfg(feature = "metrics")]
use std::time::Instant;

/// A counter or histogram, with what it says.
pub(crate) struct Metric {
    pub(crate) name: &'static str,
    pub(crate) help: &'static str,
}

macro_rules! metrics {
    ($($constant:ident = $name:literal: $help:literal;)*) => {
        $(pub(crate) const $constant: Metric = Metric { name: $name, help: $help };)*
        /// All of them.
        #[cfg(feature = "metrics")]
        const ALL: &[Metric] = &[$($constant),*];
    };
}

metrics! {
    CHALLENGES = "captcha_challenges_total": "Challenges asked for, by verdict: issued, or why not";
    ANSWERS = "captcha_answers_total": "Answers judged, by verdict: right, or the kind of refusal";
    REDEMPTIONS = "captcha_redemptions_total": "Tokens brought to guarded routes, by verdict: verified, degraded, repeat, or the kind of refusal";
    REFUSALS = "captcha_refusals_total": "Refusals of challenges and answers, by kind";
    STORE_SECONDS = "captcha_store_seconds": "How long the store took to answer, by call";
    STORE_FAILURES = "captcha_store_failures_total": "Calls that the store did not answer, by call";
    DRAW_SECONDS = "captcha_draw_seconds": "How long a puzzle took to draw";
    STOCK_MISSES = "captcha_stock_misses_total": "Challenges that waited for a drawing, since none was ready";
    ROTATIONS = "captcha_key_changes_total": "Changes of the keys, by cause: rotated or revoked";
}

/// Tells the recorder what each metric means.
#[cfg(feature = "metrics")]
pub(crate) fn describe() {
    for metric in ALL {
        match metric.name.ends_with("_seconds") {
            true => {
                metrics::describe_histogram!(metric.name, metrics::Unit::Seconds, metric.help);
            }
            false => metrics::describe_counter!(metric.name, metric.help),
        }
    }
}

/// Adds one, with a label.
#[cfg_attr(
    not(feature = "metrics"),
    expect(unused_variables, reason = "nobody counts")
)]
pub(crate) fn count(metric: &Metric, label: &'static str, value: &'static str) {
    #[cfg(feature = "metrics")]
    metrics::counter!(metric.name, label => value).increment(1);
}

/// Follows a step of the protocol in a span, and counts its verdict: what `good` says, or the kind of error.
pub(crate) async fn step<T>(
    span: tracing::Span,
    metric: &Metric,
    work: impl Future<Output = Result<T, CaptchaError>>,
    good: fn(&T) -> &'static str,
) -> Result<T, CaptchaError> {
    let outcome = work.instrument(span.clone()).await;
    let verdict = match &outcome {
        Ok(value) => good(value),
        Err(error) => error.kind().name(),
    };
    span.record("verdict", verdict);
    count(metric, "verdict", verdict);
    outcome
}

/// Times a call of the store, and counts its failure.
pub(crate) async fn stored<T, E>(
    call: &'static str,
    work: impl Future<Output = Result<T, E>>,
) -> Result<T, E> {
    #[cfg(feature = "metrics")]
    let start = Instant::now();
    let outcome = work.await;
    #[cfg(feature = "metrics")]
    metrics::histogram!(STORE_SECONDS.name, "call" => call).record(start.elapsed());
    if outcome.is_err() {
        count(&STORE_FAILURES, "call", call);
    }
    outcome
}

/// Times a drawing.
pub(crate) fn drawn<T>(draw: impl FnOnce() -> T) -> T {
    #[cfg(feature = "metrics")]
    let start = Instant::now();
    let drawn = draw();
    #[cfg(feature = "metrics")]
    metrics::histogram!(DRAW_SECONDS.name).record(start.elapsed());
    drawn
}

#[cfg(test)]
mod tests;

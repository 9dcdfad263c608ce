//! `PUT` and `DELETE` of `privacy/consent`, `privacy/restriction` and `privacy/objection`: what a
//! visitor decided, from the next request on.

use serde::{Deserialize, Serialize};

use super::global_privacy_control;
use crate::{
    captcha::Captcha,
    challenge,
    endpoint::{Problem, Request, Response, problem, puzzle::settle},
    language::{ConsentWords, Language},
    privacy::consent::{Choice, Consent, Decisions, Moment},
};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ConsentBody {
    choice: String,
    /// The version of the notice that the visitor saw.
    version: String,
}

#[derive(Serialize)]
struct ConsentState<'a> {
    consent: &'static str,
    version: &'a str,
}

/// Where a visitor stands on statistics, for the widget: to be asked, or free to stop.
#[derive(Serialize)]
pub(in crate::endpoint) struct Standing {
    state: &'static str,
    version: String,
    /// What the widget says, in the visitor's language.
    text: &'static ConsentWords,
}

impl Captcha {
    /// What the widget has to ask or offer; nothing to whoever refused, withdrew, restricted or
    /// objected, or whose browser sends Global Privacy Control.
    pub(in crate::endpoint) fn standing(
        &self,
        request: &Request<'_>,
        language: Language,
    ) -> Option<Standing> {
        let notices = &self.engine().notices;
        let decisions = self.held(&request.headers).decisions;
        if !notices.statistics() || decisions.verification_only() {
            return None;
        }
        let consent = decisions.consent(&self.moment(global_privacy_control(request)));
        matches!(consent, Consent::Unknown | Consent::Granted).then(|| Standing {
            state: consent.name(),
            version: notices.version().to_owned(),
            text: &language.text().consent,
        })
    }

    pub(super) fn put_consent(&self, request: &Request<'_>) -> Response {
        if !self.engine().notices.statistics() {
            return problem(&Problem::NOTHING_TO_CONSENT_TO);
        }
        if request.headers.media_type().as_deref() != Some("application/json") {
            return problem(&Problem::UNSUPPORTED_MEDIA_TYPE);
        }
        let Ok(body) = challenge::from_object::<ConsentBody>(request.body) else {
            return problem(&Problem::malformed(
                "The JSON is `{\"choice\":\"granted\" or \"refused\",\"version\":\"...\"}`.",
            ));
        };
        let choice = match body.choice.as_str() {
            "granted" => Choice::Granted,
            "refused" => Choice::Refused,
            _ => {
                return problem(&Problem::invalid_fields(
                    "`choice` is `granted` or `refused`.",
                ));
            }
        };
        self.answer_question(request, choice, &body.version)
    }

    fn answer_question(&self, request: &Request<'_>, choice: Choice, seen: &str) -> Response {
        let version = self.engine().notices.version();
        if seen != version {
            return problem(&Problem::STALE_NOTICE);
        }
        let moment = self.moment(global_privacy_control(request));
        let decisions = self.chosen(request, choice, &moment);
        let state = ConsentState {
            consent: decisions.consent(&moment).name(),
            version,
        };
        self.keep(Response::json(200, &state), decisions, &moment)
    }

    pub(super) fn withdraw(&self, request: &Request<'_>) -> Response {
        if !self.engine().notices.statistics() {
            return problem(&Problem::NOTHING_TO_CONSENT_TO);
        }
        let moment = self.moment(global_privacy_control(request));
        self.keep(
            Response::empty(204),
            self.chosen(request, Choice::Withdrawn, &moment),
            &moment,
        )
    }

    /// The visitor's decisions with another answer to the question about statistics.
    pub(super) fn chosen(
        &self,
        request: &Request<'_>,
        choice: Choice,
        moment: &Moment,
    ) -> Decisions {
        Decisions {
            choice: Some((choice, moment.version, moment.day)),
            ..self.held(&request.headers).decisions
        }
    }

    pub(super) fn restrict(&self, request: &Request<'_>, restricted: bool) -> Response {
        let decisions = Decisions {
            restricted,
            ..self.held(&request.headers).decisions
        };
        self.keep(
            Response::empty(204),
            decisions,
            &self.moment(global_privacy_control(request)),
        )
    }

    pub(super) fn object(&self, request: &Request<'_>, objected: bool) -> Response {
        let decisions = Decisions {
            objected,
            ..self.held(&request.headers).decisions
        };
        self.keep(
            Response::empty(204),
            decisions,
            &self.moment(global_privacy_control(request)),
        )
    }

    fn keep(&self, response: Response, decisions: Decisions, moment: &Moment) -> Response {
        settle(
            self.engine()
                .keep_decisions(decisions, moment)
                .map(|cookies| {
                    cookies.into_iter().fold(response, |response, cookie| {
                        response.with("set-cookie", cookie)
                    })
                }),
        )
    }
}

//! `POST challenge` and `POST answer`.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, value::RawValue};

use super::{Problem, Request, Response, privacy::Standing, problem};
use crate::{
    captcha::{Answer, Captcha, Challenge, Token},
    challenge::{self, Kind},
    error::{CaptchaError, ErrorKind},
    language::{PuzzleWords, filled},
    limit::{Call, Visitor},
    observe,
    privacy::{registry::Cookie, statistics::Event},
    seal::Purpose,
    session::Session,
};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ChallengeBody {
    kind: Option<String>,
    action: Option<String>,
    lang: Option<String>,
    /// Whether the visitor asked for another in place of one; counted of those who agreed.
    #[serde(default)]
    refreshed: bool,
    /// Whether the reply is to hold the words that are said of the puzzle.
    #[serde(default)]
    words: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AnswerBody<'a> {
    challenge: String,
    #[serde(borrow)]
    answer: &'a RawValue,
    work: u64,
}

/// A challenge, what to say of it, and how the visitor likes to see it.
#[derive(Serialize)]
struct Shown {
    #[serde(flatten)]
    challenge: Challenge,
    #[serde(skip_serializing_if = "Option::is_none")]
    words: Option<PuzzleWords>,
    #[serde(skip_serializing_if = "Map::is_empty")]
    selections: Map<String, Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    consent: Option<Standing>,
    /// The day on which the notice changed, for the first challenge of a visit within a month of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    notice_changed: Option<NoticeChanged>,
}

/// Who made a call that was let through.
pub(super) struct Caller {
    pub(super) session: Option<Session>,
    pub(super) visitor: Visitor,
}

#[derive(Serialize)]
struct NoticeChanged {
    date: String,
    /// What the widget says about it.
    text: String,
}

#[derive(Serialize)]
struct Solved<'a> {
    token: &'a str,
    expires_in: u64,
}

impl Captcha {
    pub(super) async fn post_challenge(&self, request: &Request<'_>) -> Response {
        let body: ChallengeBody = match json(request) {
            Ok(body) => body,
            Err(refusal) => return problem(&refusal),
        };
        let kind = match body.kind.as_deref().map(Kind::from_name) {
            None => None,
            Some(Some(kind)) => Some(kind),
            Some(None) => {
                return problem(&Problem::malformed("There is no such kind of challenge."));
            }
        };
        let outcome = async {
            let Caller { session, visitor } = self.admit_call(request, Call::Challenge).await?;
            let wrong = self.wrong_so_far(visitor).await?;
            let selections = self.held(&request.headers).selections;
            let selected = (selections.kind).filter(|kind| self.engine().kinds.contains(kind));
            let kind = kind.or(selected);
            // The page says which language it is in; what the visitor chose goes before that.
            let language = (selections.language)
                .unwrap_or_else(|| self.language(request, body.lang.as_deref()));
            let challenge = self
                .issue_in(language.voice(), kind, body.action.as_deref(), wrong)
                .await?;
            let kind = Kind::from_name(challenge.kind);
            let cookie = self.engine().refresh_session(session).await?;
            let shown = Shown {
                words: kind.filter(|_| body.words).map(|kind| {
                    let is_sum = challenge.prompt.arithmetic;
                    (language.text().widget.kinds).said(kind, is_sum, &self.engine().kinds)
                }),
                challenge,
                selections: selections.shown(),
                consent: self.standing(request, language),
                notice_changed: (session.is_none().then(|| self.recent_change()).flatten()).map(
                    |date| NoticeChanged {
                        text: filled(language.text().consent.changed, &[&date]),
                        date,
                    },
                ),
            };
            let response = Response::json(200, &shown);
            let events: &[Event] = match body.refreshed {
                true => &[Event::Issued, Event::Refreshed],
                false => &[Event::Issued],
            };
            let issued = self.count(request, events, kind, None).await;
            Ok([cookie, issued]
                .into_iter()
                .flatten()
                .fold(response, |response, cookie| {
                    response.with("set-cookie", cookie)
                }))
        };
        settle(outcome.await)
    }

    pub(super) async fn post_answer(&self, request: &Request<'_>) -> Response {
        let body: AnswerBody<'_> = match json(request) {
            Ok(body) => body,
            Err(refusal) => return problem(&refusal),
        };
        let outcome = async {
            let caller = self.admit_call(request, Call::Answer).await?;
            let answer = Answer::from_json(body.answer.get());
            let judged = (self.engine())
                .judge(Purpose::Challenge, &body.challenge, &answer, body.work)
                .await;
            self.note_wrong(caller.visitor, &judged).await?;
            let event = match &judged {
                Ok(_) => Some(Event::Solved),
                Err(error) => match error.kind() {
                    ErrorKind::WrongAnswer => Some(Event::Failed),
                    ErrorKind::Expired => Some(Event::Expired),
                    _ => None,
                },
            };
            let counted = match event.zip(self.glance(&body.challenge)) {
                Some((event, (kind, issued))) => {
                    self.count(request, &[event], Some(kind), Some(issued))
                        .await
                }
                None => None,
            };
            let token = match judged {
                Ok(token) => token,
                // Counted or not, a refusal is a refusal.
                Err(error) => {
                    let refusal = settle(Err(error));
                    return Ok(match counted {
                        Some(cookie) => refusal.with("set-cookie", cookie),
                        None => refusal,
                    });
                }
            };
            let solved = Solved {
                token: token.as_str(),
                expires_in: token.expires_in().as_secs(),
            };
            let response =
                Response::json(200, &solved).with("set-cookie", self.token_cookie(&token));
            Ok(match counted {
                Some(cookie) => response.with("set-cookie", cookie),
                None => response,
            })
        };
        settle(outcome.await)
    }

    pub(super) fn token_cookie(&self, token: &Token) -> String {
        self.engine().set_cookie(Cookie::Token, token.as_str())
    }

    /// Counts the call, under the pseudonym of the visitor's address or else the session's.
    pub(super) async fn admit_call(
        &self,
        request: &Request<'_>,
        call: Call,
    ) -> Result<Caller, CaptchaError> {
        let engine = self.engine();
        let session = engine.session(request.headers.all("cookie")).await?;
        let address = (engine.arrivals).visitor(request.peer, |name| request.headers.all(name));
        let visitor = match (address, session) {
            // Neither address nor session is used for more than the check itself.
            _ if self.held(&request.headers).decisions.verification_only() => Visitor::Restricted,
            (Some(address), _) => Visitor::Peer(address),
            (None, Some(session)) => Visitor::Session(session.id),
            (None, None) => Visitor::Unknown,
        };
        let now = engine.timeline.now();
        if engine.ledger.is_shared() {
            let generation = engine.current_generation().await?;
            (engine.limiter)
                .agree(&engine.ledger, &engine.sealer(), generation, now)
                .await?;
        }
        (engine.limiter)
            .admit(&engine.ledger, call, visitor, now)
            .await?;
        Ok(Caller { session, visitor })
    }

    async fn wrong_so_far(&self, visitor: Visitor) -> Result<u64, CaptchaError> {
        let engine = self.engine();
        let now = engine.timeline.now();
        (engine.limiter)
            .wrong_so_far(&engine.ledger, visitor, now)
            .await
    }

    /// Counts an answer of a visitor that was wrong.
    pub(super) async fn note_wrong(
        &self,
        visitor: Visitor,
        judged: &Result<Token, CaptchaError>,
    ) -> Result<(), CaptchaError> {
        let is_wrong = |error: &CaptchaError| error.kind() == ErrorKind::WrongAnswer;
        if !judged.as_ref().is_err_and(is_wrong) {
            return Ok(());
        }
        let engine = self.engine();
        let now = engine.timeline.now();
        engine.limiter.wrong(&engine.ledger, visitor, now).await
    }
}

/// A finished call; an error is logged with its cause and answered without it.
pub(super) fn settle(outcome: Result<Response, CaptchaError>) -> Response {
    outcome.unwrap_or_else(|error| {
        log(&error);
        problem(&Problem::at_endpoint(&error))
    })
}

pub(super) fn log(error: &CaptchaError) {
    let kind = error.kind().name();
    observe::count(&observe::REFUSALS, "kind", kind);
    match std::error::Error::source(error) {
        Some(cause) => tracing::warn!(kind, ?cause, "captcha: {error}"),
        None => tracing::debug!(kind, "captcha: {error}"),
    }
}

fn json<'a, T: Deserialize<'a>>(request: &Request<'a>) -> Result<T, Problem> {
    if request.headers.media_type().as_deref() != Some("application/json") {
        return Err(Problem::UNSUPPORTED_MEDIA_TYPE);
    }
    challenge::from_object(request.body).map_err(|error| {
        // Said by position and category alone: what was sent is not reflected.
        Problem::malformed(format!(
            "The JSON does not fit at line {} column {}; unknown fields are refused.",
            error.line(),
            error.column()
        ))
    })
}

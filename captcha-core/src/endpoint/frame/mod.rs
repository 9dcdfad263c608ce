//! The no-script page: a picture or a sound, and a text field in a plain form. Solving it sets the
//! token's cookie, so that the host's ordinary form just works.

mod page;

use serde::Deserialize;

use super::{Problem, Request, Response, problem, puzzle};
use crate::{
    captcha::{Answer, Captcha},
    challenge::Kind,
    error::{CaptchaError, ErrorKind},
    language::Language,
    limit::Call,
    seal::Purpose,
};

/// Nothing but our own style sheet, picture and sound, and no framing by other sites.
const POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self'; media-src 'self'; \
                      form-action 'self'; base-uri 'none'; frame-ancestors 'self'";

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct FrameQuery {
    action: Option<String>,
    kind: Option<String>,
    lang: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DrawingQuery {
    challenge: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FrameForm {
    challenge: String,
    action: String,
    text: String,
    kind: Option<String>,
    lang: Option<String>,
}

/// What a page shows: its links and its form keep to it.
#[derive(Clone, Copy)]
struct Shown<'a> {
    action: &'a str,
    kind: Kind,
    language: Language,
    /// Whether the language was asked for, or is as the browser prefers.
    named: bool,
}

impl<'a> Shown<'a> {
    /// The address of such a page.
    fn link(self) -> String {
        let mut link = format!("frame?action={}", self.action);
        if self.kind == Kind::Audio {
            link.push_str("&kind=audio");
        }
        if self.named {
            link.push_str("&lang=");
            link.push_str(self.language.tag());
        }
        link
    }

    /// The page with the other kind.
    fn other(self) -> Shown<'a> {
        let kind = match self.kind {
            Kind::Audio => Kind::Text,
            _ => Kind::Audio,
        };
        Self { kind, ..self }
    }
}

impl Captcha {
    pub(super) async fn show_frame(&self, request: &Request<'_>) -> Response {
        if !self.engine().frame {
            return problem(&Problem::NOT_FOUND);
        }
        let query: FrameQuery = match query(request) {
            Ok(query) => query,
            Err(refusal) => return problem(&refusal),
        };
        let (action, kind, lang) = (&query.action, &query.kind, &query.lang);
        let shown = match self.shown(request, action, kind, lang) {
            Ok(shown) => shown,
            Err(error) => return puzzle::settle(Err(error)),
        };
        let outcome = async {
            self.admit_call(request, Call::Challenge).await?;
            self.fresh_page(200, shown, "").await
        };
        page_or_problem(outcome.await, shown)
    }

    /// The page that is asked for; without a kind one with a picture, if there is any.
    fn shown<'a>(
        &'a self,
        request: &Request<'_>,
        action: &'a Option<String>,
        kind: &Option<String>,
        lang: &Option<String>,
    ) -> Result<Shown<'a>, CaptchaError> {
        let engine = self.engine();
        let offered = |kind: Kind| engine.kinds.contains(&kind).then_some(kind);
        let kind = match kind.as_deref() {
            None => offered(Kind::Text).or(offered(Kind::Audio)),
            Some("text") => offered(Kind::Text),
            Some("audio") => offered(Kind::Audio),
            Some(_) => None,
        };
        Ok(Shown {
            action: engine.action_or_default(action.as_deref())?,
            kind: kind.ok_or_else(|| {
                CaptchaError::new(
                    ErrorKind::Malformed,
                    "this kind of challenge is not on offer without script",
                )
            })?,
            language: self.language(request, lang.as_deref()),
            named: lang.is_some(),
        })
    }

    /// The picture of a page, or with `heard` its sound.
    pub(super) async fn frame_drawing(&self, request: &Request<'_>, heard: bool) -> Response {
        if !self.engine().frame {
            return problem(&Problem::NOT_FOUND);
        }
        let query: DrawingQuery = match query(request) {
            Ok(query) => query,
            Err(refusal) => return problem(&refusal),
        };
        let outcome = async {
            self.admit_call(request, Call::Challenge).await?;
            let (media_type, bytes) = if heard {
                let sound = self.engine().frame_sound(&query.challenge).await?;
                (sound.media_type, sound.bytes)
            } else {
                let picture = self.engine().frame_picture(&query.challenge).await?;
                (picture.media_type, picture.bytes)
            };
            Ok(Response::new(200, media_type, bytes)
                .with("cross-origin-resource-policy", "same-origin"))
        };
        puzzle::settle(outcome.await)
    }

    pub(super) async fn post_frame(&self, request: &Request<'_>) -> Response {
        if !self.engine().frame {
            return problem(&Problem::NOT_FOUND);
        }
        let essence = request.headers.media_type();
        if essence.as_deref() != Some("application/x-www-form-urlencoded") {
            return problem(&Problem::UNSUPPORTED_MEDIA_TYPE);
        }
        let Ok(form) = serde_html_form::from_bytes::<FrameForm>(request.body) else {
            return problem(&Problem::malformed("The form does not fit."));
        };
        let action = Some(form.action);
        let shown = match self.shown(request, &action, &form.kind, &form.lang) {
            Ok(shown) => shown,
            Err(error) => return puzzle::settle(Err(error)),
        };
        let outcome = async {
            let caller = self.admit_call(request, Call::Answer).await?;
            let answer = Answer::from_json(serde_json::json!({ "text": form.text }).to_string());
            let judged = (self.engine())
                .judge(Purpose::FrameChallenge, &form.challenge, &answer, 0)
                .await;
            self.note_wrong(caller.visitor, &judged).await?;
            match judged {
                Ok(token) => {
                    let done = page(200, page::done(shown.language));
                    Ok(done.with("set-cookie", self.token_cookie(&token)))
                }
                Err(error) => match again(error.kind(), shown) {
                    Some((status, alert)) => self.fresh_page(status, shown, alert).await,
                    None => Err(error),
                },
            }
        };
        page_or_problem(outcome.await, shown)
    }

    async fn fresh_page(
        &self,
        status: u16,
        shown: Shown<'_>,
        alert: &str,
    ) -> Result<Response, CaptchaError> {
        let engine = self.engine();
        let challenge = engine
            .issue_frame(shown.kind, shown.language.voice(), shown.action)
            .await?;
        let other = engine.kinds.contains(&shown.other().kind);
        let html = page::puzzle(shown, &challenge, engine.arithmetic, other, alert);
        Ok(page(status, html))
    }
}

/// What the page says when the visitor may try again.
fn again(error: ErrorKind, shown: Shown<'_>) -> Option<(u16, &'static str)> {
    let words = &shown.language.text().frame;
    let heard = shown.kind == Kind::Audio;
    let either = |sound, picture| if heard { sound } else { picture };
    Some(match error {
        ErrorKind::Expired => (410, either(words.sound_expired, words.picture_expired)),
        ErrorKind::Spent => (409, either(words.sound_spent, words.picture_spent)),
        ErrorKind::WrongAnswer => (422, either(words.sound_wrong, words.picture_wrong)),
        _ => return None,
    })
}

fn page(status: u16, html: String) -> Response {
    Response::new(status, "text/html; charset=utf-8", html.into_bytes())
        .with("content-security-policy", POLICY)
        .with("referrer-policy", "same-origin")
}

/// A visitor without script sees the refusal inside the frame, so it is a page as well. Its link
/// keeps the action: a token for the default one would be refused by the form around the frame.
fn page_or_problem(outcome: Result<Response, CaptchaError>, shown: Shown<'_>) -> Response {
    outcome.unwrap_or_else(|error| {
        puzzle::log(&error);
        let refusal = Problem::at_endpoint(&error);
        if !matches!(
            error.kind(),
            ErrorKind::Busy | ErrorKind::TooMany | ErrorKind::Unavailable
        ) {
            return problem(&refusal);
        }
        let seconds = refusal.retry_after.unwrap_or(5).to_string();
        let html = page::busy(shown, &seconds);
        page(refusal.status, html).with("retry-after", seconds)
    })
}

fn query<'a, T: Deserialize<'a>>(request: &Request<'a>) -> Result<T, Problem> {
    serde_html_form::from_str(request.query.unwrap_or_default())
        .map_err(|_| Problem::malformed("The query does not fit; unknown parameters are refused."))
}

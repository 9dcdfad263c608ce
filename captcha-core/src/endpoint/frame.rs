//! The no-script page: a picture or a sound, and a text field in a plain form. Solving it sets the
//! token's cookie, so that the host's ordinary form just works.

use serde::Deserialize;

use super::{Problem, Request, Response, problem, puzzle};
use crate::{
    captcha::{Answer, Captcha},
    challenge::Kind,
    error::{CaptchaError, ErrorKind},
    limit::Call,
    render::voice::Language,
    seal::Purpose,
    widget,
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

impl Shown<'_> {
    /// What a link to such a page says beside the action.
    fn rest(self) -> String {
        let kind = match self.kind {
            Kind::Audio => "&amp;kind=audio",
            _ => "",
        };
        match self.named {
            true => format!("{kind}&amp;lang={}", self.language.code()),
            false => kind.to_owned(),
        }
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
            language: self.spoken(request, lang.as_deref()),
            named: lang.is_some(),
        })
    }

    pub(super) async fn frame_image(&self, request: &Request<'_>) -> Response {
        if !self.engine().frame {
            return problem(&Problem::NOT_FOUND);
        }
        let query: DrawingQuery = match query(request) {
            Ok(query) => query,
            Err(refusal) => return problem(&refusal),
        };
        let outcome = async {
            self.admit_call(request, Call::Challenge).await?;
            let picture = self.engine().frame_picture(&query.challenge).await?;
            Ok(drawing(picture.media_type, picture.bytes))
        };
        puzzle::settle(outcome.await)
    }

    pub(super) async fn frame_sound(&self, request: &Request<'_>) -> Response {
        if !self.engine().frame {
            return problem(&Problem::NOT_FOUND);
        }
        let query: DrawingQuery = match query(request) {
            Ok(query) => query,
            Err(refusal) => return problem(&refusal),
        };
        let outcome = async {
            self.admit_call(request, Call::Challenge).await?;
            let sound = self.engine().frame_sound(&query.challenge).await?;
            Ok(drawing(sound.media_type, sound.bytes))
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
            self.admit_call(request, Call::Answer).await?;
            let answer = Answer::from_json(serde_json::json!({ "text": form.text }).to_string());
            let judged = (self.engine())
                .judge(Purpose::FrameChallenge, &form.challenge, &answer, 0)
                .await;
            match judged {
                Ok(token) => {
                    let done = page(200, widget::FRAME_DONE.to_owned());
                    Ok(done.with("set-cookie", self.token_cookie(&token)))
                }
                Err(error) => match again(error.kind(), shown.kind) {
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
            .issue_frame(shown.kind, shown.language, shown.action)
            .await?;
        let (template, kind, words) = match shown.kind {
            Kind::Audio => (widget::FRAME_SOUND, Kind::Text, "Picture instead"),
            _ => (widget::FRAME, Kind::Audio, "Digits to hear instead"),
        };
        let other = Shown { kind, ..shown };
        let other = match engine.kinds.contains(&kind) {
            true => format!(
                "<a href=\"frame?action={{{{action}}}}{}\">{words}</a>",
                other.rest()
            ),
            false => String::new(),
        };
        let (task, picture, label) = match engine.arithmetic {
            true => (
                "Type the result",
                "Picture of a distorted sum of two numbers.",
                "Digits only",
            ),
            false => (
                "Type what you see",
                "Picture of distorted letters and digits.",
                "Letters and digits, in any case",
            ),
        };
        // None of these can hold a character that HTML reads: an action, a language and a sealed
        // string have alphabets without any, the rest is ours.
        let html = (template.replace("{{other}}", &other))
            .replace("{{task}}", task)
            .replace("{{picture}}", picture)
            .replace("{{label}}", label)
            .replace("{{alert}}", alert)
            .replace("{{challenge}}", &challenge)
            .replace("{{language}}", shown.language.code())
            .replace("{{rest}}", &shown.rest())
            .replace("{{action}}", shown.action);
        Ok(page(status, html))
    }
}

/// What the page says when the visitor may try again.
fn again(error: ErrorKind, kind: Kind) -> Option<(u16, &'static str)> {
    let heard = kind == Kind::Audio;
    Some(match error {
        ErrorKind::Expired if heard => (410, "Those digits had expired. Here are new ones."),
        ErrorKind::Spent if heard => (409, "Those digits were used before. Here are new ones."),
        ErrorKind::WrongAnswer if heard => (422, "That was not right. Here are new digits."),
        ErrorKind::Expired => (410, "That picture had expired. Here is a new one."),
        ErrorKind::Spent => (409, "That picture was used before. Here is a new one."),
        ErrorKind::WrongAnswer => (422, "That was not right. Here is a new picture."),
        _ => return None,
    })
}

fn drawing(media_type: &'static str, bytes: Vec<u8>) -> Response {
    Response::new(200, media_type, bytes).with("cross-origin-resource-policy", "same-origin")
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
        let html = (widget::FRAME_BUSY.replace("{{seconds}}", &seconds))
            .replace("{{rest}}", &shown.rest())
            .replace("{{action}}", shown.action);
        page(refusal.status, html).with("retry-after", seconds)
    })
}

fn query<'a, T: Deserialize<'a>>(request: &Request<'a>) -> Result<T, Problem> {
    serde_html_form::from_str(request.query.unwrap_or_default())
        .map_err(|_| Problem::malformed("The query does not fit; unknown parameters are refused."))
}

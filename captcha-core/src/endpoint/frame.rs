//! The no-script page: a picture and a text field in a plain form. Solving it sets the token's
//! cookie, so that the host's ordinary form just works.

use serde::Deserialize;

use super::{Problem, Request, Response, problem, puzzle};
use crate::{
    captcha::{Answer, Captcha, Engine},
    error::{CaptchaError, ErrorKind},
    limit::Call,
    seal::Purpose,
    widget,
};

/// Nothing but our own style sheet and picture, and no framing by other sites.
const POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; \
                      base-uri 'none'; frame-ancestors 'self'";

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct FrameQuery {
    action: Option<String>,
    lang: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ImageQuery {
    challenge: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FrameForm {
    challenge: String,
    action: String,
    text: String,
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
        let _ = query.lang;
        let action = match self.engine().action_or_default(query.action.as_deref()) {
            Ok(action) => action,
            Err(error) => return puzzle::settle(Err(error)),
        };
        let outcome = async {
            self.admit_call(request, Call::Challenge).await?;
            self.fresh_page(200, action, "").await
        };
        page_or_problem(outcome.await, action)
    }

    pub(super) async fn frame_image(&self, request: &Request<'_>) -> Response {
        if !self.engine().frame {
            return problem(&Problem::NOT_FOUND);
        }
        let query: ImageQuery = match query(request) {
            Ok(query) => query,
            Err(refusal) => return problem(&refusal),
        };
        let outcome = async {
            self.admit_call(request, Call::Challenge).await?;
            let picture = self.engine().frame_picture(&query.challenge).await?;
            Ok(Response::new(200, picture.media_type, picture.bytes)
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
        let action = match self.engine().action_or_default(Some(&form.action)) {
            Ok(action) => action,
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
                Err(error) => match again(error.kind()) {
                    Some((status, alert)) => self.fresh_page(status, action, alert).await,
                    None => Err(error),
                },
            }
        };
        page_or_problem(outcome.await, action)
    }

    async fn fresh_page(
        &self,
        status: u16,
        action: &str,
        alert: &str,
    ) -> Result<Response, CaptchaError> {
        let challenge = Engine::issue_frame(self.engine(), action).await?;
        // None of the three can hold a character that HTML reads: an action and a sealed string
        // have alphabets without any, an alert is one of ours.
        let html = (widget::FRAME.replace("{{alert}}", alert))
            .replace("{{challenge}}", &challenge)
            .replace("{{action}}", action);
        Ok(page(status, html))
    }
}

/// What the page says when the visitor may try again.
fn again(kind: ErrorKind) -> Option<(u16, &'static str)> {
    Some(match kind {
        ErrorKind::Expired => (410, "That picture had expired. Here is a new one."),
        ErrorKind::Spent => (409, "That picture was used before. Here is a new one."),
        ErrorKind::WrongAnswer => (422, "That was not right. Here is a new picture."),
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
fn page_or_problem(outcome: Result<Response, CaptchaError>, action: &str) -> Response {
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
        let html =
            (widget::FRAME_BUSY.replace("{{seconds}}", &seconds)).replace("{{action}}", action);
        page(refusal.status, html).with("retry-after", seconds)
    })
}

fn query<'a, T: Deserialize<'a>>(request: &Request<'a>) -> Result<T, Problem> {
    serde_html_form::from_str(request.query.unwrap_or_default())
        .map_err(|_| Problem::malformed("The query does not fit; unknown parameters are refused."))
}

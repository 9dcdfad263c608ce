//! `GET` and `POST privacy/feedback`, where the builder mounts it: a text, and nothing else.

use maud::html;
use serde::Deserialize;

use super::notice::page;
use crate::{
    captcha::Captcha,
    challenge,
    endpoint::{Problem, Request, Response, problem, puzzle::settle},
    limit::Call,
    privacy::{
        feedback::{MAX_FEEDBACK, inert},
        notice::document,
    },
};

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Query {
    lang: Option<String>,
    done: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Form {
    text: String,
}

impl Captcha {
    pub(super) fn show_feedback(&self, request: &Request<'_>) -> Response {
        let Ok(query) = serde_html_form::from_str::<Query>(request.query.unwrap_or_default())
        else {
            return problem(&Problem::malformed(
                "The query does not fit; unknown parameters are refused.",
            ));
        };
        let language = self.language(request, query.lang.as_deref());
        let labels = &language.text().feedback;
        let content = html! {
            h1 { (labels.title) }
            @if query.done.is_some() { p.done role="status" { (labels.thanks) } }
            p { (labels.introduction) }
            form method="post" action="feedback" {
                label for="text" { (labels.label) }
                textarea id="text" name="text" rows="8" required maxlength=(MAX_FEEDBACK / 3) {}
                button { (labels.send) }
            }
            p { a href={ "../privacy?lang=" (language.tag()) } { (language.text().choices.notice) } }
        };
        page(200, document(language, labels.title, "../", &content))
            .with("vary", "Accept-Language, Cookie")
    }

    pub(super) async fn post_feedback(&self, request: &Request<'_>) -> Response {
        let essence = request.headers.media_type();
        let (form, json) = match essence.as_deref() {
            Some("application/json") => (challenge::from_object::<Form>(request.body).ok(), true),
            Some("application/x-www-form-urlencoded") => (
                serde_html_form::from_bytes::<Form>(request.body).ok(),
                false,
            ),
            _ => return problem(&Problem::UNSUPPORTED_MEDIA_TYPE),
        };
        let Some(form) = form else {
            return problem(&Problem::malformed("It takes `text`, and nothing else."));
        };
        let text = inert(&form.text);
        if text.is_empty() || text.len() > MAX_FEEDBACK {
            return problem(&Problem::invalid_fields(
                "`text` has 1 to 2000 bytes that can be seen.",
            ));
        }
        let kept = async {
            self.admit_call(request, Call::Feedback).await?;
            self.keep_feedback(&text).await
        };
        settle(kept.await.map(|()| {
            if json {
                Response::empty(204)
            } else {
                Response::empty(303).with("location", "feedback?done=1")
            }
        }))
    }
}

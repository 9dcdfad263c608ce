//! `POST privacy/requests`: a request about data that is carried out before it is answered.

use serde::{Deserialize, Serialize};

use crate::{
    captcha::Captcha,
    challenge,
    endpoint::{Problem, Request, Response, problem, puzzle::settle},
    privacy::registry::Cookie,
};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RequestBody {
    kind: String,
}

#[derive(Serialize)]
struct Done<'a> {
    kind: &'static str,
    /// What became of the data.
    outcome: &'static str,
    /// Every cookie that was removed.
    removed: Vec<&'static str>,
    /// Where to write for anything else.
    contact: &'a str,
}

impl Captcha {
    /// Of kind `child`: data of a child under 13, which nobody has to prove. Everything that this
    /// browser holds of it is deleted at once, and the server has nothing that could be looked up.
    pub(super) async fn post_request(&self, request: &Request<'_>) -> Response {
        if request.headers.media_type().as_deref() != Some("application/json") {
            return problem(&Problem::UNSUPPORTED_MEDIA_TYPE);
        }
        let Ok(body) = challenge::from_object::<RequestBody>(request.body) else {
            return problem(&Problem::malformed("The JSON is `{\"kind\":\"child\"}`."));
        };
        if body.kind != "child" {
            return problem(&Problem::invalid_fields(
                "`kind` is `child`; every other request has a route of its own.",
            ));
        }
        settle(self.forget(request).await.map(|cookies| {
            let engine = self.engine();
            let done = Done {
                kind: "child",
                outcome: "deleted",
                removed: Cookie::ALL.map(|cookie| engine.cookies.name(cookie)).into(),
                contact: &engine.notices.privacy().contact,
            };
            cookies
                .into_iter()
                .fold(Response::json(200, &done), |response, cookie| {
                    response.with("set-cookie", cookie)
                })
        }))
    }
}

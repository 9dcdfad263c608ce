//! `GET` and `POST privacy/choices`: every right as a button, for visitors with and without script.

use maud::{Markup, html};
use serde::Deserialize;

use super::{data::Data, global_privacy_control, notice::page};
use crate::{
    captcha::Captcha,
    challenge::Kind,
    endpoint::{Problem, Request, Response, problem, puzzle::settle},
    error::CaptchaError,
    language::{Choices, Language},
    privacy::{
        consent::{Choice, Consent, Decisions},
        notice::{document, standing, table},
        selections::{FIELDS, Selections},
    },
};

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Query {
    lang: Option<String>,
    done: Option<String>,
}

/// What a button sends: what to do, and with selections what was selected.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Form {
    r#do: String,
    #[serde(default)]
    version: String,
    #[serde(default)]
    language: String,
    #[serde(default)]
    theme: String,
    #[serde(default)]
    kind: String,
    #[serde(default)]
    contrast: String,
    #[serde(default)]
    motion: String,
}

impl Captcha {
    pub(super) async fn show_choices(&self, request: &Request<'_>) -> Response {
        let Ok(query) = serde_html_form::from_str::<Query>(request.query.unwrap_or_default())
        else {
            return problem(&Problem::malformed(
                "The query does not fit; unknown parameters are refused.",
            ));
        };
        let language = self.language(request, query.lang.as_deref());
        settle(self.data(request).await.map(|data| {
            let content = self.choices(request, language, &data, query.done.is_some());
            let title = language.text().choices.title;
            page(200, document(language, title, "../", &content))
                .with("vary", "Accept-Language, Cookie, Sec-GPC")
        }))
    }

    fn choices(
        &self,
        request: &Request<'_>,
        language: Language,
        data: &Data,
        done: bool,
    ) -> Markup {
        let labels = &language.text().choices;
        let held = self.held(&request.headers);
        let moment = self.moment(global_privacy_control(request));
        html! {
            h1 { (labels.title) }
            p.done role="status" hidden[!done] { @if done { (labels.done) } }
            p { (labels.introduction) }
            p { a href={ "../privacy?lang=" (language.tag()) } { (labels.notice) } }
            h2 { (labels.held) }
            (held_table(data, labels))
            p {
                (labels.take) " "
                a href="export?format=json" { "JSON" } ", "
                a href="export?format=csv" { "CSV" }
            }
            @if self.engine().notices.statistics() {
                h2 { (labels.statistics) }
                (statistics(held.decisions.consent(&moment), self.engine().notices.version(), labels))
            }
            h2 { (labels.limits) }
            (limits(held.decisions, labels))
            h2 { (labels.selections) }
            (selections(held.selections, language))
            h2 { (labels.delete_title) }
            p { (labels.delete_text) }
            (buttons("", &[("delete", labels.delete)]))
            h2 { (labels.child_title) }
            p { (labels.child_text) }
            (buttons("", &[("child", labels.child)]))
        }
    }

    pub(super) async fn choose(&self, request: &Request<'_>) -> Response {
        if request.headers.media_type().as_deref() != Some("application/x-www-form-urlencoded") {
            return problem(&Problem::UNSUPPORTED_MEDIA_TYPE);
        }
        let Ok(form) = serde_html_form::from_bytes::<Form>(request.body) else {
            return problem(&Problem::malformed("The form does not fit."));
        };
        let cookies = match self.carry_out(request, &form).await {
            Ok(Ok(cookies)) => cookies,
            Ok(Err(refusal)) => return problem(&refusal),
            Err(error) => return settle(Err(error)),
        };
        cookies.into_iter().fold(
            Response::empty(303).with("location", "choices?done=1"),
            |response, cookie| response.with("set-cookie", cookie),
        )
    }

    /// The `Set-Cookie` values that carry out what a button says.
    async fn carry_out(
        &self,
        request: &Request<'_>,
        form: &Form,
    ) -> Result<Result<Vec<String>, Problem>, CaptchaError> {
        let engine = self.engine();
        let held = self.held(&request.headers);
        let moment = self.moment(global_privacy_control(request));
        let on = engine.notices.statistics();
        let decisions = match form.r#do.as_str() {
            "delete" | "child" => return self.forget(request).await.map(Ok),
            "select" => {
                let mut selections = Selections::default();
                let chosen = [
                    &form.language,
                    &form.theme,
                    &form.kind,
                    &form.contrast,
                    &form.motion,
                ];
                for (field, value) in FIELDS.into_iter().zip(chosen) {
                    let value = Some(value.as_str()).filter(|value| !value.is_empty());
                    if !selections.set(field.name, value) {
                        return Ok(Err(Problem::invalid_fields("There is no such selection.")));
                    }
                }
                return Ok(Ok(vec![engine.keep_selections(selections)?]));
            }
            "grant" | "refuse" if on && form.version != engine.notices.version() => {
                return Ok(Err(Problem::STALE_NOTICE));
            }
            "grant" if on => self.chosen(request, Choice::Granted, &moment),
            "refuse" if on => self.chosen(request, Choice::Refused, &moment),
            "withdraw" if on => self.chosen(request, Choice::Withdrawn, &moment),
            "restrict" => Decisions {
                restricted: true,
                ..held.decisions
            },
            "unrestrict" => Decisions {
                restricted: false,
                ..held.decisions
            },
            "object" => Decisions {
                objected: true,
                ..held.decisions
            },
            "unobject" => Decisions {
                objected: false,
                ..held.decisions
            },
            _ => return Ok(Err(Problem::invalid_fields("There is no such choice."))),
        };
        Ok(Ok(engine.keep_decisions(decisions, &moment)?))
    }
}

fn held_table(data: &Data, labels: &Choices) -> Markup {
    let rows = data.items.iter().map(|item| {
        vec![
            html! { code { (item.field) } },
            html! { (item.value) },
            html! { code { (item.cookie) } },
            html! {
                @match &item.expires {
                    Some(expires) => time datetime=(expires) { (expires) },
                    None => (labels.session_end),
                }
            },
        ]
    });
    let columns = [labels.field, labels.value, labels.cookie, labels.until];
    html! {
        @if data.items.is_empty() {
            p { (labels.nothing) }
        } @else {
            (table(labels.held, &columns, rows))
        }
    }
}

/// A form of buttons, each of which does one thing.
fn buttons(version: &str, choices: &[(&str, &str)]) -> Markup {
    html! {
        form.choices method="post" action="choices" {
            @if !version.is_empty() {
                input type="hidden" name="version" value=(version);
            }
            @for (name, label) in choices {
                button name="do" value=(name) { (label) }
            }
        }
    }
}

fn statistics(consent: Consent, version: &str, labels: &Choices) -> Markup {
    let grant = ("grant", labels.grant);
    let choices = match consent {
        Consent::Unknown => vec![grant, ("refuse", labels.refuse)],
        Consent::Granted => vec![("withdraw", labels.withdraw)],
        Consent::Refused | Consent::Withdrawn => vec![grant],
    };
    html! {
        p { (standing(labels, consent)) }
        (buttons(version, &choices))
    }
}

fn limits(decisions: Decisions, labels: &Choices) -> Markup {
    let restriction = if decisions.restricted {
        ("unrestrict", labels.unrestrict)
    } else {
        ("restrict", labels.restrict)
    };
    let objection = if decisions.objected {
        ("unobject", labels.unobject)
    } else {
        ("object", labels.object)
    };
    buttons("", &[restriction, objection])
}

fn selections(selections: Selections, language: Language) -> Markup {
    let labels = &language.text().choices;
    html! {
        form method="post" action="choices" {
            div.selections {
                @for field in FIELDS {
                    div {
                        label for=(field.name) { (heading(labels, field.name)) }
                        select id=(field.name) name=(field.name) {
                            option value="" { (labels.by_page) }
                            @for value in field.values {
                                option value=(value)
                                    selected[selections.get(field.name) == Some(*value)] {
                                    (option(language, field.name, value))
                                }
                            }
                        }
                    }
                }
            }
            button.first name="do" value="select" { (labels.save) }
        }
    }
}

fn heading(labels: &Choices, selection: &str) -> &'static str {
    match selection {
        "language" => labels.language,
        "theme" => labels.theme,
        "kind" => labels.kind,
        "contrast" => labels.contrast,
        _ => labels.motion,
    }
}

/// What a value is called.
fn option(language: Language, selection: &str, value: &str) -> &'static str {
    let text = language.text();
    match (selection, value) {
        ("language", tag) => Language::of_tag(tag).unwrap_or(language).text().name,
        ("kind", name) => Kind::from_name(name).map_or("", |kind| text.widget.kinds.of(kind).name),
        (_, "light") => text.choices.light,
        (_, "dark") => text.choices.dark,
        (_, "more") => text.choices.more,
        (_, _) => text.choices.reduce,
    }
}

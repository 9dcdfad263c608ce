//! The notice as a page: readable without script, printable, nothing but our own style sheet.

use maud::{Markup, html};

use super::Notice;
use crate::language::{Labels, Language, filled};

/// What the privacy pages may load: our style sheet, and forms to ourselves.
pub(crate) const POLICY: &str = "default-src 'none'; style-src 'self'; form-action 'self'; \
                                 base-uri 'none'; frame-ancestors 'self'";

/// The page; `archived` when it is not the notice in force, `gpc` when the visitor's browser sends
/// Global Privacy Control.
pub(crate) fn page(notice: &Notice, archived: bool, gpc: bool) -> String {
    let language = Language::of_tag(&notice.language).unwrap_or(Language::ENGLISH);
    let labels = &language.text().labels;
    let content = html! {
        h1 { (labels.title) }
        @if archived {
            p.archived { (labels.archived) " " a href="privacy" { (labels.title) } }
        }
        p { (labels.introduction) }
        dl {
            dt { (labels.date) } dd { time datetime=(notice.date) { (notice.date) } }
            dt { (labels.version) } dd { code { (notice.version) } }
        }
        (languages(language, archived))
        (who(notice, labels))
        (purposes(notice, labels))
        (cookies(notice, labels))
        (records(notice, labels))
        (recipients(notice, labels))
        (rights(notice, labels))
        (rest(notice, labels, gpc))
        (changes(notice, labels))
        p { a href={ "privacy?format=json&lang=" (notice.language) } { (labels.as_json) } }
    };
    document(language, labels.title, "", &content)
}

/// A privacy page around `content`; `root` leads to the mount point.
pub(crate) fn document(language: Language, title: &str, root: &str, content: &Markup) -> String {
    crate::page::document(
        language,
        title,
        &format!("{root}privacy.css"),
        None,
        content,
    )
}

fn languages(current: Language, archived: bool) -> Markup {
    html! {
        @if !archived {
            p.languages {
                @for language in Language::all() {
                    @if language == current {
                        span aria-current="true" { (language.text().name) }
                    } @else {
                        a href={ "privacy?lang=" (language.tag()) } lang=(language.tag())
                            hreflang=(language.tag()) { (language.text().name) }
                    }
                    " "
                }
            }
        }
    }
}

fn who(notice: &Notice, labels: &Labels) -> Markup {
    let controller = &notice.controller;
    html! {
        h2 { (labels.who) }
        dl {
            dt { (labels.controller) } dd { (controller.name) }
            dt { (labels.contact) } dd { (contact(&controller.contact)) }
            @if let Some(officer) = &controller.data_protection_officer {
                dt { (labels.officer) } dd { (officer) }
            }
            @if let Some(representative) = &controller.representative {
                dt { (labels.representative) } dd { (representative) }
            }
        }
    }
}

/// An address that can be followed; everything else as it is.
fn contact(text: &str) -> Markup {
    let plain = !text.contains(|letter: char| letter.is_whitespace() || letter.is_control());
    html! {
        @if plain && text.starts_with("https://") {
            a href=(text) rel="noreferrer" { (text) }
        } @else if plain && text.contains('@') && !text.contains([':', '?', '/']) {
            a href={ "mailto:" (text) } { (text) }
        } @else {
            (text)
        }
    }
}

/// A table whose first column names the row.
pub(crate) fn table(
    caption: &str,
    columns: &[&str],
    rows: impl Iterator<Item = Vec<Markup>>,
) -> Markup {
    html! {
        div.table tabindex="0" role="region" aria-label=(caption) {
            table {
                thead { tr { @for column in columns { th scope="col" { (column) } } } }
                tbody {
                    @for row in rows {
                        tr {
                            @for (position, cell) in row.iter().enumerate() {
                                @if position == 0 { th scope="row" { (cell) } }
                                @else { td { (cell) } }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn purposes(notice: &Notice, labels: &Labels) -> Markup {
    let rows = notice.purposes.iter().map(|purpose| {
        vec![
            html! { (purpose.text) },
            html! { (purpose.article) },
            html! { @if let Some(reason) = &purpose.reason { (reason) } @else { "–" } },
        ]
    });
    html! {
        h2 { (labels.purposes) }
        (table(labels.purposes, &[labels.purpose, labels.basis, labels.because], rows))
    }
}

fn cookies(notice: &Notice, labels: &Labels) -> Markup {
    let rows = notice.cookies.iter().map(|cookie| {
        let class = if cookie.class == "performance" {
            labels.performance
        } else {
            labels.functional
        };
        vec![
            html! { code { (cookie.name) } },
            html! { (class) },
            html! { (cookie.holds) },
            html! { (cookie.set_when) },
            html! { (cookie.life) },
        ]
    });
    let columns = [
        labels.name,
        labels.class,
        labels.holds,
        labels.set_when,
        labels.life,
    ];
    html! {
        h2 { (labels.cookies) }
        (table(labels.cookies, &columns, rows))
    }
}

fn records(notice: &Notice, labels: &Labels) -> Markup {
    let rows = notice.records.iter().map(|record| {
        vec![
            html! { code { (record.name) } },
            html! { (record.holds) },
            html! { (record.life) },
        ]
    });
    html! {
        h2 { (labels.records) }
        (table(labels.records, &[labels.name, labels.holds, labels.life], rows))
        p { (notice.not_kept) }
    }
}

fn recipients(notice: &Notice, labels: &Labels) -> Markup {
    let abroad = notice
        .recipients
        .iter()
        .any(|recipient| recipient.transfer.is_some());
    html! {
        h2 { (labels.recipients) }
        p { (notice.sharing.text) }
        @if notice.recipients.is_empty() {
            p { (labels.no_recipients) }
        } @else {
            ul {
                @for recipient in &notice.recipients {
                    li {
                        (recipient.name) ": " (recipient.does)
                        @if let Some(transfer) = &recipient.transfer { " (" (transfer) ")" }
                    }
                }
            }
        }
        @if !abroad { p { (labels.no_transfers) } }
    }
}

fn rights(notice: &Notice, labels: &Labels) -> Markup {
    let rows = notice.rights.iter().map(|right| {
        vec![
            html! { (right.text) },
            html! { (right.law) },
            html! { code { (right.method) " " (right.path) } },
        ]
    });
    html! {
        h2 #rights { (labels.rights) }
        (table(labels.rights, &[labels.right, labels.law, "HTTP"], rows))
        p { a.button href={ "privacy/choices?lang=" (notice.language) } { (labels.choices) } }
        h2 { (labels.complaint) }
        p { (notice.complaint) }
    }
}

fn rest(notice: &Notice, labels: &Labels, gpc: bool) -> Markup {
    html! {
        h2 { (labels.security) }
        p { (notice.encryption) }
        @if !notice.statements.is_empty() {
            ul {
                @for statement in &notice.statements {
                    li {
                        (statement.text) " (" (filled(labels.attested, &[&statement.made])) ")"
                    }
                }
            }
        }
        h2 { (labels.decisions) }
        p { (notice.obligation) }
        p { (notice.automated_decisions) }
        h2 { (labels.statistics) }
        p { (notice.statistics.text) }
        p {
            (notice.global_privacy_control.text)
            @if gpc { " " strong { (labels.gpc_seen) } }
        }
        h2 { (labels.children) }
        p { (notice.children.text) }
        @if notice.feedback.on {
            h2 { (labels.feedback) }
            p {
                (notice.feedback.text) " "
                a href={ "privacy/feedback?lang=" (notice.language) } { (labels.feedback) }
            }
        }
    }
}

fn changes(notice: &Notice, labels: &Labels) -> Markup {
    html! {
        h2 { (labels.changes) }
        @if notice.changes.is_empty() {
            p { (labels.no_changes) }
        } @else {
            ul {
                @for change in &notice.changes {
                    li {
                        (change.text) " (" a href={ "privacy?version=" (change.version) } {
                            (change.date)
                        } ")"
                    }
                }
            }
        }
    }
}

#[cfg(test)]
pub(super) fn tests_contact(text: &str) -> String {
    contact(text).into_string()
}

//! The frame of every page of ours: readable without script, one style sheet, in no search engine.

use maud::{DOCTYPE, Markup, html};

use crate::language::Language;

/// A page around `content`, with the style sheet at `style` and a class for its body.
pub(crate) fn document(
    language: Language,
    title: &str,
    style: &str,
    class: Option<&str>,
    content: &Markup,
) -> String {
    html! {
        (DOCTYPE)
        html lang=(language.tag()) dir=(language.text().direction) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width";
                meta name="robots" content="noindex";
                title { (title) }
                link rel="stylesheet" href=(style);
            }
            body class=[class] { main { (content) } }
        }
    }
    .into_string()
}

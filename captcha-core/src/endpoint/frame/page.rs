//! What the no-script page looks like.

use maud::{Markup, html};

use super::Shown;
use crate::{
    challenge::Kind,
    language::{Language, filled},
    page,
};

/// A picture to read or digits to hear, and the form for the answer; `alert` says what was wrong
/// with the last one, `other` whether there is the other kind as well.
pub(super) fn puzzle(
    shown: Shown<'_>,
    challenge: &str,
    sum: bool,
    other: bool,
    alert: &str,
) -> String {
    let text = shown.language.text();
    let (frame, kinds) = (&text.frame, &text.widget.kinds);
    let heard = shown.kind == Kind::Audio;
    let words = match (heard, sum) {
        (true, _) => &kinds.audio,
        (false, true) => &kinds.sum,
        (false, false) => &kinds.text,
    };
    let source = |path: &str| format!("frame/{path}?challenge={challenge}");
    let content = html! {
        h1 { (words.task) }
        p.alert role="alert" id="alert" { (alert) }
        @if heard {
            audio controls preload="none" src=(source("sound")) aria-label=(frame.sound) {}
            p { a href=(source("sound")) download="digits.wav" { (frame.download) } }
        } @else {
            img src=(source("image")) width="280" height="150"
                alt=(if sum { frame.sum_picture } else { frame.picture });
        }
        form method="post" action="frame" {
            input type="hidden" name="challenge" value=(challenge);
            input type="hidden" name="action" value=(shown.action);
            @if heard { input type="hidden" name="kind" value="audio"; }
            input type="hidden" name="lang" value=(shown.language.tag());
            label for="text" { (if heard { text.widget.digits } else { text.widget.characters }) }
            p.hint id="hint" { (words.hint) }
            div.actions {
                input.field id="text" name="text" required autocomplete="off" spellcheck="false"
                    inputmode=[heard.then_some("numeric")]
                    autocapitalize=[(!heard).then_some("characters")]
                    aria-describedby="alert hint";
                button.submit { (text.widget.check) }
            }
        }
        p {
            a href=(shown.link()) { (if heard { frame.new_digits } else { frame.new_picture }) }
            " "
            @if other {
                a href=(shown.other().link()) { (if heard { frame.to_picture } else { frame.to_sound }) }
                " "
            }
            a href={ "privacy?lang=" (shown.language.tag()) } target="_blank" { (text.widget.privacy) }
        }
    };
    document(shown.language, frame.title, &content)
}

/// After a right answer.
pub(super) fn done(language: Language) -> String {
    let frame = &language.text().frame;
    let content = html! {
        h1.good { (frame.done) }
        p role="status" { (frame.done_next) }
    };
    document(language, frame.done, &content)
}

/// While nothing can be served.
pub(super) fn busy(shown: Shown<'_>, seconds: &str) -> String {
    let text = shown.language.text();
    let content = html! {
        h1 { (text.frame.wait) }
        p.alert role="alert" { (filled(text.frame.wait_why, &[seconds])) }
        p { a href=(shown.link()) { (text.widget.retry) } }
    };
    document(shown.language, text.frame.wait, &content)
}

fn document(language: Language, title: &str, content: &Markup) -> String {
    page::document(language, title, "widget.css", Some("captcha"), content)
}

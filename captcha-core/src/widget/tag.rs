//! The tags that put the widget into a page.

use std::{fmt, fmt::Write as _};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use sha2::{Digest, Sha384};

use super::SCRIPT;

/// The widget as HTML, for a template: its element with the frame for visitors without script
/// inside, and the script with its integrity hash.
///
/// ```
/// use captcha_core::Widget;
///
/// let widget = Widget::at("/captcha").action("signup").lang("de");
/// let form = format!("<form method=\"post\">{widget}<button>Senden</button></form>");
/// let head = format!("<head>{}</head>", widget.script());
/// assert!(form.contains("<div class=\"one-captcha\" data-action=\"signup\" data-lang=\"de\">"));
/// assert!(form.contains("<iframe src=\"/captcha/frame?action=signup&amp;lang=de\""));
/// assert!(head.contains("integrity=\"sha384-"));
/// ```
///
/// Every value is escaped. Attributes that have no method here are set with
/// [`attribute`](Widget::attribute).
#[derive(Clone, Debug)]
pub struct Widget {
    mount: String,
    action: Option<String>,
    lang: Option<String>,
    attributes: Vec<(String, String)>,
    element: bool,
    frame: bool,
}

impl Widget {
    /// The widget of the endpoints that are mounted there, such as `/captcha`.
    #[must_use]
    pub fn at(mount: &str) -> Self {
        Self {
            mount: mount.trim_end_matches('/').to_owned(),
            action: None,
            lang: None,
            attributes: Vec::new(),
            element: false,
            frame: true,
        }
    }

    /// What is protected, as in [`CaptchaBuilder::action`](crate::CaptchaBuilder::action).
    #[must_use]
    pub fn action(mut self, action: &str) -> Self {
        self.action = Some(action.to_owned());
        self
    }

    /// The language, by a tag such as `de` or `zh-Hant`. Without it the widget goes by the page's
    /// `lang`, and the frame by what the browser prefers.
    #[must_use]
    pub fn lang(mut self, tag: &str) -> Self {
        self.lang = Some(tag.to_owned());
        self
    }

    /// Another attribute by its whole name, such as `data-theme`, `data-size`, `data-callback`,
    /// `id` or `required`. A name of other characters than letters, digits and `-`, or one that
    /// would be script (`on...`), is left out.
    #[must_use]
    pub fn attribute(mut self, name: &str, value: &str) -> Self {
        let plain = |letter: char| letter.is_ascii_alphanumeric() || letter == '-';
        let script = name
            .get(..2)
            .is_some_and(|start| start.eq_ignore_ascii_case("on"));
        if !name.is_empty() && name.chars().all(plain) && !script {
            self.attributes.push((name.to_owned(), value.to_owned()));
        }
        self
    }

    /// Writes `<one-captcha>`, which belongs to its form (`required`, `disabled`), in the place of
    /// `<div class="one-captcha">`.
    #[must_use]
    pub fn element(mut self) -> Self {
        self.element = true;
        self
    }

    /// Leaves the frame out, where [`no_script_frame`](crate::CaptchaBuilder::no_script_frame) is
    /// off.
    #[must_use]
    pub fn without_frame(mut self) -> Self {
        self.frame = false;
        self
    }

    /// The script, once a page, anywhere in it: `<script src=.. integrity=.. defer></script>`.
    ///
    /// The hash is of the file that this build serves. Where old and new versions serve one site
    /// side by side for a while, a page of one may get the file of the other, and the browser
    /// refuses it: write the tag without `integrity` there.
    #[must_use]
    pub fn script(&self) -> String {
        let hash = STANDARD.encode(Sha384::digest(SCRIPT.as_bytes()));
        let mount = Escaped(&self.mount);
        format!("<script src=\"{mount}/widget.js\" integrity=\"sha384-{hash}\" defer></script>")
    }

    /// The address of the frame, as it stands in an attribute.
    fn frame_address(&self) -> String {
        let mut address = format!("{}/frame", self.mount);
        let mut mark = '?';
        for (name, value) in [("action", &self.action), ("lang", &self.lang)] {
            if let Some(value) = value {
                let _ = write!(address, "{mark}{name}={}", Encoded(value));
                mark = '&';
            }
        }
        address
    }
}

impl fmt::Display for Widget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (open, close) = match self.element {
            true => ("one-captcha", "one-captcha"),
            false => ("div class=\"one-captcha\"", "div"),
        };
        write!(f, "<{open}")?;
        for (name, value) in [("data-action", &self.action), ("data-lang", &self.lang)] {
            if let Some(value) = value {
                write!(f, " {name}=\"{}\"", Escaped(value))?;
            }
        }
        for (name, value) in &self.attributes {
            write!(f, " {name}=\"{}\"", Escaped(value))?;
        }
        f.write_str(">")?;
        if self.frame {
            let address = self.frame_address();
            write!(
                f,
                "<noscript><iframe src=\"{}\" title=\"Captcha\" width=\"300\" height=\"370\"></iframe></noscript>",
                Escaped(&address)
            )?;
        }
        write!(f, "</{close}>")
    }
}

/// Text inside an attribute.
struct Escaped<'a>(&'a str);

impl fmt::Display for Escaped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for letter in self.0.chars() {
            match letter {
                '&' => f.write_str("&amp;")?,
                '<' => f.write_str("&lt;")?,
                '>' => f.write_str("&gt;")?,
                '"' => f.write_str("&quot;")?,
                '\'' => f.write_str("&#39;")?,
                other => f.write_char(other)?,
            }
        }
        Ok(())
    }
}

/// A value inside a query.
struct Encoded<'a>(&'a str);

impl fmt::Display for Encoded<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for byte in self.0.bytes() {
            match byte {
                b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => {
                    f.write_char(char::from(byte))?;
                }
                other => write!(f, "%{other:02X}")?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_is_given_stays_inside_its_attribute() {
        let hostile = "\"><script>alert(1)</script>'&\n";
        let widget = Widget::at(&format!("/captcha{hostile}/"))
            .action(hostile)
            .lang(hostile)
            .attribute("data-theme", hostile)
            .attribute("onclick", "alert(1)")
            .attribute("OnLoad", "alert(1)")
            .attribute("x onload", "alert(1)")
            .attribute("", "")
            .element();
        for html in [widget.to_string(), widget.script()] {
            assert!(!html.contains("<script>"), "{html}");
            assert!(!html.contains("alert(1)</"), "{html}");
            assert!(!html.to_ascii_lowercase().contains(" on"), "{html}");
        }
        let html = widget.to_string();
        assert_eq!(html.matches('<').count(), 6, "{html}");
        assert_eq!(html.matches('>').count(), 6, "{html}");
    }

    #[test]
    fn the_hash_is_of_the_file_that_is_served() {
        let digest = STANDARD.encode(Sha384::digest(include_bytes!("dist/widget.js")));
        let script = Widget::at("/").script();
        assert_eq!(
            script,
            format!("<script src=\"/widget.js\" integrity=\"sha384-{digest}\" defer></script>")
        );
    }

    #[test]
    fn a_page_without_the_frame_has_none() {
        let html = Widget::at("/c").without_frame().to_string();
        assert_eq!(html, "<div class=\"one-captcha\"></div>");
    }
}

//! `GET privacy/export`: what is held, to take along, as JSON or CSV.

use serde::Deserialize;

use super::data::Item;
use crate::{
    captcha::Captcha,
    endpoint::{Problem, Request, Response, problem, puzzle::settle},
};

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Query {
    format: Option<String>,
}

impl Captcha {
    pub(super) async fn export(&self, request: &Request<'_>) -> Response {
        let query = serde_html_form::from_str::<Query>(request.query.unwrap_or_default());
        let format = query.map(|query| query.format);
        let data = match self.data(request).await {
            Ok(data) => data,
            Err(error) => return settle(Err(error)),
        };
        match format.as_ref().map(|format| format.as_deref()) {
            Ok(None | Some("json")) => Response::json(200, &data).with(
                "content-disposition",
                "attachment; filename=\"captcha-data.json\"",
            ),
            Ok(Some("csv")) => {
                let csv = csv(&data.items);
                Response::new(
                    200,
                    "text/csv; charset=utf-8; header=present",
                    csv.into_bytes(),
                )
                .with(
                    "content-disposition",
                    "attachment; filename=\"captcha-data.csv\"",
                )
            }
            _ => problem(&Problem::malformed("`format` is `json` or `csv`.")),
        }
    }
}

/// RFC 4180, with a head line.
fn csv(items: &[Item]) -> String {
    let mut text = String::from("field,value,cookie,purpose,basis,expires\r\n");
    for item in items {
        let expires = item.expires.as_deref().unwrap_or_default();
        let cells = [
            item.field,
            &item.value,
            item.cookie,
            item.purpose,
            item.basis,
            expires,
        ];
        text.push_str(&cells.map(cell).join(","));
        text.push_str("\r\n");
    }
    text
}

/// One cell. What a spreadsheet would compute is made text.
fn cell(text: &str) -> String {
    let formula = text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠']);
    let quote = if formula { "'" } else { "" };
    format!("\"{quote}{}\"", text.replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use super::cell;

    #[test]
    fn no_cell_is_a_formula_and_quotes_are_doubled() {
        for (text, written) in [
            ("signup", "\"signup\""),
            ("=1+1", "\"'=1+1\""),
            ("-signup", "\"'-signup\""),
            ("@SUM(A1)", "\"'@SUM(A1)\""),
            ("\t=1", "\"'\t=1\""),
            ("a\"b,c\r\nd", "\"a\"\"b,c\r\nd\""),
            ("", "\"\""),
        ] {
            assert_eq!(cell(text), written);
        }
    }
}

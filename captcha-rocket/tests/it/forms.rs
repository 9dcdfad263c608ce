use std::collections::HashMap;

use captcha_rocket::{CaptchaForm, CaptchaJson, OptionalCaptcha, VerifiedCaptcha};
use rocket::{
    FromForm,
    form::Strict,
    fs::TempFile,
    http::{ContentType, Status},
    post, routes,
    serde::Deserialize,
    tokio::io::AsyncReadExt as _,
};

use crate::*;

#[derive(Deserialize, FromForm)]
#[serde(crate = "rocket::serde", deny_unknown_fields)]
struct Signup {
    #[field(validate = len(1..20))]
    name: String,
    age: u8,
}

#[post("/signup", data = "<form>")]
fn signup(form: CaptchaForm<Signup>) -> String {
    format!(
        "{} {} {}",
        form.value.name,
        form.value.age,
        form.proof.action()
    )
}

#[post("/strict", data = "<form>")]
fn strict(form: CaptchaForm<Strict<Signup>>) -> String {
    format!("{} {}", form.value.name, form.value.age)
}

#[post("/json", data = "<json>")]
fn json(json: CaptchaJson<Signup>) -> String {
    format!(
        "{} {} {}",
        json.value.name,
        json.value.age,
        json.proof.action()
    )
}

#[post("/both", data = "<form>")]
fn both(proof: VerifiedCaptcha, optional: OptionalCaptcha, form: CaptchaForm<Signup>) -> String {
    assert!(optional.0.is_some());
    assert_eq!(
        proof.solved_at_unix_millis(),
        form.proof.solved_at_unix_millis()
    );
    form.value.name
}

#[derive(FromForm)]
struct Application<'r> {
    name: &'r str,
    letter: TempFile<'r>,
    #[field(name = "captcha-token")]
    notes: HashMap<&'r str, &'r str>,
}

#[post("/apply", data = "<form>")]
async fn apply(form: CaptchaForm<Application<'_>>) -> String {
    let mut text = String::new();
    let mut file = form.value.letter.open().await.unwrap();
    file.read_to_string(&mut text).await.unwrap();
    format!(
        "{}: {text}{}",
        form.value.name,
        form.value.notes.get("hint").unwrap_or(&"")
    )
}

fn limited(captcha: &Captcha) -> Rocket<Build> {
    let figment = rocket::Config::figment()
        .merge(("log_level", "off"))
        .merge(("limits.form", 1_024))
        .merge(("limits.json", 1_024))
        .merge(("limits.data-form", 8_192))
        .merge(("limits.file", 2_048));
    rocket::custom(figment)
        .attach(CaptchaFairing::new(captcha.clone()))
        .mount("/", routes![signup, strict, json, both, apply])
}

async fn app(captcha: &Captcha) -> Client {
    client(limited(captcha)).await
}

fn form<'c>(client: &'c Client, path: &'static str, body: &str) -> LocalRequest<'c> {
    client.post(path).header(ContentType::Form).body(body)
}

/// Parts as they stand, between boundaries.
fn multipart<'c>(client: &'c Client, parts: &[&str]) -> LocalRequest<'c> {
    let parts: String = (parts.iter())
        .map(|part| format!("--x\r\nContent-Disposition: form-data; {part}\r\n"))
        .collect();
    let kind = ContentType::new("multipart", "form-data").with_params(("boundary", "x"));
    client
        .post("/apply")
        .header(kind)
        .body(format!("{parts}--x--\r\n"))
}

const NAME: &str = "name=\"name\"\r\n\r\nAda";
const LETTER: &str =
    "name=\"letter\"; filename=\"a.txt\"\r\nContent-Type: text/plain\r\n\r\nDear all";

fn token_part(token: &str) -> String {
    format!("name=\"captcha-token\"\r\n\r\n{token}")
}

#[rocket::async_test]
async fn a_form_is_given_with_its_proof() {
    let captcha = engine();
    let client = app(&captcha).await;
    let token = token(&captcha).await;
    let body = format!("name=Ada+L&captcha-token={token}&age=36");
    let welcome = (Status::Ok, "Ada L 36 signup".to_owned());
    assert_eq!(send(form(&client, "/signup", &body)).await, welcome);
    assert_eq!(
        refusal(form(&client, "/signup", &body)).await,
        refused(403, "spent")
    );

    let plain = || form(&client, "/signup", "name=Ada+L&age=36");
    assert_eq!(refusal(plain()).await, refused(403, "missing"));
    let sent = plain().header(token_header(&crate::token(&captcha).await));
    assert_eq!(send(sent).await, welcome);
    let carried = plain().header(cookie_header(&crate::token(&captcha).await));
    assert_eq!(send(carried).await, welcome);
}

#[rocket::async_test]
async fn the_token_never_reaches_a_strict_form() {
    let captcha = engine();
    let client = app(&captcha).await;
    for name in ["captcha-token", "captcha%2Dtoken"] {
        let body = format!("name=Ada&age=36&{name}={}", token(&captcha).await);
        assert_eq!(send(form(&client, "/strict", &body)).await.1, "Ada 36");
    }
}

#[rocket::async_test]
async fn a_field_that_comes_twice_is_no_token() {
    let captcha = engine();
    let client = app(&captcha).await;
    let token = token(&captcha).await;
    for first in ["", "forged", &token] {
        let body = format!("name=A&age=1&captcha-token={first}&captcha-token={token}");
        assert_eq!(
            refusal(form(&client, "/signup", &body)).await,
            refused(403, "malformed")
        );
    }
    // An empty one is none, as from a page whose captcha was not solved.
    let body = "name=A&age=1&captcha-token=";
    assert_eq!(
        refusal(form(&client, "/signup", body)).await,
        refused(403, "missing")
    );
    let body = format!("name=A&age=1&captcha-token={token}");
    assert_eq!(send(form(&client, "/signup", &body)).await.0, Status::Ok);
}

#[rocket::async_test]
async fn a_typo_does_not_burn_the_token() {
    let captcha = engine();
    let client = app(&captcha).await;
    let token = token(&captcha).await;
    let body = |rest: &str| format!("captcha-token={token}&{rest}");
    let detail = async |rest: &str| -> String {
        let (status, body) = send(form(&client, "/signup", &body(rest))).await;
        assert_eq!(status.code, 422, "{body}");
        body.split("\"detail\":\"")
            .nth(1)
            .unwrap()
            .trim_end_matches("\"}")
            .to_owned()
    };
    assert_eq!(detail("age=36").await, "missing field `name`");
    assert_eq!(
        detail("").await,
        "missing field `name`; missing field `age`"
    );
    let typo = detail("name=Ada&age=thirty").await;
    assert_eq!(
        typo,
        "field `age`: invalid integer: invalid digit found in string"
    );
    let long = format!("name={}&age=1", "a".repeat(30));
    assert!(
        detail(&long).await.starts_with("field `name`: "),
        "a long text is not a large body"
    );
    let text = format!(r#"{{"name":1,"age":36,"captcha-token":"{token}"}}"#);
    let wrong = client.post("/json").header(ContentType::JSON).body(text);
    assert_eq!(refusal(wrong).await, refused(422, "invalid-fields"));

    let fixed = form(&client, "/signup", &body("name=Ada&age=36"));
    assert_eq!(send(fixed).await.0, Status::Ok);
}

#[rocket::async_test]
async fn json_is_given_with_its_proof() {
    let captcha = engine();
    let client = app(&captcha).await;
    let post = |body: String| client.post("/json").header(ContentType::JSON).body(body);
    let with = |token: &str| {
        post(format!(
            r#"{{"name":"Ada","age":36,"captcha-token":"{token}"}}"#
        ))
    };

    let token = token(&captcha).await;
    assert_eq!(
        send(with(&token)).await,
        (Status::Ok, "Ada 36 signup".to_owned())
    );
    assert_eq!(refusal(with(&token)).await, refused(403, "spent"));
    assert_eq!(refusal(with("forged")).await, refused(403, "malformed"));
    assert_eq!(refusal(with("")).await, refused(403, "missing"));
    assert_eq!(refusal(post("{".into())).await, refused(400, "malformed"));
    assert_eq!(
        refusal(post(" ".repeat(1_025))).await,
        refused(413, "too-large")
    );
    let text = client.post("/json").header(ContentType::Text).body("{}");
    assert_eq!(refusal(text).await, refused(415, "unsupported-media-type"));
}

#[rocket::async_test]
async fn a_multipart_form_is_streamed_with_its_file() {
    let captcha = engine();
    let client = app(&captcha).await;
    let token = token(&captcha).await;
    let part = token_part(&token);
    let welcome = (Status::Ok, "Ada: Dear all".to_owned());

    assert_eq!(
        refusal(multipart(&client, &[NAME, LETTER])).await,
        refused(403, "missing")
    );
    let no_letter = multipart(&client, &[&part, NAME]);
    assert_eq!(refusal(no_letter).await, refused(422, "invalid-fields"));
    let double = multipart(&client, &[NAME, &part, LETTER, &part]);
    assert_eq!(refusal(double).await, refused(403, "malformed"));
    let file = format!("name=\"captcha-token\"; filename=\"t\"\r\n\r\n{token}");
    let file = multipart(&client, &[NAME, LETTER, &file]);
    assert_eq!(refusal(file).await, refused(403, "malformed"));
    assert_eq!(
        send(multipart(&client, &[NAME, LETTER, &part])).await,
        welcome
    );

    let first = token_part(&crate::token(&captcha).await);
    // The whole name counts.
    let hint = "name=\"captcha-token[hint]\"\r\n\r\n!";
    assert_eq!(
        send(multipart(&client, &[&first, hint, NAME, LETTER]))
            .await
            .1,
        "Ada: Dear all!"
    );
    let sent = token_header(&crate::token(&captcha).await);
    assert_eq!(
        send(multipart(&client, &[NAME, LETTER]).header(sent)).await,
        welcome
    );
}

#[rocket::async_test]
async fn a_body_of_another_size_or_type_is_told_so() {
    let captcha = engine();
    let client = app(&captcha).await;
    let token = token(&captcha).await;
    let part = token_part(&token);

    let long = format!(
        "captcha-token={token}&name=Ada&age=36&x={}",
        "x".repeat(1_024)
    );
    assert_eq!(
        refusal(form(&client, "/signup", &long)).await,
        refused(413, "too-large")
    );
    for size in [3_000, 9_000] {
        let letter = format!("{LETTER}{}", "x".repeat(size));
        let large = multipart(&client, &[NAME, &part, &letter]);
        assert_eq!(refusal(large).await, refused(413, "too-large"), "{size}");
    }
    let large = format!("name=\"name\"\r\n\r\n{}", "x".repeat(9_000));
    let large = multipart(&client, &[&part, LETTER, &large]);
    assert_eq!(refusal(large).await, refused(413, "too-large"));
    let cut = multipart(&client, &[NAME, &part, LETTER]);
    let cut = cut.body(format!("--x\r\nContent-Disposition: form-data; {NAME}"));
    assert_eq!(refusal(cut).await, refused(400, "malformed"));
    let unbounded = client
        .post("/apply")
        .header(ContentType::new("multipart", "form-data"));
    assert_eq!(refusal(unbounded).await, refused(400, "malformed"));
    let bytes = client
        .post("/signup")
        .header(ContentType::Form)
        .body(b"name=\xff");
    assert_eq!(refusal(bytes).await, refused(400, "malformed"));
    for kind in [ContentType::JSON, ContentType::Text] {
        let other = client.post("/signup").header(kind).body("{}");
        assert_eq!(refusal(other).await, refused(415, "unsupported-media-type"));
    }
    let none = client.post("/signup").body("name=Ada&age=36");
    assert_eq!(refusal(none).await, refused(415, "unsupported-media-type"));

    let letter = multipart(&client, &[NAME, &part, LETTER]);
    assert_eq!(send(letter).await.0, Status::Ok, "the token is still good");
}

#[rocket::async_test]
async fn a_guard_and_a_form_redeem_once() {
    let captcha = engine();
    let client = app(&captcha).await;
    let token = token(&captcha).await;
    let request = || form(&client, "/both", "name=Ada&age=36").header(token_header(&token));
    assert_eq!(send(request()).await, (Status::Ok, "Ada".to_owned()));
    assert_eq!(refusal(request()).await, refused(403, "spent"));
}

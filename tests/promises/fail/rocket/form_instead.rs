use captcha_rocket::CaptchaForm;
use rocket::form::Form;

// A form that came without a captcha does not pass for one that came with it.
fn from_form(form: Form<String>) -> CaptchaForm<String> {
    form.into()
}

fn main() {}

use captcha_rocket::CaptchaForm;

fn without() -> CaptchaForm<()> {
    CaptchaForm { value: () }
}

fn main() {}

use captcha_core::endpoint::{
    Problem,
    guard::{TOKEN_FIELD, TokenField},
    payload::Format,
};
use rocket::{
    Data, Request, async_trait,
    data::{self, FromData},
    form::{
        self, DataField, Errors, Form, FromForm, Options, ValueField,
        error::{Entity, Error, ErrorKind},
        name::NameView,
    },
    outcome::Outcome,
};

use crate::{
    convert::Incoming,
    guard::{self, VerifiedCaptcha},
    rejection::CaptchaRejection,
};

/// Most errors that a refusal lists.
const LISTED: usize = 8;

/// A form that was sent with a solved captcha: `application/x-www-form-urlencoded`, or
/// `multipart/form-data` with files.
///
/// The fields are read first, so that a typo does not cost the visitor a token; then the token is
/// redeemed from the field `captcha-token`, the header `X-Captcha-Token` or the cookie.
///
/// `T` is whatever Rocket's own `Form<T>` takes, files are streamed as there, and the limits `form`,
/// `data-form` and `file` are Rocket's. `T` never sees the token's field, so it may be
/// `Strict<T>` as well.
#[derive(Clone, Debug)]
pub struct CaptchaForm<T> {
    /// The form's own fields.
    pub value: T,
    /// The proof.
    pub proof: VerifiedCaptcha,
}

#[async_trait]
impl<'r, T: FromForm<'r>> FromData<'r> for CaptchaForm<T> {
    type Error = CaptchaRejection;

    async fn from_data(
        request: &'r Request<'_>,
        data: Data<'r>,
    ) -> data::Outcome<'r, Self, CaptchaRejection> {
        let outcome = async {
            let (value, token) = read(request, data).await?;
            let proof = guard::require(request, &token).await?;
            Ok(Self { value, proof })
        };
        guard::settle(request, outcome.await)
    }
}

async fn read<'r, T: FromForm<'r>>(
    request: &'r Request<'_>,
    data: Data<'r>,
) -> Result<(T, TokenField), Problem> {
    let is_form = Format::of(&Incoming::of(request).headers()) == Some(Format::Form);
    let is_multipart = request
        .content_type()
        .is_some_and(|kind| kind.is_form_data());
    if !is_form && !is_multipart {
        return Err(Problem::UNSUPPORTED_MEDIA_TYPE);
    }
    let unreadable = || {
        Problem::malformed(if is_multipart {
            "The body is not multipart/form-data that comes to its end."
        } else {
            "The form is not percent-encoded text."
        })
    };
    let peeled = match Form::<Peeled<'r, T>>::from_data(request, data).await {
        Outcome::Success(form) => form.into_inner(),
        Outcome::Error((_, errors)) if errors.iter().any(is_over_limit) => {
            return Err(Problem::TOO_LARGE);
        }
        Outcome::Error(_) => return Err(unreadable()),
        Outcome::Forward(_) => return Err(Problem::UNSUPPORTED_MEDIA_TYPE),
    };
    match (peeled.broken, peeled.value) {
        (Some(Broken::OverLimit), _) => Err(Problem::TOO_LARGE),
        (Some(Broken::Unreadable), _) => Err(unreadable()),
        (None, Ok(value)) => Ok((value, peeled.token)),
        (None, Err(errors)) => {
            // A file over its limit and a text longer than a validation allows are the same error.
            let is_file = |error: &Error<'_>| {
                let name = error.name.as_ref();
                name.is_some_and(|name| peeled.files.iter().any(|file| name == file.source()))
            };
            if errors
                .iter()
                .any(|error| is_file(error) && is_over_limit(error))
            {
                return Err(Problem::TOO_LARGE);
            }
            Err(Problem::invalid_fields(list(&errors)))
        }
    }
}

/// The host's form with the token's field taken out as the fields stream by.
struct Peeled<'v, T> {
    value: form::Result<'v, T>,
    token: TokenField,
    files: Vec<NameView<'v>>,
    broken: Option<Broken>,
}

struct Peeling<'v, T: FromForm<'v>> {
    value: T::Context,
    token: Option<TokenField>,
    files: Vec<NameView<'v>>,
    broken: Option<Broken>,
}

/// How a body ended before its end. Kept here, because a `T` may ignore it.
#[derive(Clone, Copy)]
enum Broken {
    OverLimit,
    Unreadable,
}

impl<'v, T: FromForm<'v>> Peeling<'v, T> {
    /// A field that comes twice is no token, whichever of the two is good.
    fn take(&mut self, token: TokenField) {
        self.token = Some(match self.token {
            None => token,
            Some(_) => TokenField::Unreadable,
        });
    }
}

/// The whole name counts: `captcha-token.x` and `captcha-token[0]` are the host's.
fn is_token(name: &NameView<'_>) -> bool {
    name.source().as_str() == TOKEN_FIELD
}

#[async_trait]
impl<'v, T: FromForm<'v>> FromForm<'v> for Peeled<'v, T> {
    type Context = Peeling<'v, T>;

    fn init(options: Options) -> Self::Context {
        Peeling {
            value: T::init(options),
            token: None,
            files: Vec::new(),
            broken: None,
        }
    }

    fn push_value(context: &mut Self::Context, field: ValueField<'v>) {
        if !is_token(&field.name) {
            T::push_value(&mut context.value, field);
        } else if field.value.is_empty() {
            context.take(TokenField::Absent);
        } else {
            context.take(TokenField::Present(field.value.to_owned()));
        }
    }

    async fn push_data(context: &mut Self::Context, field: DataField<'v, '_>) {
        if is_token(&field.name) {
            context.take(TokenField::Unreadable);
        } else {
            context.files.push(field.name);
            T::push_data(&mut context.value, field).await;
        }
    }

    fn push_error(context: &mut Self::Context, error: Error<'v>) {
        let broken = if is_over_limit(&error) {
            Broken::OverLimit
        } else {
            Broken::Unreadable
        };
        context.broken.get_or_insert(broken);
        T::push_error(&mut context.value, error);
    }

    fn finalize(context: Self::Context) -> form::Result<'v, Self> {
        Ok(Self {
            value: T::finalize(context.value),
            token: context.token.unwrap_or_default(),
            files: context.files,
            broken: context.broken,
        })
    }
}

fn is_over_limit(error: &Error<'_>) -> bool {
    matches!(
        error.kind,
        ErrorKind::InvalidLength {
            min: None,
            max: Some(_)
        }
    )
}

/// The first few errors by the name of their field. What the visitor typed is not among it.
fn list(errors: &Errors<'_>) -> String {
    let mut words: Vec<_> = errors.iter().take(LISTED).map(describe).collect();
    let more = errors.len().saturating_sub(LISTED);
    if more > 0 {
        words.push(format!("{more} more"));
    }
    words.join("; ")
}

fn describe(error: &Error<'_>) -> String {
    let name = error
        .name
        .as_ref()
        .map(ToString::to_string)
        .unwrap_or_default();
    match &error.kind {
        ErrorKind::Missing => format!("missing field `{name}`"),
        ErrorKind::Duplicate => "a field does not fit".to_owned(),
        ErrorKind::Unexpected if error.entity == Entity::DataField => {
            format!("unexpected file `{name}`")
        }
        ErrorKind::Unexpected => "an unknown field".to_owned(),
        ErrorKind::Addr(_)
        | ErrorKind::Bool(_)
        | ErrorKind::Char(_)
        | ErrorKind::Float(_)
        | ErrorKind::Int(_)
        | ErrorKind::InvalidChoice { .. }
        | ErrorKind::InvalidLength { .. }
        | ErrorKind::OutOfRange { .. }
        | ErrorKind::Utf8(_)
        | ErrorKind::Validation(_) => format!("field `{name}`: {error}"),
        // The others may hold an internal cause.
        _ => format!("field `{name}` cannot be read"),
    }
}

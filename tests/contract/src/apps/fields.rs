//! What the guarded routes are sent. Apart from the modules that are called as their frameworks.

use rocket::FromForm;
use serde::Deserialize;

/// The fields of `/signup` and `/api/signup`.
#[derive(Debug, Deserialize, FromForm)]
#[serde(deny_unknown_fields)]
pub(super) struct Signup {
    pub(super) name: String,
    pub(super) email: String,
}

impl Signup {
    pub(super) fn welcome(&self, action: &str) -> String {
        format!("{action}: welcome {} <{}>", self.name, self.email)
    }
}

/// The fields of `/login`.
#[derive(Debug, Deserialize, FromForm)]
#[serde(deny_unknown_fields)]
pub(super) struct Login {
    pub(super) user: String,
}

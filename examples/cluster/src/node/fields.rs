//! The fields of the form. Apart from the modules that are called as their frameworks.

use rocket::FromForm;
use serde::Deserialize;

#[derive(Deserialize, FromForm)]
pub(super) struct Signup {
    name: String,
    email: String,
}

impl Signup {
    pub(super) fn welcome(&self) -> String {
        format!("Welcome, {} <{}>", self.name, self.email)
    }
}

/// What the route without a guard answers.
pub(super) const PAGE: &str = "Sign up here.";

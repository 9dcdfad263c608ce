//! `GET privacy/schema/notice` and `privacy/schema/data`: JSON Schemas (2020-12) of what the privacy
//! routes answer.

use crate::endpoint::Response;

#[derive(Clone, Copy)]
pub(in crate::endpoint) enum Schema {
    Data,
    Notice,
}

pub(super) fn serve(schema: Schema) -> Response {
    let text = match schema {
        Schema::Data => include_str!("../../../schema/data.json"),
        Schema::Notice => include_str!("../../../schema/notice.json"),
    };
    Response::new(200, "application/schema+json", text.as_bytes())
}

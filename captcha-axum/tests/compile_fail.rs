//! The promises of the types, and the words that a developer reads who forgets something.

#[test]
fn promises_of_the_types() {
    trybuild::TestCases::new().compile_fail("tests/fail/*.rs");
}

//! What the types promise is held by the compiler; and the words that a developer reads who forgets something.

#[test]
fn promises_of_the_types() {
    trybuild::TestCases::new().compile_fail("fail/*/*.rs");
}

//! What the types promise is held by the compiler.

#[test]
fn a_proof_cannot_be_made_by_hand() {
    trybuild::TestCases::new().compile_fail("tests/fail/*.rs");
}

//! What a browser prefers, among the languages that there are.

/// The first of an `Accept-Language` value that `of_tag` knows, by its order and weights.
pub(crate) fn preferred<L>(value: &str, of_tag: impl Fn(&str) -> Option<L>) -> Option<L> {
    let mut best: Option<(u32, L)> = None;
    for item in value.split(',').take(32) {
        let (tag, weight) = item.split_once(";q=").unwrap_or((item, "1"));
        let weight = weight.trim().parse::<f32>().unwrap_or(0.0).clamp(0.0, 1.0);
        let weight = (weight * 1_000.0) as u32;
        let Some(language) = of_tag(tag) else {
            continue;
        };
        if weight > 0 && best.as_ref().is_none_or(|(other, _)| weight > *other) {
            best = Some((weight, language));
        }
    }
    best.map(|(_, language)| language)
}

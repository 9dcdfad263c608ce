/// The headers of a request, by name without regard to case.
#[derive(Clone, Debug, Default)]
pub struct Headers<'a>(Vec<(&'a str, &'a [u8])>);

/// A header that may come once came more than once, or is not text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Unreadable;

impl<'a> Headers<'a> {
    /// Every value under `name`, in order.
    pub(crate) fn all(&self, name: &str) -> impl DoubleEndedIterator<Item = &'a [u8]> {
        (self.0.iter())
            .filter(move |(other, _)| other.eq_ignore_ascii_case(name))
            .map(|(_, value)| *value)
    }

    /// The one value under `name`.
    pub(crate) fn one(&self, name: &str) -> Result<Option<&'a str>, Unreadable> {
        let mut values = self.all(name);
        match (values.next(), values.next()) {
            (None, _) => Ok(None),
            (Some(value), None) => std::str::from_utf8(value).map(Some).map_err(|_| Unreadable),
            (Some(_), Some(_)) => Err(Unreadable),
        }
    }

    /// Adds a header where there is none of that name.
    #[must_use]
    pub fn or(mut self, name: &'a str, value: Option<&'a str>) -> Self {
        if let Some(value) = value
            && self.all(name).next().is_none()
        {
            self.0.push((name, value.as_bytes()));
        }
        self
    }

    /// The media type of the body: lower case, without parameters.
    pub(crate) fn media_type(&self) -> Option<String> {
        let value = self.one("content-type").ok()??;
        let essence = value.split(';').next().unwrap_or_default();
        Some(essence.trim().to_ascii_lowercase())
    }
}

impl<'a> FromIterator<(&'a str, &'a [u8])> for Headers<'a> {
    fn from_iter<I: IntoIterator<Item = (&'a str, &'a [u8])>>(headers: I) -> Self {
        Self(headers.into_iter().collect())
    }
}

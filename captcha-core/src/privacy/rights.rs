//! What visitors may do about what is kept of them, and where.

/// A right of a visitor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Right {
    Access,
    Deletion,
    Modification,
    Restriction,
    Portability,
    Objection,
    Withdrawal,
}

impl Right {
    pub(crate) const ALL: [Self; 7] = [
        Self::Access,
        Self::Deletion,
        Self::Modification,
        Self::Restriction,
        Self::Portability,
        Self::Objection,
        Self::Withdrawal,
    ];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Access => "access",
            Self::Deletion => "deletion",
            Self::Modification => "modification",
            Self::Restriction => "restriction",
            Self::Portability => "portability",
            Self::Objection => "objection",
            Self::Withdrawal => "withdrawal",
        }
    }

    /// The call that exercises it, below the mount point.
    pub(crate) const fn call(self) -> (&'static str, &'static str) {
        match self {
            Self::Access => ("GET", "privacy/data"),
            Self::Deletion => ("DELETE", "privacy/data"),
            Self::Modification => ("PATCH", "privacy/data"),
            Self::Restriction => ("PUT", "privacy/restriction"),
            Self::Portability => ("GET", "privacy/export"),
            Self::Objection => ("PUT", "privacy/objection"),
            Self::Withdrawal => ("DELETE", "privacy/consent"),
        }
    }

    /// Where the law has it.
    pub(crate) const fn law(self) -> &'static str {
        match self {
            Self::Access => "GDPR Art. 15, CCPA § 1798.110",
            Self::Deletion => "GDPR Art. 17, CCPA § 1798.105",
            Self::Modification => "GDPR Art. 16, CCPA § 1798.106",
            Self::Restriction => "GDPR Art. 18",
            Self::Portability => "GDPR Art. 20",
            Self::Objection => "GDPR Art. 21, CCPA § 1798.120",
            Self::Withdrawal => "GDPR Art. 7(3)",
        }
    }
}

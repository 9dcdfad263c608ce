//! What is kept about a visit, why and for how long; what visitors are told and asked; and what
//! they may do about it. The notice and the code that stores read the same [`registry`].

pub(crate) mod audit;
pub(crate) mod config;
pub(crate) mod consent;
pub(crate) mod feedback;
pub(crate) mod incident;
pub(crate) mod issued;
pub(crate) mod ledger;
pub(crate) mod notice;
pub(crate) mod registry;
pub(crate) mod rights;
pub(crate) mod selections;
pub(crate) mod statistics;

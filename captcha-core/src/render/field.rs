//! One number for each pixel of a picture. A thread keeps some for its next pictures, as it does
//! sheets: pages that the system has to give and clear take as long as what is drawn in them.

use std::cell::RefCell;
use std::ops::{Deref, DerefMut};

/// Fields that a thread keeps, and numbers in one of them.
const MOST: usize = 2;
const LARGEST: usize = 1 << 16;

thread_local! {
    static FIELDS: RefCell<Vec<Vec<f32>>> = const { RefCell::new(Vec::new()) };
}

/// The numbers, row after row.
pub(super) struct Field(Vec<f32>);

impl Field {
    /// One without numbers.
    pub(super) fn empty() -> Self {
        let mut values = FIELDS.with_borrow_mut(Vec::pop).unwrap_or_default();
        values.clear();
        Self(values)
    }

    /// So many times the same number.
    pub(super) fn of(value: f32, count: usize) -> Self {
        let mut field = Self::empty();
        field.resize(count, value);
        field
    }
}

impl Deref for Field {
    type Target = Vec<f32>;

    fn deref(&self) -> &Vec<f32> {
        &self.0
    }
}

impl DerefMut for Field {
    fn deref_mut(&mut self) -> &mut Vec<f32> {
        &mut self.0
    }
}

impl Drop for Field {
    fn drop(&mut self) {
        let values = std::mem::take(&mut self.0);
        // Where the thread itself is about to end there is nowhere to keep it.
        let _ = FIELDS.try_with(|fields| {
            let mut fields = fields.borrow_mut();
            if fields.len() < MOST && values.capacity() <= LARGEST {
                fields.push(values);
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_one_has_the_room_of_the_last_and_nothing_of_its_numbers() {
        let kept = || FIELDS.with_borrow(|fields| fields.iter().map(Vec::capacity).sum::<usize>());
        let place = |field: &Field| field.as_ptr();
        let field = Field::of(0.5, 1_000);
        let first = place(&field);
        drop(field);
        let next = Field::of(0.25, 900);
        assert_eq!(place(&next), first);
        assert_eq!(
            (next.len(), next.iter().copied().fold(0.0, f32::max)),
            (900, 0.25)
        );
        let more: Vec<_> = (0..6).map(|_| Field::of(0.0, LARGEST)).collect();
        drop((more, next));
        assert!(kept() <= MOST * LARGEST, "{}", kept());
        // The control: one that is larger is not kept.
        FIELDS.with_borrow_mut(Vec::clear);
        drop(Field::of(0.0, LARGEST + 1));
        assert_eq!(kept(), 0);
    }
}

//! What canvases are drawn in. A thread keeps some for its next pictures: to ask the system for pages and to give them back
//! each time would take longer than many a brush.

use std::cell::RefCell;

use super::canvas::Pixel;
use super::raster::Room;

/// Pixels, and room for polygons.
pub(super) type Sheet = (Vec<Pixel>, Room);

/// Sheets that a thread keeps, and pixels in one of them: a picture, a copy of it, a piece and one more.
const MOST: usize = 4;
const LARGEST: usize = 1 << 17;

thread_local! {
    static SHEETS: RefCell<Vec<Sheet>> = const { RefCell::new(Vec::new()) };
}

/// One without pixels.
pub(super) fn take() -> Sheet {
    SHEETS.with_borrow_mut(Vec::pop).unwrap_or_default()
}

/// For another picture.
pub(super) fn give((mut pixels, room): Sheet) {
    if pixels.capacity() > LARGEST {
        return;
    }
    pixels.clear();
    // Where the thread itself is about to end there is nowhere to keep it.
    let _ = SHEETS.try_with(|sheets| {
        let mut sheets = sheets.borrow_mut();
        if sheets.len() < MOST {
            sheets.push((pixels, room));
        }
    });
}

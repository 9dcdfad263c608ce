//! How near every pixel is to a set of lines, whichever of them is the nearest.

use super::raster::Point;

/// Distances, squared and in half widths of the lines: below 1 within a line.
pub(crate) struct Near {
    width: usize,
    height: usize,
    cells: Vec<f32>,
}

/// How far a line is felt, in half widths.
const REACH: f32 = 1.2;

impl Near {
    /// Far from everything.
    pub(crate) fn new(width: usize, height: usize) -> Self {
        Self {
            width,
            height,
            cells: vec![REACH * REACH; width * height],
        }
    }

    pub(crate) fn cells(&self) -> &[f32] {
        &self.cells
    }

    /// Adds a line through the points, `thickness` wide, with round ends and joints.
    pub(crate) fn line(&mut self, points: &[Point], thickness: f32) {
        for (from, to) in points.iter().zip(points.iter().skip(1)) {
            self.stretch(*from, *to, thickness * 0.5);
        }
    }

    fn stretch(&mut self, from: Point, to: Point, half: f32) {
        let reach = half * REACH;
        let scale = 1.0 / (half * half);
        let (dx, dy) = (to[0] - from[0], to[1] - from[1]);
        let share = 1.0 / (dx * dx + dy * dy).max(1e-6);
        // Casts from float cut off at 0 and saturate.
        let left = ((from[0].min(to[0]) - reach) as usize).min(self.width);
        let right = ((from[0].max(to[0]) + reach + 1.0) as usize).min(self.width);
        let top = ((from[1].min(to[1]) - reach) as usize).min(self.height);
        let bottom = ((from[1].max(to[1]) + reach + 1.0) as usize).min(self.height);
        for y in top..bottom {
            let row = y * self.width;
            let Some(cells) = self
                .cells
                .get_mut(row + left..(row + right).max(row + left))
            else {
                return;
            };
            let py = y as f32 + 0.5 - from[1];
            let start = left as f32 + 0.5 - from[0];
            // Counted in 32 bits, or the loop is not done several pixels at a time.
            for (column, cell) in (0i32..).zip(cells) {
                let px = start + column as f32;
                let along = clamped((px * dx + py * dy) * share);
                let (ex, ey) = (px - along * dx, py - along * dy);
                let near = (ex * ex + ey * ey) * scale;
                *cell = if near < *cell { near } else { *cell };
            }
        }
    }
}

/// Between 0 and 1; unlike `clamp` it is one instruction for several numbers.
fn clamped(value: f32) -> f32 {
    let value = if value < 0.0 { 0.0 } else { value };
    if value > 1.0 { 1.0 } else { value }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances_are_those_to_the_nearest_line() {
        let mut near = Near::new(20, 12);
        near.line(&[[3.0, 6.5], [15.0, 6.5]], 4.0);
        let at = |x: usize, y: usize| near.cells()[y * 20 + x].sqrt();
        assert!((at(8, 6) - 0.0).abs() < 1e-3);
        assert!((at(8, 8) - 1.0).abs() < 1e-3, "{}", at(8, 8));
        assert!((at(8, 5) - 0.5).abs() < 1e-3);
        assert!(at(19, 6) > 1.1 && at(8, 0) > 1.1);
    }

    #[test]
    fn lines_outside_are_clipped() {
        let mut near = Near::new(8, 8);
        near.line(&[[-50.0, -50.0], [60.0, 60.0], [400.0, -900.0]], 3.0);
        assert!(near.cells()[0] < 1.0);
    }
}

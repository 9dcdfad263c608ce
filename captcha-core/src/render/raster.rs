//! Polygons to coverage. Each edge adds its signed area to the cells that it crosses; the running
//! sum along a row is then the exact share of every pixel that the polygon covers.
#![allow(
    clippy::indexing_slicing,
    reason = "cells are indexed by rows and columns clamped to the raster's own size"
)]

/// A point in pixels, x to the right and y down.
pub(crate) type Point = [f32; 2];

/// Coverage of a rectangle of pixels.
pub(crate) struct Raster {
    left: usize,
    top: usize,
    width: usize,
    height: usize,
    /// Two cells more than pixels in a row, since an edge also writes to the cell at its right.
    room: Room,
}

/// What a raster works in, for the next one to reuse. Cells are 0 wherever no edge has been, so that
/// they need not be cleared as a whole.
#[derive(Clone, Default)]
pub(crate) struct Room {
    cells: Vec<f32>,
    /// First and last cell of each row that an edge has touched.
    touched: Vec<(u32, u32)>,
}

impl Raster {
    /// An empty raster over the pixels of a `width` x `height` picture that the points touch.
    pub(crate) fn around(points: &[Point], width: usize, height: usize) -> Self {
        Self::reusing(Room::default(), points, width, height)
    }

    /// As [`around`](Self::around), in the room of another raster.
    pub(crate) fn reusing(room: Room, points: &[Point], width: usize, height: usize) -> Self {
        let mut low = [f32::MAX; 2];
        let mut high = [f32::MIN; 2];
        for [x, y] in points {
            low = [low[0].min(*x), low[1].min(*y)];
            high = [high[0].max(*x), high[1].max(*y)];
        }
        // Casts from float cut off and saturate: points far outside end up as an empty rectangle.
        let left = (low[0] as usize).min(width);
        let top = (low[1] as usize).min(height);
        let right = (high[0] as usize + 1).clamp(left, width);
        let bottom = (high[1] as usize + 1).clamp(top, height);
        Self::within(room, [left, top, right - left, bottom - top])
    }

    /// The room, for another raster.
    pub(crate) fn into_room(mut self) -> Room {
        let rows = self.room.cells.chunks_exact_mut(self.width + 2);
        for (row, (first, last)) in rows.zip(&self.room.touched) {
            if first <= last {
                row[*first as usize..=*last as usize].fill(0.0);
            }
        }
        self.room
    }

    /// Row, first column that is touched, and the steps of coverage from there to the last.
    pub(crate) fn lines(&self) -> impl Iterator<Item = (usize, usize, &[f32])> {
        let rows = self.room.cells.chunks_exact(self.width + 2);
        let lines = rows.zip(&self.room.touched).zip(self.top..);
        lines.filter_map(|((row, (first, last)), y)| {
            let end = (*last as usize + 1).min(self.width);
            let cells = row.get(*first as usize..end)?;
            Some((y, self.left + *first as usize, cells))
        })
    }

    /// An empty raster over a rectangle.
    pub(crate) fn new(left: usize, top: usize, width: usize, height: usize) -> Self {
        Self::within(Room::default(), [left, top, width, height])
    }

    fn within(mut room: Room, [left, top, width, height]: [usize; 4]) -> Self {
        let cells = (width + 2) * height;
        if room.cells.len() < cells {
            room.cells.resize(cells, 0.0);
        }
        room.touched.clear();
        room.touched.resize(height, (u32::MAX, 0));
        Self {
            left,
            top,
            width,
            height,
            room,
        }
    }

    /// Adds a closed polygon. Overlapping polygons unite, whichever way round they were given.
    pub(crate) fn polygon(&mut self, points: &[Point]) {
        let sign = if area(points) < 0.0 { -1.0 } else { 1.0 };
        self.contour(points, sign);
    }

    /// Adds one shape of several closed contours: where they run one way round it is filled, and a
    /// hole is what runs the other way round inside it. Shapes unite like polygons.
    pub(crate) fn shape(&mut self, contours: &[Vec<Point>]) {
        let whole: f32 = contours.iter().map(|contour| area(contour)).sum();
        let sign = if whole < 0.0 { -1.0 } else { 1.0 };
        for contour in contours {
            self.contour(contour, sign);
        }
    }

    fn contour(&mut self, points: &[Point], sign: f32) {
        let (Some(first), Some(last)) = (points.first(), points.last()) else {
            return;
        };
        for pair in points.windows(2) {
            self.edge(pair[0], pair[1], sign);
        }
        self.edge(*last, *first, sign);
    }

    fn edge(&mut self, from: Point, to: Point, sign: f32) {
        let origin = [self.left as f32, self.top as f32];
        let (mut a, mut b) = (
            [from[0] - origin[0], from[1] - origin[1]],
            [to[0] - origin[0], to[1] - origin[1]],
        );
        let mut sign = sign;
        if a[1] > b[1] {
            (a, b) = (b, a);
            sign = -sign;
        }
        let (top, bottom) = (a[1].max(0.0), b[1].min(self.height as f32));
        if top >= bottom {
            return;
        }
        let slope = (b[0] - a[0]) / (b[1] - a[1]);
        let limit = self.width as f32;
        let mut upper = top;
        let mut x0 = (a[0] + (upper - a[1]) * slope).clamp(0.0, limit);
        for row in top as usize..(bottom as usize + 1).min(self.height) {
            let lower = bottom.min((row + 1) as f32);
            let x1 = (a[0] + (lower - a[1]) * slope).clamp(0.0, limit);
            self.span(row, x0.min(x1), x0.max(x1), (lower - upper) * sign);
            (x0, upper) = (x1, lower);
        }
    }

    /// An edge from column `x0` to `x1` within one row, of signed height `rise`.
    fn span(&mut self, row: usize, x0: f32, x1: f32, rise: f32) {
        let start = row * (self.width + 2);
        let cells = &mut self.room.cells[start..start + self.width + 2];
        // Columns are neither negative nor many: by way of 32 bits the cast is cheaper.
        let (first, last) = (x0 as i32 as usize, x1 as i32 as usize);
        let touched = &mut self.room.touched[row];
        touched.0 = touched.0.min(first as u32);
        touched.1 = touched.1.max(last as u32 + 1);
        if first == last {
            let beyond = rise * ((x0 + x1) * 0.5 - first as f32);
            cells[first] += rise - beyond;
            cells[first + 1] += beyond;
            return;
        }
        let density = rise / (x1 - x0);
        for column in first..=last {
            let (begin, end) = (x0.max(column as f32), x1.min((column + 1) as f32));
            let part = (end - begin) * density;
            let beyond = part * ((begin + end) * 0.5 - column as f32);
            cells[column] += part - beyond;
            cells[column + 1] += beyond;
        }
    }

    /// Calls `paint` with x, y and coverage for every pixel that is covered at all.
    pub(crate) fn paint(&self, mut paint: impl FnMut(usize, usize, f32)) {
        for (y, left, cells) in self.lines() {
            let mut sum = 0.0f32;
            for (x, cell) in (left..).zip(cells) {
                sum += cell;
                let coverage = sum.abs();
                if coverage > 0.004 {
                    paint(x, y, coverage.min(1.0));
                }
            }
        }
    }
}

/// Twice the area of a closed polygon, negative where it runs the other way round.
pub(crate) fn area(points: &[Point]) -> f32 {
    let mut area = 0.0;
    let Some(mut from) = points.last() else {
        return area;
    };
    for to in points {
        area += from[0] * to[1] - to[0] * from[1];
        from = to;
    }
    area
}

/// The sine of so many turns, by a parabola: off by 0.06 at most, and many times faster. Good up to
/// a million turns.
pub(crate) fn swing(turns: f32) -> f32 {
    /// A number so large that nothing behind its point is left: adding it rounds.
    const ROUND: f32 = 12_582_912.0;
    let part = turns - ((turns + ROUND) - ROUND);
    8.0 * part * (1.0 - 2.0 * part.abs())
}

/// The points of an ellipse, turned by `angle` radians.
pub(crate) fn ellipse(centre: Point, radii: Point, angle: f32) -> Vec<Point> {
    let steps = (6.0 + (radii[0] + radii[1]) * 0.6).min(40.0);
    let (turn_sin, turn_cos) = angle.sin_cos();
    let (step_sin, step_cos) = (std::f32::consts::TAU / steps.trunc()).sin_cos();
    let (mut sin, mut cos) = (0.0, 1.0);
    (0..steps as usize)
        .map(|_| {
            let (x, y) = (radii[0] * cos, radii[1] * sin);
            // The next by turning the last: a sine for every point would cost more than its edges.
            (sin, cos) = (
                sin * step_cos + cos * step_sin,
                cos * step_cos - sin * step_sin,
            );
            [
                centre[0] + x * turn_cos - y * turn_sin,
                centre[1] + x * turn_sin + y * turn_cos,
            ]
        })
        .collect()
}

/// An ellipse in a measure of which one unit is so many pixels across and down: with as many corners
/// as one of that size has.
pub(crate) fn oval(middle: Point, radii: Point, [across, down]: Point) -> Vec<Point> {
    let mut points = ellipse([0.0; 2], [radii[0] * across, radii[1] * down], 0.0);
    for [x, y] in &mut points {
        (*x, *y) = (middle[0] + *x / across, middle[1] + *y / down);
    }
    points
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn coverage_is_the_area() {
        let square = [[1.25, 1.5], [4.75, 1.5], [4.75, 3.5], [1.25, 3.5]];
        let backwards: Vec<Point> = square.iter().rev().copied().collect();
        for points in [&square[..], &backwards] {
            let mut raster = Raster::around(points, 10, 10);
            raster.polygon(points);
            let mut area = 0.0;
            raster.paint(|_, _, coverage| area += coverage);
            assert!((area - 7.0f32).abs() < 0.02, "{area}");
        }
    }

    #[test]
    fn what_runs_the_other_way_round_is_a_hole() {
        let square = |low: f32, high: f32| vec![[low, low], [high, low], [high, high], [low, high]];
        let back = |mut points: Vec<Point>| {
            points.reverse();
            points
        };
        let cover = |shapes: &[&[Vec<Point>]]| {
            let mut raster = Raster::new(0, 0, 12, 12);
            shapes.iter().for_each(|shape| raster.shape(shape));
            let mut cover = 0.0f32;
            raster.paint(|_, _, share| cover += share);
            cover
        };
        let ring = [square(1.0, 9.0), back(square(3.0, 7.0))];
        let other = [back(square(1.0, 9.0)), square(3.0, 7.0)];
        let filled = [square(1.0, 9.0), square(3.0, 7.0)];
        assert!((cover(&[&ring]) - 48.0).abs() < 0.05);
        assert!((cover(&[&other]) - 48.0).abs() < 0.05, "either way round");
        assert!((cover(&[&filled]) - 64.0).abs() < 0.05, "the control");
        // Two shapes that overlap unite, although their contours run against each other.
        let [one, two] = [[square(0.0, 6.0)], [back(square(3.0, 9.0))]];
        assert!((cover(&[&one, &two]) - 63.0).abs() < 0.05);
    }

    #[test]
    fn a_swing_is_nearly_a_sine() {
        for step in -4_000..4_000 {
            let turns = step as f32 * 0.013;
            let sine = (turns * std::f32::consts::TAU).sin();
            assert!((swing(turns) - sine).abs() < 0.061, "{turns}");
        }
    }

    #[test]
    fn a_room_that_was_used_is_as_good_as_a_new_one() {
        let shapes: [&[Point]; 3] = [
            &[[0.5, 0.5], [19.0, 3.0], [4.0, 15.5]],
            &[[-9.0, 2.0], [40.0, 5.0], [7.0, 30.0]],
            &[[3.0, 3.0], [6.5, 3.0], [6.5, 9.0], [3.0, 9.0]],
        ];
        let mut room = Room::default();
        for points in shapes {
            let mut used = Raster::reusing(room, points, 20, 16);
            let mut fresh = Raster::around(points, 20, 16);
            used.polygon(points);
            fresh.polygon(points);
            assert!(used.lines().count() > 5 && used.lines().eq(fresh.lines()));
            room = used.into_room();
            assert!(room.cells.iter().all(|cell| *cell == 0.0));
        }
    }

    #[test]
    fn points_outside_are_clipped() {
        let points = [[-50.0, -50.0], [60.0, -50.0], [60.0, 60.0], [-50.0, 60.0]];
        let mut raster = Raster::around(&points, 10, 8);
        raster.polygon(&points);
        let mut pixels = 0;
        raster.paint(|x, y, coverage| {
            assert!(x < 10 && y < 8 && coverage > 0.99);
            pixels += 1;
        });
        assert_eq!(pixels, 80);
    }
}

//! A thing of the host's own: the contours of its silhouette, drawn a little otherwise each time.

use std::f32::consts::TAU;

use rand::RngExt;

use super::Generator;
use super::raster::{Point, Raster};

/// Width and height of the grid on which shapes are compared.
const GRID: usize = 24;

/// Contours in a box from -1 to 1, close enough to be bent; holes run the other way round.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Silhouette {
    pub(crate) contours: Vec<Vec<Point>>,
}

impl Silhouette {
    /// One drawing of it: two slow waves shake it, so that no template of the file fits.
    pub(crate) fn draw(&self, rng: &mut Generator) -> Vec<Vec<Point>> {
        let waves = [(); 2].map(|()| {
            let [length, phase] = [rng.random_range(1.6..3.2f32), rng.random_range(0.0..TAU)];
            let height = rng.random_range(0.04..0.1f32);
            move |at: f32| (at * TAU / length + phase).sin() * height
        });
        let [across, down] = &waves;
        let bend = |[x, y]: &Point| [x + across(*y), y + down(*x)];
        let contours = self.contours.iter();
        contours
            .map(|contour| contour.iter().map(bend).collect())
            .collect()
    }

    /// Bytes that it keeps.
    #[cfg(feature = "assets")]
    pub(crate) fn bytes(&self) -> usize {
        self.contours.iter().map(Vec::len).sum::<usize>() * size_of::<Point>()
    }
}

/// What a shape covers of a coarse grid over its own bounds, to compare it with others.
pub(crate) struct Print([f32; GRID * GRID]);

impl Print {
    pub(crate) fn of(contours: &[Vec<Point>]) -> Self {
        let (mut low, mut high) = ([f32::MAX; 2], [f32::MIN; 2]);
        for [x, y] in contours.iter().flatten() {
            low = [low[0].min(*x), low[1].min(*y)];
            high = [high[0].max(*x), high[1].max(*y)];
        }
        let scale = GRID as f32 / (high[0] - low[0]).max(high[1] - low[1]).max(0.01);
        let middle = [(low[0] + high[0]) * 0.5, (low[1] + high[1]) * 0.5];
        let place = |[x, y]: &Point| {
            let half = GRID as f32 * 0.5;
            [
                half + (x - middle[0]) * scale,
                half + (y - middle[1]) * scale,
            ]
        };
        let placed: Vec<Vec<Point>> = (contours.iter())
            .map(|contour| contour.iter().map(place).collect())
            .collect();
        let mut raster = Raster::new(0, 0, GRID, GRID);
        raster.shape(&placed);
        let mut cells = [0.0; GRID * GRID];
        raster.paint(|x, y, cover| {
            if let Some(cell) = cells.get_mut(y * GRID + x) {
                *cell = cover;
            }
        });
        Self(cells)
    }

    /// The share of the area of both that both cover, the better way round: drawings are mirrored
    /// at will.
    pub(crate) fn likeness(&self, other: &Self) -> f32 {
        let share = |mirrored: bool| {
            let (mut both, mut any) = (0.0, 0.0f32);
            for (row, theirs) in self.0.chunks(GRID).zip(other.0.chunks(GRID)) {
                for (x, own) in row.iter().enumerate() {
                    let x = if mirrored { GRID - 1 - x } else { x };
                    let theirs = theirs.get(x).copied().unwrap_or(0.0);
                    both += own.min(theirs);
                    any += own.max(theirs);
                }
            }
            both / any.max(0.01)
        };
        share(false).max(share(true))
    }
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;

    use super::*;
    use crate::render::raster::ellipse;

    #[test]
    fn no_two_drawings_are_the_same_and_all_are_alike() {
        let ring = Silhouette {
            contours: vec![
                ellipse([0.0, 0.0], [1.0, 0.7], 0.0),
                ellipse([0.0, 0.0], [0.5, 0.3], 0.0)
                    .into_iter()
                    .rev()
                    .collect(),
            ],
        };
        let mut rng = Generator::seed_from_u64(1);
        let own = Print::of(&ring.contours);
        for _ in 0..50 {
            let [one, two] = [ring.draw(&mut rng), ring.draw(&mut rng)];
            assert_ne!(one, two);
            let likeness = Print::of(&one).likeness(&own);
            assert!((0.6..0.99).contains(&likeness), "{likeness}");
        }
    }

    #[test]
    fn likeness_sees_shape_and_neither_size_nor_side() {
        let arrow = vec![vec![[-1.0, -0.8], [1.0, 0.0], [-1.0, 0.8], [-0.4, 0.0]]];
        let mirrored = vec![arrow[0].iter().map(|[x, y]| [-x * 0.3, y * 0.3]).collect()];
        let disc = vec![ellipse([0.0, 0.0], [1.0, 1.0], 0.0)];
        let (arrow, mirrored, disc) = (Print::of(&arrow), Print::of(&mirrored), Print::of(&disc));
        assert!(arrow.likeness(&mirrored) > 0.95);
        assert!(arrow.likeness(&disc) < 0.6);
    }
}

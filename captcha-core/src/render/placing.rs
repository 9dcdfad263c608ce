//! Where characters stand: in two rows, read like a page, or in one. Sizes, gaps, and how they lean are
//! drawn anew, and no character has its place.

use rand::RngExt;

use super::Generator;
use super::raster::{Point, swing};
use super::texture::SIZE;

/// Pixels around the picture that characters keep out of, but for what shakes them.
const MARGIN: f32 = 5.0;

/// The box of one character.
pub(super) struct Place {
    centre: Point,
    wide: f32,
    tall: f32,
    turn: (f32, f32),
    slant: f32,
}

impl Place {
    /// A point of a box of size one, in pixels.
    pub(super) fn at(&self, [x, y]: Point) -> Point {
        let (sin, cos) = self.turn;
        let y = (y - 0.5) * self.tall;
        let x = (x - 0.5) * self.wide - y * self.slant;
        [
            self.centre[0] + x * cos - y * sin,
            self.centre[1] + x * sin + y * cos,
        ]
    }
}

/// A character to be placed: the width where its height is 1, and how far it may be turned, in radians.
#[derive(Clone, Copy)]
pub(super) struct Block {
    pub(super) aspect: f32,
    pub(super) tilt: f32,
}

/// Boxes for all blocks in their order, in one row or two.
pub(super) fn places(blocks: &[Block], one_row: bool, rng: &mut Generator) -> Vec<Place> {
    let height = SIZE.1 as f32;
    if one_row {
        let room = (460.0 / blocks.len().max(1) as f32).min(116.0);
        let slope = rng.random_range(-0.06..0.06);
        return row(blocks, height * 0.5, room, slope, rng);
    }
    // A row of one character beside one of three: what a network learns fastest is where the third stands.
    let most = blocks.len().saturating_sub(1).clamp(1, 4);
    let fewest = blocks.len().saturating_sub(4).clamp(1, most);
    let upper = rng.random_range(fewest..=most).min(blocks.len());
    let (upper, lower) = blocks.split_at(upper);
    // Both rows climb or fall alike, so that they stay two rows.
    let slope = rng.random_range(-0.04..0.04);
    let room = height - 8.0;
    let share = room * rng.random_range(0.47..0.53);
    let mut places = row(upper, 4.0 + share * 0.5, share - 4.0, slope, rng);
    let rest = room - share;
    places.extend(row(lower, 4.0 + share + rest * 0.5, rest - 4.0, slope, rng));
    places
}

/// One row, `room` pixels high.
fn row(blocks: &[Block], middle: f32, room: f32, slope: f32, rng: &mut Generator) -> Vec<Place> {
    let mut boxes: Vec<Leaning> = (blocks.iter())
        .map(|block| Leaning::new(*block, room, rng))
        .collect();
    let width = SIZE.0 as f32 - 2.0 * MARGIN;
    let taken = |boxes: &[Leaning]| boxes.iter().map(|it| it.breadth() + it.gap).sum::<f32>();
    // Narrower, where they have no room.
    let over = (taken(&boxes) - width).max(0.0);
    let wide: f32 = boxes.iter().map(|it| it.wide).sum();
    for it in &mut boxes {
        it.wide *= (1.0 - over / wide.max(1.0)).max(0.4);
    }
    let free = (width - taken(&boxes)).max(0.0);
    // What is left over comes between the characters and before the first.
    let spread = rng.random_range(0.0..0.7f32) * free;
    let mut left = MARGIN + rng.random_range(0.0..1.0f32) * (free - spread);
    let step = spread / blocks.len().max(1) as f32;
    let places = boxes.into_iter().map(|it| {
        let x = left + (it.breadth() + it.gap) * 0.5;
        left += it.breadth() + it.gap + step;
        let spare = (room - it.tall) * 0.5;
        let climb = slope * (x - SIZE.0 as f32 * 0.5);
        Place {
            centre: [x, middle + climb + rng.random_range(-1.0..1.0f32) * spare],
            wide: it.wide,
            tall: it.tall,
            turn: it.turn.sin_cos(),
            slant: it.slant,
        }
    });
    places.collect()
}

/// A character's size, how it leans, and the gap to its neighbours.
struct Leaning {
    wide: f32,
    tall: f32,
    turn: f32,
    slant: f32,
    gap: f32,
}

impl Leaning {
    fn new(block: Block, room: f32, rng: &mut Generator) -> Self {
        let tall = room * rng.random_range(0.72..1.0);
        // What is tall takes much room when it leans.
        let tilt = block.tilt * (60.0 / tall).min(1.0);
        Self {
            wide: (tall * block.aspect * rng.random_range(0.8..1.3)).max(14.0),
            tall,
            turn: rng.random_range(-tilt..tilt),
            slant: rng.random_range(-0.25..0.25f32),
            gap: rng.random_range(5.0..12.0),
        }
    }

    /// From its leftmost point to its rightmost. Few characters reach into the corners of their box.
    fn breadth(&self) -> f32 {
        self.wide + (self.turn + self.slant).sin().abs() * self.tall * 0.7
    }
}

/// Two slow waves that shake everything.
pub(super) struct Bend([[f32; 3]; 2]);

impl Bend {
    pub(super) fn new(rng: &mut Generator) -> Self {
        let mut wave = |length: f32, height: f32| {
            [
                rng.random_range(0.8..1.25) / length,
                rng.random(),
                height * rng.random_range(0.5..1.2),
            ]
        };
        Self([wave(55.0, 2.0), wave(95.0, 4.2)])
    }

    pub(super) fn apply(&self, [x, y]: &mut Point) {
        let [[across, phase, push], [down, start, lift]] = self.0;
        let shift = swing(*y * across + phase) * push;
        *y += swing(*x * down + start) * lift;
        *x += shift;
    }
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;

    use super::*;

    fn corners(place: &Place) -> [Point; 4] {
        [[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]].map(|corner| place.at(corner))
    }

    #[test]
    fn characters_stand_in_the_picture_in_the_order_of_a_page() {
        for seed in 0..2_000 {
            let mut rng = Generator::seed_from_u64(seed);
            let count = rng.random_range(4..=8);
            let block = |rng: &mut Generator| Block {
                aspect: rng.random_range(0.3..1.0),
                tilt: 0.33,
            };
            let blocks: Vec<Block> = (0..count).map(|_| block(&mut rng)).collect();
            let one_row = rng.random();
            let places = places(&blocks, one_row, &mut rng);
            assert_eq!(places.len(), count);
            for [x, y] in places.iter().flat_map(corners) {
                assert!((-16.0..SIZE.0 as f32 + 16.0).contains(&x), "{seed}: {x}");
                assert!((-16.0..SIZE.1 as f32 + 16.0).contains(&y), "{seed}: {y}");
            }
            let middles: Vec<Point> = places.iter().map(|place| place.centre).collect();
            let jumps: Vec<usize> = (middles.windows(2).enumerate())
                .filter(|(_, pair)| pair[1][1] - pair[0][1] > 30.0)
                .map(|(index, _)| index + 1)
                .collect();
            let rows = match (one_row, &jumps[..]) {
                (true, []) => [&middles[..], &[]],
                (false, [jump]) => [&middles[..*jump], &middles[*jump..]],
                _ => panic!("{seed}: {middles:?}"),
            };
            assert!(one_row || rows.iter().all(|row| (1..=4).contains(&row.len())));
            for row in rows {
                assert!(row.is_sorted_by(|a, b| a[0] < b[0]), "{seed}: {middles:?}");
            }
        }
    }

    /// What leans takes more room than its box is wide: by their boxes alone a third of the pairs would be too near.
    #[test]
    fn neighbours_keep_apart_however_they_lean() {
        let mut near = 0;
        for seed in 0..500 {
            let mut rng = Generator::seed_from_u64(seed);
            let block = Block {
                aspect: 0.7,
                tilt: 0.33,
            };
            let places = places(&[block; 4], true, &mut rng);
            for pair in places.windows(2) {
                // Points of the strokes themselves: near the edge of the box, high up, half way and low down.
                let gap = |y: f32| pair[1].at([0.05, y])[0] - pair[0].at([0.95, y])[0];
                near += usize::from([0.05, 0.5, 0.95].into_iter().any(|y| gap(y) < 4.0));
            }
        }
        assert!(near < 15, "{near} of 1500");
    }
}

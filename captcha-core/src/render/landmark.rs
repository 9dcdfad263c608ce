//! Landmarks: things that stand where the gaps of a picture will be, each of another sort. A person
//! sees at once that the piece shows the lighthouse; their colours are the same, so that
//! only what they are tells them apart.

use std::ops::Range;

use rand::RngExt;
use rand::seq::{IndexedRandom, SliceRandom};

use super::Generator;
use super::canvas::{Canvas, Colour};
use super::raster::{Point, oval};

mod grown;
mod made;
mod paints;

use paints::Paints;

/// Pixels that a landmark is off at most where it is drawn again.
const SHIFT: f32 = 4.0;

/// How a landmark is out of shape: a person sees past that, and what compares lines does not.
#[derive(Clone, Copy)]
struct Warp {
    /// Turned, in radians.
    turn: f32,
    lean: f32,
    /// Bent sideways from head to foot, and up from side to side.
    bend: [f32; 2],
    /// Wider at the foot than at the head, or narrower.
    taper: f32,
}

impl Warp {
    #[cfg(test)]
    const NONE: Self = Self {
        turn: 0.0,
        lean: 0.0,
        bend: [0.0; 2],
        taper: 0.0,
    };

    fn new(much: f32, rng: &mut Generator) -> Self {
        let mut within = |most: f32| rng.random_range(-most..most) * much;
        Self {
            turn: within(0.16),
            lean: within(0.12),
            bend: [within(0.2), within(0.1)],
            taper: within(0.15),
        }
    }
}

/// How much of it in the picture, and in the piece, where people see less of the thing.
const WARPS: [f32; 2] = [1.0, 0.4];

/// A landmark's place: half its width and height around a middle.
#[derive(Clone, Copy)]
pub(crate) struct Place {
    pub(crate) middle: Point,
    pub(crate) half: Point,
}

impl Place {
    /// Behind the gap of `size` at `home`, which hides its middle; off by at most so many pixels, and
    /// half as wide and high as each pair says, give or take its second.
    pub(crate) fn behind(
        home: (usize, usize),
        size: (usize, usize),
        off: [f32; 2],
        half: [(f32, f32); 2],
        rng: &mut Generator,
    ) -> Self {
        let mut around = |value: f32, slack: f32| value + rng.random_range(-slack..slack);
        let [across, down] = off;
        Self {
            middle: [
                around((home.0 + size.0 / 2) as f32, across),
                around((home.1 + size.1 / 2) as f32, down),
            ],
            half: half.map(|(value, slack)| around(value, slack)),
        }
    }
}

/// A landmark that was drawn.
#[derive(Clone, Copy)]
pub(crate) struct Landmark {
    sort: Sort,
    place: Place,
    side: f32,
    warp: Warp,
}

/// Draws landmarks at the places, no two alike, over what is there, which becomes paler; gives them in
/// the order of the places.
pub(crate) fn draw(canvas: &mut Canvas, places: &[Place], rng: &mut Generator) -> Vec<Landmark> {
    let paints = Paints::new(rng);
    let pale = if rng.random_bool(0.6) {
        paints.light
    } else {
        paints.dark
    };
    canvas.veil(pale, rng.random_range(0.2..0.4));
    let mut sorts = SORTS;
    sorts.shuffle(rng);
    let landmarks: Vec<_> = (sorts.iter().zip(places))
        .filter_map(|(alike, place)| {
            Some(Landmark {
                sort: *alike.choose(rng)?,
                place: *place,
                side: if rng.random_bool(0.5) { 1.0 } else { -1.0 },
                warp: Warp::new(WARPS[0], rng),
            })
        })
        .collect();
    // Which of two neighbours stands in front says nothing of which is the first of the places.
    let mut order: Vec<_> = landmarks.iter().collect();
    order.shuffle(rng);
    for landmark in order {
        let mut paints = paints;
        paints.strong.shuffle(rng);
        landmark.paint(canvas, &paints, rng);
    }
    landmarks
}

impl Landmark {
    /// The same thing drawn anew in tones of one hue, as it would stand in a part of the picture of
    /// `size` from `corner` on: what it is tells where it belongs, and neither its colours nor where
    /// its lines meet the edge do. It is as wide and as high as `scale` says, beside that in the picture:
    /// where that is less, a person sees more of the thing than the gap hides.
    pub(crate) fn again(
        &self,
        corner: (usize, usize),
        size: (usize, usize),
        scale: &[Range<f32>; 2],
        rng: &mut Generator,
    ) -> Canvas {
        let (paints, ground) = Paints::tones(rng);
        let mut canvas = Canvas::new(size.0, size.1);
        canvas.gradient(&[ground, ground]);
        let Place { middle, half } = self.place;
        let [wide, high] = scale.clone().map(|scale| rng.random_range(scale));
        let mut near = |value: f32, slack: f32| value + rng.random_range(-slack..slack);
        let again = Self {
            place: Place {
                middle: [
                    near(middle[0] - corner.0 as f32, SHIFT),
                    near(middle[1] - corner.1 as f32, SHIFT),
                ],
                half: [half[0] * wide, half[1] * high],
            },
            side: if rng.random_bool(0.5) { 1.0 } else { -1.0 },
            warp: Warp::new(WARPS[1], rng),
            ..*self
        };
        again.paint(&mut canvas, &paints, rng);
        canvas
    }

    fn paint(&self, canvas: &mut Canvas, paints: &Paints, rng: &mut Generator) {
        let [a, b, c] = paints.strong;
        let mut brush = Brush {
            canvas,
            place: self.place,
            side: self.side,
            warp: self.warp,
            a,
            b,
            c,
            light: paints.light,
            dark: paints.dark,
        };
        (self.sort)(&mut brush, rng);
    }
}

type Sort = fn(&mut Brush<'_>, &mut Generator);

/// What could be taken for each other in the middle stands together: a picture has one of each row.
const SORTS: [&[Sort]; 14] = [
    &[made::balloon],
    &[made::boat],
    &[grown::cactus],
    &[made::clock],
    &[grown::cone, grown::pineapple],
    &[grown::fir, grown::mushroom, grown::tree],
    &[made::guitar],
    &[made::house],
    &[made::lighthouse],
    &[grown::penguin, grown::snowman],
    &[made::robot],
    &[made::rocket],
    &[grown::sunflower],
    &[made::windmill],
];

/// Paints in a landmark's own measure: from -1 to 1 across and down.
struct Brush<'a> {
    canvas: &'a mut Canvas,
    place: Place,
    side: f32,
    warp: Warp,
    a: Colour,
    b: Colour,
    c: Colour,
    light: Colour,
    dark: Colour,
}

impl Brush<'_> {
    fn at(&self, [x, y]: Point) -> Point {
        let Place { middle, half } = self.place;
        let Warp {
            turn,
            lean,
            bend,
            taper,
        } = self.warp;
        let across = x * (1.0 + taper * y) - y * lean + bend[0] * (y * y - 0.5);
        let down = y + bend[1] * (x * x - 0.5);
        let (across, down) = (across * self.side * half[0], down * half[1]);
        let (sin, cos) = turn.sin_cos();
        [
            middle[0] + across * cos - down * sin,
            middle[1] + across * sin + down * cos,
        ]
    }

    fn fill(&mut self, points: &[Point], colour: Colour) {
        let points: Vec<Point> = points.iter().map(|point| self.at(*point)).collect();
        self.canvas.fill(&points, colour, 1.0);
    }

    /// An upright block by two corners.
    fn block(&mut self, [left, top]: Point, [right, bottom]: Point, colour: Colour) {
        self.fill(
            &[[left, top], [right, top], [right, bottom], [left, bottom]],
            colour,
        );
    }

    /// A block of another width at its head than at its foot, around the axis.
    fn taper(&mut self, [head, top]: Point, [foot, bottom]: Point, colour: Colour) {
        self.fill(
            &[[-head, top], [head, top], [foot, bottom], [-foot, bottom]],
            colour,
        );
    }

    fn oval(&mut self, middle: Point, radii: Point, colour: Colour) {
        self.fill(&oval(middle, radii, self.place.half), colour);
    }

    /// A circle: as wide as high on the picture, `radius` in half widths.
    fn disc(&mut self, middle: Point, radius: f32, colour: Colour) {
        let [wide, tall] = self.place.half;
        self.oval(middle, [radius, radius * wide / tall], colour);
    }

    /// A line, `thickness` in half widths.
    fn line(&mut self, from: Point, to: Point, thickness: f32, colour: Colour) {
        let (from, to) = (self.at(from), self.at(to));
        self.canvas
            .line(from, to, thickness * self.place.half[0], colour);
    }
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;

    use super::*;

    fn place(x: f32) -> Place {
        Place {
            middle: [x, 60.0],
            half: [25.0, 50.0],
        }
    }

    #[test]
    fn each_is_another_one_and_stays_at_its_place() {
        let mut rng = Generator::seed_from_u64(1);
        for _ in 0..50 {
            let places: Vec<_> = (0..12).map(|at| place(at as f32 * 60.0 + 40.0)).collect();
            let mut canvas = Canvas::new(720, 120);
            let landmarks = draw(&mut canvas, &places, &mut rng);
            assert_eq!(landmarks.len(), places.len());
            for (landmark, place) in landmarks.iter().zip(&places) {
                assert_eq!(landmark.place.middle, place.middle);
            }
            let rows: std::collections::HashSet<_> = (landmarks.iter())
                .map(|landmark| {
                    let same = |sort: &Sort| std::ptr::fn_addr_eq(*sort, landmark.sort);
                    SORTS.iter().position(|row| row.iter().any(same))
                })
                .collect();
            assert_eq!(rows.len(), places.len(), "no two of one row");
        }
    }

    #[test]
    fn every_sort_fills_its_box_and_is_seen_on_the_ground_of_a_piece() {
        let mut rng = Generator::seed_from_u64(2);
        for sort in SORTS.into_iter().flatten() {
            let landmark = Landmark {
                sort: *sort,
                place: place(30.0),
                side: 1.0,
                warp: Warp::NONE,
            };
            let piece = landmark.again((8, 33), (44, 54), &[0.9..1.0, 0.9..1.0], &mut rng);
            let colours: std::collections::HashSet<_> = (0..54)
                .flat_map(|y| (0..44).map(move |x| (x, y)))
                .map(|(x, y)| piece.at(x, y))
                .collect();
            assert!(colours.len() >= 3, "{} colours", colours.len());
            let mut canvas = Canvas::new(60, 120);
            landmark.paint(&mut canvas, &Paints::new(&mut rng), &mut rng);
            let drawn = |rows: std::ops::Range<i32>| {
                let places = rows.flat_map(|y| (0..60).map(move |x| (x, y)));
                places.filter(|(x, y)| canvas.at(*x, *y) != [0; 3]).count()
            };
            // The gap hides rows 33 to 87: enough is left above it and below.
            assert!(
                drawn(0..33) > 40 && drawn(87..120) > 80,
                "{} {}",
                drawn(0..33),
                drawn(87..120)
            );
        }
    }
}

//! Landmarks: things that stand where the gaps of a picture will be, each of another sort. A person
//! sees at once that the piece is the middle of the lighthouse; their colours are the same, so that
//! only what they are tells them apart.

use rand::RngExt;
use rand::seq::{IndexedRandom, SliceRandom};

use super::Generator;
use super::canvas::{Canvas, Colour, hsl};
use super::raster::{Point, ellipse};

mod tall;

/// What landmarks are painted with.
#[derive(Clone, Copy)]
struct Paints {
    strong: [Colour; 3],
    light: Colour,
    dark: Colour,
}

impl Paints {
    /// The colours that all landmarks of a picture share.
    fn new(rng: &mut Generator) -> Self {
        let hue: f32 = rng.random();
        let rich = rng.random_range(0.55..0.8);
        let turns = [
            0.0,
            rng.random_range(0.27..0.4f32),
            rng.random_range(0.55..0.7),
        ];
        Self {
            strong: turns.map(|turn| hsl(hue + turn, rich, rng.random_range(0.42..0.6))),
            light: hsl(rng.random(), 0.4, rng.random_range(0.88..0.95)),
            dark: hsl(rng.random(), 0.3, rng.random_range(0.14..0.22)),
        }
    }

    /// Tones of one hue for the parts and the ground, and as often the other way round: which part is
    /// lighter than which tells nothing.
    fn tones(rng: &mut Generator) -> (Self, Colour) {
        let (hue, rich) = (rng.random::<f32>(), rng.random_range(0.2..0.5f32));
        let inverted = rng.random_bool(0.5);
        let tone = |tone: f32| hsl(hue, rich, if inverted { 1.0 - tone } else { tone });
        let mut strong = [0.3, 0.44, 0.6].map(tone);
        strong.shuffle(rng);
        let paints = Self {
            strong,
            light: tone(0.97),
            dark: tone(0.14),
        };
        (paints, tone(0.8))
    }
}

/// A landmark's place: half its width and height around a middle.
#[derive(Clone, Copy)]
pub(crate) struct Place {
    pub(crate) middle: Point,
    pub(crate) half: Point,
}

/// A landmark that was drawn.
#[derive(Clone, Copy)]
pub(crate) struct Landmark {
    sort: Sort,
    place: Place,
    side: f32,
    lean: f32,
}

/// Draws landmarks at the places, no two alike, over what is there, which becomes paler, and gives them in the order of the places.
pub(crate) fn draw(canvas: &mut Canvas, places: &[Place], rng: &mut Generator) -> Vec<Landmark> {
    let paints = Paints::new(rng);
    let pale = if rng.random_bool(0.6) {
        paints.light
    } else {
        paints.dark
    };
    canvas.veil(pale, rng.random_range(0.2..0.4));
    let mut sorts = tall::SORTS;
    sorts.shuffle(rng);
    let landmarks: Vec<_> = (sorts.iter().zip(places))
        .filter_map(|(alike, place)| {
            Some(Landmark {
                sort: *alike.choose(rng)?,
                place: *place,
                side: if rng.random_bool(0.5) { 1.0 } else { -1.0 },
                lean: rng.random_range(-0.06..0.06),
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
    /// its lines meet the edge do.
    pub(crate) fn again(
        &self,
        corner: (usize, usize),
        size: (usize, usize),
        rng: &mut Generator,
    ) -> Canvas {
        let (paints, ground) = Paints::tones(rng);
        let mut canvas = Canvas::new(size.0, size.1);
        canvas.gradient(&[ground, ground]);
        let [x, y] = self.place.middle;
        let mut near = |value: f32, slack: f32| value + rng.random_range(-slack..slack);
        let again = Self {
            place: Place {
                middle: [
                    near(x - corner.0 as f32, 2.0),
                    near(y - corner.1 as f32, 3.0),
                ],
                half: [near(self.place.half[0], 2.0), near(self.place.half[1], 3.0)],
            },
            lean: near(0.0, 0.06),
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
            lean: self.lean,
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

/// Paints in a landmark's own measure: from -1 to 1 across and down.
struct Brush<'a> {
    canvas: &'a mut Canvas,
    place: Place,
    side: f32,
    lean: f32,
    a: Colour,
    b: Colour,
    c: Colour,
    light: Colour,
    dark: Colour,
}

impl Brush<'_> {
    fn at(&self, [x, y]: Point) -> Point {
        let Place { middle, half } = self.place;
        [
            middle[0] + (x - y * self.lean) * self.side * half[0],
            middle[1] + y * half[1],
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
        let [wide, tall] = self.place.half;
        let mut points = ellipse([0.0; 2], [radii[0] * wide, radii[1] * tall], 0.0);
        for [x, y] in &mut points {
            (*x, *y) = (middle[0] + *x / wide, middle[1] + *y / tall);
        }
        self.fill(&points, colour);
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

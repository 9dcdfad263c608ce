//! Characters of a font as closed outlines, taken out of it once at the start: nothing of the font
//! is read while challenges are drawn.

use super::raster::Point;

/// One character: closed outlines, counters among them, to be filled together.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Outline {
    /// Points from 0 to 1 across, and down from 0 at the height of capitals to 1 at the line that
    /// they stand on: what hangs below it is beyond 1. Curves are polygons already, close enough to be
    /// bent.
    pub(crate) contours: Vec<Vec<Point>>,
    /// Width, where the height of a capital is 1.
    pub(crate) aspect: f32,
}

/// The characters of one font.
#[derive(Clone, Debug, Default)]
pub(crate) struct Face {
    glyphs: Vec<(char, Outline)>,
}

impl Face {
    /// A character, if the face was made with it.
    pub(crate) fn outline(&self, character: char) -> Option<&Outline> {
        let known = self.glyphs.iter().find(|(of, _)| *of == character);
        known.map(|(_, outline)| outline)
    }
}

#[cfg(feature = "assets")]
mod read {
    use skrifa::instance::{LocationRef, Size};
    use skrifa::outline::{DrawSettings, OutlinePen};
    use skrifa::{FontRef, MetadataProvider};

    use super::{Face, Outline, Point};

    /// Most points of a character: what is drawn with ornaments is no letter to read at a glance.
    const MOST_POINTS: usize = 4_000;
    /// Longest stretch between two points, in heights of a capital.
    const STRETCH: f32 = 0.15;

    /// Why no face could be made.
    #[derive(Debug, PartialEq, Eq)]
    pub(crate) enum Unfit {
        /// What these bytes are is no font with outlines.
        NoFont,
        /// These characters have no outline, or one of too many points.
        Lacks(String),
    }

    impl Face {
        /// The outlines of `characters`.
        pub(crate) fn read(bytes: &[u8], characters: &str) -> Result<Self, Unfit> {
            let font = FontRef::new(bytes).map_err(|_| Unfit::NoFont)?;
            let capital = height_of_capitals(&font).ok_or(Unfit::NoFont)?;
            let mut face = Self::default();
            let mut lacking = String::new();
            for character in characters.chars() {
                match outline(&font, character, capital) {
                    Some(outline) => face.glyphs.push((character, outline)),
                    None => lacking.push(character),
                }
            }
            if lacking.is_empty() {
                Ok(face)
            } else {
                Err(Unfit::Lacks(lacking))
            }
        }
    }

    /// In units of the font: what it states, or how tall its first plain capital or figure is.
    fn height_of_capitals(font: &FontRef<'_>) -> Option<f32> {
        let stated = font
            .metrics(Size::unscaled(), LocationRef::default())
            .cap_height;
        let measured = || {
            "HEXI01".chars().find_map(|character| {
                let ys = path(font, character)?.into_iter().flatten();
                let [low, high] = range(ys.map(|[_, y]| y));
                Some(high - low)
            })
        };
        stated
            .or_else(measured)
            .filter(|height| (1.0..100_000.0).contains(height))
    }

    fn outline(font: &FontRef<'_>, character: char, capital: f32) -> Option<Outline> {
        let mut contours = path(font, character)?;
        let [left, right] = range(contours.iter().flatten().map(|[x, _]| *x));
        let width = right - left;
        if width <= 0.0 {
            return None;
        }
        for [x, y] in contours.iter_mut().flatten() {
            *x = (*x - left) / width;
            *y = 1.0 - *y / capital;
        }
        Some(Outline {
            contours,
            aspect: width / capital,
        })
    }

    fn range(values: impl Iterator<Item = f32>) -> [f32; 2] {
        values.fold([f32::MAX, f32::MIN], |[low, high], value| {
            [low.min(value), high.max(value)]
        })
    }

    /// The contours of a character in units of the font, y up; none where there is nothing to see.
    fn path(font: &FontRef<'_>, character: char) -> Option<Vec<Vec<Point>>> {
        let glyph = font.outline_glyphs().get(font.charmap().map(character)?)?;
        let em = font
            .metrics(Size::unscaled(), LocationRef::default())
            .units_per_em;
        let mut pen = Pen {
            contours: Vec::new(),
            step: f32::from(em) * STRETCH * 0.7,
            points: 0,
        };
        let settings = DrawSettings::unhinted(Size::unscaled(), LocationRef::default());
        glyph.draw(settings, &mut pen).ok()?;
        let finite = |point: &Point| point.iter().all(|value| value.is_finite());
        if pen.points > MOST_POINTS || !pen.contours.iter().flatten().all(finite) {
            return None;
        }
        pen.contours.retain(|contour| contour.len() > 2);
        (!pen.contours.is_empty()).then_some(pen.contours)
    }

    /// Flattens curves, and parts long lines so that they can be bent.
    struct Pen {
        contours: Vec<Vec<Point>>,
        step: f32,
        points: usize,
    }

    impl Pen {
        fn last(&self) -> Point {
            let contour = self.contours.last().and_then(|contour| contour.last());
            contour.copied().unwrap_or_default()
        }

        fn push(&mut self, point: Point) {
            self.points += 1;
            // What is beyond the limit is refused later, and not kept until then.
            if self.points <= MOST_POINTS
                && let Some(contour) = self.contours.last_mut()
            {
                contour.push(point);
            }
        }

        fn curve(&mut self, parts: usize, at: impl Fn(f32) -> Point) {
            for part in 1..=parts {
                self.push(at(part as f32 / parts as f32));
            }
        }
    }

    impl OutlinePen for Pen {
        fn move_to(&mut self, x: f32, y: f32) {
            self.contours.push(Vec::new());
            self.push([x, y]);
        }

        fn line_to(&mut self, x: f32, y: f32) {
            let [from_x, from_y] = self.last();
            let length = (x - from_x).hypot(y - from_y);
            let parts = (length / self.step).ceil().clamp(1.0, 40.0);
            self.curve(parts as usize, |t| {
                [from_x + (x - from_x) * t, from_y + (y - from_y) * t]
            });
        }

        fn quad_to(&mut self, cx: f32, cy: f32, x: f32, y: f32) {
            let [from_x, from_y] = self.last();
            self.curve(6, |t| {
                let [a, b, c] = [(1.0 - t) * (1.0 - t), 2.0 * t * (1.0 - t), t * t];
                [a * from_x + b * cx + c * x, a * from_y + b * cy + c * y]
            });
        }

        fn curve_to(&mut self, ax: f32, ay: f32, bx: f32, by: f32, x: f32, y: f32) {
            let [from_x, from_y] = self.last();
            self.curve(8, |t| {
                let s = 1.0 - t;
                let [a, b, c, d] = [s * s * s, 3.0 * s * s * t, 3.0 * s * t * t, t * t * t];
                [
                    a * from_x + b * ax + c * bx + d * x,
                    a * from_y + b * ay + c * by + d * y,
                ]
            });
        }

        fn close(&mut self) {
            let first = (self.contours.last())
                .and_then(|contour| contour.first())
                .copied();
            if let Some([x, y]) = first
                && self.last() != [x, y]
            {
                self.line_to(x, y);
            }
        }
    }
}

#[cfg(feature = "assets")]
pub(crate) use read::Unfit;

#[cfg(all(test, feature = "assets"))]
mod tests {
    use super::*;
    use crate::render::raster::Raster;

    /// Some letters and figures of DejaVu Sans, for tests.
    const FONT: &[u8] = include_bytes!("../../fixtures/fonts/dejavu-sans-part.ttf");

    fn cover(outline: &Outline, size: usize) -> Vec<f32> {
        let placed = outline.contours.iter().map(|contour| {
            let place = |[x, y]: &Point| {
                let wide = size as f32 * 0.8 * outline.aspect;
                [2.0 + x * wide, 2.0 + y * size as f32 * 0.8]
            };
            contour.iter().map(place).collect()
        });
        let mut raster = Raster::new(0, 0, size, size);
        raster.shape(&placed.collect::<Vec<_>>());
        let mut cover = vec![0.0; size * size];
        raster.paint(|x, y, share| {
            if let Some(pixel) = cover.get_mut(y * size + x) {
                *pixel = share;
            }
        });
        cover
    }

    #[test]
    fn letters_stand_between_the_lines_and_keep_their_width() {
        let face = Face::read(FONT, "AHLO8").unwrap();
        for character in "AHLO8".chars() {
            let outline = face.outline(character).unwrap();
            let points = || outline.contours.iter().flatten();
            let low = points().map(|[_, y]| *y).fold(f32::MAX, f32::min);
            let high = points().map(|[_, y]| *y).fold(f32::MIN, f32::max);
            assert!(low.abs() < 0.03 && (high - 1.0).abs() < 0.03, "{character}");
            let left = points().map(|[x, _]| *x).fold(f32::MAX, f32::min);
            let right = points().map(|[x, _]| *x).fold(f32::MIN, f32::max);
            assert!(left.abs() < 1e-5 && (right - 1.0).abs() < 1e-5);
            for contour in &outline.contours {
                for pair in contour.windows(2) {
                    let [[x, y], [u, v]] = [pair[0], pair[1]];
                    let stretch = ((u - x) * outline.aspect).hypot(v - y);
                    assert!(stretch < 0.3, "{character} could not be bent: {stretch}");
                }
            }
        }
        let aspect = |character| face.outline(character).unwrap().aspect;
        assert!(aspect('L') < aspect('H') && aspect('H') < aspect('O'));
        assert!(face.outline('Z').is_none());
    }

    #[test]
    fn counters_are_holes() {
        let face = Face::read(FONT, "AO8H").unwrap();
        let size = 80;
        let at = |cover: &[f32], outline: &Outline, x: f32, y: f32| {
            let wide = size as f32 * 0.8;
            let (x, y) = (2.0 + x * wide * outline.aspect, 2.0 + y * wide);
            cover[y as usize * size + x as usize]
        };
        for (character, hole, solid) in [
            ('O', [0.5, 0.5], [0.06, 0.5]),
            ('A', [0.5, 0.5], [0.5, 0.69]),
            ('8', [0.5, 0.25], [0.5, 0.48]),
            ('H', [0.5, 0.2], [0.06, 0.5]),
        ] {
            let outline = face.outline(character).unwrap();
            let cover = cover(outline, size);
            assert!(at(&cover, outline, hole[0], hole[1]) < 0.01, "{character}");
            assert!(
                at(&cover, outline, solid[0], solid[1]) > 0.99,
                "{character}"
            );
        }
    }

    #[test]
    fn what_is_missing_is_named() {
        assert_eq!(
            Face::read(FONT, "AÜ3Ж").unwrap_err(),
            Unfit::Lacks("ÜЖ".into())
        );
        for bytes in [&b""[..], b"no font", &FONT[..40]] {
            assert_eq!(Face::read(bytes, "A").unwrap_err(), Unfit::NoFont);
        }
    }
}

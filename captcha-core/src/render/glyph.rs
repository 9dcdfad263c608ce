//! Letters, digits and a few signs as strokes in a box of size one, y down.

use super::raster::Point;

/// One stretch of a stroke; a stroke joins its stretches without lifting the pen.
enum Stretch {
    Line(&'static [Point]),
    /// Centre, radii, and the angles from and to in degrees; 0 is right, 90 is down.
    Arc(Point, Point, f32, f32),
}

use Stretch::{Arc, Line};

type Stroke = &'static [Stretch];

/// Points along the strokes of a character, close enough together to be bent; empty for a character
/// that has no glyph.
pub(crate) fn strokes(character: char) -> Vec<Vec<Point>> {
    glyph(character)
        .iter()
        .map(|stroke| points(stroke))
        .collect()
}

fn points(stroke: Stroke) -> Vec<Point> {
    let mut points: Vec<Point> = Vec::with_capacity(24);
    for stretch in stroke {
        match stretch {
            Line(corners) => {
                for corner in *corners {
                    if let Some(last) = points.last().copied() {
                        let length = (corner[0] - last[0]).hypot(corner[1] - last[1]);
                        let parts = (length / 0.3).ceil().max(1.0);
                        for part in 1..parts as usize {
                            let t = part as f32 / parts;
                            points.push([0, 1].map(|axis: usize| {
                                let (from, to) = (axis_of(last, axis), axis_of(*corner, axis));
                                from + (to - from) * t
                            }));
                        }
                    }
                    points.push(*corner);
                }
            }
            Arc(centre, radii, from, to) => {
                let parts = ((to - from).abs() / 24.0).ceil();
                for part in 0..=parts as usize {
                    let angle = from + (to - from) * part as f32 / parts;
                    let (sin, cos) = angle.to_radians().sin_cos();
                    points.push([centre[0] + radii[0] * cos, centre[1] + radii[1] * sin]);
                }
            }
        }
    }
    points
}

fn axis_of([x, y]: Point, axis: usize) -> f32 {
    if axis == 0 { x } else { y }
}

fn glyph(character: char) -> &'static [Stroke] {
    match character {
        'A' => &[
            &[Line(&[[0.0, 1.0], [0.5, 0.0], [1.0, 1.0]])],
            &[Line(&[[0.19, 0.64], [0.81, 0.64]])],
        ],
        'C' => &[&[Arc([0.55, 0.5], [0.5, 0.5], -48.0, -312.0)]],
        'D' => &[&[
            Line(&[[0.06, 1.0], [0.06, 0.0], [0.4, 0.0]]),
            Arc([0.4, 0.5], [0.56, 0.5], -90.0, 90.0),
            Line(&[[0.06, 1.0]]),
        ]],
        'E' => &[
            &[Line(&[[0.88, 0.0], [0.1, 0.0], [0.1, 1.0], [0.9, 1.0]])],
            &[Line(&[[0.1, 0.49], [0.76, 0.49]])],
        ],
        'H' => &[
            &[Line(&[[0.06, 0.0], [0.06, 1.0]])],
            &[Line(&[[0.94, 0.0], [0.94, 1.0]])],
            &[Line(&[[0.06, 0.5], [0.94, 0.5]])],
        ],
        'J' => &[&[
            Line(&[[0.36, 0.0], [0.84, 0.0], [0.84, 0.68]]),
            Arc([0.46, 0.68], [0.38, 0.32], 0.0, 165.0),
        ]],
        'L' => &[&[Line(&[[0.12, 0.0], [0.12, 1.0], [0.92, 1.0]])]],
        'M' => &[&[Line(&[
            [0.0, 1.0],
            [0.08, 0.0],
            [0.5, 0.66],
            [0.92, 0.0],
            [1.0, 1.0],
        ])]],
        'P' => &[&[
            Line(&[[0.1, 1.0], [0.1, 0.0], [0.5, 0.0]]),
            Arc([0.5, 0.28], [0.42, 0.28], -90.0, 90.0),
            Line(&[[0.1, 0.56]]),
        ]],
        'R' => &[
            &[
                Line(&[[0.1, 1.0], [0.1, 0.0], [0.5, 0.0]]),
                Arc([0.5, 0.27], [0.4, 0.27], -90.0, 90.0),
                Line(&[[0.1, 0.54]]),
            ],
            &[Line(&[[0.46, 0.54], [0.96, 1.0]])],
        ],
        'T' => &[
            &[Line(&[[0.0, 0.0], [1.0, 0.0]])],
            &[Line(&[[0.5, 0.0], [0.5, 1.0]])],
        ],
        'W' => &[&[Line(&[
            [0.0, 0.0],
            [0.24, 1.0],
            [0.5, 0.34],
            [0.76, 1.0],
            [1.0, 0.0],
        ])]],
        'X' => &[
            &[Line(&[[0.04, 0.0], [0.96, 1.0]])],
            &[Line(&[[0.96, 0.0], [0.04, 1.0]])],
        ],
        'Y' => &[
            &[Line(&[[0.0, 0.0], [0.5, 0.5], [1.0, 0.0]])],
            &[Line(&[[0.5, 0.5], [0.5, 1.0]])],
        ],
        '3' => &[&[
            Arc([0.44, 0.25], [0.42, 0.25], -155.0, 80.0),
            Line(&[[0.36, 0.49]]),
            Arc([0.44, 0.745], [0.47, 0.255], -80.0, 155.0),
        ]],
        '6' => &[&[
            Line(&[
                [0.76, 0.0],
                [0.5, 0.1],
                [0.27, 0.28],
                [0.13, 0.48],
                [0.08, 0.69],
            ]),
            Arc([0.5, 0.69], [0.42, 0.31], 180.0, 540.0),
        ]],
        '9' => &[&[
            Arc([0.5, 0.31], [0.42, 0.31], 0.0, 360.0),
            Line(&[[0.88, 0.52], [0.73, 0.74], [0.5, 0.91], [0.22, 1.0]]),
        ]],
        'B' => &[&[
            Line(&[[0.1, 0.5], [0.1, 0.0], [0.48, 0.0]]),
            Arc([0.48, 0.245], [0.36, 0.245], -90.0, 90.0),
            Line(&[[0.1, 0.49], [0.5, 0.49]]),
            Arc([0.5, 0.745], [0.42, 0.255], -90.0, 90.0),
            Line(&[[0.1, 1.0], [0.1, 0.45]]),
        ]],
        'F' => &[
            &[Line(&[[0.9, 0.0], [0.12, 0.0], [0.12, 1.0]])],
            &[Line(&[[0.12, 0.5], [0.76, 0.5]])],
        ],
        'G' => &[&[
            Arc([0.53, 0.5], [0.49, 0.5], -50.0, -360.0),
            Line(&[[1.02, 0.56], [0.64, 0.56]]),
        ]],
        'I' | '1' => &[
            &[Line(&[[0.22, 0.2], [0.52, 0.0], [0.52, 1.0]])],
            &[Line(&[[0.12, 1.0], [0.9, 1.0]])],
        ],
        'K' => &[
            &[Line(&[[0.1, 0.0], [0.1, 1.0]])],
            &[Line(&[[0.92, 0.0], [0.1, 0.58]])],
            &[Line(&[[0.36, 0.42], [0.96, 1.0]])],
        ],
        'N' => &[&[Line(&[[0.06, 1.0], [0.06, 0.0], [0.94, 1.0], [0.94, 0.0]])]],
        'O' | '0' => &[&[Arc([0.5, 0.5], [0.46, 0.5], 0.0, 360.0)]],
        'Q' => &[
            &[Arc([0.5, 0.5], [0.48, 0.5], 0.0, 360.0)],
            &[Line(&[[0.58, 0.68], [1.0, 1.04]])],
        ],
        '5' => &[&[
            Line(&[[0.86, 0.0], [0.2, 0.0], [0.15, 0.45]]),
            Arc([0.46, 0.68], [0.44, 0.32], -130.0, 150.0),
        ]],
        'S' => &[&[
            Arc([0.5, 0.26], [0.4, 0.26], -20.0, -235.0),
            Arc([0.5, 0.74], [0.42, 0.26], -55.0, 160.0),
        ]],
        'U' => &[&[
            Line(&[[0.06, 0.0], [0.06, 0.6]]),
            Arc([0.5, 0.6], [0.44, 0.4], 180.0, 0.0),
            Line(&[[0.94, 0.0]]),
        ]],
        'V' => &[&[Line(&[[0.0, 0.0], [0.5, 1.0], [1.0, 0.0]])]],
        'Z' => &[&[Line(&[[0.06, 0.0], [0.94, 0.0], [0.06, 1.0], [0.94, 1.0]])]],
        '2' => &[&[
            Arc([0.48, 0.29], [0.42, 0.29], -165.0, 35.0),
            Line(&[[0.08, 1.0], [0.94, 1.0]]),
        ]],
        '4' => &[&[Line(&[[0.72, 1.0], [0.72, 0.0], [0.04, 0.7], [1.0, 0.7]])]],
        '7' => &[&[Line(&[[0.04, 0.0], [0.96, 0.0], [0.36, 1.0]])]],
        '8' => &[
            &[Arc([0.5, 0.245], [0.38, 0.245], 0.0, 360.0)],
            &[Arc([0.5, 0.745], [0.45, 0.255], 0.0, 360.0)],
        ],
        '+' => &[
            &[Line(&[[0.0, 0.52], [1.0, 0.52]])],
            &[Line(&[[0.5, 0.2], [0.5, 0.84]])],
        ],
        '-' => &[&[Line(&[[0.0, 0.52], [1.0, 0.52]])]],
        '=' => &[
            &[Line(&[[0.0, 0.34], [1.0, 0.34]])],
            &[Line(&[[0.0, 0.7], [1.0, 0.7]])],
        ],
        _ => &[],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn glyphs_fill_their_box() {
        for character in ('A'..='Z').chain('0'..='9') {
            let points: Vec<Point> = strokes(character).into_iter().flatten().collect();
            assert!(points.len() > 4, "{character}");
            for axis in 0..2 {
                let low = points.iter().map(|p| p[axis]).fold(f32::MAX, f32::min);
                let high = points.iter().map(|p| p[axis]).fold(f32::MIN, f32::max);
                assert!(
                    low >= -0.02 && high <= 1.07 && high - low > 0.7,
                    "{character}"
                );
            }
        }
        assert!(strokes('?').is_empty());
    }
}

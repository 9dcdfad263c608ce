//! Colours of landmarks: those that all of a picture share, and the tones of one that is drawn anew.

use rand::RngExt;
use rand::seq::SliceRandom;

use crate::render::Generator;
use crate::render::canvas::{Colour, hsl, relit};

/// What landmarks are painted with.
#[derive(Clone, Copy)]
pub(super) struct Paints {
    pub(super) strong: [Colour; 3],
    pub(super) light: Colour,
    pub(super) dark: Colour,
}

impl Paints {
    /// The colours that all landmarks of a picture share.
    pub(super) fn new(rng: &mut Generator) -> Self {
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

    /// Tones of one hue for the parts and the ground, given out at random: which part is lighter than
    /// which tells nothing. Parts that lie on each other are two steps apart at least, or nobody
    /// would see the hands of a clock.
    pub(super) fn tones(rng: &mut Generator) -> (Self, Colour) {
        let (hue, rich) = (rng.random::<f32>(), rng.random_range(0.2..0.5f32));
        let mut steps = [0u8, 1, 2, 3, 4, 5];
        loop {
            steps.shuffle(rng);
            let [a, b, _, light, dark, ground] = steps;
            let mut on_each_other =
                [(light, dark), (light, a), (a, b), (a, dark), (a, ground)].into_iter();
            if on_each_other.all(|(one, other)| one.abs_diff(other) >= 2) {
                break;
            }
        }
        let [a, b, c, light, dark, ground] = steps.map(|step| {
            let tone = f32::from(step) * 0.175 + rng.random_range(0.04..0.09);
            hsl(hue, rich, tone)
        });
        let paints = Self {
            strong: [a, b, c],
            light,
            dark,
        };
        (paints, ground)
    }
}

/// A darker shade of a colour, or a lighter one of what is dark already: a net that is seen on a
/// pineapple of any tone.
pub(super) fn shade(colour: Colour, gain: f32) -> Colour {
    let light = colour.iter().copied().max().unwrap_or(0);
    if light < 80 {
        relit(colour, 1.0, (1.0 - gain) * 160.0)
    } else {
        relit(colour, gain, 0.0)
    }
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;

    use super::*;

    #[test]
    fn parts_that_lie_on_each_other_are_told_apart_in_every_tone() {
        let apart = |one: Colour, other: Colour| {
            let light = |colour: Colour| colour.iter().copied().max().unwrap_or(0);
            light(one).abs_diff(light(other))
        };
        let mut rng = Generator::seed_from_u64(3);
        let (mut lighter, mut near) = (0, 0);
        for _ in 0..2_000 {
            let (paints, ground) = Paints::tones(&mut rng);
            let [a, b, c] = paints.strong;
            for (one, other) in [
                (paints.light, paints.dark),
                (paints.light, a),
                (a, b),
                (a, paints.dark),
                (a, ground),
            ] {
                assert!(apart(one, other) > 40, "{one:?} {other:?}");
            }
            // The control: two that nothing keeps apart.
            near += u32::from(apart(b, c) <= 40);
            lighter += u32::from(paints.light > paints.dark);
            for colour in [a, b, c, paints.light, paints.dark] {
                assert!(apart(colour, shade(colour, 0.62)) > 20, "{colour:?}");
            }
        }
        assert!(near > 80, "{near}");
        // Which is lighter tells nothing: 1,000 expected; 4.5 standard deviations.
        assert!((900..1_100).contains(&lighter), "{lighter}");
    }
}

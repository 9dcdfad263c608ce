//! The state of a challenge that is out: it travels sealed with the client, and the server keeps
//! nothing.

use zeroize::Zeroizing;

use crate::{
    challenge::{Kind, Solution, audio, click, drag, rotate, slide, text, work::Stamp},
    error::{CaptchaError, ErrorKind},
    render::voice::Language,
    seal::Reader,
    store::Id,
};

/// Room for any solution, so that the length of a sealed challenge tells nothing of it.
const SOLUTION_BYTES: usize = 40;

pub(crate) struct Pending {
    pub(crate) id: Id,
    pub(crate) issued: u64,
    pub(crate) expires: u64,
    pub(crate) action: String,
    pub(crate) stamp: Stamp,
    pub(crate) solution: Solution,
    /// What the picture is drawn from; kept for the frame alone, whose picture has an address.
    pub(crate) seed: Option<[u8; 32]>,
}

impl Pending {
    pub(crate) fn to_bytes(&self) -> Zeroizing<Vec<u8>> {
        let mut bytes = Zeroizing::new(Vec::with_capacity(192));
        bytes.extend_from_slice(&self.id);
        bytes.extend_from_slice(&self.issued.to_be_bytes());
        bytes.extend_from_slice(&self.expires.to_be_bytes());
        bytes.push(self.stamp.bits);
        bytes.extend_from_slice(&self.stamp.salt);
        bytes.push(self.action.len() as u8);
        bytes.extend_from_slice(self.action.as_bytes());
        let (kind, solution) = match &self.solution {
            Solution::Slide(solution) => (1, numbers(&[solution.x], solution.tolerance)),
            Solution::Text(solution) => (2, solution.text.as_bytes().to_vec()),
            Solution::Work => (3, Vec::new()),
            Solution::Rotate(solution) => (4, numbers(&[solution.angle], solution.tolerance)),
            Solution::Click(solution) => {
                let flat: Vec<u16> = solution.points.iter().flat_map(|(x, y)| [*x, *y]).collect();
                (5, numbers(&flat, solution.tolerance))
            }
            Solution::Drag(solution) => (6, numbers(&[solution.x, solution.y], solution.tolerance)),
            Solution::Audio(solution) => {
                let mut bytes = solution.language.code().as_bytes().to_vec();
                bytes.extend_from_slice(&solution.digits);
                (7, bytes)
            }
        };
        bytes.push(kind);
        bytes.push(solution.len() as u8);
        let mut padded = solution;
        padded.resize(SOLUTION_BYTES, 0);
        bytes.extend_from_slice(&padded);
        if let Some(seed) = &self.seed {
            bytes.extend_from_slice(seed);
        }
        bytes
    }

    pub(crate) fn from_bytes(bytes: &[u8]) -> Result<Self, CaptchaError> {
        let mut reader = Reader(bytes);
        let id = reader.array()?;
        let issued = u64::from_be_bytes(reader.array()?);
        let expires = u64::from_be_bytes(reader.array()?);
        let [bits] = reader.array()?;
        let salt = reader.array()?;
        let action = reader.text()?.to_owned();
        let [kind] = reader.array()?;
        let [length] = reader.array()?;
        let padded = reader.array::<SOLUTION_BYTES>()?;
        let solution = padded.get(..usize::from(length)).ok_or_else(unreadable)?;
        let solution = match kind {
            1 | 4..=6 => places(kind, solution).ok_or_else(unreadable)?,
            2 => Solution::Text(text::Solution {
                text: String::from_utf8(solution.to_vec()).map_err(|_| unreadable())?,
            }),
            3 => Solution::Work,
            7 => spoken(solution).ok_or_else(unreadable)?,
            _ => return Err(unreadable()),
        };
        let seed = match reader.0.len() {
            0 => None,
            _ => Some(reader.array()?),
        };
        reader.finish()?;
        Ok(Self {
            id,
            issued,
            expires,
            action,
            stamp: Stamp { salt, bits },
            solution,
            seed,
        })
    }

    pub(crate) fn kind(&self) -> Kind {
        self.solution.kind()
    }
}

/// A tolerance, then numbers of two bytes.
fn numbers(numbers: &[u16], tolerance: u8) -> Vec<u8> {
    let mut bytes = vec![tolerance];
    bytes.extend(numbers.iter().flat_map(|number| number.to_be_bytes()));
    bytes
}

/// The solution of a kind that is a place, or several.
fn places(kind: u8, bytes: &[u8]) -> Option<Solution> {
    let (&tolerance, rest) = bytes.split_first()?;
    let (pairs, []) = rest.as_chunks::<2>() else {
        return None;
    };
    let numbers: Vec<u16> = pairs.iter().map(|pair| u16::from_be_bytes(*pair)).collect();
    Some(match (kind, numbers.as_slice()) {
        (1, &[x]) => Solution::Slide(slide::Solution { x, tolerance }),
        (4, &[angle]) => Solution::Rotate(rotate::Solution { angle, tolerance }),
        (5, flat) => {
            let (points, []) = flat.as_chunks::<2>() else {
                return None;
            };
            let points = points.iter().map(|&[x, y]| (x, y)).collect();
            Solution::Click(click::Solution { points, tolerance })
        }
        (6, &[x, y]) => Solution::Drag(drag::Solution { x, y, tolerance }),
        _ => return None,
    })
}

/// A language by its code, then digits.
fn spoken(bytes: &[u8]) -> Option<Solution> {
    let (code, digits) = bytes.split_at_checked(2)?;
    Some(Solution::Audio(audio::Solution {
        digits: digits.to_vec(),
        language: Language::from_tag(std::str::from_utf8(code).ok()?)?,
    }))
}

fn unreadable() -> CaptchaError {
    CaptchaError::new(ErrorKind::Malformed, "a sealed challenge could not be read")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pending(solution: Solution, seed: Option<[u8; 32]>) -> Pending {
        Pending {
            id: [1; 16],
            issued: 5,
            expires: 9,
            action: "signup".to_owned(),
            stamp: Stamp {
                salt: [2; 16],
                bits: 14,
            },
            solution,
            seed,
        }
    }

    #[test]
    fn every_kind_survives_the_trip_at_one_length() {
        let solutions = [
            Solution::Slide(slide::Solution {
                x: 300,
                tolerance: 5,
            }),
            Solution::Rotate(rotate::Solution {
                angle: 359,
                tolerance: 9,
            }),
            Solution::Drag(drag::Solution {
                x: 1,
                y: 2,
                tolerance: 3,
            }),
            Solution::Click(click::Solution {
                points: vec![(319, 159); click::MOST],
                tolerance: 24,
            }),
            Solution::Text(text::Solution {
                text: "ABCDE".to_owned(),
            }),
            Solution::Text(text::Solution {
                text: "ABCDEF".to_owned(),
            }),
            Solution::Audio(audio::Solution {
                digits: vec![0, 9, 5, 3],
                language: Language::Arabic,
            }),
            Solution::Audio(audio::Solution {
                digits: vec![1; 6],
                language: Language::Chinese,
            }),
            Solution::Work,
        ];
        let mut lengths = Vec::new();
        for solution in solutions {
            let bytes = pending(solution.clone(), None).to_bytes();
            lengths.push(bytes.len());
            let back = Pending::from_bytes(&bytes).unwrap();
            assert_eq!((back.solution, back.action.as_str()), (solution, "signup"));
            assert_eq!((back.issued, back.expires, back.seed), (5, 9, None));
        }
        lengths.dedup();
        assert_eq!(lengths.len(), 1, "the length tells nothing of the solution");
    }

    #[test]
    fn truncated_or_extended_content_is_malformed() {
        let bytes = pending(Solution::Work, Some([3; 32])).to_bytes();
        assert_eq!(Pending::from_bytes(&bytes).unwrap().seed, Some([3; 32]));
        for length in (0..bytes.len()).filter(|&length| length != bytes.len() - 32) {
            assert!(Pending::from_bytes(&bytes[..length]).is_err());
        }
        let mut longer = bytes.to_vec();
        longer.push(0);
        assert!(Pending::from_bytes(&longer).is_err());
    }
}

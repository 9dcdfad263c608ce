//! What a client is given to show, in the form that the protocol sends.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde::Serialize;

use crate::{challenge, render::Picture};

/// The `prompt` of the protocol.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Prompt {
    /// The picture, for kinds that show one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub image: Option<PromptPicture>,
    /// The loose piece of a slide or drag puzzle.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub piece: Option<PromptPicture>,
    /// The disc of a rotate puzzle, shown in the middle of the picture.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub disc: Option<PromptPicture>,
    /// The things to tap of a click puzzle, in their order from left to right.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub order: Option<PromptPicture>,
    /// `true` where the picture of a text shows a sum, whose result is asked for.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub arithmetic: bool,
    /// The sound of an audio puzzle.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub audio: Option<PromptSound>,
}

/// A sound as the protocol sends it.
#[derive(Clone, Debug, Serialize)]
pub struct PromptSound {
    /// `audio/wav`.
    #[serde(rename = "type")]
    pub media_type: &'static str,
    /// The file in base64.
    pub data: String,
}

/// A picture as the protocol sends it.
#[derive(Clone, Debug, Serialize)]
pub struct PromptPicture {
    /// `image/png`.
    #[serde(rename = "type")]
    pub media_type: &'static str,
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
    /// Left edge at the start, in picture pixels; of a piece only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub x: Option<u32>,
    /// Top edge at the start, in picture pixels; of a piece only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub y: Option<u32>,
    /// How many things it shows; of an order only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub count: Option<usize>,
    /// The file in base64.
    pub data: String,
}

impl PromptPicture {
    fn new(picture: &Picture, position: Option<(u32, u32)>) -> Self {
        Self {
            media_type: picture.media_type,
            width: picture.width,
            height: picture.height,
            x: position.map(|(x, _)| x),
            y: position.map(|(_, y)| y),
            count: None,
            data: STANDARD.encode(&picture.bytes),
        }
    }
}

impl From<challenge::Prompt> for Prompt {
    fn from(prompt: challenge::Prompt) -> Self {
        Self {
            image: prompt.image.map(|image| PromptPicture::new(&image, None)),
            piece: (prompt.piece)
                .map(|piece| PromptPicture::new(&piece.picture, Some((piece.x, piece.y)))),
            disc: prompt.disc.map(|disc| PromptPicture::new(&disc, None)),
            order: prompt.order.map(|(order, count)| PromptPicture {
                count: Some(count),
                ..PromptPicture::new(&order, None)
            }),
            arithmetic: prompt.arithmetic,
            audio: prompt.audio.map(|audio| PromptSound {
                media_type: audio.media_type,
                data: STANDARD.encode(&audio.bytes),
            }),
        }
    }
}

//! The steps between the public calls and the sealed strings.

use std::sync::Arc;

use super::{Answer, Engine, Rotation, Token, TokenContent};
use crate::{
    builder::is_action,
    challenge::{self, Kind, Verdict, work::Stamp},
    clock::millis,
    cost,
    error::{CaptchaError, ErrorKind},
    observe,
    pending::Pending,
    privacy::{
        issued::Artefact,
        registry::{CLOCK_TOLERANCE, Cookie, Mark},
    },
    prompt::Prompt,
    random,
    render::{Picture, sound::Sound, voice::Language},
    seal::{Generation, Purpose, Reader, Sealer},
    stock::Drawn,
    store::{Id, Spending},
};

/// How far ahead another node's clock may be.
const FUTURE_MILLIS: u64 = CLOCK_TOLERANCE.as_millis() as u64;

impl Engine {
    pub(crate) fn sealer(&self) -> Arc<Sealer> {
        self.keys.sealer()
    }

    pub(crate) fn action_or_default<'a>(
        &'a self,
        action: Option<&'a str>,
    ) -> Result<&'a str, CaptchaError> {
        match action {
            None => Ok(&self.action),
            Some(action) if is_action(action) => Ok(action),
            Some(_) => Err(CaptchaError::new(
                ErrorKind::Malformed,
                "an action is 1 to 64 of A-Z a-z 0-9 _ -",
            )),
        }
    }

    /// The kind for a visitor who did not choose one.
    pub(super) fn next_kind(&self) -> Result<Kind, CaptchaError> {
        let first = self.kinds.first().copied().unwrap_or(Kind::Work);
        if self.rotation == Rotation::First {
            return Ok(first);
        }
        let puzzles: Vec<Kind> = (self.kinds.iter().copied())
            .filter(|kind| kind.is_puzzle())
            .collect();
        // So many values that what is left over favours none that could be told.
        let number = u64::from_be_bytes(random::array(self.random.as_ref())?);
        let index = number % (puzzles.len() as u64).max(1);
        Ok(puzzles.get(index as usize).copied().unwrap_or(first))
    }

    /// Zero bits of a stamp: what keeps the kinds level, and as much more for all of them alike as
    /// the site is in a rush and the visitor's answers were wrong.
    pub(super) fn bits(&self, kind: Kind, wrong: u64) -> u8 {
        let own = (self.costs.iter()).find(|cost| cost.kind == kind);
        let now = self.timeline.now();
        let limits = self.limiter.limits();
        let issued = self.issued.rate(now).max(self.limiter.load(now));
        let rush = cost::rush(issued, limits.per_site);
        let wrong = cost::wrong(wrong, limits.per_visitor);
        own.map_or(0, |cost| cost::raised(cost.bits, rush, wrong))
    }

    /// A challenge for the frame: its picture or sound is drawn again from the seed that it
    /// carries, and it asks for no work, which a page without script cannot do.
    pub(crate) async fn issue_frame(
        &self,
        kind: Kind,
        language: Language,
        action: &str,
    ) -> Result<String, CaptchaError> {
        let issue = async {
            let drawn = self.stock.take(kind, language).await?;
            let seed = drawn.seed;
            let (mut pending, _) = self.pend(drawn, action, 0)?;
            pending.seed = Some(seed);
            self.seal(Purpose::FrameChallenge, &pending).await
        };
        let span = tracing::debug_span!("captcha.issue", verdict = tracing::field::Empty);
        observe::step(span, &observe::CHALLENGES, issue, |_| "issued").await
    }

    pub(crate) async fn frame_picture(&self, challenge: &str) -> Result<Picture, CaptchaError> {
        (self.redraw(challenge).await?.image).ok_or_else(undrawable)
    }

    pub(crate) async fn frame_sound(&self, challenge: &str) -> Result<Sound, CaptchaError> {
        (self.redraw(challenge).await?.audio).ok_or_else(undrawable)
    }

    async fn redraw(&self, challenge: &str) -> Result<challenge::Prompt, CaptchaError> {
        let (pending, _) = self.open(Purpose::FrameChallenge, challenge).await?;
        let seed = pending.seed.ok_or_else(undrawable)?;
        let language = pending.solution.language();
        self.stock.redraw(pending.kind(), language, seed).await
    }

    pub(crate) async fn judge(
        &self,
        purpose: Purpose,
        challenge: &str,
        answer: &Answer,
        work: u64,
    ) -> Result<Token, CaptchaError> {
        let span = tracing::debug_span!("captcha.answer", verdict = tracing::field::Empty);
        let judge = self.judge_unobserved(purpose, challenge, answer, work);
        observe::step(span, &observe::ANSWERS, judge, |_| "right").await
    }

    async fn judge_unobserved(
        &self,
        purpose: Purpose,
        challenge: &str,
        answer: &Answer,
        work: u64,
    ) -> Result<Token, CaptchaError> {
        let (pending, alive) = self.open(purpose, challenge).await?;
        self.spend(Mark::Challenge, &pending.id, alive).await?;
        let wrong = || {
            CaptchaError::new(
                ErrorKind::WrongAnswer,
                "the answer or its work stamp is not right",
            )
        };
        if pending.stamp.judge(work) == Verdict::Wrong {
            return Err(wrong());
        }
        let verdict = pending.solution.judge(&answer.0).map_err(|cause| {
            CaptchaError::new(
                ErrorKind::Malformed,
                format!("this is no answer of kind {}", pending.kind().name()),
            )
            .caused_by(cause)
        })?;
        match verdict {
            Verdict::Right => self.token(&pending.action).await,
            Verdict::Wrong => Err(wrong()),
        }
    }

    pub(crate) async fn open(
        &self,
        purpose: Purpose,
        challenge: &str,
    ) -> Result<(Pending, Alive), CaptchaError> {
        loop {
            let read = |sealer: &Sealer| {
                let opened = sealer.open(purpose, challenge)?;
                let pending = Pending::from_bytes(&opened.content)?;
                Ok((opened, pending))
            };
            let (sealer, (opened, pending)) = self.read_with_keys(read).await?;
            let alive = self
                .alive(opened.generation, pending.issued, pending.expires)
                .await?;
            if self.is_in_force(&sealer) {
                return Ok((pending, alive));
            }
        }
    }

    pub(super) fn pend(
        &self,
        drawn: Drawn,
        action: &str,
        bits: u8,
    ) -> Result<(Pending, Prompt), CaptchaError> {
        let issued = self.timeline.now();
        let pending = Pending {
            id: random::array(self.random.as_ref())?,
            issued,
            expires: issued + millis(self.ledger.lives().challenge),
            action: action.to_owned(),
            stamp: Stamp {
                salt: random::array(self.random.as_ref())?,
                bits,
            },
            solution: drawn.solution,
            seed: None,
        };
        Ok((pending, drawn.prompt))
    }

    pub(super) async fn seal(
        &self,
        purpose: Purpose,
        pending: &Pending,
    ) -> Result<String, CaptchaError> {
        let nonce = random::array(self.random.as_ref())?;
        let generation = self.current_generation().await?;
        self.issued.add(Artefact::Challenge, pending.issued);
        self.sealer()
            .seal(purpose, generation, nonce, &pending.to_bytes())
    }

    pub(super) async fn token(&self, action: &str) -> Result<Token, CaptchaError> {
        let issued = self.timeline.now();
        let life = millis(self.ledger.lives().token);
        let mut content = Vec::with_capacity(64 + action.len());
        content.extend_from_slice(&random::array::<16>(self.random.as_ref())?);
        content.extend_from_slice(&issued.to_be_bytes());
        content.extend_from_slice(&(issued + life).to_be_bytes());
        content.push(action.len() as u8);
        content.extend_from_slice(action.as_bytes());
        let generation = self.current_generation().await?;
        self.issued.add(Artefact::Token, issued);
        Ok(Token {
            text: self.sealer().tag(Purpose::Token, generation, &content),
            life,
        })
    }

    pub(crate) async fn current_generation(&self) -> Result<Generation, CaptchaError> {
        let mut store = self.ledger.generation().await?;
        if let Some(renewed) = self.ledger.keep_in_step(&self.timeline).await? {
            store = renewed;
        }
        if self.ledger.is_shared() {
            if self.revoking.take_unfinished()
                && let Some(finished) = self.finish_revocation().await
            {
                store = finished;
            }
            if !self.keys.has_seen(store) {
                store = self.follow_revocation(store).await?;
            }
        }
        let generation = Generation {
            configured: self.generation,
            store,
        };
        self.degraded.learn(generation);
        Ok(generation)
    }

    /// Reads something with the keys in force, and says which. What they do not read may be made with those of a
    /// revocation that this process has not heard of: the store is asked, and it is read again with the keys
    /// that are in force then.
    pub(crate) async fn read_with_keys<T>(
        &self,
        read: impl Fn(&Sealer) -> Result<T, CaptchaError>,
    ) -> Result<(Arc<Sealer>, T), CaptchaError> {
        let sealer = self.sealer();
        let unread = match read(&sealer) {
            Ok(content) => return Ok((sealer, content)),
            Err(unread) => unread,
        };
        let asked = self.ledger.is_shared() && self.current_generation().await.is_ok();
        if !asked || self.is_in_force(&sealer) {
            return Err(unread);
        }
        let sealer = self.sealer();
        let content = read(&sealer)?;
        Ok((sealer, content))
    }

    /// Whether these are still the keys. Whoever asks the store may learn of a revocation, and what was read with
    /// the keys of before has to be read again: it may be a forgery of whoever has the secret.
    pub(crate) fn is_in_force(&self, sealer: &Arc<Sealer>) -> bool {
        Arc::ptr_eq(sealer, &self.sealer())
    }

    pub(crate) fn read_token(&self, token: &str) -> Result<TokenContent, CaptchaError> {
        Self::read_token_with(&self.sealer(), token)
    }

    pub(crate) fn read_token_with(
        sealer: &Sealer,
        token: &str,
    ) -> Result<TokenContent, CaptchaError> {
        let opened = sealer.verify(Purpose::Token, token)?;
        let mut reader = Reader(&opened.content);
        let content = TokenContent {
            key: opened.key,
            generation: opened.generation,
            id: reader.array()?,
            issued: u64::from_be_bytes(reader.array()?),
            expires: u64::from_be_bytes(reader.array()?),
            action: reader.text()?.to_owned(),
        };
        reader.finish()?;
        Ok(content)
    }

    pub(super) async fn token_alive(&self, token: &TokenContent) -> Result<Alive, CaptchaError> {
        self.alive(token.generation, token.issued, token.expires)
            .await
    }

    /// Whether what was issued then may still be used.
    async fn alive(
        &self,
        generation: Generation,
        issued: u64,
        expires: u64,
    ) -> Result<Alive, CaptchaError> {
        let current = self.current_generation().await?;
        self.alive_under(current, generation, issued, expires)
    }

    fn alive_under(
        &self,
        current: Generation,
        generation: Generation,
        issued: u64,
        expires: u64,
    ) -> Result<Alive, CaptchaError> {
        let now = self.timeline.now();
        let is_alive =
            generation == current && issued <= now.saturating_add(FUTURE_MILLIS) && now < expires;
        if is_alive {
            Ok(Alive {
                generation,
                expires,
            })
        } else {
            Err(dead())
        }
    }

    /// As [`Engine::token_alive`], by what the store said when it last answered; `Err(None)` where it
    /// never did.
    pub(super) fn alive_as_last_known(
        &self,
        token: &TokenContent,
    ) -> Result<Alive, Option<CaptchaError>> {
        let current = self.degraded.known().ok_or(None)?;
        self.alive_under(current, token.generation, token.issued, token.expires)
            .map_err(Some)
    }

    /// The `Set-Cookie` value of a cookie of the registry.
    pub(crate) fn set_cookie(&self, cookie: Cookie, value: &str) -> String {
        self.cookies.set(cookie, value, self.ledger.lives())
    }

    pub(super) async fn spend(
        &self,
        mark: Mark,
        id: &Id,
        alive: Alive,
    ) -> Result<(), CaptchaError> {
        match self.spend_for(mark, id, None, alive).await? {
            Spending::First => Ok(()),
            _ => Err(spent()),
        }
    }

    /// As [`Engine::spend`], for a caller that may ask again; a later one is told so.
    pub(super) async fn spend_for(
        &self,
        mark: Mark,
        id: &Id,
        caller: Option<&Id>,
        alive: Alive,
    ) -> Result<Spending, CaptchaError> {
        let spending = self.ledger.spend(mark, id, caller).await?;
        if spending == Spending::Late {
            return Ok(spending);
        }
        // A store that lost its marks since it was asked tells everybody that they are the first, and
        // has another generation. Marks end by a clock that may have been set meanwhile.
        let current = self.current_generation().await?;
        if alive.generation == current && self.timeline.now() < alive.expires {
            Ok(spending)
        } else {
            Err(dead())
        }
    }
}

/// What is neither expired nor of another generation.
#[derive(Clone, Copy)]
pub(crate) struct Alive {
    generation: Generation,
    expires: u64,
}

pub(super) fn spent() -> CaptchaError {
    CaptchaError::new(ErrorKind::Spent, "it was used before")
}

fn dead() -> CaptchaError {
    CaptchaError::new(
        ErrorKind::Expired,
        "it is past its life, or was issued before a restart or a rotation",
    )
}

fn undrawable() -> CaptchaError {
    CaptchaError::new(ErrorKind::Malformed, "this challenge has no picture")
}

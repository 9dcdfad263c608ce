//! What is asked of the server, one method a call.

use std::{rc::Rc, time::Duration};

use ::redis::RedisError;
use tokio::time::Instant;

use super::{
    connect::{self, Heard, Live, Trouble},
    line::Line,
    scripts::{self, FENCE_MILLIS},
};
use crate::{
    clock::millis,
    store::{Id, Precedence, Spending},
};

impl Line {
    pub(super) async fn spend(
        self: &Rc<Self>,
        id: &Id,
        caller: Option<&Id>,
        ttl: Duration,
    ) -> Result<Spending, Trouble> {
        let name = caller
            .map(|caller| scripts::hex(caller))
            .unwrap_or_default();
        let call = connect::number()?;
        let mut live = self.live().await?;
        let mut asked_again = false;
        for _ in 0..4 {
            let spent = scripts::SPEND
                .key(self.keys.fence())
                .key(self.keys.mark(id))
                .arg(&*live.fence)
                .arg(millis(ttl).max(1))
                .arg(FENCE_MILLIS)
                .arg(&name)
                .arg(&call)
                .invoke_async::<(i64, u64)>(&mut live.connection)
                .await;
            if let Ok((_, time)) = spent {
                self.known.shown.hear(Heard::now(time));
            }
            match spent.map(|(spent, _)| spent) {
                Ok(1) => return Ok(Spending::First),
                Ok(2) => return Ok(Spending::Again),
                Ok(0) => return Ok(Spending::Late),
                Ok(_) => live = self.look_again(live).await?,
                // Nobody knows whether it got there; the number of the call tells when it is asked again.
                Err(error) if is_elsewhere(&error) && !asked_again => {
                    asked_again = true;
                    self.known.lose(live.opened);
                    live = self.live().await?;
                }
                Err(error) => return Err(error.into()),
            }
        }
        Err(Trouble::Unavailable(
            "the fence in Redis does not stand still".into(),
        ))
    }

    /// What the server says, and on which connection. Where that broke it is asked once more on another one: a server that
    /// closes connections which nobody used for a while is found out by the next call alone. So `ask` is what may be asked twice.
    async fn told<T>(
        self: &Rc<Self>,
        ask: impl AsyncFn(&mut Live) -> Result<T, RedisError>,
    ) -> Result<(Live, T), Trouble> {
        let mut live = self.live().await?;
        let mut told = ask(&mut live).await;
        if told.as_ref().is_err_and(is_elsewhere) {
            self.known.lose(live.opened);
            live = self.live().await?;
            told = ask(&mut live).await;
        }
        Ok((live, told?))
    }

    /// One more than there was, or two where an answer was lost: a limit is reached a call earlier.
    pub(super) async fn hit(self: &Rc<Self>, key: &Id, window: Duration) -> Result<u64, Trouble> {
        let mut script = scripts::HIT.key(self.keys.hits(key));
        script.arg(millis(window).max(1));
        let told = self.told(async |live| script.invoke_async(&mut live.connection).await);
        Ok(told.await?.1)
    }

    pub(super) async fn hits(self: &Rc<Self>, key: &Id) -> Result<u64, Trouble> {
        let mut command = ::redis::cmd("GET");
        command.arg(self.keys.hits(key));
        let told = self.told(async |live| command.query_async(&mut live.connection).await);
        let (_, hits) = told.await?;
        Ok(Option::<u64>::unwrap_or_default(hits))
    }

    pub(super) async fn share(
        self: &Rc<Self>,
        name: &Id,
        value: &[u8],
        ttl: Duration,
        precedence: Precedence,
    ) -> Result<Vec<u8>, Trouble> {
        let mut script = scripts::SHARE.key(self.keys.shared(name));
        script
            .arg(value)
            .arg(millis(ttl).max(1))
            .arg(scripts::word(precedence));
        let told = self.told(async |live| script.invoke_async(&mut live.connection).await);
        Ok(told.await?.1)
    }

    pub(super) async fn shared(self: &Rc<Self>, name: &Id) -> Result<Option<Vec<u8>>, Trouble> {
        let mut command = ::redis::cmd("GET");
        command.arg(self.keys.shared(name));
        let told = self.told(async |live| command.query_async(&mut live.connection).await);
        Ok(told.await?.1)
    }

    pub(super) async fn generation(self: &Rc<Self>) -> Result<u64, Trouble> {
        let mut live = self.live().await?;
        if !self.known.is_fresh() {
            let asked = Instant::now();
            // What is between here and the server may have put another one in its place, or an administrator
            // changed what it does with keys.
            let mut look = ::redis::pipe();
            look.cmd("INFO")
                .cmd("GET")
                .arg(self.keys.fence())
                .cmd("TIME");
            let told = self.told(async |live| look.query_async(&mut live.connection).await);
            let (info, fence, (seconds, micros)): (String, Option<String>, (u64, u64));
            (live, (info, fence, (seconds, micros))) = told.await?;
            self.known
                .shown
                .hear(Heard::now(seconds * 1_000 + micros / 1_000));
            let run = connect::reliable(&info)?;
            if run == *live.run && fence.as_deref() == Some(&*live.fence) {
                self.known.confirm(&live, asked);
            } else {
                live = self.look_again(live).await?;
            }
        }
        Ok(live.generation())
    }

    pub(super) async fn renew(self: &Rc<Self>) -> Result<u64, Trouble> {
        let asked = Instant::now();
        let mut live = self.live().await?;
        let fence = scripts::RENEW
            .key(self.keys.fence())
            .arg(&*live.run)
            .arg(connect::number()?)
            .arg(FENCE_MILLIS)
            .invoke_async::<String>(&mut live.connection)
            .await?;
        live.fence = fence.into();
        self.known.learn(live.clone(), asked);
        Ok(live.generation())
    }

    pub(super) async fn count(
        self: &Rc<Self>,
        day: u32,
        cell: &str,
        ttl: Duration,
    ) -> Result<(), Trouble> {
        let mut live = self.live().await?;
        let mut script = scripts::COUNT.key(self.keys.day(day));
        script
            .key(self.keys.days())
            .arg(cell)
            .arg(millis(ttl).max(1))
            .arg(day);
        Ok(script.invoke_async::<()>(&mut live.connection).await?)
    }

    pub(super) async fn counts(self: &Rc<Self>, day: u32) -> Result<Vec<(String, u64)>, Trouble> {
        let mut command = ::redis::cmd("HGETALL");
        command.arg(self.keys.day(day));
        let told = self.told(async |live| command.query_async(&mut live.connection).await);
        Ok(told.await?.1)
    }

    pub(super) async fn forget_counts(self: &Rc<Self>) -> Result<(), Trouble> {
        let mut live = self.live().await?;
        let mut days = ::redis::cmd("SMEMBERS");
        days.arg(self.keys.days());
        let days: Vec<u32> = days.query_async(&mut live.connection).await?;
        let mut command = ::redis::cmd("DEL");
        command.arg(self.keys.days());
        for day in days {
            command.arg(self.keys.day(day));
        }
        Ok(command.query_async::<()>(&mut live.connection).await?)
    }

    pub(super) async fn keep(
        self: &Rc<Self>,
        id: &Id,
        sealed: &[u8],
        ttl: Duration,
    ) -> Result<(), Trouble> {
        let mut live = self.live().await?;
        let (name, text) = (scripts::hex(id), self.keys.text(id));
        let mut script = scripts::KEEP.key(&text);
        script
            .key(self.keys.texts())
            .arg(&name)
            .arg(sealed)
            .arg(millis(ttl).max(1))
            .arg(text.trim_end_matches(&name));
        Ok(script.invoke_async::<()>(&mut live.connection).await?)
    }

    pub(super) async fn kept(self: &Rc<Self>) -> Result<Vec<(Id, Vec<u8>)>, Trouble> {
        let mut live = self.live().await?;
        let mut command = ::redis::cmd("ZRANGE");
        command.arg(self.keys.texts()).arg(0).arg(-1);
        let names: Vec<String> = command.query_async(&mut live.connection).await?;
        let ids: Vec<Id> = names.iter().filter_map(|name| scripts::id(name)).collect();
        let mut texts = Vec::with_capacity(ids.len());
        for some in ids.chunks(100) {
            let mut command = ::redis::cmd("MGET");
            for id in some {
                command.arg(self.keys.text(id));
            }
            let sealed: Vec<Option<Vec<u8>>> = command.query_async(&mut live.connection).await?;
            let found = some.iter().zip(sealed);
            texts.extend(found.filter_map(|(id, text)| Some((*id, text?))));
        }
        Ok(texts)
    }

    pub(super) async fn drop_kept(self: &Rc<Self>, id: &Id) -> Result<(), Trouble> {
        let mut live = self.live().await?;
        let mut command = ::redis::cmd("ZREM");
        command.arg(self.keys.texts()).arg(scripts::hex(id));
        command.query_async::<()>(&mut live.connection).await?;
        let mut command = ::redis::cmd("DEL");
        command.arg(self.keys.text(id));
        Ok(command.query_async::<()>(&mut live.connection).await?)
    }
}

/// Whether the connection broke, or leads to a server that takes no writes any more.
fn is_elsewhere(error: &RedisError) -> bool {
    error.is_io_error()
        || error.is_connection_dropped()
        || matches!(error.code(), Some("MOVED" | "READONLY"))
}

#[cfg(test)]
mod tests {
    use std::io;

    use super::{super::connect::tests::said, *};

    #[test]
    fn what_another_server_may_still_take_is_told_from_what_none_will() {
        for kind in [io::ErrorKind::TimedOut, io::ErrorKind::ConnectionReset] {
            assert!(is_elsewhere(&io::Error::from(kind).into()), "{kind:?}");
        }
        for line in [
            "MOVED 3999 127.0.0.1:6381",
            "READONLY You can't write against a read only replica.",
        ] {
            assert!(is_elsewhere(&said(line)), "{line}");
        }
        for line in [
            "OOM command not allowed when used memory > 'maxmemory'.",
            "NOPERM this user has no permissions to run the 'evalsha' command",
            "ERR unknown command",
        ] {
            assert!(!is_elsewhere(&said(line)), "{line}");
        }
    }
}

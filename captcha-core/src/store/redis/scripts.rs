//! What runs inside Redis: each script is atomic, and gives every key that it writes an expiry.

use std::{fmt::Write, sync::LazyLock};

use ::redis::Script;

use crate::store::{Id, Precedence};

/// Milliseconds that the fence stands unless it is used: far longer than anything lives that was
/// issued under it.
pub(super) const FENCE_MILLIS: u64 = 90 * 24 * 60 * 60 * 1000;
/// Sealed texts that are kept at once; for one more, one that would end first makes room.
const MAX_TEXTS: usize = 1_000;

/// The names of keys. What stands in braces decides the slot of a cluster: all share one.
#[derive(Debug)]
pub(super) struct Keys(String);

impl Keys {
    pub(super) fn new(prefix: &str) -> Self {
        Self(format!("{{{prefix}}}"))
    }

    pub(super) fn fence(&self) -> String {
        format!("{}:fence", self.0)
    }

    /// What permissions are tried on.
    pub(super) fn tried(&self) -> [String; 4] {
        ["text", "hash", "set", "sorted"].map(|kind| format!("{}:tried:{kind}", self.0))
    }

    pub(super) fn mark(&self, id: &Id) -> String {
        self.named("mark", id)
    }

    pub(super) fn hits(&self, key: &Id) -> String {
        self.named("hits", key)
    }

    pub(super) fn shared(&self, name: &Id) -> String {
        self.named("shared", name)
    }

    pub(super) fn text(&self, id: &Id) -> String {
        self.named("text", id)
    }

    /// All texts by when they end.
    pub(super) fn texts(&self) -> String {
        format!("{}:texts", self.0)
    }

    /// The counters of a day.
    pub(super) fn day(&self, day: u32) -> String {
        format!("{}:day:{day}", self.0)
    }

    /// The days that have counters.
    pub(super) fn days(&self) -> String {
        format!("{}:days", self.0)
    }

    /// What the names of all of them match, for an access list.
    pub(super) fn pattern(&self) -> String {
        format!("~{}:*", self.0)
    }

    fn named(&self, what: &str, id: &Id) -> String {
        format!("{}:{what}:{}", self.0, hex(id))
    }
}

/// Bytes in hexadecimal.
pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a string does not fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// Bytes from hexadecimal; `None` for what is no id.
pub(super) fn id(text: &str) -> Option<Id> {
    let mut id = Id::default();
    let pairs = text.as_bytes().chunks_exact(2);
    if text.len() != 2 * id.len() {
        return None;
    }
    for (byte, pair) in id.iter_mut().zip(pairs) {
        *byte = u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()?;
    }
    Some(id)
}

/// Milliseconds since 1970 by the clock that ends keys.
const NOW: &str = "local time = redis.call('TIME')
        local now = time[1] * 1000 + math.floor(time[2] / 1000)
        ";

/// The fence of this run of the server; a new one where there is none, or one of another run. And the time.
/// Keys: fence. Arguments: run, random number, life.
pub(super) static FENCE: LazyLock<Script> = LazyLock::new(|| {
    Script::new(&format!(
        "{NOW}local fence = redis.call('GET', KEYS[1])
        local own = ARGV[1] .. ':'
        if not fence or string.sub(fence, 1, #own) ~= own then fence = own .. ARGV[2] end
        redis.call('SET', KEYS[1], fence, 'PX', ARGV[3])
        return {{fence, now}}"
    ))
});

/// Which of the commands that the store needs this user may not run: their names. What fails for another reason
/// says nothing. What it writes is gone at once. Keys: a string, a hash, a set, a sorted set.
pub(super) static PERMITTED: LazyLock<Script> = LazyLock::new(|| {
    Script::new(
        "local denied = {}
        local function try(...)
            local told = redis.pcall(...)
            local why = type(told) == 'table' and told.err
            if not why or not (string.find(why, 'NOPERM') or string.find(why, 'user executing')) then return end
            denied[#denied + 1] = string.lower((...))
        end
        local text, hash, set, sorted = unpack(KEYS)
        try('DEL', text)
        try('PEXPIRE', text, 1)
        if #denied > 0 then return denied end
        try('TIME')
        try('INCR', text)
        try('SET', text, '', 'PX', 1)
        try('GET', text)
        try('MGET', text)
        try('PTTL', text)
        try('HINCRBY', hash, 'x', 1)
        try('HGETALL', hash)
        try('SADD', set, 1)
        try('SMEMBERS', set)
        try('ZADD', sorted, 1, 'x')
        try('ZCARD', sorted)
        try('ZRANGE', sorted, 0, -1)
        try('ZREM', sorted, 'x')
        try('ZPOPMIN', sorted)
        try('ZREMRANGEBYSCORE', sorted, 0, 1)
        redis.call('DEL', text, hash, set, sorted)
        return denied",
    )
});

/// Puts up a new fence. Keys and arguments as above.
pub(super) static RENEW: LazyLock<Script> = LazyLock::new(|| {
    Script::new(
        "local fence = ARGV[1] .. ':' .. ARGV[2]
        redis.call('SET', KEYS[1], fence, 'PX', ARGV[3])
        return fence",
    )
});

/// 1 for the first, 2 for whoever comes again under the same name, 0 for every other later one, -1 where the
/// fence is another one: marks may be gone. A mark says who spent the id, by a name and by a number of the
/// call: a call that is made once more, since its answer was lost, is the first still. The mark comes before
/// everything else that is written, or a full server would make room for it beyond its limit. And the time.
/// Keys: fence, mark. Arguments: fence, life of the mark, life of the fence, name or nothing, number of the call.
pub(super) static SPEND: LazyLock<Script> = LazyLock::new(|| {
    Script::new(&format!(
        "{NOW}if redis.call('GET', KEYS[1]) ~= ARGV[1] then return {{-1, now}} end
        local own = ARGV[4] .. ':' .. ARGV[5]
        local first = redis.call('SET', KEYS[2], own, 'NX', 'PX', ARGV[2])
        redis.call('PEXPIRE', KEYS[1], ARGV[3])
        if first then return {{1, now}} end
        local spent = redis.call('GET', KEYS[2])
        if spent == own then return {{1, now}} end
        local named = ARGV[4] ~= '' and spent and string.sub(spent, 1, #ARGV[4] + 1) == ARGV[4] .. ':'
        return {{named and 2 or 0, now}}"
    ))
});

/// How [`SHARE`] is told which of two values stands.
pub(super) fn word(precedence: Precedence) -> &'static str {
    match precedence {
        Precedence::First => "first",
        Precedence::Greatest => "greatest",
        Precedence::Last => "last",
    }
}

/// What is kept for every process. Lua compares strings as the server's language sorts them, so bytes are
/// compared one by one. Keys: shared. Arguments: value, life, which of two stands.
pub(super) static SHARE: LazyLock<Script> = LazyLock::new(|| {
    Script::new(
        "local function greater(one, other)
            for i = 1, math.min(#one, #other) do
                local a, b = string.byte(one, i), string.byte(other, i)
                if a ~= b then return a > b end
            end
            return #one > #other
        end
        local kept = ARGV[3] ~= 'last' and redis.call('GET', KEYS[1])
        if kept and (ARGV[3] == 'first' or greater(kept, ARGV[1])) then return kept end
        redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
        return ARGV[1]",
    )
});

/// Keys: hits. Arguments: window.
pub(super) static HIT: LazyLock<Script> = LazyLock::new(|| {
    Script::new(
        "local hits = redis.call('INCR', KEYS[1])
        if hits == 1 then redis.call('PEXPIRE', KEYS[1], ARGV[1]) end
        return hits",
    )
});

/// Keys: day, days. Arguments: cell, life, number of the day.
pub(super) static COUNT: LazyLock<Script> = LazyLock::new(|| {
    Script::new(
        "redis.call('HINCRBY', KEYS[1], ARGV[1], 1)
        if redis.call('PTTL', KEYS[1]) < 0 then redis.call('PEXPIRE', KEYS[1], ARGV[2]) end
        redis.call('SADD', KEYS[2], ARGV[3])
        if redis.call('PTTL', KEYS[2]) < tonumber(ARGV[2]) then redis.call('PEXPIRE', KEYS[2], ARGV[2]) end
        return 1",
    )
});

/// Keys: text, texts. Arguments: id, sealed text, life, what the names of texts begin with.
pub(super) static KEEP: LazyLock<Script> = LazyLock::new(|| {
    Script::new(&format!(
        "{NOW}redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', now)
        if redis.call('ZCARD', KEYS[2]) >= {MAX_TEXTS} then
            local oldest = redis.call('ZPOPMIN', KEYS[2])
            if oldest[1] then redis.call('DEL', ARGV[4] .. oldest[1]) end
        end
        redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
        redis.call('ZADD', KEYS[2], now + ARGV[3], ARGV[1])
        if redis.call('PTTL', KEYS[2]) < tonumber(ARGV[3]) then redis.call('PEXPIRE', KEYS[2], ARGV[3]) end
        return 1"
    ))
});

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_come_back_from_their_names() {
        let some: Id = std::array::from_fn(|at| at as u8 * 16 + 1);
        assert_eq!(id(&hex(&some)), Some(some));
        for none in ["", "00", "zz112233445566778899aabbccddeeff", "é"] {
            assert_eq!(id(none), None, "{none}");
        }
        assert_eq!(
            Keys::new("shop").mark(&some),
            format!("{{shop}}:mark:{}", hex(&some))
        );
    }
}

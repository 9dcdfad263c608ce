//! A line to a server that loses answers, takes its time either way, goes dead or answers itself, when it is told to.

use std::{
    io::{Read, Write},
    net::{Shutdown, TcpListener, TcpStream},
    sync::{
        Arc,
        atomic::{AtomicU8, AtomicU32, Ordering},
    },
    thread,
    time::Duration,
};

/// How it carries what the server answers.
#[derive(Clone, Copy)]
pub(crate) enum Mode {
    Works,
    /// The next answer is lost, and the line breaks.
    Loses,
    /// Each answer comes two seconds late.
    Slow,
    /// What is asked gets there 0.3 s late.
    Late,
    /// Nothing comes, and nobody says so.
    HalfOpen,
    /// It says the slot of a key, as a Valkey 9 in no cluster does.
    KnowsSlots,
}

/// What becomes of what is carried.
enum Fate {
    Passes,
    /// The line goes on without it.
    Stays,
    Breaks,
}

#[derive(Clone, Default)]
struct State {
    mode: Arc<AtomicU8>,
    lost: Arc<AtomicU32>,
}

pub(crate) struct Line {
    port: u16,
    state: State,
}

impl Line {
    pub(crate) fn to(server: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let line = Self {
            port: listener.local_addr().unwrap().port(),
            state: State::default(),
        };
        let state = line.state.clone();
        // These threads end with the connections, or with the test.
        thread::spawn(move || {
            for client in listener.incoming().flatten() {
                let Ok(server) = TcpStream::connect(("127.0.0.1", server)) else {
                    continue;
                };
                let (from, to) = (client.try_clone().unwrap(), server.try_clone().unwrap());
                let [asking, state] = [(); 2].map(|()| state.clone());
                let mut answers = client.try_clone().unwrap();
                thread::spawn(move || carry(from, to, |asked| asking.asks(asked, &mut answers)));
                // A line that was half open stays so; only another one gets through.
                let dead = Arc::new(AtomicU8::new(0));
                thread::spawn(move || carry(server, client, |_| state.passes(&dead)));
            }
        });
        line
    }

    pub(crate) fn url(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port)
    }

    pub(crate) fn set(&self, mode: Mode) {
        self.state.mode.store(mode as u8, Ordering::SeqCst);
    }

    /// How many answers were lost.
    pub(crate) fn lost(&self) -> u32 {
        self.state.lost.load(Ordering::SeqCst)
    }
}

impl State {
    fn passes(&self, dead: &AtomicU8) -> Fate {
        let mode = self.mode.load(Ordering::SeqCst);
        if mode == Mode::Loses as u8 {
            self.set(Mode::Works);
            self.lost.fetch_add(1, Ordering::SeqCst);
            return Fate::Breaks;
        }
        if mode == Mode::Slow as u8 {
            thread::sleep(Duration::from_secs(2));
        }
        if mode == Mode::HalfOpen as u8 {
            dead.store(1, Ordering::SeqCst);
        }
        while dead.load(Ordering::SeqCst) == 1 {
            thread::sleep(Duration::from_secs(60));
        }
        Fate::Passes
    }

    fn asks(&self, asked: &[u8], answers: &mut TcpStream) -> Fate {
        let mode = self.mode.load(Ordering::SeqCst);
        if mode == Mode::Late as u8 {
            thread::sleep(Duration::from_millis(300));
        }
        let about_slots = asked.windows(7).any(|word| word == b"KEYSLOT");
        if mode == Mode::KnowsSlots as u8 && about_slots {
            answers.write_all(b":16287\r\n").unwrap();
            return Fate::Stays;
        }
        Fate::Passes
    }

    fn set(&self, mode: Mode) {
        self.mode.store(mode as u8, Ordering::SeqCst);
    }
}

fn carry(mut from: TcpStream, mut to: TcpStream, mut fate: impl FnMut(&[u8]) -> Fate) {
    let mut bytes = [0; 4_096];
    while let Ok(read @ 1..) = from.read(&mut bytes) {
        match fate(&bytes[..read]) {
            Fate::Passes if to.write_all(&bytes[..read]).is_ok() => {}
            Fate::Stays => {}
            Fate::Passes | Fate::Breaks => break,
        }
    }
    let _ = from.shutdown(Shutdown::Both);
    let _ = to.shutdown(Shutdown::Both);
}

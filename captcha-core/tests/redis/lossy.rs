//! A line to a server that breaks before an answer gets through, when it is told to.

use std::{
    io::{Read, Write},
    net::{Shutdown, TcpListener, TcpStream},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU32, Ordering},
    },
    thread,
};

pub(crate) struct Line {
    port: u16,
    lose: Arc<AtomicBool>,
    lost: Arc<AtomicU32>,
}

impl Line {
    pub(crate) fn to(server: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let line = Self {
            port: listener.local_addr().unwrap().port(),
            lose: Arc::default(),
            lost: Arc::default(),
        };
        let (lose, lost) = (Arc::clone(&line.lose), Arc::clone(&line.lost));
        // These threads end with the connections, or with the test.
        thread::spawn(move || {
            for client in listener.incoming().flatten() {
                let server = TcpStream::connect(("127.0.0.1", server)).unwrap();
                let (from, to) = (client.try_clone().unwrap(), server.try_clone().unwrap());
                thread::spawn(move || carry(from, to, |_| true));
                let (lose, lost) = (Arc::clone(&lose), Arc::clone(&lost));
                thread::spawn(move || {
                    carry(server, client, |_| {
                        let breaks = lose.swap(false, Ordering::SeqCst);
                        lost.fetch_add(u32::from(breaks), Ordering::SeqCst);
                        !breaks
                    });
                });
            }
        });
        line
    }

    pub(crate) fn url(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port)
    }

    /// The server does what it is asked next, and nobody hears of it.
    pub(crate) fn lose_the_next_answer(&self) {
        self.lose.store(true, Ordering::SeqCst);
    }

    pub(crate) fn lost(&self) -> u32 {
        self.lost.load(Ordering::SeqCst)
    }
}

fn carry(mut from: TcpStream, mut to: TcpStream, passes: impl Fn(&[u8]) -> bool) {
    let mut bytes = [0; 4_096];
    while let Ok(read @ 1..) = from.read(&mut bytes) {
        if !passes(&bytes[..read]) || to.write_all(&bytes[..read]).is_err() {
            break;
        }
    }
    let _ = from.shutdown(Shutdown::Both);
    let _ = to.shutdown(Shutdown::Both);
}

//! A master, its replica, and a Sentinel that watches them.

use std::fs;

use captcha_core::RedisStore;

use super::{node::wait_for, server::Server};

const NAME: &str = "captcha-master";

pub(crate) struct Watched {
    master: Server,
    replica: Server,
    sentinel: Server,
}

pub(crate) fn start() -> Watched {
    let master = Server::start(&[]);
    let replica = Server::start(&["--replicaof", "127.0.0.1", &master.port().to_string()]);
    let sentinel = Server::start_with(|port, folder| {
        let file = folder.join("sentinel.conf");
        let settings = format!(
            "port {port}\nsentinel monitor {NAME} 127.0.0.1 {} 1\n\
             sentinel down-after-milliseconds {NAME} 300\n\
             sentinel failover-timeout {NAME} 2000\n",
            master.port()
        );
        fs::write(&file, settings).unwrap();
        vec![file.to_str().unwrap().to_owned(), "--sentinel".to_owned()]
    });
    let knows = || sentinel.cli(&["SENTINEL", "REPLICAS", NAME]);
    wait_for(
        || knows().contains(&replica.port().to_string()),
        "the Sentinel knows the replica",
    );
    let state = || replica.cli(&["INFO", "replication"]);
    wait_for(|| state().contains("master_link_status:up"), "replication");
    Watched {
        master,
        replica,
        sentinel,
    }
}

impl Watched {
    pub(crate) fn store(&self) -> RedisStore {
        // One that is down comes first.
        let store = RedisStore::builder("redis://127.0.0.1:1").or_at(&self.sentinel.url());
        store.sentinel(NAME).connect().unwrap()
    }

    /// What is said where the Sentinel watches nobody of that name.
    pub(crate) fn of_nobody(&self) -> String {
        let store = RedisStore::builder(&self.sentinel.url()).sentinel("nobody");
        store.connect().unwrap_err().to_string()
    }

    /// The replica does not get to hear of what happens while `meanwhile` runs; then the master is gone for good, and the
    /// replica takes its place.
    pub(crate) fn fail_over(&mut self, meanwhile: impl FnOnce()) {
        self.replica.hold(|| {
            // Or it would find on its line afterwards what the master sent meanwhile.
            self.master.cli(&["CLIENT", "KILL", "TYPE", "replica"]);
            meanwhile();
            self.master.stop();
        });
        wait_for(
            || self.replica.cli(&["ROLE"]).starts_with("master"),
            "the Sentinel promotes the replica",
        );
    }
}

//! Six servers joined to a cluster: three masters, each with a replica.

use std::process::Command;

use captcha_core::RedisStore;

use super::{
    node::wait_for,
    server::{Server, free_port},
};

pub(crate) struct Cluster(Vec<Server>);

pub(crate) fn start() -> Cluster {
    let node = |_| {
        Server::start_with(|_, _| {
            let bus = free_port().to_string();
            [
                "--cluster-enabled",
                "yes",
                "--cluster-port",
                &bus,
                "--cluster-node-timeout",
                "1000",
            ]
            .map(str::to_owned)
            .to_vec()
        })
    };
    let nodes: Vec<Server> = (0..6).map(node).collect();
    let created = Command::new("redis-cli")
        .args(["--cluster", "create"])
        .args(
            nodes
                .iter()
                .map(|node| format!("127.0.0.1:{}", node.port())),
        )
        .args(["--cluster-replicas", "1", "--cluster-yes"])
        .output()
        .expect("redis-cli runs");
    let said = String::from_utf8_lossy(&created.stdout);
    assert!(created.status.success(), "{said}");
    let cluster = Cluster(nodes);
    for node in &cluster.0 {
        let is_well = || node.cli(&["CLUSTER", "INFO"]).contains("cluster_state:ok");
        wait_for(is_well, "the cluster stands");
    }
    let replicas = || {
        let is_replica = |node: &&Server| node.cli(&["ROLE"]).contains("connected");
        cluster.0.iter().filter(is_replica).count()
    };
    wait_for(|| replicas() == 3, "each master has a replica");
    cluster
}

impl Cluster {
    pub(crate) fn urls(&self) -> Vec<String> {
        self.0.iter().map(Server::url).collect()
    }

    /// One that is told of every node.
    pub(crate) fn store(&self) -> RedisStore {
        let [first, others @ ..] = &self.urls()[..] else {
            unreachable!("six nodes");
        };
        let all = (others.iter()).fold(RedisStore::builder(first), |store, url| store.or_at(url));
        all.connect().unwrap()
    }

    /// Stops the master that holds a key, for good.
    pub(crate) fn stop_owner_of(&mut self, key: &str) {
        let owner = (self.0.iter_mut()).find(|node| owns(node, key));
        owner.expect("a master has the key").stop();
    }

    /// Until another one holds it.
    pub(crate) fn wait_for_owner_of(&self, key: &str) {
        let another = || self.0.iter().any(|node| owns(node, key));
        wait_for(another, "a replica takes the place of its master");
    }
}

fn owns(node: &Server, key: &str) -> bool {
    let answer = node.cli(&["GET", key]);
    let refused = ["MOVED", "CLUSTERDOWN"]
        .iter()
        .any(|word| answer.contains(word));
    !refused && node.cli(&["ROLE"]).starts_with("master")
}

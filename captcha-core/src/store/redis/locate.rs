//! Which server takes the writes: the one of the address, the master that Sentinels name, or the
//! node of a cluster that holds the slot of our keys.

use std::{
    cell::{Cell, RefCell},
    time::Duration,
};

use ::redis::{
    AsyncConnectionConfig, Client, ConnectionAddr, ConnectionInfo, RedisError, Value,
    aio::MultiplexedConnection, cmd,
};
use tokio::time::timeout;

use super::connect::Trouble;
use crate::store::Link;

/// Longest that one of several addresses is waited for before the next is asked.
const PATIENCE: Duration = Duration::from_millis(500);

/// What stands at the addresses.
pub(super) enum Topology {
    /// A server, or nodes of a cluster: it says itself which.
    Server,
    Sentinel {
        master: String,
        password: Option<String>,
    },
}

/// The addresses to begin with.
pub(super) struct Place {
    /// The host's, the first of which has the user, the password and the database.
    given: Vec<ConnectionInfo>,
    first: ConnectionInfo,
    topology: Topology,
    /// Other nodes of a cluster, as one of them told.
    learnt: RefCell<Vec<ConnectionAddr>>,
    /// How often a connection was looked for: each time another address is asked first, since one whose host is gone
    /// without a word takes all the time that there is.
    tries: Cell<usize>,
}

/// The same, begun elsewhere each time.
fn turned<T: Clone>(all: &[T], tries: usize) -> Vec<T> {
    let mut all = all.to_vec();
    let by = tries.checked_rem(all.len()).unwrap_or(0);
    all.rotate_left(by);
    all
}

impl Place {
    pub(super) fn new(given: Vec<ConnectionInfo>, topology: Topology) -> Option<Self> {
        let first = given.first()?.clone();
        Some(Self {
            given,
            first,
            topology,
            learnt: RefCell::default(),
            tries: Cell::default(),
        })
    }

    /// A connection to the server that takes writes for keys such as `key`.
    pub(super) async fn open(&self, key: &str) -> Result<MultiplexedConnection, Trouble> {
        let tries = self.tries.get();
        self.tries.set(tries.wrapping_add(1));
        match &self.topology {
            Topology::Sentinel { master, password } => {
                self.by_sentinel(master, password, tries).await
            }
            Topology::Server => self.by_node(key, tries).await,
        }
    }

    async fn by_sentinel(
        &self,
        master: &str,
        password: &Option<String>,
        tries: usize,
    ) -> Result<MultiplexedConnection, Trouble> {
        let mut last = nobody();
        for sentinel in turned(&self.given, tries) {
            let mut own = ::redis::RedisConnectionInfo::default();
            if let Some(password) = password {
                own = own.set_password(password);
            }
            let asked = async {
                let mut connection = connect(sentinel.set_redis_settings(own)).await?;
                let named: Option<(String, u16)> = cmd("SENTINEL")
                    .arg("GET-MASTER-ADDR-BY-NAME")
                    .arg(master)
                    .query_async(&mut connection)
                    .await?;
                Ok::<_, Trouble>(named)
            };
            match timeout(PATIENCE, asked).await {
                Ok(Ok(Some((host, port)))) => {
                    let address = at(self.first.addr(), host, port);
                    self.check(&address)?;
                    match connect(self.first.clone().set_addr(address)).await {
                        Ok(connection) => return Ok(connection),
                        Err(trouble) => last = trouble.into(),
                    }
                }
                Ok(Ok(None)) => {
                    last = Trouble::Settings(format!(
                        "the Sentinels know no master {master:?}: give the name of `sentinel monitor`"
                    ));
                }
                Ok(Err(trouble)) => last = trouble,
                Err(late) => last = Trouble::Unavailable(late.into()),
            }
        }
        Err(last)
    }

    /// Asks the nodes in turn until one says who has the slot; a server that is none of a cluster has it.
    async fn by_node(&self, key: &str, tries: usize) -> Result<MultiplexedConnection, Trouble> {
        let given = self.given.iter().map(|info| info.addr().clone());
        let addresses: Vec<_> = given.chain(self.learnt.borrow().iter().cloned()).collect();
        let addresses = turned(&addresses, tries);
        let alone = addresses.len() == 1;
        let mut last = nobody();
        for address in addresses {
            let found = self.through(address, key);
            // A server alone may take as long as the call.
            let found = match alone {
                true => Ok(found.await),
                false => timeout(PATIENCE, found).await,
            };
            match found {
                Ok(Ok(connection)) => return Ok(connection),
                Ok(Err(trouble)) => last = trouble,
                Err(late) => last = Trouble::Unavailable(late.into()),
            }
        }
        Err(last)
    }

    /// Refuses to go in the open to another host where the addresses that were given did not: the builder looks
    /// at those alone.
    fn check(&self, address: &ConnectionAddr) -> Result<(), Trouble> {
        let given = self.given.iter().map(|info| link(info.addr()));
        if link(address) == Link::Plain && given.into_iter().all(|link| link != Link::Plain) {
            return Err(Trouble::Settings(
                "the Redis that takes writes is on another host and is reached in the open: use rediss:// for \
                 the Sentinels or nodes and for the server"
                    .to_owned(),
            ));
        }
        Ok(())
    }

    async fn through(
        &self,
        address: ConnectionAddr,
        key: &str,
    ) -> Result<MultiplexedConnection, Trouble> {
        let mut connection = connect(self.first.clone().set_addr(address.clone())).await?;
        let Some((owner, all)) = owner_of(&mut connection, &address, key).await? else {
            return Ok(connection);
        };
        *self.learnt.borrow_mut() = all;
        if owner == address {
            return Ok(connection);
        }
        self.check(&owner)?;
        Ok(connect(self.first.clone().set_addr(owner)).await?)
    }
}

fn nobody() -> Trouble {
    Trouble::Unavailable("there is no address to ask".into())
}

async fn connect(info: ConnectionInfo) -> Result<MultiplexedConnection, RedisError> {
    // Deadlines are the worker's.
    let config = AsyncConnectionConfig::new()
        .set_connection_timeout(None)
        .set_response_timeout(None);
    Client::open(info)?
        .get_multiplexed_async_connection_with_config(&config)
        .await
}

/// Another host reached in the same way.
fn at(like: &ConnectionAddr, host: String, port: u16) -> ConnectionAddr {
    match like {
        ConnectionAddr::TcpTls {
            insecure,
            tls_params,
            ..
        } => ConnectionAddr::TcpTls {
            host,
            port,
            insecure: *insecure,
            tls_params: tls_params.clone(),
        },
        _ => ConnectionAddr::Tcp(host, port),
    }
}

/// The node of the cluster that holds `key`, and all nodes; `None` where there is no cluster.
async fn owner_of(
    connection: &mut MultiplexedConnection,
    asked: &ConnectionAddr,
    key: &str,
) -> Result<Option<(ConnectionAddr, Vec<ConnectionAddr>)>, Trouble> {
    let slot = cmd("CLUSTER")
        .arg("KEYSLOT")
        .arg(key)
        .query_async::<i64>(connection)
        .await;
    let slot = match slot {
        Ok(slot) => slot,
        // `INFO` is looked at next.
        Err(error) if cannot_tell(&error) => return Ok(None),
        Err(error) => return Err(error.into()),
    };
    let ranges = cmd("CLUSTER")
        .arg("SLOTS")
        .query_async::<Vec<Value>>(connection)
        .await;
    let ranges = match ranges {
        Ok(ranges) => ranges,
        // From Valkey 9 on, a server alone knows the slots of keys as well.
        Err(error) if is_alone(&error) => return Ok(None),
        Err(error) => return Err(error.into()),
    };
    let mut owner = None;
    let mut all = Vec::new();
    for range in ranges {
        let Some((from, to, nodes)) = range_of(range, asked) else {
            continue;
        };
        if (from..=to).contains(&slot) {
            owner = nodes.first().cloned();
        }
        all.extend(nodes);
    }
    all.dedup();
    match owner {
        Some(owner) => Ok(Some((owner, all))),
        None => Err(Trouble::Unavailable(
            "no node of the cluster holds the slot of the captcha's keys".into(),
        )),
    }
}

/// Whether a question about slots was refused by a server alone, by one that does not know the question, or
/// because this user may not ask it, who is taken to be on a server alone.
fn cannot_tell(error: &RedisError) -> bool {
    matches!(error.code(), Some("NOPERM" | "ERR"))
}

/// Whether a server says that it is none of a cluster.
fn is_alone(error: &RedisError) -> bool {
    error.to_string().contains("cluster support disabled")
}

/// A range of slots with its nodes, the master first.
fn range_of(range: Value, asked: &ConnectionAddr) -> Option<(i64, i64, Vec<ConnectionAddr>)> {
    let mut parts = array(range)?.into_iter();
    let from = ::redis::from_redis_value(parts.next()?).ok()?;
    let to = ::redis::from_redis_value(parts.next()?).ok()?;
    let nodes = parts.filter_map(|node| {
        let mut node = array(node)?.into_iter();
        let host: Option<String> = ::redis::from_redis_value(node.next()?).ok()?;
        let port = ::redis::from_redis_value(node.next()?).ok()?;
        // Without a name, it is the node that was asked.
        let host = match host.filter(|host| !host.is_empty() && host != "?") {
            Some(host) => host,
            None => host_of(asked)?.to_owned(),
        };
        Some(at(asked, host, port))
    });
    Some((from, to, nodes.collect()))
}

fn array(value: Value) -> Option<Vec<Value>> {
    match value {
        Value::Array(parts) => Some(parts),
        _ => None,
    }
}

fn host_of(address: &ConnectionAddr) -> Option<&str> {
    match address {
        ConnectionAddr::Tcp(host, _) | ConnectionAddr::TcpTls { host, .. } => Some(host),
        _ => None,
    }
}

/// How calls travel.
pub(super) fn link(address: &ConnectionAddr) -> Link {
    match address {
        ConnectionAddr::Unix(_) => Link::Local,
        ConnectionAddr::Tcp(host, _) if is_loopback(host) => Link::Local,
        ConnectionAddr::TcpTls { .. } => Link::Encrypted,
        _ => Link::Plain,
    }
}

fn is_loopback(host: &str) -> bool {
    let address = host.trim_start_matches('[').trim_end_matches(']');
    let address = address.parse::<std::net::IpAddr>();
    host == "localhost" || address.is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::{super::connect::tests::said, *};

    fn tcp(host: &str, port: u16) -> ConnectionAddr {
        ConnectionAddr::Tcp(host.to_owned(), port)
    }

    #[test]
    fn a_range_names_its_nodes_and_one_without_a_name_is_where_it_was_asked() {
        let text = |text: &str| Value::BulkString(text.as_bytes().to_vec());
        let node = |host: Value, port| Value::Array(vec![host, Value::Int(port), text("an id")]);
        let range = Value::Array(vec![
            Value::Int(5_461),
            Value::Int(10_922),
            node(text("10.0.0.5"), 7_000),
            node(Value::Nil, 7_001),
        ]);
        let (from, to, nodes) = range_of(range, &tcp("10.0.0.9", 6_379)).unwrap();
        assert_eq!((from, to), (5_461, 10_922));
        assert_eq!(nodes, [tcp("10.0.0.5", 7_000), tcp("10.0.0.9", 7_001)]);
        let unnamed = Value::Array(vec![Value::Int(0), Value::Int(9), node(text("?"), 7_002)]);
        let (_, _, nodes) = range_of(unnamed, &tcp("10.0.0.9", 6_379)).unwrap();
        assert_eq!(nodes, [tcp("10.0.0.9", 7_002)]);
        assert!(range_of(Value::Nil, &tcp("10.0.0.9", 6_379)).is_none());
    }

    #[test]
    fn a_server_alone_is_told_from_a_cluster_in_trouble() {
        for (line, cannot, alone) in [
            ("ERR This instance has cluster support disabled", true, true),
            ("ERR unknown command 'CLUSTER'", true, false),
            ("NOPERM this user has no permissions", true, false),
            ("CLUSTERDOWN The cluster is down", false, false),
            (
                "LOADING Redis is loading the dataset in memory",
                false,
                false,
            ),
        ] {
            let error = said(line);
            assert_eq!(
                (cannot_tell(&error), is_alone(&error)),
                (cannot, alone),
                "{line}"
            );
        }
    }

    /// A node that names one on another host must not lead from an encrypted way, or one within the machine, to
    /// an open one.
    #[test]
    fn no_server_leads_from_a_safe_way_to_an_open_one() {
        let tls = |host: &str| ConnectionAddr::TcpTls {
            host: host.to_owned(),
            port: 6_379,
            insecure: false,
            tls_params: None,
        };
        let place = |given: ConnectionAddr| {
            let info: ConnectionInfo = "redis://127.0.0.1".parse().unwrap();
            Place::new(vec![info.set_addr(given)], Topology::Server).unwrap()
        };
        let away = tcp("10.0.0.5", 6_379);
        for given in [tls("redis.example"), tcp("127.0.0.1", 6_379)] {
            assert!(place(given.clone()).check(&away).is_err());
            assert!(place(given.clone()).check(&tls("10.0.0.5")).is_ok());
            assert!(place(given).check(&tcp("127.0.0.1", 7_000)).is_ok());
        }
        assert!(place(tcp("10.0.0.9", 6_379)).check(&away).is_ok());

        let next = at(&tls("redis.example"), "10.0.0.5".to_owned(), 7_000);
        assert_eq!(next.to_string(), "10.0.0.5:7000");
        assert_eq!(link(&next), Link::Encrypted);
        assert_eq!(
            at(&away, "10.0.0.6".to_owned(), 7_000),
            tcp("10.0.0.6", 7_000)
        );
    }
}

//! Masters that fail before their replica hears of the last writes: what was used stays used.

use std::{sync::Arc, thread::sleep, time::Duration};

use captcha_core::{Captcha, ErrorKind, Limits};

use super::{
    cluster,
    faults::sound,
    load::{Fence, Load, Report},
    node::{Unfenced, closed, key, node_with, recovers, settled, token},
    sentinel,
};

/// What becomes of a token that was used just before a failover, and of one that was not, at each of two nodes.
fn verdicts(fence: &Fence) -> Vec<Result<(), ErrorKind>> {
    let mut watched = sentinel::start();
    assert!(watched.of_nobody().contains("sentinel monitor"));
    let node = || -> Captcha {
        let store = watched.store();
        match fence {
            Fence::There => node_with(Arc::new(store), key(1), Limits::default()),
            Fence::Missing => node_with(Arc::new(Unfenced(store)), key(1), Limits::default()),
        }
    };
    let nodes = [node(), node()];
    let [used, unused] = [0; 2].map(|_| token(&nodes[0]));
    watched.fail_over(|| {
        assert_eq!(closed(&nodes[1], &used), Ok(()));
        assert_eq!(closed(&nodes[0], &used), Err(ErrorKind::Spent));
    });
    let mut verdicts = Vec::new();
    for token in [&used, &unused] {
        for node in &nodes {
            let (verdict, took) = settled(node, token);
            assert!(took < Duration::from_secs(3), "{took:?}");
            verdicts.push(verdict);
        }
    }
    recovers(&nodes[0], Duration::from_secs(3));
    verdicts
}

#[test]
fn a_failover_that_lost_the_last_write_lets_nothing_in_twice() {
    for verdict in verdicts(&Fence::There) {
        assert!(
            matches!(verdict, Err(ErrorKind::Expired | ErrorKind::Spent)),
            "{verdict:?}"
        );
    }
}

/// The control.
#[test]
fn without_a_fence_a_failover_lets_in_what_was_used() {
    assert_eq!(verdicts(&Fence::Missing)[0], Ok(()));
}

/// A failover under load, which loses what was written for a while.
fn under_load(fence: Fence) -> Report {
    let mut watched = sentinel::start();
    let load = Load::over(|| watched.store(), fence);
    load.settle();
    watched.fail_over(|| {
        load.settle();
        sleep(Duration::from_millis(300));
    });
    load.finish()
}

#[test]
fn a_failover_under_load_lets_nothing_in_twice() {
    sound("failover", &under_load(Fence::There));
}

/// The control.
#[test]
fn without_a_fence_a_failover_under_load_lets_tokens_be_taken_twice() {
    let report = under_load(Fence::Missing);
    assert!(report.taken_twice > 0, "{report:?}");
}

#[test]
fn a_cluster_that_loses_the_master_of_the_keys_under_load_lets_nothing_in_twice() {
    let mut cluster = cluster::start();
    let load = Load::over(|| cluster.store(), Fence::There);
    load.settle();
    cluster.stop_owner_of("{captcha}:fence");
    cluster.wait_for_owner_of("{captcha}:fence");
    sound("cluster", &load.finish());
}

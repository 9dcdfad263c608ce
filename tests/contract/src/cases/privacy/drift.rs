//! What is set and what the notice says, compared as sets.

use std::collections::BTreeMap;

use super::*;

/// Every cookie that a crawl of all routes sets, by name, with its life.
async fn crawl(c: &Client) -> BTreeMap<String, Option<u64>> {
    let mut set = BTreeMap::new();
    let mut jar = visitor(c).await;
    let mut replies = Vec::new();
    let notice = c.send(get(&format!("{NOTICE}?format=json"))).await.json();
    if notice["statistics"]["on"] == true {
        let body = format!(r#"{{"choice":"granted","version":{}}}"#, notice["version"]);
        let put = Call::new("PUT", "/captcha/privacy/consent")
            .header("content-type", "application/json")
            .body(body);
        let reply = c.send(jar.on(put)).await;
        jar.take(&reply);
        replies.push(reply);
        replies.push(c.send(jar.on(json("/captcha/challenge", "{}"))).await);
    }
    for (path, _) in super::super::assets::ROUTES {
        replies.push(c.send(jar.on(get(&format!("/captcha/{path}")))).await);
    }
    replies.push(c.send(json("/captcha/challenge", "{}")).await);
    let challenge = c.challenge("work").await;
    replies.push(c.send(c.right(&challenge).await).await);
    let sealed = c.frame_challenge().await;
    let text = c.solve(&sealed).await.0["text"]
        .as_str()
        .unwrap()
        .to_owned();
    let body = format!("challenge={sealed}&action=signup&text={text}");
    replies.push(c.send(form("/captcha/frame", body)).await);
    replies.push(c.send(patch(r#"{"theme":"dark"}"#)).await);
    for button in ["restrict", "object", "select&theme=light"] {
        replies.push(c.send(jar.on(press(button))).await);
    }
    for path in ["restriction", "objection"] {
        let reply = c
            .send(jar.on(Call::new("PUT", &format!("/captcha/privacy/{path}"))))
            .await;
        jar.take(&reply);
        replies.push(reply);
    }
    for cookie in replies.iter().flat_map(|reply| reply.all("set-cookie")) {
        let (name, rest) = cookie.split_once('=').unwrap();
        assert!(rest.contains("; Secure; HttpOnly; SameSite="), "{cookie}");
        let life = (rest
            .split("; ")
            .find_map(|part| part.strip_prefix("Max-Age=")))
        .map(|life| life.parse::<u64>().unwrap());
        if life == Some(0) {
            continue;
        }
        let before = set.insert(name.to_owned(), life);
        assert!(
            before.is_none_or(|before| before == life),
            "two lives of {name}"
        );
    }
    set
}

pub(super) fn cases() -> Vec<Case> {
    let both = async |c: &Client| {
        let notice = c.send(get(&format!("{NOTICE}?format=json"))).await.json();
        let said: BTreeMap<String, Option<u64>> = (notice["cookies"].as_array().unwrap().iter())
            .map(|cookie| {
                (
                    cookie["name"].as_str().unwrap().to_owned(),
                    cookie["life_seconds"].as_u64(),
                )
            })
            .collect();
        let set = crawl(c).await;
        assert_eq!(set, said);
        // The controls: each of these mutants of the notice would be noticed.
        let mut mutants = Vec::new();
        for (name, life) in &said {
            let mut longer = said.clone();
            longer.insert(name.clone(), life.map_or(Some(1), |life| Some(life + 1)));
            let mut fewer = said.clone();
            fewer.remove(name);
            mutants.extend([longer, fewer]);
        }
        let mut more = said.clone();
        more.insert("__Host-captcha-trail".to_owned(), None);
        mutants.push(more);
        assert_eq!(mutants.len(), 2 * said.len() + 1);
        assert!(mutants.iter().all(|mutant| *mutant != set));
        assert!(said.contains_key(SESSION.0));
    };
    vec![
        Case::new(
            "the notice lists the cookies that are set, no more and no less",
            both,
        ),
        Case::new(
            "the notice lists the cookies that are set, with statistics as well",
            both,
        )
        .config(|| crate::engine::Config {
            statistics: Some(captcha_core::Statistics::new()),
            ..crate::engine::Config::default()
        }),
    ]
}

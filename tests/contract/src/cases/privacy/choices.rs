//! The page of choices, for visitors without script.

use super::*;

pub(super) fn cases() -> Vec<Case> {
    vec![
        Case::new(
            "the page has a button for every right",
            async |c: &Client| {
                let page = c.send(get(CHOICES)).await;
                page.is(200)
                    .has("content-type", "text/html; charset=utf-8")
                    .has_no("set-cookie");
                for button in ["delete", "restrict", "object", "select"] {
                    assert!(
                        page.text().contains(&format!("value=\"{button}\"")),
                        "{button}"
                    );
                }
                assert!(
                    !page.text().contains("value=\"grant\""),
                    "nothing to consent to"
                );
                assert!(!page.text().contains("<script"));
                for link in [
                    "export?format=json",
                    "export?format=csv",
                    "../privacy?lang=en",
                    "../privacy.css",
                ] {
                    assert!(page.text().contains(&format!("\"{link}\"")), "{link}");
                }
                assert!(
                    c.send(get(&format!("{CHOICES}?lang=zh")))
                        .await
                        .text()
                        .contains("删除我的数据")
                );
                c.send(get(&format!("{CHOICES}?x=1")))
                    .await
                    .refused(400, "malformed");
            },
        ),
        Case::new(
            "every button works and leads back to the page",
            async |c: &Client| {
                let mut jar = visitor(c).await;
                for (button, field, there) in [
                    ("restrict", "restricted", true),
                    ("object", "objected", true),
                    ("unrestrict", "restricted", false),
                    ("unobject", "objected", false),
                ] {
                    let reply = c.send(jar.on(press(button))).await;
                    reply.is(303).has("location", "choices?done=1");
                    jar.take(&reply);
                    assert_eq!(has(&held(c, &jar).await, field, "yes"), there, "{button}");
                }
                let chosen = "do=select&language=zh&theme=&kind=text&contrast=more&motion=";
                let reply = c.send(jar.on(form(CHOICES, chosen))).await;
                jar.take(reply.is(303));
                let page = c.send(jar.on(get(&format!("{CHOICES}?done=1")))).await;
                assert!(
                    page.text().contains("已完成"),
                    "in the language just chosen"
                );
                assert!(page.text().contains("<option value=\"text\" selected>"));
                let reply = c.send(jar.on(press("delete"))).await;
                reply.is(303);
                assert!(jar.take(&reply).names().is_empty());
            },
        ),
        Case::new("what no button sends is refused", async |c: &Client| {
            for (body, status, kind) in [
                ("do=grant", 422, "invalid-fields"),
                ("do=withdraw", 422, "invalid-fields"),
                ("do=", 422, "invalid-fields"),
                ("do=%3Cscript%3E", 422, "invalid-fields"),
                ("do=select&theme=purple", 422, "invalid-fields"),
                ("", 400, "malformed"),
                ("do=delete&do=delete", 400, "malformed"),
                ("do=delete&x=1", 400, "malformed"),
                ("do=%ff", 422, "invalid-fields"),
            ] {
                let reply = c.send(form(CHOICES, body)).await;
                assert_eq!(reply.status, status, "{body}");
                reply.refused(status, kind).has_no("set-cookie");
            }
            c.send(json(CHOICES, r#"{"do":"delete"}"#))
                .await
                .refused(415, "unsupported-media-type");
        }),
    ]
}

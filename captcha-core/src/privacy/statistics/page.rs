//! Released statistics as a page with charts, as JSON and as Prometheus text.

use std::fmt::Write as _;

use maud::{Markup, html};

use super::{
    BUCKETS, Event, Statistics,
    release::{Day, Table},
};
use crate::{challenge::Kind, language::Language, privacy::notice::document};

/// The shape of the JSON.
const SCHEMA: &str = "urn:captcha:statistics:1";

/// The days as JSON.
pub(crate) fn json(days: &[Day], config: &Statistics) -> serde_json::Value {
    serde_json::json!({
        "schema": SCHEMA,
        "smallest_shown": config.smallest,
        "epsilon": config.epsilon.map(|(numerator, denominator)| [numerator, denominator]),
        "days": days,
    })
}

/// The last closed day as gauges; what is not shown is left out.
pub(crate) fn prometheus(days: &[Day]) -> String {
    let mut text = String::from(
        "# HELP captcha_visitors Visitors who agreed to be counted, on the last closed day (UTC).\n\
         # TYPE captcha_visitors gauge\n",
    );
    for table in days.first().map_or(&[][..], |day| &day.tables) {
        for cell in &table.cells {
            if let Some(visitors) = cell.visitors {
                let (event, by, name) = (table.event, table.by, cell.name);
                let _ = writeln!(
                    text,
                    "captcha_visitors{{event=\"{event}\",{by}=\"{name}\"}} {visitors}"
                );
            }
        }
    }
    text
}

/// The days as a page, newest first; `root` leads to the mount point.
pub(crate) fn page(days: &[Day], config: &Statistics, root: &str) -> String {
    let content = html! {
        h1 { "Captcha statistics" }
        p {
            "Visitors who agreed to be counted, each at most once a day and event. Closed days in UTC; counts \
             under " (config.smallest) " are not shown."
            @if let Some((numerator, denominator)) = config.epsilon {
                " Every count carries noise: a visitor changes the chance of a day's figures by e^("
                (numerator) "/" (denominator) ") at most."
            }
        }
        @if days.is_empty() {
            p { "No day is closed yet. The first figures come after midnight UTC." }
        } @else {
            @for event in Event::ALL {
                h2 { (heading(event)) }
                (over_days(days, event))
            }
            h2 { "Time to solve" }
            (histogram(days))
            h2 { "By day" }
            (by_day(days))
        }
    };
    document(Language::ENGLISH, "Captcha statistics", root, &content)
}

const fn heading(event: Event) -> &'static str {
    match event {
        Event::Issued => "Were given a challenge",
        Event::Solved => "Solved one",
        Event::Failed => "Failed one",
        Event::Expired => "Came too late",
        Event::Refreshed => "Asked for another",
    }
}

fn table<'a>(day: &'a Day, event: Event, by: &str) -> Option<&'a Table> {
    day.tables
        .iter()
        .find(|table| table.event == event.name() && table.by == by)
}

fn shown(day: &Day, event: Event, by: &str, name: &str) -> Option<u64> {
    let table = table(day, event, by)?;
    table.cells.iter().find(|cell| cell.name == name)?.visitors
}

const WIDTH: u64 = 720;
const HEIGHT: u64 = 160;
/// Days in a chart.
const CHART_DAYS: usize = 60;

/// Bars over the days, the kinds one upon the other: each has its own shade and its own pattern of
/// height in the table below, so that nothing hangs on colour.
fn over_days(days: &[Day], event: Event) -> Markup {
    let days: Vec<&Day> = days.iter().take(CHART_DAYS).rev().collect();
    let of = |day: &Day, kind: Kind| shown(day, event, "kind", kind.name()).unwrap_or(0);
    let total = |day: &Day| Kind::ALL.iter().map(|kind| of(day, *kind)).sum::<u64>();
    let most = days.iter().map(|day| total(day)).max().unwrap_or(0);
    let step = WIDTH / days.len().max(1) as u64;
    let bar = (step.saturating_sub(2)).clamp(1, 24);
    let first = days.first().map_or("", |day| &day.date);
    let last = days.last().map_or("", |day| &day.date);
    if most == 0 {
        return html! { p { "Too few on every day to be shown." } };
    }
    html! {
        figure {
            svg viewBox={ "0 0 " (WIDTH) " " (HEIGHT + 24) } role="img" {
                title { (heading(event)) ", " (first) " to " (last) ", at most " (most) " a day" }
                line.axis x1="0" x2=(WIDTH) y1=(HEIGHT) y2=(HEIGHT) {}
                @for (place, day) in days.iter().enumerate() {
                    @let bars = stack(Kind::ALL.map(|kind| of(day, kind)), most);
                    @for (number, (top, height)) in bars.into_iter().enumerate() {
                        @if height > 0 {
                            rect class={ "kind" (number) } x=(place as u64 * step) y=(top)
                                width=(bar) height=(height) {}
                        }
                    }
                }
                text x="0" y=(HEIGHT + 18) { (first) }
                text.end x=(WIDTH) y=(HEIGHT + 18) { (last) }
                text x="0" y="12" { (most) }
            }
            figcaption {
                @for (number, kind) in Kind::ALL.iter().enumerate() {
                    span class={ "key kind" (number) } {} (kind.name()) " "
                }
            }
        }
    }
}

/// Top and height of stacked bars.
fn stack<const N: usize>(counts: [u64; N], ceiling: u64) -> [(u64, u64); N] {
    let mut floor = HEIGHT;
    counts.map(|count| {
        let height = (count.saturating_mul(HEIGHT - 20) / ceiling).min(floor);
        floor -= height;
        (floor, height)
    })
}

fn histogram(days: &[Day]) -> Markup {
    let sums = BUCKETS.map(|bucket| {
        let days = days
            .iter()
            .filter_map(|day| shown(day, Event::Solved, "seconds", bucket));
        (bucket, days.sum::<u64>())
    });
    let most = sums.iter().map(|(_, sum)| *sum).max().unwrap_or(0).max(1);
    let step = WIDTH / BUCKETS.len() as u64;
    html! {
        figure {
            svg viewBox={ "0 0 " (WIDTH) " " (HEIGHT + 24) } role="img" {
                title {
                    "Seconds that the first solution of the day took: "
                    @for (bucket, sum) in sums { "from " (bucket) " s " (sum) "; " }
                }
                line.axis x1="0" x2=(WIDTH) y1=(HEIGHT) y2=(HEIGHT) {}
                @for (place, (bucket, sum)) in sums.into_iter().enumerate() {
                    @let height = sum.saturating_mul(HEIGHT - 30) / most;
                    @let left = place as u64 * step;
                    rect.kind0 x=(left) y=(HEIGHT - height) width=(step - 8) height=(height) {}
                    text x=(left) y=(HEIGHT - height - 6) { (sum) }
                    text x=(left) y=(HEIGHT + 18) { "from " (bucket) " s" }
                }
            }
        }
    }
}

fn by_day(days: &[Day]) -> Markup {
    html! {
        div.table tabindex="0" role="region" aria-label="By day" {
            table {
                thead {
                    tr {
                        th scope="col" { "Day" }
                        @for event in Event::ALL {
                            @for kind in Kind::ALL {
                                th scope="col" { (event.name()) ", " (kind.name()) }
                            }
                        }
                    }
                }
                tbody {
                    @for day in days {
                        tr {
                            th scope="row" { time datetime=(day.date) { (day.date) } }
                            @for event in Event::ALL {
                                @for kind in Kind::ALL {
                                    td {
                                        @match shown(day, event, "kind", kind.name()) {
                                            Some(visitors) => (visitors),
                                            None => span title="too few to be shown" { "–" },
                                        }
                                    }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::privacy::statistics::release::release;

    fn days() -> Vec<Day> {
        (0..30_u64)
            .map(|day| {
                let of = |event: &str, share: u64| {
                    let all = (400 + day * 17 % 230 + day * 9) * share / 100;
                    vec![
                        (format!("{event}.kind.slide"), all * 4 / 10),
                        (format!("{event}.kind.rotate"), all / 10),
                        (format!("{event}.kind.click"), all / 10),
                        (format!("{event}.kind.drag"), all / 10),
                        (format!("{event}.kind.text"), all / 10),
                        (format!("{event}.kind.work"), all / 5),
                        (format!("{event}.language.en"), all * 3 / 4),
                        (format!("{event}.language.zh"), all / 4),
                    ]
                };
                let mut counts: BTreeMap<String, u64> =
                    [("issued", 100), ("solved", 88), ("failed", 12)]
                        .into_iter()
                        .flat_map(|(event, share)| of(event, share))
                        .collect();
                for (bucket, count) in BUCKETS.iter().zip([30, 22, 60, 140, 160, 80, 25, 21]) {
                    counts.insert(format!("solved.seconds.{bucket}"), count + day % 7);
                }
                let date = format!("2026-11-{:02}", 30 - day);
                release(&Statistics::new(), date, &counts, &|_| [day as u8; 32])
            })
            .collect()
    }

    #[test]
    fn the_page_has_a_chart_an_event_each_with_words_and_no_inline_style() {
        let html = page(&days(), &Statistics::new(), "");
        if let Ok(path) = std::env::var("CAPTCHA_SHOW_STATISTICS") {
            std::fs::write(path, &html).unwrap();
        }
        // Failures are too few to be shown; nobody came too late or asked for another.
        assert_eq!(html.matches("<svg").count(), 3);
        assert_eq!(html.matches("Too few on every day").count(), 3);
        assert_eq!(
            html.matches("<svg").count(),
            html.matches("<title>").count() - 1
        );
        assert!(!html.contains("style=") && !html.contains("<script"));
        assert!(html.contains("too few to be shown"));
        assert!(page(&[], &Statistics::new().noise(1, 2), "").contains("No day is closed yet"));
    }

    #[test]
    fn prometheus_text_holds_what_is_shown_of_the_last_day() {
        let text = prometheus(&days());
        let lines: Vec<_> = text.lines().filter(|line| !line.starts_with('#')).collect();
        let shown = days()
            .first()
            .unwrap()
            .tables
            .iter()
            .flat_map(|table| &table.cells)
            .filter(|cell| cell.visitors.is_some())
            .count();
        assert_eq!(lines.len(), shown);
        assert!(
            text.contains("captcha_visitors{event=\"issued\",kind=\"slide\"} 160"),
            "{text}"
        );
    }
}

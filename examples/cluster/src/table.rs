//! The figures as a table for people.

use std::{collections::BTreeMap, fmt::Write as _, time::Duration};

use crate::{
    report::{Column, Report, Spread},
    seconds,
};

pub(crate) fn of(report: &Report) -> String {
    let mut table = Table(String::from("\n"));
    let time = seconds(Duration::from_secs_f64(report.seconds));
    let rate = report.visits_a_second;
    table.text(&format!("{time} with {rate} visits a second\n"));
    table.requests(&report.columns);
    table.tokens(report);
    if !report.events.is_empty() {
        table.events(report);
    }
    for failure in &report.failures {
        table.text(&format!("FAILED: {failure}"));
    }
    if report.is_good() {
        table.text("good: every token was taken once at most");
    }
    table.0
}

/// A row, and what stands in it.
type Count = (&'static str, fn(&Column) -> u64);
type Times = (&'static str, fn(&Column) -> &Spread);

struct Table(String);

impl Table {
    fn text(&mut self, text: &str) {
        self.0.push_str(text);
        self.0.push('\n');
    }

    /// What it is, and a cell for each node and all of them.
    fn row(&mut self, name: &str, cells: impl IntoIterator<Item = String>) {
        // Writing to a string does not fail.
        let _ = write!(self.0, "{name:<54}");
        for cell in cells {
            let _ = write!(self.0, "{cell:>9}");
        }
        self.0.push('\n');
    }

    fn requests(&mut self, columns: &[Column]) {
        self.row("", columns.iter().map(|column| column.name.to_owned()));
        let counted: [Count; 4] = [
            ("pages", |column| column.pages),
            ("issued", |column| column.issued),
            ("solved", |column| column.solved),
            ("redeemed", |column| column.redeemed),
        ];
        for (name, of) in counted {
            self.row(name, columns.iter().map(|column| of(column).to_string()));
        }
        let kinds = columns.last().map(|total| &total.refused);
        for kind in kinds.into_iter().flat_map(BTreeMap::keys) {
            let of = |column: &Column| column.refused.get(kind).copied().unwrap_or_default();
            let cells = columns.iter().map(|column| of(column).to_string());
            self.row(&format!("refused: {kind}"), cells);
        }
        let broken: [Count; 2] = [
            ("no answer", |column| column.no_answer),
            ("  of a node that was up", |column| {
                column.no_answer_while_up
            }),
        ];
        for (name, of) in broken {
            self.row(name, columns.iter().map(|column| of(column).to_string()));
        }
        let spreads: [Times; 3] = [
            ("challenge", |column| &column.challenge_ms),
            ("answer", |column| &column.answer_ms),
            ("redeem", |column| &column.redeem_ms),
        ];
        for (step, of) in spreads {
            let ms = |time: fn(&Spread) -> f64| {
                (columns.iter()).map(move |column| format!("{:.1}", time(of(column))))
            };
            self.row(&format!("{step}, ms: p50"), ms(|spread| spread.p50));
            self.row("  p99", ms(|spread| spread.p99));
            self.row("  max", ms(|spread| spread.max));
        }
        let longest = columns
            .iter()
            .map(|column| format!("{:.1}", column.longest_ms));
        self.row("longest request to a node that was up, ms", longest);
    }

    fn tokens(&mut self, report: &Report) {
        for (name, number) in [
            ("used tokens sent again", report.replays),
            ("double spends", report.double_spends),
            ("forged tokens sent", report.forged),
            ("forged tokens taken", report.forged_taken),
            ("visits left out", report.visits_left_out),
        ] {
            // Of all nodes together, under the last of the columns.
            let empty = report.columns.iter().skip(1).map(|_| String::new());
            self.row(name, empty.chain([number.to_string()]));
        }
    }

    fn events(&mut self, report: &Report) {
        let nodes = report.columns.iter().take(3);
        self.text("");
        self.row(
            "ms until a node took a token again, after",
            nodes.map(|column| column.name.to_owned()),
        );
        for past in &report.events {
            let at = seconds(Duration::from_millis(past.at_ms));
            let times = past
                .recovered_ms
                .map(|time| time.map_or_else(|| "never".to_owned(), |time| time.to_string()));
            self.row(&format!("{at:>7}  {}", past.event), times);
        }
    }
}

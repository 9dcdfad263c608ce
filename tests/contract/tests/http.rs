//! The contract, subject by subject: every case on three adapters, with equal answers.

use contract::{cases, runner};

macro_rules! subjects {
    ($($subject:ident)*) => {
        $(
            #[test]
            fn $subject() {
                runner::run(stringify!($subject), cases::$subject::cases());
            }
        )*

        #[test]
        #[allow(clippy::print_stdout, reason = "the summary is read by people and by scripts")]
        fn there_are_at_least_120_cases() {
            let run = [$(stringify!($subject)),*];
            let all = cases::all();
            let listed: Vec<_> = all.iter().map(|(name, _)| *name).collect();
            assert_eq!(listed, run, "every subject has its test");
            let count: usize = all.iter().map(|(_, cases)| runner::count(cases)).sum();
            println!("contract: {count} cases in {} subjects", run.len());
            assert!(count >= 120, "{count} cases");
        }
    };
}

subjects! { answer assets bodies challenge failures frame limits origin privacy proxies tokens }

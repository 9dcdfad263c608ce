//! The engine's budgets: `cargo bench -p captcha-core --features testing`.

use std::hint::black_box;

use captcha_core::{
    Captcha, Difficulty, Kind, Limits, MemoryStore, SecretKey,
    endpoint::{Headers, guard::TokenField},
    testing::{self, block_on},
};
use criterion::{BatchSize, Criterion, criterion_group, criterion_main};

fn engine() -> Option<Captcha> {
    let key = SecretKey::generate().ok()?;
    let store = MemoryStore::with_max_marks(usize::MAX).ok()?;
    Captcha::builder()
        .privacy(captcha_core::testing::privacy())
        .key(key)
        .store(std::sync::Arc::new(store))
        .limits(Limits::UNLIMITED)
        .work_bits(1, 1)
        .draw_in_order()
        .build()
        .ok()
}

fn tokens(c: &mut Criterion) {
    let Some(captcha) = engine() else { return };
    let fresh = || {
        block_on(captcha.issue(Some(Kind::Work), None)).map(|challenge| {
            let solved = block_on(captcha.solve(&challenge.challenge));
            solved.and_then(|solved| {
                block_on(captcha.answer(&challenge.challenge, &solved.answer, solved.work))
            })
        })
    };
    c.bench_function("redeem a token, memory store", |b| {
        b.iter_batched(
            || fresh().and_then(|token| token).ok(),
            |token| {
                let outcome = token.map(|token| block_on(captcha.redeem(token.as_str(), None)));
                black_box(outcome.is_some_and(|proof| proof.is_ok()))
            },
            BatchSize::SmallInput,
        );
    });
    c.bench_function("refuse a forged token", |b| {
        let forged = "A".repeat(120);
        b.iter(|| block_on(captcha.redeem(black_box(&forged), None)).is_err());
    });
    c.bench_function("refuse a request without a token", |b| {
        let headers: Headers<'_> = [("host", &b"shop.example"[..]), ("cookie", b"a=1; b=2")]
            .into_iter()
            .collect();
        b.iter(|| {
            block_on(captcha.admit(&TokenField::Absent, black_box(&headers), None, None)).is_err()
        });
    });
    c.bench_function("issue a challenge of kind work (seal included)", |b| {
        b.iter(|| block_on(captcha.issue(Some(Kind::Work), None)).is_ok());
    });
}

fn sealing(c: &mut Criterion) {
    let Some(mut seal) = testing::sealing() else {
        return;
    };
    c.bench_function("seal a challenge", |b| b.iter(|| black_box(seal.seal())));
    let sealed = seal.seal();
    c.bench_function("open a challenge", |b| {
        b.iter(|| black_box(seal.open(&sealed)))
    });
}

fn drawing(c: &mut Criterion) {
    for kind in Kind::ALL.into_iter().filter(|kind| *kind != Kind::Work) {
        let mut seed = 0u64;
        c.bench_function(&format!("draw and encode: {}", kind.name()), |b| {
            b.iter(|| {
                seed += 1;
                black_box(testing::draw(kind, Difficulty::Normal, None, seed))
            });
        });
    }
}

fn stocked(c: &mut Criterion) {
    let Some(captcha) = SecretKey::generate()
        .and_then(|key| {
            Captcha::builder()
                .privacy(captcha_core::testing::privacy())
                .key(key)
                .limits(Limits::UNLIMITED)
                .drawing(1, 4_096, 4_096)
                .build()
        })
        .ok()
    else {
        return;
    };
    // Fills the shelf first, so that what is measured comes from stock.
    std::thread::sleep(std::time::Duration::from_secs(12));
    let mut group = c.benchmark_group("stock");
    group
        .sample_size(10)
        .warm_up_time(std::time::Duration::from_millis(5));
    group.measurement_time(std::time::Duration::from_millis(20));
    group.bench_function("issue a slide challenge from stock", |b| {
        b.iter(|| block_on(captcha.issue(Some(Kind::Slide), None)).is_ok());
    });
    group.finish();
}

criterion_group!(benches, tokens, sealing, drawing, stocked);
criterion_main!(benches);

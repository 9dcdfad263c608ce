//! What an engine makes of a folder.

use super::*;

fn engine(assets: Assets) -> Result<Captcha, CaptchaError> {
    Captcha::builder()
        .key(SecretKey::generate().unwrap())
        .privacy(testing::privacy())
        .assets(assets)
        .draw_in_order()
        .build()
}

#[test]
fn the_builder_refuses_what_cannot_be_drawn() {
    let folder = Folder::good();
    let assets = folder.load().unwrap();
    assert!(engine(assets.clone()).is_ok());
    let error = engine(assets.clone().only_own_icons()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Configuration);
    assert!(
        error.to_string().contains("2 icons") && error.to_string().contains("shows 8"),
        "{error}"
    );
    let error = assets.equip("AÄß", 8).unwrap_err().to_string();
    assert!(
        error.contains("part.ttf") && error.contains("\"Äß\""),
        "{error}"
    );
    fs::remove_dir_all(folder.0.join("backgrounds")).unwrap();
    let bare = folder.load().unwrap();
    let error = engine(bare.only_own_backgrounds()).unwrap_err().to_string();
    assert!(error.contains("only_own_backgrounds"), "{error}");
}

#[test]
fn pictures_that_can_be_collected_cost_more_work() {
    let folder = Folder::good();
    let assets = folder.load().unwrap();
    let cost = |captcha: &Captcha, kind: Kind| {
        let ledger = captcha.ledger();
        let cost = ledger.iter().find(|cost| cost.kind == kind);
        cost.map(|cost| (cost.machine, cost.bits)).unwrap()
    };
    let bare = Captcha::builder()
        .key(SecretKey::generate().unwrap())
        .privacy(testing::privacy())
        .build()
        .unwrap();
    let mixed = engine(assets.clone()).unwrap();
    let own = engine(assets.only_own_backgrounds()).unwrap();
    let [(scenes, least), (half, more), (all, most)] =
        [&bare, &mixed, &own].map(|captcha| cost(captcha, Kind::Rotate));
    assert!((scenes - 0.15).abs() < 1e-9 && (half - 0.425).abs() < 1e-9);
    assert!((all - 0.7).abs() < 1e-9);
    assert!(least < more && more <= most, "{least} {more} {most}");
    // What pieces and gaps show comes from no picture.
    for kind in [Kind::Slide, Kind::Drag] {
        assert_eq!(cost(&bare, kind), cost(&own, kind));
    }
}

#[test]
fn few_backgrounds_are_found_and_many_are_not() {
    let ids = |captcha: &Captcha| -> Vec<&str> {
        captcha.doctor().iter().map(|finding| finding.id).collect()
    };
    let folder = Folder::good();
    let few = engine(folder.load().unwrap()).unwrap();
    assert!(ids(&few).contains(&"few-backgrounds"));
    for number in 2..30 {
        let picture = halves(number * 10, 320, 220);
        folder.put(&format!("backgrounds/{number}.png"), &png(&picture));
    }
    let many = engine(folder.load().unwrap()).unwrap();
    assert!(!ids(&many).contains(&"few-backgrounds"));
}

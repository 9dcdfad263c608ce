use std::{collections::HashMap, fmt};

use captcha_core::{Captcha, StoreFailure};
use rocket::{
    Build, Orbit, Request, Response, Rocket, Route, async_trait,
    fairing::{self, Fairing, Info, Kind},
    http::uri::Origin,
};

use crate::{catcher::Catchers, endpoints, visit::Visit};

/// Installs the captcha: its endpoints below a mount point, the engine for the guards, and catchers
/// that show a guard's refusal.
///
/// ```no_run
/// use captcha_rocket::{Captcha, CaptchaFairing, Privacy, SecretKey};
///
/// let captcha = Captcha::builder()
///     .key(SecretKey::from_env("CAPTCHA_SECRET")?)
///     .privacy(Privacy::new("Example Ltd, 1 Hill Street", "privacy@example.org")
///         .legitimate_interest("keeping automated sign-ups out of our newsletter"))
///     .action("signup")
///     .build()?;
/// let rocket = rocket::build().attach(CaptchaFairing::new(captcha).at("/captcha"));
/// # Ok::<(), captcha_rocket::CaptchaError>(())
/// ```
///
/// The engine is also managed, so a handler may take `&State<Captcha>`. Of several captcha fairings
/// the last one attached counts.
#[must_use = "attach it: `rocket::build().attach(CaptchaFairing::new(captcha))`"]
#[derive(Clone)]
pub struct CaptchaFairing {
    captcha: Captcha,
    mount: String,
    actions: HashMap<String, String>,
    policies: HashMap<String, StoreFailure>,
    catchers: bool,
}

impl CaptchaFairing {
    /// The captcha, with its endpoints below `/captcha`.
    pub fn new(captcha: Captcha) -> Self {
        Self {
            captcha,
            mount: "/captcha".to_owned(),
            actions: HashMap::new(),
            policies: HashMap::new(),
            catchers: true,
        }
    }

    /// Puts the endpoints below another path, such as `/account/captcha`. Everything below it is
    /// the captcha's; a route of yours there is not reached. The launch fails for `/`, and for what
    /// is not a path.
    pub fn at(mut self, mount: impl Into<String>) -> Self {
        self.mount = mount.into();
        self
    }

    /// Says that the routes of this pattern expect tokens for `action` instead of the engine's
    /// default one. The pattern is the whole one, mount point included and without a query, as
    /// Rocket prints it at launch: `/login`, `/poll/<id>/vote`.
    ///
    /// A pattern that no route has is logged as an error at launch.
    pub fn action(mut self, pattern: impl Into<String>, action: impl Into<String>) -> Self {
        self.actions.insert(pattern.into(), action.into());
        self
    }

    /// Says what the routes of this pattern, written as for [`action`](Self::action), do while the store does
    /// not answer. Closed (503) unless set.
    pub fn on_store_failure(mut self, pattern: impl Into<String>, policy: StoreFailure) -> Self {
        self.policies.insert(pattern.into(), policy);
        self
    }

    /// Registers no catchers: refusals are shown by yours, which find them with
    /// [`CaptchaRejection::of`](crate::CaptchaRejection::of).
    pub fn without_catchers(mut self) -> Self {
        self.catchers = false;
        self
    }

    /// The mount point without slashes at its end, if it is one.
    fn mount_point(&self) -> Option<&str> {
        let path = self.mount.trim_end_matches('/');
        let origin = Origin::parse(path).ok()?;
        (origin.query().is_none() && origin.is_normalized()).then_some(path)
    }
}

/// What the guards find in the managed state.
pub(crate) struct Installed {
    pub(crate) captcha: Captcha,
    actions: HashMap<String, String>,
    policies: HashMap<String, StoreFailure>,
}

impl Installed {
    /// What a route does while the store does not answer.
    pub(crate) fn policy(&self, route: Option<&Route>) -> StoreFailure {
        let policy = route.and_then(|route| self.policies.get(route.uri.path()));
        policy.copied().unwrap_or_default()
    }

    /// The action that a route expects.
    pub(crate) fn action(&self, route: Option<&Route>) -> &str {
        route
            .and_then(|route| self.actions.get(route.uri.path()))
            .map_or_else(|| self.captcha.default_action(), String::as_str)
    }
}

#[async_trait]
impl Fairing for CaptchaFairing {
    fn info(&self) -> Info {
        Info {
            name: "Captcha",
            kind: Kind::Ignite | Kind::Liftoff | Kind::Response | Kind::Singleton,
        }
    }

    async fn on_ignite(&self, rocket: Rocket<Build>) -> fairing::Result {
        let Some(mount) = self.mount_point() else {
            tracing::error!(
                "the captcha cannot be mounted at {:?}: \
                 give a path of its own, such as `.at(\"/captcha\")`",
                self.mount
            );
            return Err(rocket);
        };
        let mut rocket = rocket
            .mount(mount, endpoints::routes(&self.captcha, mount))
            .manage(Installed {
                captcha: self.captcha.clone(),
                actions: self.actions.clone(),
                policies: self.policies.clone(),
            });
        // To manage a type twice is a panic, and the host may have an engine there by itself.
        if rocket.state::<Captcha>().is_none() {
            rocket = rocket.manage(self.captcha.clone());
        }
        if self.catchers {
            rocket = rocket.attach(Catchers);
        }
        Ok(rocket)
    }

    async fn on_liftoff(&self, rocket: &Rocket<Orbit>) {
        let actions = self.actions.keys().map(|pattern| (pattern, "action"));
        let policies = (self.policies.keys()).map(|pattern| (pattern, "on_store_failure"));
        for (pattern, setting) in actions.chain(policies) {
            if rocket.routes().all(|route| route.uri.path() != *pattern) {
                tracing::error!(
                    "no route has the pattern {pattern:?} of `.{setting}({pattern:?}, ..)`: \
                     write it as Rocket prints it at launch, mount point included"
                );
            }
        }
    }

    async fn on_response<'r>(&self, request: &'r Request<'_>, response: &mut Response<'r>) {
        let mut notes = Visit::of(request).notes();
        for (name, value) in notes.late.drain(..) {
            response.set_raw_header(name, value);
        }
        // Not by the cookie jar: the core writes cookies, the same bytes in every framework.
        if let Some(forget) = notes.forget.take() {
            response.adjoin_raw_header("set-cookie", forget);
        }
    }
}

impl fmt::Debug for CaptchaFairing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CaptchaFairing")
            .field("mount", &self.mount)
            .field("actions", &self.actions)
            .finish_non_exhaustive()
    }
}

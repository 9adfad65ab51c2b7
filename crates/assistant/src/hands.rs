//! Hands and eyes as the assistant has them: the toolbox with every tool that this machine can have, under one guard, and the desk where
//! its questions wait. Made once; settings that change are handed in.

mod entries;
mod fill;

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use jarvis_core::{Code, EventKind, Failure, Question};
use jarvis_engine::eyes::View;
use jarvis_guard::audit::AuditLog;
use jarvis_guard::{Approver, Grants, Guard, Places};
use jarvis_memory::stems;
use jarvis_tools::mcp::McpServers;
use jarvis_tools::{About, Eyes, Toolbox};
use tokio::sync::SetOnce;
use uuid::Uuid;

use crate::approvals::ApprovalDesk;
use crate::bus::EventBus;
use crate::keys;
use crate::setup::Setup;
pub use entries::{Explained, Rules, ToolEntry, ToolResult, told};

/// See the module.
pub struct Hands {
    toolbox: Arc<Toolbox>,
    desk: Arc<ApprovalDesk>,
    eyes: Arc<Eyes>,
    servers: SetOnce<Option<Arc<McpServers>>>,
    rules_file: PathBuf,
    /// The picture that was taken last for a person who wants to ask about it, before our own window covered it.
    seen: Mutex<Option<(Instant, Vec<u8>)>>,
    bus: EventBus,
}

/// So long a picture that was taken before the window came up is the one to ask about.
const JUST_SEEN: Duration = Duration::from_secs(15);

impl Hands {
    /// All that this machine can have. What is wrong is told on the bus, and lets nothing run that should not: without an audit
    /// log there are no hands at all.
    pub async fn open(setup: &Setup, bus: EventBus) -> Arc<Self> {
        let guard = guard(setup, &bus).unwrap_or_else(|failure| {
            bus.fail(None, failure);
            Arc::new(Guard::without_records())
        });
        keys::tell(&guard);
        let toolbox = Arc::new(Toolbox::new(guard));
        let eyes = fill::fill(&toolbox, setup, &bus);
        let servers = fill::servers(setup, &bus);
        let hands = Arc::new(Self {
            desk: Arc::new(ApprovalDesk::new(bus.clone())),
            toolbox,
            eyes,
            servers: SetOnce::new(),
            rules_file: setup.paths.rules_file(),
            seen: Mutex::default(),
            bus,
        });
        hands.obey(setup);
        let (connecting, seen) = (Arc::clone(&hands), setup.paths.mcp_seen_file());
        tokio::spawn(async move {
            let (toolbox, bus) = (Arc::clone(&connecting.toolbox), connecting.bus.clone());
            let connected =
                if servers.is_empty() { None } else { fill::connect(servers, seen, toolbox, bus).await };
            // Nobody else sets it.
            let _ = connecting.servers.set(connected);
        });
        hands
    }

    /// Takes a picture of the screen, for a person who is about to ask about it.
    pub async fn look(&self) -> Result<(), Failure> {
        let picture = self.eyes.capture(&View::Screen).await.map_err(|e| e.failure())?;
        *self.seen() = Some((Instant::now(), picture.png));
        Ok(())
    }

    /// The picture to ask about, as PNG: the one that was just taken, or one of now.
    pub async fn picture(&self) -> Result<Vec<u8>, Failure> {
        if self.seen().as_ref().is_none_or(|(at, _)| at.elapsed() > JUST_SEEN) {
            self.look().await?;
        }
        Ok(self.seen().as_ref().map(|(_, png)| png.clone()).unwrap_or_default())
    }

    fn seen(&self) -> MutexGuard<'_, Option<(Instant, Vec<u8>)>> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The servers of the Model Context Protocol, where any are configured, once they are connected or have failed.
    pub async fn servers(&self) -> Option<Arc<McpServers>> {
        self.servers.wait().await.clone()
    }

    /// Takes the settings that concern it.
    pub fn obey(&self, setup: &Setup) {
        let tools = &setup.config.tools;
        let names = self.toolbox.list().into_iter().map(|about| about.spec.name);
        let off = names.filter(|name| !tools.enabled || tools.off.contains(name));
        self.toolbox.switch_off(off);
    }

    /// Every tool.
    pub fn toolbox(&self) -> &Arc<Toolbox> {
        &self.toolbox
    }

    /// What stands above them.
    pub fn guard(&self) -> &Arc<Guard> {
        self.toolbox.guard()
    }

    /// Where questions wait.
    pub fn desk(&self) -> &Arc<ApprovalDesk> {
        &self.desk
    }

    /// Who is asked when nobody else is: those who look at the desk.
    pub fn approver(&self) -> Arc<dyn Approver> {
        Arc::clone(&self.desk) as Arc<dyn Approver>
    }

    /// The questions that wait.
    pub fn waiting(&self) -> Vec<Question> {
        self.desk.waiting()
    }

    /// Stops everything that acts on the machine.
    pub fn stop_everything(&self) {
        self.guard().stop_everything();
        self.bus.publish(None, EventKind::EverythingStopped);
    }

    /// Takes back what was allowed for always.
    pub fn revoke(&self, id: Uuid) -> Result<(), Failure> {
        let gone = self.guard().revoke(id).map_err(|e| {
            Failure::sentence(Code::Internal, &e, "Check who may write into Jarvis's settings folder.")
        })?;
        let unknown =
            || Failure::new(Code::NotFound, "Nothing of that id is allowed for always.", "List them anew.");
        gone.map(|_| self.bus.publish(None, EventKind::ToolsChanged)).ok_or_else(unknown)
    }

    /// The tools that fit a request best, at most so many: a small model reads few quickly. None for one that has nothing to do
    /// with any.
    pub fn offered(&self, request: &str, most: usize) -> Vec<About> {
        let tools: Vec<About> = self.toolbox.list();
        let on = tools.into_iter().filter(|about| self.toolbox.is_on(&about.spec.name));
        let tools: Vec<(About, Vec<String>)> = on
            .map(|about| {
                let words = format!(
                    "{} {} {}",
                    about.spec.name.replace('_', " "),
                    about.spec.description,
                    about.examples.join(" ")
                );
                let stems = stems(&words).collect();
                (about, stems)
            })
            .collect();
        let wanted: Vec<String> = stems(request).collect();
        let known_by = |stem: &String| tools.iter().filter(|(_, known)| known.contains(stem)).count();
        // A word that many tools know tells them not apart.
        let weights: Vec<(&String, f64)> = wanted
            .iter()
            .filter_map(|stem| match known_by(stem) {
                0 => None,
                known => Some((stem, (1.0 + tools.len() as f64 / known as f64).ln())),
            })
            .collect();
        // A word of its name says more of a tool than one of its examples.
        let score = |about: &About, known: &[String]| -> f64 {
            let named: Vec<String> = stems(&about.spec.name.replace('_', " ")).collect();
            let counts = |stem| usize::from(known.contains(stem)) + usize::from(named.contains(stem));
            weights.iter().map(|(stem, weight)| weight * counts(stem) as f64).sum()
        };
        let mut ranked: Vec<(f64, &About)> =
            tools.iter().map(|(about, known)| (score(about, known), about)).collect();
        ranked.retain(|(score, _)| *score > 0.0);
        ranked.sort_by(|a, b| b.0.total_cmp(&a.0));
        ranked.into_iter().take(most).map(|(_, about)| about.clone()).collect()
    }
}

/// The guard of this person.
pub fn guard(setup: &Setup, bus: &EventBus) -> Result<Arc<Guard>, Failure> {
    let paths = &setup.paths;
    let audit = AuditLog::open(&paths.audit_file()).map_err(|e| e.failure())?;
    let places = Places::new(&home(), &paths.own());
    let (grants, problem) = Grants::open(&paths.grants_file());
    if let Some(problem) = problem {
        let remedy = "Until it is mended or moved away, nothing is allowed for always.";
        bus.fail(None, Failure::sentence(Code::BadConfig, &problem, remedy));
    }
    let guard = Guard::new(places, Some(paths.rules_file()), grants, audit);
    if let Some(problem) = guard.problem() {
        let remedy = "`jarvis guard check` says where; until then nothing acts on this computer.";
        bus.fail(None, Failure::sentence(Code::BadConfig, &problem, remedy));
    }
    Ok(Arc::new(guard))
}

/// The person's home folder.
pub(crate) fn home() -> PathBuf {
    std::env::home_dir()
        .filter(|home| !home.as_os_str().is_empty())
        .unwrap_or_else(|| Path::new("/").to_owned())
}

//! Keeps the vectors in line with the records, on a thread of its own, and finds records by meaning.
//!
//! The records are the truth: what they say has changed ([`crate::unindexed`]) is embedded and put among the vectors, and
//! only then crossed off. Vectors that cannot be read, or were made with another model, are made anew. Of an encrypted database they
//! are kept in it ([`crate::embeddings`]), and the tables are in the working memory.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, TryRecvError, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jarvis_core::{Code, Failure};
use tokio::runtime::Runtime;
use uuid::Uuid;

use crate::embed::{Embedder, EmbedderFiles};
use crate::error::StoreError;
use crate::kind::Kind;
use crate::store::Store;
use crate::unindexed::Change;
use crate::vectors::{Row, Vectors};

/// Changes that are dealt with before a search that comes meanwhile is answered, in the background and while somebody waits.
const BATCH: [u32; 2] = [16, 256];
/// The model is given up when it was not needed for so long: it comes again in a moment.
const IDLE: Duration = Duration::from_secs(300);

/// A search waits so long, and then words must do: a person is waiting too. So does who ends the program.
const PATIENCE: Duration = Duration::from_secs(2);

/// Why something could not be found by its meaning.
#[derive(Clone, Debug, thiserror::Error)]
pub enum IndexError {
    /// The model is not there.
    #[error("{}", .0.message)]
    NoModel(Failure),
    /// A file of the model cannot be used.
    #[error("the embedding model cannot be used: {} ({reason})", path.display())]
    Model {
        /// Which file.
        path: PathBuf,
        /// Why.
        reason: String,
    },
    /// The model failed.
    #[error("no vector could be made: {0}")]
    Embedding(String),
    /// LanceDB failed.
    #[error("the vectors cannot be used: {0}")]
    Vectors(String),
    /// It is being put in order.
    #[error("what finds by meaning is busy")]
    Busy,
    /// The records could not be read.
    #[error("{0}")]
    Records(String),
}

impl IndexError {
    /// What the person is told.
    pub fn failure(&self) -> Failure {
        match self {
            Self::NoModel(failure) => failure.clone(),
            Self::Model { .. } => Failure::sentence(
                Code::ModelDamaged,
                self,
                "Repair it with `jarvis models verify --repair`; until then things are found by their words.",
            ),
            _ => Failure::sentence(
                Code::Internal,
                self,
                "Try `jarvis memory reindex`; until then things are found by their words.",
            ),
        }
    }
}

impl From<lancedb::Error> for IndexError {
    fn from(error: lancedb::Error) -> Self {
        Self::Vectors(error.to_string())
    }
}

impl From<StoreError> for IndexError {
    fn from(error: StoreError) -> Self {
        Self::Records(error.to_string())
    }
}

/// The model that vectors are made with.
pub struct EmbeddingModel {
    /// Its name in the catalogue. Vectors of different models have nothing to do with one another.
    pub id: String,
    /// Finds its files when they are needed; they may be fetched while Jarvis runs.
    pub files: Box<dyn Fn() -> Result<EmbedderFiles, Failure> + Send>,
}

/// Told how many records are still to be embedded.
pub type OnRemaining = Box<dyn FnMut(u64) + Send>;

/// What is asked of the thread.
enum Ask {
    Nearest {
        text: String,
        kinds: Vec<(Kind, usize)>,
        reply: Reply<Vec<Near>>,
    },
    /// Something changed.
    CatchUp,
    /// To be told when the vectors know everything; `anew` to make all of them again.
    Settle {
        anew: bool,
        remaining: OnRemaining,
        reply: Reply<()>,
    },
    Count(Reply<usize>),
}

type Reply<T> = Sender<Result<T, IndexError>>;

/// A record, and the cosine of its vector with that of what was looked for.
pub(crate) type Near = (Kind, i64, f32);

/// See the module. The thread ends with the last of these.
#[derive(Clone)]
pub struct Index {
    thread: Arc<Thread>,
}

struct Thread {
    asks: Mutex<Option<Sender<Ask>>>,
    /// Closed when the thread has ended.
    ended: Mutex<Receiver<()>>,
}

impl Drop for Thread {
    /// It has the database open: a program that ends meanwhile would take away under it what an encrypted one is read with.
    fn drop(&mut self) {
        *self.asks.get_mut().unwrap_or_else(PoisonError::into_inner) = None;
        let _ = self.ended.get_mut().unwrap_or_else(PoisonError::into_inner).recv_timeout(PATIENCE);
    }
}

impl Index {
    /// For the records of `store`, with the vectors in `folder`. Nothing is loaded before it is needed.
    pub fn start(store: Arc<Store>, folder: PathBuf, model: EmbeddingModel) -> Self {
        let (asks, inbox) = channel();
        let (working, ended) = channel::<()>();
        let model = Model { from: model, open: None };
        let work = move || {
            Worker { store, folder, model, inbox, looked_at: 0, runtime: None, tables: None }.run();
            drop(working);
        };
        let thread = std::thread::Builder::new().name("memory-index".into()).spawn(work);
        if let Err(error) = thread {
            // What is asked of it is answered with that.
            tracing::error!(%error, "the memory's index could not be started");
        }
        Self { thread: Arc::new(Thread { asks: Mutex::new(Some(asks)), ended: Mutex::new(ended) }) }
    }

    /// Something changed: the vectors are brought in line in the background.
    pub fn catch_up(&self) {
        let _ = self.send(Ask::CatchUp);
    }

    /// Waits until the vectors know everything that was kept before this call. `remaining` is told what is to be done.
    pub fn settle(&self, remaining: OnRemaining) -> Result<(), IndexError> {
        self.ask(|reply| Ask::Settle { anew: false, remaining, reply })
    }

    /// Makes all vectors anew, and waits for it.
    pub fn rebuild(&self, remaining: OnRemaining) -> Result<(), IndexError> {
        self.ask(|reply| Ask::Settle { anew: true, remaining, reply })
    }

    /// Makes all vectors anew, and does not wait.
    pub fn rebuild_in_background(&self) {
        let (reply, _) = channel();
        let _ = self.send(Ask::Settle { anew: true, remaining: Box::new(|_| {}), reply });
    }

    /// How many vectors there are.
    pub fn count(&self) -> Result<usize, IndexError> {
        self.ask(Ask::Count)
    }

    /// The records whose meaning is nearest to that of `text`, of each kind at most so many, the nearest first.
    pub(crate) fn nearest(&self, text: &str, kinds: Vec<(Kind, usize)>) -> Result<Vec<Near>, IndexError> {
        let (reply, answer) = channel();
        let stopped = || IndexError::Vectors("the index has stopped".into());
        self.send(Ask::Nearest { text: text.into(), kinds, reply }).map_err(|()| stopped())?;
        answer.recv_timeout(PATIENCE).map_err(|error| match error {
            RecvTimeoutError::Timeout => IndexError::Busy,
            RecvTimeoutError::Disconnected => stopped(),
        })?
    }

    fn ask<T>(&self, ask: impl FnOnce(Reply<T>) -> Ask) -> Result<T, IndexError> {
        let (reply, answer) = channel();
        let gone = || IndexError::Vectors("the index has stopped".into());
        self.send(ask(reply)).map_err(|()| gone())?;
        answer.recv().map_err(|_| gone())?
    }

    fn send(&self, ask: Ask) -> Result<(), ()> {
        let asks = self.thread.asks.lock().unwrap_or_else(PoisonError::into_inner);
        asks.as_ref().ok_or(())?.send(ask).map_err(drop)
    }
}

/// The thread.
struct Worker {
    store: Arc<Store>,
    folder: PathBuf,
    model: Model,
    inbox: Receiver<Ask>,
    /// Up to this place on the list of changes, what went is known.
    looked_at: i64,
    /// LanceDB is asynchronous.
    runtime: Option<Runtime>,
    tables: Option<Tables>,
}

/// The model, loaded when it is first needed: to remove something it is not.
struct Model {
    from: EmbeddingModel,
    open: Option<Embedder>,
}

impl Model {
    fn embed(&mut self, texts: &[&str]) -> Result<Vec<Vec<f32>>, IndexError> {
        if self.open.is_none() {
            let files = (self.from.files)().map_err(IndexError::NoModel)?;
            self.open = Some(Embedder::open(&files)?);
        }
        self.open.as_ref().expect("opened above").embed(texts)
    }
}

/// The tables of vectors.
struct Tables {
    generation: String,
    of: Vec<(Kind, Vectors)>,
    /// Of an encrypted database: up to this place what is kept in it is in the tables.
    filled: i64,
}

impl Tables {
    fn of(&mut self, kind: Kind) -> &mut Vectors {
        let table = self.of.iter_mut().find(|(of, _)| *of == kind);
        &mut table.expect("every kind has a table").1
    }

    /// With what was kept in the database meanwhile, by whomever.
    fn fill(&mut self, runtime: &Runtime, store: &Store) -> Result<(), IndexError> {
        loop {
            let kept = store.embeddings(self.filled)?;
            let Some(&(until, ..)) = kept.last() else { return Ok(()) };
            for kind in Kind::ALL {
                let rows = kept.iter().filter(|(_, of, _)| *of == kind).map(|(.., row)| row.clone());
                let rows: Vec<Row> = rows.collect();
                let records: Vec<i64> = rows.iter().map(|row| row.record).collect();
                runtime.block_on(self.of(kind).replace(&records, &rows))?;
            }
            self.filled = until;
        }
    }
}

impl Worker {
    fn run(mut self) {
        // Those who wait until everything is known.
        let mut waiting: Vec<(OnRemaining, Reply<()>)> = Vec::new();
        let mut behind = false;
        loop {
            let ask = if behind {
                self.inbox.try_recv()
            } else {
                self.inbox.recv_timeout(IDLE).map_err(|error| match error {
                    RecvTimeoutError::Timeout => TryRecvError::Empty,
                    RecvTimeoutError::Disconnected => TryRecvError::Disconnected,
                })
            };
            // An answer that nobody waits for any more is no matter.
            match ask {
                Ok(Ask::Nearest { text, kinds, reply }) => drop(reply.send(self.nearest(&text, &kinds))),
                Ok(Ask::Count(reply)) => drop(reply.send(self.counted())),
                Ok(Ask::CatchUp) => behind = true,
                Ok(Ask::Settle { anew, remaining, reply }) => {
                    match if anew { self.begin() } else { Ok(()) } {
                        Ok(()) => {
                            waiting.push((remaining, reply));
                            behind = true;
                        }
                        Err(error) => drop(reply.send(Err(error))),
                    }
                }
                Err(TryRecvError::Empty) if behind => {
                    let done = self.batch(BATCH[usize::from(!waiting.is_empty())]);
                    behind = matches!(done, Ok(1..));
                    match &done {
                        Ok(remaining) => waiting.iter_mut().for_each(|(told, _)| told(*remaining)),
                        Err(error) => tracing::warn!(%error, "the memory's index is behind"),
                    }
                    if !behind {
                        for (_, reply) in waiting.drain(..) {
                            drop(reply.send(done.clone().map(drop)));
                        }
                    }
                }
                Err(TryRecvError::Empty) => (self.model.open, self.tables) = (None, None),
                Err(TryRecvError::Disconnected) => return,
            }
        }
    }

    fn nearest(&mut self, text: &str, kinds: &[(Kind, usize)]) -> Result<Vec<Near>, IndexError> {
        let vector = self.model.embed(&[text])?.remove(0);
        self.read(|runtime, tables| {
            let mut near = Vec::new();
            for &(kind, limit) in kinds {
                let of_kind = runtime.block_on(tables.of(kind).nearest(&vector, limit))?;
                near.extend(of_kind.into_iter().map(|(record, cosine)| (kind, record, cosine)));
            }
            near.sort_by(|a: &Near, b: &Near| b.2.total_cmp(&a.2));
            Ok(near)
        })
    }

    fn counted(&mut self) -> Result<usize, IndexError> {
        self.read(|runtime, tables| {
            tables.of.iter().map(|(_, vectors)| runtime.block_on(vectors.count())).sum()
        })
    }

    /// Brings some of what has changed among the vectors. Returns how much more there is.
    fn batch(&mut self, size: u32) -> Result<u64, IndexError> {
        if self.store.unindexed()? == 0 && self.store.vectors()?.is_some() {
            return Ok(0);
        }
        // One program at a time, or a record would come among the vectors twice.
        let _lock = lock(&self.folder)?;
        // What went goes first: that needs no model.
        self.with(|_, _| Ok(()))?;
        while let Some((gone, until)) = self.store.gone(self.looked_at)? {
            self.enter(&gone)?;
            self.store.indexed(&gone)?;
            self.looked_at = until;
        }
        let came = self.store.changes(size)?;
        self.enter(&came)?;
        self.store.indexed(&came)?;
        Ok(self.store.unindexed()?)
    }

    /// Puts the vectors of what came in the place of those that were there, and removes those of what went.
    fn enter(&mut self, changes: &[Change]) -> Result<(), IndexError> {
        for kind in Kind::ALL {
            let of_kind: Vec<&Change> = changes.iter().filter(|change| change.kind == kind).collect();
            if of_kind.is_empty() {
                continue;
            }
            let texts: Vec<(i64, &str)> =
                of_kind.iter().filter_map(|change| Some((change.record, change.text.as_deref()?))).collect();
            let embedded = match texts.is_empty() {
                true => Vec::new(),
                false => self.model.embed(&texts.iter().map(|(_, text)| *text).collect::<Vec<_>>())?,
            };
            let rows =
                texts.iter().zip(embedded).map(|((record, _), vector)| Row { record: *record, vector });
            let rows: Vec<Row> = rows.collect();
            let gone = |change: &&&Change| change.text.is_none();
            let gone: Vec<i64> = of_kind.iter().filter(gone).map(|change| change.record).collect();
            if self.store.is_encrypted() {
                self.store.keep_embeddings(kind, &rows)?;
                self.store.remove_embeddings(kind, &gone)?;
            }
            let records: Vec<i64> = of_kind.iter().map(|change| change.record).collect();
            self.with(|runtime, tables| {
                runtime.block_on(tables.of(kind).replace(&records, &rows))?;
                if !gone.is_empty() {
                    // What went is not only to be found no more: it is to be gone.
                    runtime.block_on(tables.of(kind).tidy())?;
                }
                Ok(())
            })?;
        }
        Ok(())
    }

    /// Everything is to be embedded, in new tables.
    fn begin(&mut self) -> Result<(), IndexError> {
        self.tables = None;
        self.begin_generation().map(drop)
    }

    /// Reads, from new tables where the old ones cannot be read.
    fn read<T>(
        &mut self,
        work: impl Fn(&Runtime, &mut Tables) -> Result<T, IndexError>,
    ) -> Result<T, IndexError> {
        match self.with(&work) {
            // Another program has put them in order meanwhile.
            Err(IndexError::Vectors(_)) => match self.with(&work) {
                Err(IndexError::Vectors(reason)) => {
                    tracing::warn!(reason, "the memory's vectors are made anew");
                    self.begin()?;
                    self.with(&work)
                }
                done => done,
            },
            done => done,
        }
    }

    /// With the tables that the list of changes belongs to.
    fn with<T>(
        &mut self,
        work: impl Fn(&Runtime, &mut Tables) -> Result<T, IndexError>,
    ) -> Result<T, IndexError> {
        let known = match self.store.vectors()? {
            Some((generation, model)) if model == self.model.from.id => Some(generation),
            _ => None,
        };
        let runtime = match self.runtime.take() {
            Some(runtime) => runtime,
            None => runtime()?,
        };
        // Another program may have begun anew.
        let tables = self.tables.take().filter(|tables| Some(&tables.generation) == known.as_ref());
        let opened = tables.map_or_else(|| self.open(&runtime, known), Ok);
        let done = opened.and_then(|mut tables| {
            if self.store.is_encrypted() {
                tables.fill(&runtime, &self.store)?;
            }
            let done = work(&runtime, &mut tables);
            // What failed is opened again the next time.
            self.tables = done.is_ok().then_some(tables);
            done
        });
        self.runtime = Some(runtime);
        done
    }

    fn open(&self, runtime: &Runtime, known: Option<String>) -> Result<Tables, IndexError> {
        if self.store.is_encrypted() {
            self.open_in_memory(runtime, known)
        } else {
            self.open_files(runtime, known)
        }
    }

    fn begin_generation(&self) -> Result<String, IndexError> {
        let generation = Uuid::new_v4().simple().to_string();
        self.store.begin_vectors(&generation, &self.model.from.id)?;
        Ok(generation)
    }

    fn open_in_memory(&self, runtime: &Runtime, known: Option<String>) -> Result<Tables, IndexError> {
        let generation = known.map_or_else(|| self.begin_generation(), Ok)?;
        let open = |kind: Kind| Ok((kind, runtime.block_on(Vectors::in_memory(kind.name()))?));
        let of = Kind::ALL.into_iter().map(open).collect::<Result<_, IndexError>>()?;
        Ok(Tables { generation, of, filled: 0 })
    }

    fn open_files(&self, runtime: &Runtime, known: Option<String>) -> Result<Tables, IndexError> {
        let open = |generation: &str| {
            Kind::ALL
                .into_iter()
                .map(|kind| {
                    let name = format!("{}-{generation}", kind.name());
                    let (vectors, there) = runtime.block_on(Vectors::open(&self.folder, &name))?;
                    Ok((kind, vectors, there))
                })
                .collect::<Result<Vec<_>, IndexError>>()
        };
        let mut generation = known.unwrap_or_default();
        let mut tables = if generation.is_empty() { Vec::new() } else { open(&generation)? };
        if tables.is_empty() || !tables.iter().all(|(.., there)| *there) {
            // They are not the ones that the list of changes belongs to, or were never there.
            generation = self.begin_generation()?;
            tables = open(&generation)?;
        }
        runtime.block_on(Vectors::keep_only(&self.folder, &generation))?;
        let of = tables.into_iter().map(|(kind, vectors, _)| (kind, vectors)).collect();
        Ok(Tables { generation, of, filled: 0 })
    }
}

fn runtime() -> Result<Runtime, IndexError> {
    // With one thread alone a search waits for itself at every file that it reads.
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    runtime.map_err(|e| IndexError::Vectors(e.to_string()))
}

/// Held while vectors are written; given back by the system when the program dies.
fn lock(folder: &Path) -> Result<File, IndexError> {
    let unusable = |e: std::io::Error| IndexError::Vectors(e.to_string());
    let mut builder = std::fs::DirBuilder::new();
    // Vectors tell what texts are about.
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.recursive(true).create(folder).map_err(unusable)?;
    let file = File::create(folder.join("lock")).map_err(unusable)?;
    file.lock().map_err(unusable)?;
    Ok(file)
}

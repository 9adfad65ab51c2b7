//! Direct downloads with everything that goes wrong with them.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::sync::Arc;

use axum::http::{Method, StatusCode};
use jarvis_core::Code;
use jarvis_models::{CatalogError, Hardware, ModelState, OnProgress, Phase, Stage, Verdict};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::server::{Habits, Request, Server};
use crate::{Seen, catalog, model, pull, sha256};

/// A body that differs everywhere, so that a wrongly joined one never has the right sum.
fn body(seed: u8) -> Vec<u8> {
    (0..300_000u32).map(|i| (i.wrapping_mul(2_654_435_761) >> 24) as u8 ^ seed).collect()
}

fn file(body: &[u8], urls: &[String]) -> String {
    let sources: String =
        urls.iter().map(|url| format!("[[model.file.source]]\nurl = \"{url}\"\n")).collect();
    let (sum, size) = (sha256(body), body.len());
    format!("[[model.file]]\nname = \"file.bin\"\nsha256 = \"{sum}\"\nsize_bytes = {size}\n{sources}")
}

/// Nothing but the finished file and its record is left.
fn assert_clean(dir: &Path, id: &str, expected: &[u8]) {
    assert!(fs::read(dir.join(id).join("file.bin")).unwrap() == expected, "the file has other bytes");
    let mut names: Vec<_> =
        fs::read_dir(dir.join(id)).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    assert_eq!(names, ["file.bin", "record.json"]);
}

/// The address of a port on which nothing listens.
async fn nobody() -> (u16, String) {
    let port = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().port();
    (port, format!("http://127.0.0.1:{port}/file.bin"))
}

fn ranges(server: &Server) -> Vec<Option<String>> {
    server.requests().into_iter().map(|request| request.range).collect()
}

#[tokio::test]
async fn a_file_is_fetched_checked_and_reported() {
    let (dir, body) = (tempfile::tempdir().unwrap(), body(0));
    let server = Server::start(&body).await;
    let catalog = catalog(dir.path(), &model("m", &file(&body, &[server.url()])));
    assert_eq!(catalog.list()[0].state, ModelState::Missing);
    let missing = catalog.path("m", "file.bin").unwrap_err();
    assert!(matches!(&missing, CatalogError::ModelMissing { id } if id == "m"), "{missing}");
    assert!(missing.failure().remedy.contains("jarvis models pull m"));

    let seen = Seen::default();
    catalog.pull("m", &seen.listener(), &CancellationToken::new()).await.unwrap();
    assert_clean(dir.path(), "m", &body);
    assert_eq!(catalog.path("m", "file.bin").unwrap(), dir.path().join("m/file.bin"));
    assert_eq!(catalog.first_installed(&["x", "m"]), Some("m"));
    let all = seen.all();
    assert!(all.windows(2).all(|pair| pair[0].done_bytes <= pair[1].done_bytes), "progress went backwards");
    let last = all.last().unwrap();
    assert_eq!((last.phase, last.done_bytes, last.total_bytes), (Phase::Done, 300_000, Some(300_000)));

    pull(&catalog, "m").await.unwrap();
    assert_eq!(server.requests().len(), 1, "what is installed is not fetched again");
    assert!(catalog.remove("m", &CancellationToken::new()).await.unwrap());
    assert_eq!(catalog.list()[0].state, ModelState::Missing);
    assert!(!catalog.remove("m", &CancellationToken::new()).await.unwrap());
    let unknown = pull(&catalog, "q").await.unwrap_err();
    assert_eq!(unknown.failure().code, Code::BadRequest);
}

#[tokio::test]
async fn a_connection_that_breaks_is_taken_up_where_it_broke() {
    let (dir, body) = (tempfile::tempdir().unwrap(), body(1));
    let server = Server::start(&body).await;
    server.set(|habits| habits.break_after = vec![70_000, 100_000]);
    let catalog = catalog(dir.path(), &model("m", &file(&body, &[server.url()])));
    let arrived = server.arrived.clone();
    let mut awaited = vec![170_000, 100_000];
    let awaited = std::sync::Mutex::new(move |done| awaited.pop_if(|next| *next == done).is_some());
    let progress: OnProgress = Arc::new(move |p| {
        if p.phase == Phase::Downloading && awaited.lock().unwrap()(p.done_bytes) {
            arrived.notify_one();
        }
    });
    catalog.pull("m", &progress, &CancellationToken::new()).await.unwrap();
    assert_clean(dir.path(), "m", &body);
    let resumed = |range: &str| Request {
        method: Method::GET,
        range: Some(range.to_owned()),
        if_range: Some("\"v1\"".to_owned()),
    };
    assert_eq!(server.requests()[1..], [resumed("bytes=100000-"), resumed("bytes=170000-")]);
}

/// Stops a download once 100 000 bytes are there.
async fn stopped_midway(dir: &Path, server: &Server, manifest: &str) {
    server.set(|habits| habits.hang_after = Some(100_000));
    let cancel = CancellationToken::new();
    let stop = cancel.clone();
    let progress: OnProgress = Arc::new(move |p| {
        if p.done_bytes >= 100_000 {
            stop.cancel();
        }
    });
    let error = catalog(dir, manifest).pull("m", &progress, &cancel).await.unwrap_err();
    assert!(matches!(error, CatalogError::Cancelled), "{error}");
    assert!(!dir.join("m/file.bin").exists());
}

#[tokio::test]
async fn what_is_there_of_a_stopped_download_can_be_removed() {
    let (dir, body) = (tempfile::tempdir().unwrap(), body(2));
    let server = Server::start(&body).await;
    let manifest = model("m", &file(&body, &[server.url()]));
    stopped_midway(dir.path(), &server, &manifest).await;
    let catalog = catalog(dir.path(), &manifest);
    assert_eq!(catalog.bytes_there("m"), [("file.bin", 100_000)]);
    assert!(catalog.remove("m", &CancellationToken::new()).await.unwrap());
    let there = catalog.list().remove(0);
    assert_eq!((there.state, there.done_bytes), (ModelState::Missing, 0));
}

#[tokio::test]
async fn a_stopped_download_goes_on_if_the_server_still_has_the_same_file() {
    type Ranges = &'static [Option<&'static str>];
    let check = |name: &'static str, change: fn(&mut Habits), expected: Ranges| async move {
        let (dir, body) = (tempfile::tempdir().unwrap(), body(2));
        let server = Server::start(&body).await;
        let manifest = model("m", &file(&body, &[server.url()]));
        stopped_midway(dir.path(), &server, &manifest).await;
        let there = catalog(dir.path(), &manifest).list().remove(0);
        assert_eq!((there.state, there.done_bytes), (ModelState::Partial, 100_000));
        server.set(change);
        pull(&catalog(dir.path(), &manifest), "m").await.unwrap();
        assert_clean(dir.path(), "m", &body);
        assert_eq!(
            ranges(&server)[1..],
            expected.iter().map(|r| r.map(str::to_owned)).collect::<Vec<_>>(),
            "{name}"
        );
    };
    const GOES_ON: &[Option<&str>] = &[Some("bytes=100000-")];
    const STARTS_ANEW: &[Option<&str>] = &[Some("bytes=100000-"), None];
    check("same file", |_| (), GOES_ON).await;
    check("no ranges", |h| h.ranges = false, GOES_ON).await;
    check("changed tag", |h| h.etag = "\"v2\"".to_owned(), GOES_ON).await;
    let careless = |h: &mut Habits| (h.etag, h.careless) = ("\"v2\"".to_owned(), true);
    check("changed tag, range answered all the same", careless, STARTS_ANEW).await;
}

#[tokio::test]
async fn a_partial_file_that_does_not_add_up_is_fetched_from_the_start() {
    let (dir, body) = (tempfile::tempdir().unwrap(), body(3));
    let server = Server::start(&body).await;
    let manifest = model("m", &file(&body, &[server.url()]));
    stopped_midway(dir.path(), &server, &manifest).await;
    // What a crash can leave behind: the length is there, the bytes are not.
    fs::write(dir.path().join("m/file.bin.0.part"), vec![0; 100_000]).unwrap();
    pull(&catalog(dir.path(), &manifest), "m").await.unwrap();
    assert_clean(dir.path(), "m", &body);
    assert_eq!(ranges(&server)[1..], [Some("bytes=100000-".to_owned()), None]);
}

#[tokio::test]
async fn wrong_bytes_are_never_put_in_place() {
    let check = |served: Vec<u8>| async move {
        let (dir, body) = (tempfile::tempdir().unwrap(), body(4));
        let server = Server::start(&served).await;
        let catalog = catalog(dir.path(), &model("m", &file(&body, &[server.url()])));
        let error = pull(&catalog, "m").await.unwrap_err();
        assert!(matches!(&error, CatalogError::Checksum { file, .. } if file == "file.bin"), "{error}");
        assert_eq!(error.failure().code, Code::ModelDamaged);
        assert!(!dir.path().join("m/file.bin").exists());
        assert!(!dir.path().join("m/file.bin.0.part").exists(), "wrong bytes must not be resumed");
    };
    check(body(5)).await;
    check(body(4)[..200_000].to_vec()).await;
}

#[tokio::test]
async fn what_does_not_work_gives_way_to_the_next_source() {
    let body = body(6);
    let good = Server::start(&body).await;
    let check = |first: String| {
        let (body, good) = (body.clone(), good.url());
        async move {
            let dir = tempfile::tempdir().unwrap();
            let catalog = catalog(dir.path(), &model("m", &file(&body, &[first, good])));
            pull(&catalog, "m").await.unwrap();
            assert_clean(dir.path(), "m", &body);
        }
    };
    check(nobody().await.1).await;
    let wrong = Server::start(&self::body(7)).await;
    check(wrong.url()).await;
    let gone = Server::start(&body).await;
    gone.set(|habits| habits.status = StatusCode::NOT_FOUND);
    check(gone.url()).await;
    let dies = Server::start(&body).await;
    dies.set(|habits| habits.break_after = vec![0; 3]);
    check(dies.url()).await;
}

#[tokio::test]
async fn a_host_that_is_down_is_not_tried_twice_and_every_reason_is_told() {
    let (dir, body) = (tempfile::tempdir().unwrap(), body(8));
    let (port, dead) = nobody().await;
    let files = file(&body, &[dead]);
    let catalog = catalog(dir.path(), &(model("a", &files) + &model("b", &files)));
    let error = pull(&catalog, "a").await.unwrap_err();
    assert!(
        matches!(&error, CatalogError::Unreachable { tried, .. } if tried[0].1.contains("refused")),
        "{error}"
    );
    assert_eq!(error.failure().code, Code::Unreachable);
    // It comes up now, but in this run it is known to be down.
    let revived = Server::start_on(TcpListener::bind(("127.0.0.1", port)).await.unwrap(), &body);
    pull(&catalog, "b").await.unwrap_err();
    assert_eq!(revived.requests(), []);
    pull(&crate::catalog(dir.path(), &(model("a", &files))), "a").await.unwrap();
}

#[tokio::test]
async fn a_stage_falls_back_to_the_model_that_can_be_had() {
    let (dir, body) = (tempfile::tempdir().unwrap(), body(9));
    let server = Server::start(&body).await;
    let dead = file(&body, &[nobody().await.1]);
    let manifest =
        model("best", &dead) + &model("second", &file(&body, &[server.url()])) + &model("third", &dead);
    let catalog = catalog(dir.path(), &manifest);
    let (hardware, seen, cancel) = (Hardware::detect(), Seen::default(), CancellationToken::new());
    for _ in 0..2 {
        let id = catalog.pull_stage(Stage::Stt, &hardware, &seen.listener(), &cancel).await.unwrap();
        assert_eq!(id, "second");
    }
    assert_eq!(server.requests().len(), 1, "an installed fallback is good enough");
}

#[tokio::test]
async fn a_damaged_file_is_found_and_only_it_is_fetched_again() {
    let (dir, body) = (tempfile::tempdir().unwrap(), body(10));
    let (one, two) = (Server::start(&body).await, Server::start(&body).await);
    let second = file(&body, &[two.url()]).replace("file.bin\"\nsha", "other.bin\"\nsha");
    let catalog = catalog(dir.path(), &model("m", &(file(&body, &[one.url()]) + &second)));
    pull(&catalog, "m").await.unwrap();
    let path = dir.path().join("m/other.bin");
    let verdicts = || async {
        let checks = catalog.verify("m", &CancellationToken::new()).await.unwrap();
        checks.into_iter().map(|check| check.verdict).collect::<Vec<_>>()
    };
    assert_eq!(verdicts().await, [Verdict::Intact, Verdict::Intact]);

    let mut bytes = body.clone();
    bytes[1234] ^= 1;
    fs::write(&path, &bytes).unwrap();
    assert!(catalog.installed("m"), "one flipped bit cannot be seen without reading");
    assert_eq!(verdicts().await, [Verdict::Intact, Verdict::Damaged]);
    let repair =
        || async { catalog.repair("m", &Seen::default().listener(), &CancellationToken::new()).await };
    assert_eq!(repair().await.unwrap(), ["other.bin"]);
    assert!(fs::read(&path).unwrap() == body);
    assert_eq!((one.requests().len(), two.requests().len()), (1, 2));

    fs::write(&path, &body[..100]).unwrap();
    assert_eq!(catalog.list()[0].state, ModelState::Damaged);
    let error = catalog.path("m", "other.bin").unwrap_err();
    assert!(matches!(&error, CatalogError::ModelDamaged { file, .. } if file == "other.bin"), "{error}");
    pull(&catalog, "m").await.unwrap();
    assert_eq!((one.requests().len(), two.requests().len()), (1, 3));
    assert_eq!(repair().await.unwrap(), [""; 0]);
}

#[tokio::test]
async fn a_full_disk_is_said_so_and_loses_nothing() {
    let (dir, body) = (tempfile::tempdir().unwrap(), body(11));
    let server = Server::start(&body).await;
    let first = file(&body, &[server.url()]);
    let second = first.replace("file.bin\"\nsha", "other.bin\"\nsha");
    let catalog = catalog(dir.path(), &model("m", &(first + &second)));
    // The kernel's own full device stands where the second file's bytes gather.
    fs::create_dir_all(dir.path().join("m")).unwrap();
    let part = dir.path().join("m/other.bin.0.part");
    symlink("/dev/full", &part).unwrap();
    let state = format!("{{\"source\": \"{}\", \"etag\": null, \"parts\": null}}", server.url());
    fs::write(dir.path().join("m/other.bin.0.part.json"), state).unwrap();
    let error = pull(&catalog, "m").await.unwrap_err();
    assert!(matches!(&error, CatalogError::DiskFull { need, .. } if *need > 0), "{error}");
    assert_eq!(error.failure().code, Code::DiskFull);
    assert!(fs::read(dir.path().join("m/file.bin")).unwrap() == body, "the file before it stays");
    assert!(!dir.path().join("m/other.bin").exists());

    fs::remove_file(&part).unwrap();
    pull(&catalog, "m").await.unwrap();
    assert!(fs::read(dir.path().join("m/other.bin")).unwrap() == body);
    assert_eq!(server.requests().len(), 3);
}

#[tokio::test]
async fn what_cannot_fit_is_refused_before_the_first_byte() {
    let (dir, body) = (tempfile::tempdir().unwrap(), body(12));
    let server = Server::start(&body).await;
    server.set(|habits| habits.headers.push(("x-linked-size", (1u64 << 60).to_string())));
    server.set(|habits| habits.headers.push(("x-linked-etag", format!("\"{}\"", "0".repeat(64)))));
    let source = format!("[[model.file.source]]\nurl = \"{}\"\nverify = \"publisher\"\n", server.url());
    let files = format!("[[model.file]]\nname = \"file.bin\"\napprox_mb = 1\n{source}");
    let error = pull(&catalog(dir.path(), &model("m", &files)), "m").await.unwrap_err();
    assert!(matches!(&error, CatalogError::DiskFull { need, .. } if *need == 1 << 60), "{error}");
    assert!(server.requests().iter().all(|request| request.method == Method::HEAD));
}

#[tokio::test]
async fn without_a_sum_the_publishers_own_is_checked() {
    let body = body(13);
    let check = |name: &'static str, header: &'static str, value: String, ok: bool| {
        let body = body.clone();
        async move {
            let dir = tempfile::tempdir().unwrap();
            let server = Server::start(&body).await;
            server.set(|habits| match header {
                "etag" => habits.etag = value,
                other => habits.headers.push((other, value)),
            });
            let source =
                format!("[[model.file.source]]\nurl = \"{}\"\nverify = \"publisher\"\n", server.url());
            let files = format!("[[model.file]]\nname = \"file.bin\"\napprox_mb = 1\n{source}");
            let catalog = catalog(dir.path(), &model("m", &files));
            let result = pull(&catalog, "m").await;
            assert_eq!(result.is_ok(), ok, "{name}: {result:?}");
            if ok {
                assert_clean(dir.path(), "m", &body);
                let checks =
                    || async { catalog.verify("m", &CancellationToken::new()).await.unwrap()[0].verdict };
                assert_eq!(checks().await, Verdict::Intact, "{name}");
                let mut bytes = body.clone();
                bytes[0] ^= 1;
                fs::write(dir.path().join("m/file.bin"), bytes).unwrap();
                assert_eq!(checks().await, Verdict::Damaged, "{name}: the sum of the download is remembered");
            } else {
                assert!(!dir.path().join("m/file.bin").exists(), "{name}");
            }
        }
    };
    use sha1::Digest;
    let git = sha1::Sha1::new_with_prefix(format!("blob {}\0", body.len())).chain_update(&body).finalize();
    let git: String = git.iter().map(|b| format!("{b:02x}")).collect();
    check("large file", "x-linked-etag", format!("\"{}\"", sha256(&body)), true).await;
    check("small file", "etag", format!("\"{git}\""), true).await;
    check("other bytes", "x-linked-etag", format!("\"{}\"", sha256(b"x")), false).await;
    check("no sum", "etag", "\"v1\"".to_owned(), false).await;
}

#[tokio::test]
async fn two_catalogues_at_once_fetch_it_once() {
    let (dir, body) = (tempfile::tempdir().unwrap(), body(14));
    let server = Server::start(&body).await;
    let manifest = model("m", &file(&body, &[server.url()]));
    let (one, two) = (catalog(dir.path(), &manifest), catalog(dir.path(), &manifest));
    let (first, second) = tokio::join!(pull(&one, "m"), pull(&two, "m"));
    first.unwrap();
    second.unwrap();
    assert_clean(dir.path(), "m", &body);
    assert_eq!(server.requests().len(), 1);
}

/// What a package brought along is used and left alone; what the person fetches goes before it.
#[tokio::test]
async fn shipped_models_are_used_until_the_person_has_their_own() {
    let (own, shipped, body) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap(), body(0));
    let server = Server::start(&body).await;
    let brought = shipped.path().join("m/file.bin");
    fs::create_dir(brought.parent().unwrap()).unwrap();
    fs::write(&brought, &body).unwrap();
    let manifest = model("m", &file(&body, &[server.url()]));
    let catalog = catalog(own.path(), &manifest).with_shipped(shipped.path().to_owned());
    assert_eq!(catalog.path("m", "file.bin").unwrap(), brought);
    pull(&catalog, "m").await.unwrap();
    assert!(!own.path().join("m").exists(), "what is there is not fetched again");
    assert!(
        !catalog.remove("m", &CancellationToken::new()).await.unwrap(),
        "it is not the person's to remove"
    );

    fs::write(&brought, vec![0; body.len()]).unwrap();
    catalog.repair("m", &Seen::default().listener(), &CancellationToken::new()).await.unwrap();
    assert_eq!(catalog.path("m", "file.bin").unwrap(), own.path().join("m/file.bin"));
    assert_clean(own.path(), "m", &body);
}

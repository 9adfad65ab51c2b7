//! Porcupine's C interface, versions 2 to 4 (`include/pv_porcupine.h` and `include/picovoice.h` of
//! <https://github.com/Picovoice/porcupine>).
//!
//! Version 4 wants to know the device to compute on, one argument more at construction; versions 3 and 4 explain an
//! error in a stack of messages. Everything else has stayed as it was.

#![allow(unsafe_code, reason = "functions of a C library are called")]

use std::ffi::{CStr, CString, c_char};
use std::path::Path;
use std::ptr::{self, NonNull};

use libloading::Library;

use super::PorcupineFiles;
use super::error::PorcupineError;

/// `pv_status_t`; nought is success.
type Status = i32;
/// `pv_porcupine_t`, of which only the address is known.
#[repr(C)]
struct Object([u8; 0]);

type InitV2 = unsafe extern "C" fn(
    access_key: *const c_char,
    model_path: *const c_char,
    num_keywords: i32,
    keyword_paths: *const *const c_char,
    sensitivities: *const f32,
    object: *mut *mut Object,
) -> Status;
type InitV4 = unsafe extern "C" fn(
    access_key: *const c_char,
    model_path: *const c_char,
    device: *const c_char,
    num_keywords: i32,
    keyword_paths: *const *const c_char,
    sensitivities: *const f32,
    object: *mut *mut Object,
) -> Status;
type Process = unsafe extern "C" fn(object: *mut Object, pcm: *const i16, keyword_index: *mut i32) -> Status;
type Delete = unsafe extern "C" fn(object: *mut Object);
type Number = unsafe extern "C" fn() -> i32;
type Version = unsafe extern "C" fn() -> *const c_char;
type StatusToString = unsafe extern "C" fn(status: Status) -> *const c_char;
type GetErrorStack = unsafe extern "C" fn(messages: *mut *mut *mut c_char, depth: *mut i32) -> Status;
type FreeErrorStack = unsafe extern "C" fn(messages: *mut *mut c_char);

/// A loaded library and one engine in it, which listens for one keyword.
pub struct Engine {
    object: NonNull<Object>,
    api: Api,
    frame_length: usize,
    sample_rate: u32,
}

// SAFETY: the header ties an object to no thread, only to one call at a time, and calls need `&mut Engine`.
unsafe impl Send for Engine {}

impl Engine {
    pub fn open(files: &PorcupineFiles, access_key: &str, sensitivity: f32) -> Result<Self, PorcupineError> {
        let api = Api::load(&files.library)?;
        let object = api.init(access_key, &files.model, &files.keyword, sensitivity);
        let object = object.map_err(|e| e.without(access_key))?;
        // SAFETY: both take nothing and return a constant.
        let (frame_length, sample_rate) = unsafe { ((api.frame_length)(), (api.sample_rate)()) };
        let mut engine = Self { object, api, frame_length: 0, sample_rate: sample_rate.unsigned_abs() };
        engine.frame_length = usize::try_from(frame_length)
            .ok()
            .filter(|length| *length > 0)
            .ok_or(PorcupineError::Failed { reason: format!("its frames have {frame_length} samples") })?;
        Ok(engine)
    }

    /// Samples that [`Self::process`] wants at a time.
    pub fn frame_length(&self) -> usize {
        self.frame_length
    }

    /// Samples per second.
    pub fn sample_rate(&self) -> u32 {
        self.sample_rate
    }

    /// Whether the keyword ends in this frame.
    pub fn process(&mut self, frame: &[i16]) -> Result<bool, PorcupineError> {
        assert_eq!(frame.len(), self.frame_length, "a frame is as long as the library says");
        let mut keyword = -1;
        // SAFETY: the object is alive until `self` is dropped, the frame is as long as the library reads.
        let status = unsafe { (self.api.process)(self.object.as_ptr(), frame.as_ptr(), &mut keyword) };
        self.api.check(status)?;
        Ok(keyword >= 0)
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        // SAFETY: the object came from this library's init, is deleted once, and the library is still loaded.
        unsafe { (self.api.delete)(self.object.as_ptr()) }
    }
}

/// How the engine is made, which depends on the library's version.
enum Init {
    V2(InitV2),
    V4(InitV4),
}

/// The functions of a loaded library.
struct Api {
    init: Init,
    process: Process,
    delete: Delete,
    frame_length: Number,
    sample_rate: Number,
    status_to_string: StatusToString,
    error_stack: Option<(GetErrorStack, FreeErrorStack)>,
    /// The functions are good for as long as this is.
    _library: Library,
}

impl Api {
    fn load(path: &Path) -> Result<Self, PorcupineError> {
        let unusable = |e: libloading::Error| PorcupineError::LibraryUnusable {
            path: path.into(),
            reason: e.to_string(),
        };
        // SAFETY: the person's configuration names this file as Porcupine's library; its initialisers run here.
        let library = unsafe { Library::new(path) }.map_err(unusable)?;
        // SAFETY: the names are those of the published header and the types are its declarations. The functions are
        // kept no longer than the library, and only the one constructor that fits the version is called.
        unsafe {
            let version = *library.get::<Version>(b"pv_porcupine_version\0").map_err(unusable)?;
            let version = text(version());
            let init = match version.split('.').next() {
                Some("2" | "3") => Init::V2(*library.get(b"pv_porcupine_init\0").map_err(unusable)?),
                Some("4") => Init::V4(*library.get(b"pv_porcupine_init\0").map_err(unusable)?),
                _ => return Err(PorcupineError::Version { version }),
            };
            let get = library.get::<GetErrorStack>(b"pv_get_error_stack\0").ok().map(|f| *f);
            let free = library.get::<FreeErrorStack>(b"pv_free_error_stack\0").ok().map(|f| *f);
            Ok(Self {
                init,
                process: *library.get(b"pv_porcupine_process\0").map_err(unusable)?,
                delete: *library.get(b"pv_porcupine_delete\0").map_err(unusable)?,
                frame_length: *library.get(b"pv_porcupine_frame_length\0").map_err(unusable)?,
                sample_rate: *library.get(b"pv_sample_rate\0").map_err(unusable)?,
                status_to_string: *library.get(b"pv_status_to_string\0").map_err(unusable)?,
                error_stack: get.zip(free),
                _library: library,
            })
        }
    }

    fn init(
        &self,
        access_key: &str,
        model: &Path,
        keyword: &Path,
        sensitivity: f32,
    ) -> Result<NonNull<Object>, PorcupineError> {
        let (key, model) = (c_string(access_key)?, c_string(&model.to_string_lossy())?);
        let keyword = c_string(&keyword.to_string_lossy())?;
        let keywords = [keyword.as_ptr()];
        let sensitivities = [sensitivity];
        let mut object = ptr::null_mut();
        // SAFETY: every string ends in a zero, the arrays hold the one keyword that is announced, and all of them
        // live until the call is over; the library copies what it keeps.
        let status = unsafe {
            match self.init {
                Init::V2(init) => init(
                    key.as_ptr(),
                    model.as_ptr(),
                    1,
                    keywords.as_ptr(),
                    sensitivities.as_ptr(),
                    &mut object,
                ),
                // Listening is light work: no graphics card is woken for it.
                Init::V4(init) => init(
                    key.as_ptr(),
                    model.as_ptr(),
                    c"cpu:1".as_ptr(),
                    1,
                    keywords.as_ptr(),
                    sensitivities.as_ptr(),
                    &mut object,
                ),
            }
        };
        self.check(status)?;
        NonNull::new(object).ok_or(PorcupineError::Failed { reason: "it made no engine".into() })
    }

    /// Turns a status into its error. The numbers are those of `picovoice.h`.
    fn check(&self, status: Status) -> Result<(), PorcupineError> {
        let kind = match status {
            0 => return Ok(()),
            // I/O, invalid argument, key.
            2 | 3 | 5 => |reason| PorcupineError::Rejected { reason },
            // Activation failed, limit reached, throttled, refused.
            8..=11 => |reason| PorcupineError::NotActivated { reason },
            _ => |reason| PorcupineError::Failed { reason },
        };
        // SAFETY: takes any number and returns a static string, or null.
        let name = unsafe { text((self.status_to_string)(status)) };
        let name = if name.is_empty() { format!("status {status}") } else { name };
        let details = self.details();
        Err(kind(if details.is_empty() { name } else { format!("{name} ({})", details.join("; ")) }))
    }

    /// What the library says about the last error, where its version does.
    fn details(&self) -> Vec<String> {
        let Some((get, free)) = self.error_stack else { return Vec::new() };
        let (mut messages, mut depth) = (ptr::null_mut(), 0);
        // SAFETY: on success the library has set both, to an array of `depth` strings that is ours until it is freed,
        // which is once and after the last look.
        unsafe {
            if get(&mut messages, &mut depth) != 0 || messages.is_null() {
                return Vec::new();
            }
            let details = (0..usize::try_from(depth).unwrap_or(0)).map(|i| text(*messages.add(i))).collect();
            free(messages);
            details
        }
    }
}

fn c_string(text: &str) -> Result<CString, PorcupineError> {
    CString::new(text).map_err(|_| PorcupineError::Rejected { reason: "there is a zero in a name".into() })
}

/// # Safety
/// `text` is null or a string that ends in a zero and lives long enough to be copied.
unsafe fn text(text: *const c_char) -> String {
    if text.is_null() {
        return String::new();
    }
    // SAFETY: not null, and the caller vouches for the rest.
    unsafe { CStr::from_ptr(text) }.to_string_lossy().into_owned()
}

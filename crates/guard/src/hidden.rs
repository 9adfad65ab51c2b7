//! stub
/// stub
pub(crate) fn visible_characters(text: &str) -> (String, u32) {
    (text.to_string(), 0)
}

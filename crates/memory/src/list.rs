//! The list of conversations, and the search field over it.

use rusqlite::{Connection, params};

use crate::error::StoreError;
use crate::kind::Kind;
use crate::records::Conversation;
use crate::rows::{self, CONVERSATION};
use crate::search::Search;
use crate::store::Store;

/// Pinned ones first, and then the latest.
const ORDER: &str = "ORDER BY c.pinned DESC, c.updated_at DESC, c.n DESC";

/// So many conversations are found at most. Nobody reads on: one types another word.
const FOUND: i64 = 500;
/// By so many messages, titles and names at most, the latest ones that there are.
const HITS: i64 = 5000;
/// From so many messages on, an unfinished word costs more than it tells when it is short.
const MANY: i64 = 50_000;
/// So many letters it has then, or it is taken for a whole word.
const LETTERS: usize = 3;

impl Store {
    /// All conversations, the pinned ones and then the latest first. With `search` those where all of its words stand in
    /// the title, all of them in one message, or all of them in the name of one attachment, the last of them perhaps
    /// unfinished. What is searched for is text, whatever signs are in it. Where very much is found, the latest messages
    /// decide which conversations are listed.
    pub fn list(&self, search: Option<&str>) -> Result<Vec<Conversation>, StoreError> {
        self.with(|connection| {
            let Some(search) = search.and_then(Search::of) else {
                let mut statement = connection.prepare_cached(&format!("{CONVERSATION} {ORDER}"))?;
                return statement.query_map([], rows::conversation)?.map(|row| Ok(row?)).collect();
            };
            let of_messages = words_of_messages(connection, &search)?;
            // The latest rows of a `table` in whose `text` it stands, by its `index` and what that is asked.
            let latest = |what: &str, index: &str, table: &str, text: &str, asked: &str| {
                let pieces = Search::pieces_stand_in(text);
                match search.words {
                    Some(_) => format!(
                        "SELECT {what} FROM (SELECT rowid AS n FROM {index} WHERE {index} MATCH {asked} ORDER BY rowid DESC LIMIT ?4) w
                         CROSS JOIN {table} x ON x.n = w.n WHERE {pieces} LIMIT {FOUND}"
                    ),
                    None => format!(
                        "SELECT {what} FROM {table} x WHERE {asked} IS NULL AND ?4 AND {pieces} ORDER BY x.n DESC LIMIT {FOUND}"
                    ),
                }
            };
            let titled = latest("x.n", "title_words", "conversations", "x.title", "?1");
            let said = latest("DISTINCT x.conversation", "message_words", "messages", "x.content", "?3");
            let named = latest("x.message", "attachment_words", "attachments", "x.name", "?1");
            // How many messages each has is counted for those that are listed, and for no others.
            let mut statement = connection.prepare_cached(&format!(
                "{CONVERSATION} AND c.n IN (SELECT c.n FROM conversations c WHERE c.deleted_at IS NULL AND c.n IN (
                     SELECT * FROM ({titled})
                     UNION SELECT n FROM conversations WHERE id IN ({said})
                     UNION SELECT n FROM conversations WHERE id IN (SELECT conversation FROM messages WHERE id IN ({named})))
                     {ORDER} LIMIT {FOUND})
                 {ORDER}"
            ))?;
            // What stands in the text is looked for in all that the words have found.
            let hits = if search.words.is_some() && search.has_pieces() { -1 } else { HITS };
            let given = params![search.words, search.pieces, of_messages, hits];
            let found = statement.query_map(given, rows::conversation)?;
            found.map(|row| Ok(row?)).collect()
        })
    }
}

/// What the index of messages is asked. To follow every word that begins with a few letters takes long among very many
/// messages: there a short word is whole, and so is one that is found often enough as it is.
fn words_of_messages(connection: &Connection, search: &Search) -> Result<Option<String>, StoreError> {
    let Some(words) = &search.words else { return Ok(None) };
    if Kind::Message.last(connection)? < MANY {
        return Ok(Some(words.clone()));
    }
    let whole = words.trim_end_matches('*').to_string();
    let often = || -> Result<bool, StoreError> {
        let sql = "SELECT count(*) FROM (SELECT 1 FROM message_words WHERE message_words MATCH ?1 LIMIT ?2)";
        let hits =
            connection.prepare_cached(sql)?.query_row(params![whole, HITS], |row| row.get::<_, i64>(0));
        Ok(hits? == HITS)
    };
    Ok(Some(if search.begun() < LETTERS || often()? { whole } else { words.clone() }))
}

#[cfg(test)]
mod tests {
    use jarvis_core::Role;
    use jiff::Timestamp;

    use super::*;
    use crate::records::NewMessage;

    /// So many messages that a short word is whole: "thorn" in the first conversation, "the" in all others.
    fn many() -> Store {
        let store = Store::in_memory().unwrap();
        let now = Timestamp::UNIX_EPOCH;
        for (title, said) in [("first", "a thorn"), ("second", "the rose \u{1f339}"), ("third", "the tulip")]
        {
            let id = store.create(Some(title), now).unwrap().id;
            store.append(id, NewMessage::new(Role::User, said, None), now).unwrap();
        }
        let crowd = store.create(Some("crowd"), now).unwrap().id.to_string();
        store
            .write(|transaction| {
                let sql =
                    "INSERT INTO messages (id, conversation, seq, role, content, status, spoken, created_at)
                           VALUES (?1, ?2, ?3, 'user', 'the crowd', 'complete', 0, 0)";
                let mut statement = transaction.prepare(sql)?;
                (1..=MANY)
                    .try_for_each(|n| Ok(statement.execute(params![n.to_string(), crowd, n]).map(drop)?))
            })
            .unwrap();
        store
    }

    #[test]
    fn among_very_many_a_short_word_is_whole_and_a_longer_one_may_be_begun() {
        let store = many();
        for (typed, found) in [
            ("tho", &["first"][..]),
            ("tul", &["third"]),
            ("th", &["third"]),
            ("rose", &["second"]),
            ("the ros", &["second"]),
            ("\u{1f339}", &["second"]),
            ("the \u{1f339}", &["second"]),
            // Of what is said everywhere the latest messages decide.
            ("the", &["crowd"]),
            ("cro", &["crowd"]),
            ("nowhere", &[]),
        ] {
            let titles: Vec<String> = store.list(Some(typed)).unwrap().into_iter().map(|c| c.title).collect();
            assert_eq!(titles, found, "{typed}");
        }
    }
}

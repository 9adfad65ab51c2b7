//! As much of the protocol buffers wire format as reading and rewriting an ONNX file takes
//! (<https://protobuf.dev/programming-guides/encoding/>). It knows no schema.

/// The bytes are no protocol buffers message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("it is not a well-formed message")]
pub struct Malformed;

/// What a field holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Value<'a> {
    /// A number.
    Varint(u64),
    /// A string, bytes, a message or packed numbers.
    Bytes(&'a [u8]),
    /// Four or eight bytes that nobody here looks into.
    Fixed,
}

/// One field of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Field<'a> {
    pub number: u64,
    pub value: Value<'a>,
    /// All of it, as it stands in the message.
    pub raw: &'a [u8],
}

impl<'a> Field<'a> {
    /// The bytes in it; none where it is a number.
    pub fn bytes(&self) -> &'a [u8] {
        if let Value::Bytes(bytes) = self.value { bytes } else { &[] }
    }

    /// The text in it; none where it is no text.
    pub fn text(&self) -> &'a str {
        std::str::from_utf8(self.bytes()).unwrap_or_default()
    }

    /// The numbers of a repeated field, whether it was packed or not.
    pub fn numbers(&self) -> Result<Vec<i64>, Malformed> {
        let mut packed = match self.value {
            Value::Varint(number) => return Ok(vec![number.cast_signed()]),
            Value::Bytes(bytes) => bytes,
            Value::Fixed => return Err(Malformed),
        };
        let mut numbers = Vec::new();
        while !packed.is_empty() {
            numbers.push(varint(&mut packed)?.cast_signed());
        }
        Ok(numbers)
    }
}

/// The fields of a message, in order.
pub fn fields(mut message: &[u8]) -> Result<Vec<Field<'_>>, Malformed> {
    let mut fields = Vec::new();
    while !message.is_empty() {
        let start = message;
        let tag = varint(&mut message)?;
        let value = match tag & 7 {
            0 => Value::Varint(varint(&mut message)?),
            1 => take(&mut message, 8).map(|_| Value::Fixed)?,
            2 => {
                let length = varint(&mut message)?;
                Value::Bytes(take(&mut message, length)?)
            }
            5 => take(&mut message, 4).map(|_| Value::Fixed)?,
            _ => return Err(Malformed),
        };
        fields.push(Field { number: tag >> 3, value, raw: &start[..start.len() - message.len()] });
    }
    Ok(fields)
}

fn take<'a>(bytes: &mut &'a [u8], length: u64) -> Result<&'a [u8], Malformed> {
    let length = usize::try_from(length).map_err(|_| Malformed)?;
    let (taken, rest) = bytes.split_at_checked(length).ok_or(Malformed)?;
    *bytes = rest;
    Ok(taken)
}

fn varint(bytes: &mut &[u8]) -> Result<u64, Malformed> {
    let mut value = 0;
    for shift in (0..64).step_by(7) {
        let byte = u64::from(take(bytes, 1)?[0]);
        value |= (byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return Ok(value);
        }
    }
    Err(Malformed)
}

/// A message being written.
#[derive(Clone, Debug, Default)]
pub struct Message(Vec<u8>);

impl Message {
    /// Appends a number.
    pub fn number(mut self, field: u64, value: u64) -> Self {
        self.push_varint(field << 3);
        self.push_varint(value);
        self
    }

    /// Appends a string, bytes or a message.
    pub fn bytes(mut self, field: u64, value: impl AsRef<[u8]>) -> Self {
        let value = value.as_ref();
        self.push_varint(field << 3 | 2);
        self.push_varint(value.len() as u64);
        self.0.extend_from_slice(value);
        self
    }

    /// Appends a field just as it was read.
    pub fn raw(mut self, field: &Field<'_>) -> Self {
        self.0.extend_from_slice(field.raw);
        self
    }

    fn push_varint(&mut self, mut value: u64) {
        while value >= 0x80 {
            self.0.push(value as u8 | 0x80);
            value >>= 7;
        }
        self.0.push(value as u8);
    }
}

impl AsRef<[u8]> for Message {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_written_is_read() {
        let inner = Message::default().number(1, u64::MAX).number(2, 300);
        let message = Message::default().bytes(5, "name").bytes(7, &inner).number(20, 0);
        let read = fields(message.as_ref()).unwrap();
        assert_eq!(read.iter().map(|f| f.number).collect::<Vec<_>>(), [5, 7, 20]);
        assert_eq!(read[0].text(), "name");
        assert_eq!(read[1].bytes(), inner.as_ref());
        assert_eq!(read[2].value, Value::Varint(0));
        let inner = fields(read[1].bytes()).unwrap();
        assert_eq!(inner[0].numbers(), Ok(vec![-1]));
        assert_eq!(inner[1].raw, [0x10, 0xac, 0x02]);

        let copied = read.iter().fold(Message::default(), Message::raw);
        assert_eq!(copied.as_ref(), message.as_ref());
    }

    #[test]
    fn repeated_numbers_may_be_packed() {
        let packed = Message::default().bytes(8, [3, 0xac, 0x02]);
        assert_eq!(fields(packed.as_ref()).unwrap()[0].numbers(), Ok(vec![3, 300]));
    }

    #[test]
    fn what_is_no_message_is_refused() {
        for bytes in [&[0x0a][..], &[0x0a, 5, 1], &[0xff; 11], &[0x0b], &[0x09, 1, 2]] {
            assert_eq!(fields(bytes), Err(Malformed), "{bytes:x?}");
        }
    }
}

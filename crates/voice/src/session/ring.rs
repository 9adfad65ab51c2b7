//! The last stretch of the stream, addressed by sample position.

/// A ring of samples that knows where in the stream it is.
pub(super) struct Ring {
    samples: Vec<f32>,
    end: u64,
}

impl Ring {
    /// Keeps the last `capacity` samples.
    pub fn new(capacity: usize) -> Self {
        Self { samples: vec![0.0; capacity], end: 0 }
    }

    /// Position after the last sample.
    pub fn end(&self) -> u64 {
        self.end
    }

    /// Appends.
    pub fn push(&mut self, samples: &[f32]) {
        for sample in samples {
            let at = (self.end % self.samples.len() as u64) as usize;
            self.samples[at] = *sample;
            self.end += 1;
        }
    }

    /// Everything kept from position `from` on.
    pub fn since(&self, from: u64) -> Vec<f32> {
        let capacity = self.samples.len() as u64;
        let from = from.max(self.end.saturating_sub(capacity));
        (from..self.end).map(|at| self.samples[(at % capacity) as usize]).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_survive_the_wrap() {
        let mut ring = Ring::new(4);
        ring.push(&[1.0, 2.0, 3.0]);
        assert_eq!(ring.since(1), [2.0, 3.0]);
        ring.push(&[4.0, 5.0, 6.0]);
        assert_eq!(ring.end(), 6);
        assert_eq!(ring.since(4), [5.0, 6.0]);
        assert_eq!(ring.since(0), [3.0, 4.0, 5.0, 6.0]);
        assert!(ring.since(6).is_empty());
    }
}

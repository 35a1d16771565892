//! Answers that are kept.

use std::{
    fmt,
    sync::{Arc, Mutex, PoisonError},
};

/// So many different questions are remembered: people who look at one team at a time ask two or three.
const QUESTIONS: usize = 4;

/// What was computed for the questions asked last, so that asking them again costs nothing.
pub(crate) struct Kept<Q, A> {
    answers: Mutex<Vec<(Q, Arc<A>)>>,
}

impl<Q: PartialEq, A> Kept<Q, A> {
    /// The answer to a question. Whoever asks the same meanwhile waits for it, so nothing is computed twice.
    pub fn get(&self, question: Q, compute: impl FnOnce() -> A) -> Arc<A> {
        let mut answers = self.answers.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, answer)) = answers.iter().find(|(asked, _)| *asked == question) {
            return Arc::clone(answer);
        }
        let answer = Arc::new(compute());
        if answers.len() == QUESTIONS {
            answers.remove(0);
        }
        answers.push((question, Arc::clone(&answer)));
        answer
    }

    /// The answer to a question, where it is kept.
    pub fn find(&self, question: &Q) -> Option<Arc<A>> {
        let answers = self.answers.lock().unwrap_or_else(PoisonError::into_inner);
        answers.iter().find(|(asked, _)| asked == question).map(|(_, answer)| Arc::clone(answer))
    }
}

impl<Q, A> Default for Kept<Q, A> {
    fn default() -> Self {
        Kept { answers: Mutex::default() }
    }
}

impl<Q, A> fmt::Debug for Kept<Q, A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Kept")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_question_is_forgotten_first() {
        let kept = Kept::default();
        let ask = |question| *kept.get(question, || question * 10);
        assert_eq!([1, 2, 3, 4].map(ask), [10, 20, 30, 40]);
        assert_eq!(*kept.get(1, || unreachable!("it is kept")), 10);
        assert_eq!(ask(5), 50);
        assert_eq!(*kept.get(1, || 11), 11, "five questions are too many");
        assert_eq!(kept.find(&5).as_deref(), Some(&50));
        assert_eq!(kept.find(&2), None);
    }
}

//! What the store thread does with jobs that wait together.
//! Never uses a real store: a slow one that counts shows more.

use std::sync::mpsc::{Receiver, Sender, channel};

use imo2sproxy_core::store::{Record, StoreError};
use mio::{Poll, Token, Waker};

use super::*;

/// Tells the number of changes of each transaction, and waits for its result.
struct Slow {
    begun: Sender<usize>,
    results: Receiver<Result<(), StoreError>>,
}

impl Store for Slow {
    fn apply_all(&mut self, lists: &[&[StoreOp]]) -> Result<(), StoreError> {
        self.begun.send(lists.concat().len()).unwrap();
        self.results.recv().unwrap()
    }

    fn query(&mut self, query: &Query, records: &mut Vec<Record>) -> Result<(), StoreError> {
        let Query::Get { key } = query else {
            return Err(StoreError::Damaged);
        };
        records.push(Record {
            key: key.clone(),
            value: Vec::new(),
        });
        Ok(())
    }
}

fn store(op: u64) -> Job {
    let change = StoreOp::Remove { key: "k".into() };
    Job::Store {
        op: StoreId(op),
        changes: Arc::new(vec![change]),
    }
}

#[test]
fn stores_that_wait_together_share_one_transaction_and_one_fate() {
    let poll = Poll::new().unwrap();
    let answers = Arc::new(Answers::new(Waker::new(poll.registry(), Token(0)).unwrap()));
    let (begun, begins) = channel();
    let (finish, results) = channel();
    let slow = Box::new(Slow { begun, results });
    let thread = StoreThread::start(slow, Arc::clone(&answers)).unwrap();

    thread.push(store(1));
    assert_eq!(begins.recv().unwrap(), 1);
    // While the first is under way, three more and a load in between come to wait.
    thread.push(store(2));
    thread.push(store(3));
    thread.push(Job::Load {
        load: LoadId(9),
        queries: vec![Query::Get { key: "k".into() }],
    });
    thread.push(store(4));
    finish.send(Ok(())).unwrap();
    assert_eq!(begins.recv().unwrap(), 2);
    finish.send(Err(StoreError::Full)).unwrap();
    assert_eq!(begins.recv().unwrap(), 1);
    finish.send(Ok(())).unwrap();
    drop(thread);

    let heard: Vec<_> = answers
        .take()
        .into_iter()
        .map(|answer| format!("{answer:?}"))
        .collect();
    let stored = |op, result| {
        let op = StoreId(op);
        format!("{:?}", Answer::Input(Input::Stored { op, result }))
    };
    assert_eq!(heard.len(), 5, "{heard:?}");
    assert_eq!(heard[0], stored(1, Ok(())));
    assert_eq!(heard[1], stored(2, Err(StoreError::Full)));
    assert_eq!(heard[2], stored(3, Err(StoreError::Full)));
    assert!(heard[3].contains("LoadId(9)"), "{heard:?}");
    assert_eq!(heard[4], stored(4, Ok(())));
}

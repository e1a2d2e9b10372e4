//! The files of clients and the call handlers of a host.
//! Never looks at the network.

use std::cell::RefCell;
use std::rc::Rc;

use imo2sproxy_core::io::{Input, JobId, Machine, Output};
use imo2sproxy_sim::sweep::for_each_seed;
use imo2sproxy_sim::{Faults, HandledCall, World};

use crate::toys::*;

fn write(job: u64, name: &str) -> Output {
    Output::WriteFile {
        job: JobId(job),
        name: name.into(),
        bytes: b"picture".into(),
    }
}

fn read(job: u64, name: &str, max: usize) -> Output {
    Output::ReadFile {
        job: JobId(job),
        name: name.into(),
        max,
    }
}

type Log = Rc<RefCell<Vec<String>>>;

/// Asks the first of `questions` at its start and each further one with the answer to the one before.
fn asker(mut questions: Vec<Output>) -> (impl Machine, Log) {
    let log = Log::default();
    let kept = Rc::clone(&log);
    questions.reverse();
    let machine = Toy::new(move |_, input, out| {
        match input {
            Input::Start => {}
            Input::FileWritten { job, result } => {
                log.borrow_mut().push(format!("{}: {result:?}", job.0));
            }
            Input::FileRead { job, result } => {
                let length = result.as_ref().map(Vec::len);
                log.borrow_mut().push(format!("{}: {length:?}", job.0));
            }
            _ => return,
        }
        questions.pop().into_iter().for_each(|next| out.push(next));
    });
    (machine, kept)
}

#[test]
fn files_are_written_and_read_in_the_folder_of_a_host() {
    let (machine, log) = asker(vec![
        read(0, "a.jpg", 9),
        write(1, "a.jpg"),
        read(2, "/pictures/a.jpg", 7),
        read(3, "a.jpg", 6),
        write(4, "a.jpg"),
        write(5, "empty.jpg"),
        write(6, "/pictures/../a.jpg"),
        write(7, "C:\\a.jpg"),
        read(8, "/etc/passwd", 9),
    ]);
    let mut world = World::new(1, Faults::none());
    world.host("asker", machine);
    world.give_folder("asker");
    world.folder("asker").put("empty.jpg", b"");
    world.run_for(MINUTE);
    assert_eq!(
        *log.borrow(),
        [
            "0: Err(Missing)",
            "1: Ok(())",
            "2: Ok(7)",
            "3: Err(TooLarge)",
            "4: Err(Exists)",
            "5: Ok(())",
            "6: Err(Outside)",
            "7: Err(Outside)",
            "8: Err(Outside)",
        ]
    );
    assert_eq!(world.folder("asker").len(), 2);
    assert_eq!(
        world.folder("asker").get("empty.jpg"),
        Some(&b"picture"[..])
    );
}

#[test]
fn a_host_without_a_folder_has_no_files() {
    let (machine, log) = asker(vec![write(0, "a.jpg"), read(1, "a.jpg", 9)]);
    let mut world = World::new(1, Faults::none());
    world.host("asker", machine);
    world.run_for(MINUTE);
    assert_eq!(*log.borrow(), ["0: Err(NoFolder)", "1: Err(NoFolder)"]);
}

#[test]
fn a_file_that_is_said_to_be_written_is_there_and_no_other_is() {
    for_each_seed(|seed| {
        let questions = (0..20).map(|n| write(n, &n.to_string())).collect();
        let (machine, log) = asker(questions);
        let faults = Faults {
            file_fails: 30,
            ..Faults::rough()
        };
        let mut world = World::new(seed, faults);
        world.host("asker", machine);
        world.give_folder("asker");
        world.run_for(MINUTE);
        assert_eq!(log.borrow().len(), 20);
        for (number, answer) in log.borrow().iter().enumerate() {
            let there = world.folder("asker").get(&number.to_string()).is_some();
            let expected = if there { "Ok(())" } else { "Err(Failed)" };
            assert_eq!(*answer, format!("{number}: {expected}"));
        }
    });
}

#[test]
fn the_world_remembers_which_calls_were_to_be_handled() {
    let call = |call, incoming| Output::RunCallHandler {
        peer: "nora".into(),
        call,
        incoming,
    };
    let machine = Toy::new(move |_, input, out| {
        if let Input::Start = input {
            out.push(call(7, true));
            out.push(call(8, false));
        }
    });
    let mut world = World::new(1, Faults::none());
    world.host("phone", machine);
    world.run_for(MINUTE);
    let handled = |call, incoming| HandledCall {
        peer: "nora".into(),
        call,
        incoming,
    };
    assert_eq!(
        world.handled_calls("phone"),
        [handled(7, true), handled(8, false)]
    );
}

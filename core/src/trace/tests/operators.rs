//! What operators ask and are answered: one of each.
//! Never tests anything itself.

use alloc::vec;
use alloc::vec::Vec;

use crate::io::{
    AccountSnapshot, AskId, Control, Input, Output, ProbeFault, Reloaded, Snapshot, UserError,
    UserOp, UserPage,
};
use crate::secret::Secret;

pub(super) fn questions() -> Vec<Input<'static>> {
    vec![
        users(UserOp::Add {
            name: "bob".into(),
            password: Secret::from("secret"),
        }),
        users(UserOp::SetPassword {
            name: "bob".into(),
            password: Secret::from("secret"),
        }),
        users(UserOp::Remove { name: "bob".into() }),
        users(UserOp::List { after: "a".into() }),
        Input::Control(Control::Probe { ask: AskId(9) }),
        Input::Control(Control::Lift {
            account: "bob".into(),
        }),
        Input::Control(Control::Reload(super::config("secret", None).into())),
    ]
}

fn users(op: UserOp) -> Input<'static> {
    let ask = AskId(9);
    Input::Control(Control::Users { ask, op })
}

/// What operators are answered.
pub(super) fn answers() -> Vec<Output> {
    let ask = AskId(9);
    let page = |names: &[&str], next: Option<&str>| UserPage {
        names: names.iter().map(|name| (*name).into()).collect(),
        next: next.map(Into::into),
    };
    let account = AccountSnapshot {
        name: "alice".into(),
        link: "connecting",
        clients: 2,
        unsent: 3,
    };
    let mut outputs: Vec<Output> = [
        Ok(page(&[], None)),
        Ok(page(&["alice", "bob"], Some("bob"))),
        Err(UserError::NoService),
    ]
    .into_iter()
    .map(|result| Output::Users { ask, result })
    .collect();
    outputs.push(Output::Status(Snapshot::Proxy {
        strangers: 1,
        accounts: vec![account],
    }));
    outputs.push(Output::Lifted { addresses: 2 });
    outputs.push(Output::Reloaded(Reloaded {
        added: 1,
        changed: 2,
        removed: 3,
        untouched: 4,
    }));
    outputs.push(Output::Probed {
        ask,
        result: Ok(()),
    });
    outputs.push(Output::Probed {
        ask,
        result: Err(ProbeFault::Service),
    });
    outputs.push(Output::Status(Snapshot::Service {
        connections: 1,
        sessions: 2,
        strangers: 3,
    }));
    outputs
}

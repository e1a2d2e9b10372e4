//! The command for the accounts of a service: done by the service that runs, or by one that runs for this alone.
//! Never writes a record itself.

use std::path::{Path, PathBuf};
use std::sync::mpsc;
use std::thread;

use imo2sproxy::call_handler::CallHandling;
use imo2sproxy::control::Request;
use imo2sproxy::event_loop::{Parts, Remote};
use imo2sproxy::tls;
use imo2sproxy::via::Ways;
use imo2sproxy_core::config::ServiceConfig;
use imo2sproxy_core::io::{UserOp, UserPage};
use imo2sproxy_core::trace::Plan;

use crate::cli::{Deed, LogFormat, UserArgs};
use crate::control_socket::{Asked, ask};
use crate::data_folder::DataFolder;
use crate::failure::Failure;
use crate::journal::Journal;
use crate::settings::RecordSettings;
use crate::{password, run};

/// Does what is asked about accounts.
///
/// # Errors
/// If it cannot be done.
pub(crate) fn command(args: UserArgs) -> Result<(), Failure> {
    let data = DataFolder::choose(args.data_dir, Some("service"))?;
    let DataFolder::Path(folder) = &data else {
        return Err(Failure::usage(
            "--data-dir :memory: keeps no accounts; name the folder of a service",
        ));
    };
    let makes = matches!(args.deed, Deed::Add { .. });
    if !makes && !folder.is_dir() {
        return Err(Failure::trouble(format!(
            "there is no data folder {}; name that of a service with --data-dir",
            folder.display()
        )));
    }
    let op = match args.deed {
        Deed::Add { name } => UserOp::Add {
            password: password::of_new(&name)?,
            name,
        },
        Deed::Passwd { name } => UserOp::SetPassword {
            password: password::of_new(&name)?,
            name,
        },
        Deed::Remove { name } => UserOp::Remove { name },
        Deed::List => UserOp::List {
            after: String::new(),
        },
    };
    match through_socket(folder, &op)? {
        Some(first) => {
            let folder = folder.clone();
            print_all(first, |op| {
                through_socket(&folder, &op)?
                    .ok_or_else(|| Failure::trouble("the service has ended in between"))
            })
        }
        None => alone(&data, folder.clone(), op),
    }
}

/// Asks the process that runs in `folder`; `None` if none does.
fn through_socket(folder: &Path, op: &UserOp) -> Result<Option<UserPage>, Failure> {
    let names = |text: &str| text.lines().map(str::to_owned).collect();
    Ok(match ask(folder, &Request::Users(op.clone()))? {
        Asked::Nobody => None,
        Asked::Ok(text) => Some(UserPage {
            names: names(&text),
            next: None,
        }),
        Asked::More(after, text) => Some(UserPage {
            names: names(&text),
            next: Some(after),
        }),
    })
}

/// Prints a list, page by page.
fn print_all(
    mut page: UserPage,
    mut ask: impl FnMut(UserOp) -> Result<UserPage, Failure>,
) -> Result<(), Failure> {
    loop {
        run::announce(&page.names);
        let Some(after) = page.next else {
            return Ok(());
        };
        page = ask(UserOp::List { after })?;
    }
}

/// Runs a service that nobody can reach, for this alone.
fn alone(data: &DataFolder, folder: PathBuf, op: UserOp) -> Result<(), Failure> {
    let remedy = "it does not answer on its control socket; stop it first";
    let _hold = data.hold(remedy)?;
    let parts = Parts {
        listeners: Vec::new(),
        client_tls: None,
        control: None,
        ways: Ways::straight(),
        store: run::open_store(data)?,
        files: None,
        calls: CallHandling::Ignored,
        watcher: Box::new(Journal::open(None, LogFormat::Text, false)?),
        renew: None,
    };
    let plan = Plan::Service(ServiceConfig::default(), tls::random_seed());
    let (answer, answered) = mpsc::channel();
    run::run(plan, parts, RecordSettings::nothing(), |remote| {
        thread::spawn(move || {
            let done = print_all_of(&remote, op);
            remote.drain();
            // If nobody listens any more, the process is ending.
            let _ = answer.send(done);
        });
    })?;
    answered.try_recv().unwrap_or_else(|_| {
        let folder = folder.display();
        Err(Failure::trouble(format!(
            "ended before anything was done in {folder}"
        )))
    })
}

fn print_all_of(remote: &Remote, op: UserOp) -> Result<(), Failure> {
    let ask = |op| {
        let (answer, answered) = mpsc::channel();
        remote.users(op, move |result| {
            let _ = answer.send(result);
        });
        match answered.recv() {
            Ok(Ok(page)) => Ok(page),
            Ok(Err(error)) => Err(Failure::trouble(error.explain())),
            Err(_) => Err(Failure::trouble("ended before it was done")),
        }
    };
    print_all(ask(op)?, ask)
}

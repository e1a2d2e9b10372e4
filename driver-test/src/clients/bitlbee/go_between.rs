//! skyped, between BitlBee and the gateway: adds numbers, takes them off again, splits lines.
//! Never passes a second command on before the first is answered.

use std::rc::Rc;

use super::super::fault::Fault;
use super::super::seconds;
use super::BitlBee;

impl BitlBee {
    /// Greets the gateway, then passes on what BitlBee writes, one command at a time.
    pub(super) async fn pass_commands_on(self: Rc<Self>) {
        let reply = self.ask("NAME Skype4Py").await;
        if reply != "OK" {
            let story = format!("ends in skyped: {reply:?} to NAME instead of OK");
            return self.shell.fault(Fault::crashes(story));
        }
        let reply = self.ask("PROTOCOL 5").await;
        if reply != "PROTOCOL 5" {
            let story = format!("ends in skyped: {reply:?} to PROTOCOL 5");
            return self.shell.fault(Fault::crashes(story));
        }
        loop {
            let look = || self.waiting.borrow_mut().pop_front();
            let command = self.shell.until(seconds(3600), look).await;
            if let Some(command) = command {
                let reply = self.ask(&command).await;
                self.receive(&reply);
            }
        }
    }

    /// Sends one command and waits for its reply, as long as the library below does.
    async fn ask(&self, command: &str) -> String {
        let number = self.next_number.replace(self.next_number.get() + 1);
        self.asked.set(Some(number));
        self.shell.say(format!("#{number} {command}"));
        let story = format!("loses a command in skyped: no reply to {command} in thirty seconds");
        let look = || self.reply.borrow_mut().take();
        let reply = self.shell.until_or_hang(seconds(30), &story, look).await;
        self.asked.set(None);
        reply
    }

    /// A line from the gateway.
    pub(super) fn pass_back(self: &Rc<Self>, line: &str) {
        let Some(tagged) = line.strip_prefix('#') else {
            if line == "PONG" {
                self.pongs.set(self.pongs.get() + 1);
            } else {
                self.receive(line);
            }
            return;
        };
        let (number, reply) = tagged.split_once(' ').unwrap_or((tagged, ""));
        if self.asked.get().is_some() && number.parse() == Ok(self.asked.get().unwrap_or_default())
        {
            *self.reply.borrow_mut() = Some(reply.to_owned());
        } else {
            let story = format!("is handed {line:?} by skyped, which asked for no such thing");
            self.shell.fault(Fault::misbehaves(story));
        }
    }

    /// Hands a line to BitlBee: each of its lines for itself, with the first three words in front.
    pub(super) fn receive(self: &Rc<Self>, message: &str) {
        if !message.contains('\n') {
            self.parse(message);
            return;
        }
        let mut parts = message.splitn(4, ' ');
        let start: Vec<&str> = parts.by_ref().take(3).collect();
        let start = start.join(" ");
        for line in parts.next().unwrap_or_default().split('\n') {
            self.parse(&format!("{start} {line}"));
        }
    }

    /// skyped pings by itself and swallows the answer.
    pub(super) async fn keep_alive(&self) {
        loop {
            self.shell.sleep(seconds(5)).await;
            let before = self.pongs.get();
            self.shell.say("PING");
            let look = || (self.pongs.get() > before).then_some(());
            let story = "loses skyped: no PONG in thirty seconds";
            self.shell.until_or_hang(seconds(30), story, look).await;
        }
    }

    /// Ends the connection once the last command is through.
    pub(super) async fn end(&self) {
        let look =
            || (self.waiting.borrow().is_empty() && self.asked.get().is_none()).then_some(());
        self.shell.until(seconds(30), look).await;
        self.shell.person().leave();
    }
}

//! Which trigger a function serves, by the lines of its log streams: a stream is one environment of a
//! function, which serves one invocation after another.

use std::collections::HashMap;

use super::Gather;
use crate::record::{Invocation, SERVICE, Seen, Trigger};

/// What the streams of one file told so far.
#[derive(Clone, Debug, Default)]
pub(super) struct Functions(HashMap<String, Environment>);

#[derive(Clone, Debug)]
struct Environment {
    /// Of its last event.
    trigger: Option<Box<Trigger>>,
    /// The invocation of that event goes on.
    current: bool,
    /// All events so far were of this trigger.
    alike: bool,
}

impl Functions {
    pub fn clear(&mut self) {
        self.0.clear();
    }

    fn begins(&mut self, stream: &str) {
        if let Some(environment) = self.0.get_mut(stream) {
            environment.current = false;
        }
    }

    fn serves(&mut self, stream: &str, trigger: Option<Box<Trigger>>) {
        let before = self.0.get(stream);
        let alike = before.is_none_or(|before| before.alike && before.trigger == trigger);
        let now = Environment {
            trigger,
            current: true,
            alike,
        };
        self.0.insert(stream.to_owned(), now);
    }

    /// The trigger whose invocation ends. One that wrote no event was of the only trigger that the stream
    /// ever named, or of one that is not known.
    fn ending(&self, stream: &str) -> Option<&Trigger> {
        let environment = self.0.get(stream)?;
        let sure = environment.current || environment.alike;
        environment.trigger.as_deref().filter(|_| sure)
    }
}

impl Gather {
    pub(super) fn invocation(&mut self, invocation: Invocation<'_>, seen: &Seen<'_>, raw: &[u8]) {
        let stream = seen.stream.as_deref().unwrap_or_default();
        let stream = stream.split_once(SERVICE).map_or(stream, |(log, _)| log);
        match invocation {
            Invocation::Begins => self.functions.begins(stream),
            Invocation::Serves(trigger) => self.functions.serves(stream, trigger),
            Invocation::Failed(request) => {
                let trigger = self.functions.ending(stream);
                if let Some(request) = trigger.map(|trigger| trigger.complete(*request)) {
                    return self.request(&request, raw);
                }
            }
        }
        self.unwanted(seen);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn trigger(source: &str) -> Option<Box<Trigger>> {
        Trigger::new("eu-west-1_ShopEXAMPLE", source).map(Box::new)
    }

    #[test]
    fn an_invocation_ends_as_the_trigger_of_its_own_event() {
        let mut functions = Functions::default();
        functions.serves("a", trigger("TokenGeneration_HostedAuth"));
        functions.begins("a");
        functions.serves("a", trigger("PreAuthentication_Authentication"));
        let own = trigger("PreAuthentication_Authentication");
        assert_eq!(functions.ending("a"), own.as_deref());
        assert_eq!(functions.ending("b"), None, "another environment");
        functions.begins("a");
        assert_eq!(functions.ending("a"), None, "of which of the two?");
    }

    #[test]
    fn where_not_each_invocation_writes_its_event_the_only_trigger_is_meant() {
        let mut functions = Functions::default();
        functions.serves("a", trigger("TokenGeneration_HostedAuth"));
        functions.begins("a");
        let only = trigger("TokenGeneration_HostedAuth");
        assert_eq!(functions.ending("a"), only.as_deref());
        functions.serves("a", trigger("PreSignUp_SignUp"));
        assert_eq!(functions.ending("a"), None, "nobody signed in");
        functions.clear();
        functions.begins("a");
        assert_eq!(functions.ending("a"), None, "another file");
    }
}

//! Attempts together with those that never reached Cognito.

use super::{Cell, Cells, Failure};
use crate::{
    frame::{
        counts::Key,
        symbols::{Symbol, Symbols},
    },
    queries::outcome,
};

impl Cells {
    /// These attempts and, of those `aside`, the ones that met no server.
    pub fn with_lost(self, aside: &Self) -> Self {
        let lost = |key: &Key| aside.text(key.outcome).is_some_and(outcome::is_network);
        let lost: Vec<bool> = aside.keys.iter().map(lost).collect();
        if !lost.contains(&true) {
            return self;
        }
        let mut symbols = self.symbols.clone();
        let theirs = aside.keys.iter();
        let theirs: Vec<Key> = theirs.map(|key| aside.key_in(&mut symbols, key)).collect();
        let (keys, numbers) = self.keys_with(&theirs, &lost);
        let failures = aside.failures.iter().filter_map(|failure| {
            let key = numbers[failure.key as usize]?;
            Some(aside.failure_in(&mut symbols, failure, key))
        });
        let failures: Vec<Failure> = failures.collect();
        let failures = [self.failures, failures].concat();
        let theirs = aside.rows.iter().filter_map(|row| {
            let key = numbers[row.key as usize]?;
            Some(Cell { key, ..*row })
        });
        let rows = self.rows.iter().copied().chain(theirs);
        Self::new(&symbols, &keys, rows, failures)
    }

    /// One of its failures in the words of another table.
    fn failure_in(&self, symbols: &mut Symbols, failure: &Failure, key: u32) -> Failure {
        let mut name =
            |symbol: Option<Symbol>| symbol.map(|symbol| symbols.intern(self.symbols.text(symbol)));
        Failure {
            key,
            principal: name(failure.principal),
            source_ip: name(failure.source_ip),
            agent: name(failure.agent),
            message: name(failure.message),
            ..failure.clone()
        }
    }

    /// One of its keys in the words of another table.
    fn key_in(&self, symbols: &mut Symbols, key: &Key) -> Key {
        let name = |part: Option<Symbol>| part.map(|part| symbols.intern(self.symbols.text(part)));
        Key::from_parts(key.parts().map(name))
    }

    /// Its keys with others, each once, and the numbers of those others that are taken.
    fn keys_with(&self, others: &[Key], taken: &[bool]) -> (Vec<Key>, Vec<Option<u32>>) {
        let mut keys = self.keys.clone();
        let numbers = others.iter().zip(taken).map(|(key, taken)| {
            let known = keys.iter().position(|known| known == key);
            taken.then(|| {
                known.unwrap_or_else(|| {
                    keys.push(*key);
                    keys.len() - 1
                }) as u32
            })
        });
        let numbers = numbers.collect();
        (keys, numbers)
    }
}

#[cfg(test)]
mod tests {
    use crate::{
        frame::{Bounds, Fold, Frames, fixture::start},
        record::{Located, Outcome, Record, Request, SourceKind},
    };

    fn request(client: &'static str, code: Option<&'static str>) -> Request<'static> {
        Request {
            time: start(),
            source: SourceKind::Application,
            client: Some(client.into()),
            endpoint: "token".into(),
            grant: Some("client_credentials".into()),
            outcome: code.map_or(Outcome::Ok, |code| Outcome::Failed(code.into())),
            agent: Some(client.into()),
            ..Request::default()
        }
    }

    fn frames(requests: Vec<Request<'static>>) -> Frames {
        let mut fold = Fold::new(Bounds::default());
        fold.begin("made.log");
        for request in requests {
            fold.take(Ok(Located {
                offset: 0,
                raw: format!("{request:?}").as_bytes(),
                record: Record::Request(request),
            }));
        }
        fold.finish(&[])
    }

    #[test]
    fn what_met_no_server_is_counted_among_the_attempts_of_its_client() {
        let frames = frames(vec![
            request("job", None),
            request("web", Some("invalid_grant")),
            request("job", Some("dns")),
        ]);
        let all = frames.cells.with_lost(&frames.aside);
        let told = all.owners.iter().map(|owner| {
            let outcomes = all.with_keys(all.of(owner));
            let outcomes = outcomes.filter_map(|(_, key)| all.text(key.outcome));
            let outcomes: Vec<&str> = outcomes.collect();
            let failures = all.failures_since(owner, i64::MIN);
            let agents = failures.iter().filter_map(|one| all.text(one.agent));
            (outcomes, agents.collect::<Vec<_>>())
        });
        let told: Vec<_> = told.collect();
        let expected = [
            (vec!["dns", "ok"], vec!["job"]),
            (vec!["invalid_grant"], vec!["web"]),
        ];
        assert_eq!(told, expected);
    }
}

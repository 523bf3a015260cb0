//! Tying a line that names no client to one, by what it does carry and never by guess.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::{
    attempts::Attempts,
    fold::{FailedAttempt, Fold, Kind, Stream},
    symbols::{Symbol, Symbols},
};
use crate::record::{Change, SERVICE, SourceKind};

mod by_name;

use by_name::Names;

/// A request id ties a line to a client only when the trail's record lies this near (µs).
pub(super) const SAME_MINUTE: i64 = 60_000_000;

/// `--map LOG_GROUP_OR_ALB=CLIENT`: what the person knows and no log says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mapping {
    /// Log group, log group and stream, load balancer, or file.
    pub log: String,
    /// The app client whose attempts it tells of.
    pub client: String,
}

/// What is known of clients, pools, domains and streams once everything was read.
pub(super) struct Ties {
    pools: BTreeMap<Symbol, Home>,
    domains: BTreeMap<Symbol, Symbol>,
    mapped: BTreeMap<Symbol, Symbol>,
    lone: BTreeMap<Symbol, Symbol>,
    named: BTreeMap<Symbol, Symbol>,
    request_ids: HashMap<Box<str>, (Symbol, i64)>,
    homes: BTreeMap<Symbol, Home>,
}

/// Where a client or a pool lives.
#[derive(Clone, Copy, Default)]
struct Home {
    pool: Option<Symbol>,
    account: Option<Symbol>,
    region: Option<Symbol>,
    /// Seen in two pools: nothing follows from the id.
    ambiguous: bool,
}

impl Ties {
    /// Learns from everything that was kept.
    pub fn learn(fold: &mut Fold, attempts: &Attempts, mappings: &[Mapping]) -> Self {
        let mut ties = Self {
            pools: BTreeMap::new(),
            domains: BTreeMap::new(),
            mapped: mapped(&mut fold.symbols, &fold.streams, mappings),
            lone: BTreeMap::new(),
            named: BTreeMap::new(),
            request_ids: HashMap::new(),
            homes: BTreeMap::new(),
        };
        let changes = std::mem::take(&mut fold.changes);
        let mut names = Names::default();
        for change in &changes {
            ties.learn_change(&mut fold.symbols, change);
            names.learn(&mut fold.symbols, change);
        }
        fold.changes = changes;
        ties.lone = lone_clients(&fold.symbols, &fold.streams, &names);
        ties.named = named(&fold.symbols, &fold.streams, &names);
        for kind in attempts.kinds_by(&fold.symbols, |(first, _)| first) {
            ties.learn_home(kind);
        }
        for kind in attempts.kinds_by(&fold.symbols, |(_, last)| last) {
            ties.learn_domain(kind);
        }
        for attempt in &attempts.failures {
            ties.learn_home(&attempt.kind);
            ties.learn_domain(&attempt.kind);
            ties.learn_request_id(attempt);
        }
        ties
    }

    fn learn_change(&mut self, symbols: &mut Symbols, change: &Change) {
        let mut intern = |text: &Option<String>| text.as_deref().map(|text| symbols.intern(text));
        let home = Home {
            pool: intern(&change.user_pool),
            account: intern(&change.account),
            region: intern(&change.region),
            ambiguous: false,
        };
        if let Some(client) = intern(&change.client) {
            settle(&mut self.pools, client, home);
        }
        if let Some(pool) = home.pool {
            settle(&mut self.homes, pool, home);
        }
    }

    /// The first that is told of a thing stays.
    fn learn_home(&mut self, kind: &Kind) {
        let home = Home {
            pool: kind.key.user_pool,
            account: kind.key.account,
            region: kind.key.region,
            ambiguous: false,
        };
        if let Some(client) = kind.key.client {
            settle(&mut self.pools, client, home);
        }
        if let Some(pool) = kind.key.user_pool {
            settle(&mut self.homes, pool, home);
        }
    }

    /// The last that is told of a domain stays.
    fn learn_domain(&mut self, kind: &Kind) {
        if let (SourceKind::Trail, Some(domain), Some(pool)) =
            (kind.source, kind.domain, kind.key.user_pool)
        {
            self.domains.insert(domain, pool);
        }
    }

    fn learn_request_id(&mut self, attempt: &FailedAttempt) {
        if let (SourceKind::Trail, Some(id), Some(client)) = (
            attempt.kind.source,
            &attempt.request_id,
            attempt.kind.key.client,
        ) {
            self.request_ids.insert(id.clone(), (client, attempt.time));
        }
    }

    /// Fills in client, pool, account and Region; says how a client was found.
    pub fn tie(&self, kind: &mut Kind, request: Option<(&str, i64)>) -> Option<&'static str> {
        let how = if kind.key.client.is_none() && kind.source != SourceKind::Trail {
            let (client, how) = self.client(kind, request).unzip();
            kind.key.client = client;
            how
        } else {
            None
        };
        self.settle_home(kind);
        how
    }

    fn client(&self, kind: &Kind, request: Option<(&str, i64)>) -> Option<(Symbol, &'static str)> {
        if let Some(client) = kind.stream.and_then(|stream| self.mapped.get(&stream)) {
            return Some((*client, "by --map"));
        }
        if let Some((id, time)) = request
            && let Some((client, seen)) = self.request_ids.get(id)
            && (seen - time).abs() <= SAME_MINUTE
        {
            return Some((*client, "by request id"));
        }
        if let Some(client) = kind.stream.and_then(|stream| self.lone.get(&stream)) {
            return Some((*client, "by the only client its log stream names"));
        }
        let application = kind.source == SourceKind::Application;
        let stream = kind.stream.filter(|_| application)?;
        Some((*self.named.get(&stream)?, "by the name of its log"))
    }

    fn settle_home(&self, kind: &mut Kind) {
        if kind.key.user_pool.is_none() {
            let home = kind.key.client.and_then(|client| self.pools.get(&client));
            kind.key.user_pool = match home {
                Some(home) if !home.ambiguous => home.pool,
                Some(_) => None,
                None => kind
                    .domain
                    .and_then(|domain| self.domains.get(&domain).copied()),
            };
        }
        let by_pool = kind.key.user_pool.and_then(|pool| self.homes.get(&pool));
        let by_client = kind.key.client.and_then(|client| self.pools.get(&client));
        if let Some(home) = by_pool.or(by_client).filter(|home| !home.ambiguous) {
            kind.key.account = kind.key.account.or(home.account);
            kind.key.region = kind.key.region.or(home.region);
        }
    }
}

/// Notes where a thing lives; two pools for one client make it ambiguous.
fn settle(homes: &mut BTreeMap<Symbol, Home>, thing: Symbol, home: Home) {
    let known = homes.entry(thing).or_default();
    known.ambiguous |= matches!((known.pool, home.pool), (Some(a), Some(b)) if a != b);
    known.pool = known.pool.or(home.pool);
    known.account = known.account.or(home.account);
    known.region = known.region.or(home.region);
}

/// Streams that name exactly one client: by the lines of one service or, where these name none and bear
/// no client's name, by all lines of the log.
fn lone_clients(
    symbols: &Symbols,
    streams: &BTreeMap<Symbol, Stream>,
    names: &Names,
) -> BTreeMap<Symbol, Symbol> {
    let mut of_logs: BTreeMap<&str, BTreeSet<Symbol>> = BTreeMap::new();
    for (name, stream) in streams {
        let log = log_of(symbols.text(*name));
        of_logs.entry(log).or_default().extend(&stream.clients);
    }
    let client = |(name, stream): (&Symbol, &Stream)| {
        let text = symbols.text(*name);
        let client = match stream.clients[..] {
            [client] => client,
            [] if names.client(text).is_none() => {
                let all = of_logs.get(log_of(text)).filter(|all| all.len() == 1);
                *all?.first()?
            }
            _ => return None,
        };
        Some((*name, client))
    };
    streams.iter().filter_map(client).collect()
}

/// The log of a stream, without the service of its lines.
fn log_of(stream: &str) -> &str {
    stream.split_once(SERVICE).map_or(stream, |(log, _)| log)
}

/// Streams that name no client in any line, and bear the name of one.
fn named(
    symbols: &Symbols,
    streams: &BTreeMap<Symbol, Stream>,
    names: &Names,
) -> BTreeMap<Symbol, Symbol> {
    let silent = streams
        .iter()
        .filter(|(_, stream)| stream.clients.is_empty());
    silent
        .filter_map(|(name, _)| Some((*name, names.client(symbols.text(*name))?)))
        .collect()
}

/// Streams that a mapping names.
fn mapped(
    symbols: &mut Symbols,
    streams: &BTreeMap<Symbol, Stream>,
    mappings: &[Mapping],
) -> BTreeMap<Symbol, Symbol> {
    let mut mapped = BTreeMap::new();
    for name in streams.keys() {
        let found = mappings
            .iter()
            .find(|mapping| names(symbols.text(*name), &mapping.log));
        if let Some(mapping) = found {
            mapped.insert(*name, symbols.intern(&mapping.client));
        }
    }
    mapped
}

/// Whether `log` names the stream: its group (`GROUP:STREAM`), all of it, a load balancer's name
/// (`app/NAME/id`), or a run of whole path components of a file.
fn names(stream: &str, log: &str) -> bool {
    let (stream, log) = (log_of(stream), log.trim_matches('/'));
    let group = stream.split_once(':').map_or(stream, |(group, _)| group);
    let whole = |text: &str| text.trim_matches('/') == log;
    whole(group)
        || whole(stream)
        || format!("/{}/", stream.trim_matches('/')).contains(&format!("/{log}/"))
}

#[cfg(test)]
mod tests {
    use super::names;

    #[test]
    fn a_mapping_names_groups_streams_balancers_and_files() {
        assert!(names("/ecs/web:task-1", "/ecs/web"));
        assert!(names("/ecs/web:task-1", "/ecs/web:task-1"));
        assert!(names("app/public/50dc6c495c0c9188", "public"));
        assert!(names("logs/application/web.log", "application/web.log"));
        assert!(names("/ecs/web:task-1 service=orders", "/ecs/web:task-1"));
        assert!(!names("/ecs/web2:task-1", "/ecs/web"));
        assert!(!names("app/public/50dc6c495c0c9188", "publi"));
    }
}

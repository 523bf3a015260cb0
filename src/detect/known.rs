//! Who is known: what came of the requests of each caller of an app client.

use std::collections::BTreeMap;

use foldhash::HashMap;

use crate::frame::{
    Cells,
    callers::{CallerId, CallerRow, Record},
    symbols::Symbol,
};

/// The callers of each app client, or of a pool where no log names the client.
#[derive(Debug, Default)]
pub struct Known {
    clients: BTreeMap<[Option<Symbol>; 2], Callers>,
}

/// The callers of one app client.
#[derive(Debug, Default)]
pub struct Callers {
    records: HashMap<CallerId, Record>,
    requests: u64,
    tells: bool,
}

impl Known {
    /// Those of some rows.
    pub fn new(cells: &Cells, rows: &[CallerRow]) -> Self {
        let mut known = Self::default();
        for row in rows {
            let symbol = |text: Option<&str>| text.and_then(|text| cells.symbols.find(text));
            let pool = symbol(row.user_pool.as_ref().map(|id| id.as_str()));
            let client = symbol(row.client.as_ref().map(|id| id.as_str()));
            known.clients.entry([pool, client]).or_default().add(row);
        }
        known
    }

    /// The callers of an app client; `None` where none were counted.
    pub fn of(&self, user_pool: Option<Symbol>, client: Option<Symbol>) -> Option<&Callers> {
        self.clients.get(&[user_pool, client])
    }
}

impl Callers {
    fn add(&mut self, row: &CallerRow) {
        self.requests += row.record.accepted.requests + row.record.refused.requests;
        let caller = row.caller.as_ref();
        let id =
            caller.and_then(|one| CallerId::new(one.source_ip.as_deref(), one.agent.as_deref()));
        if let Some(id) = id {
            self.tells |= row.record.accepted.requests > 0;
            self.records.insert(id, row.record);
        }
    }

    /// Whether a caller ever succeeded.
    pub fn succeeded(&self, caller: CallerId) -> bool {
        let record = self.records.get(&caller);
        record.is_some_and(|record| record.accepted.requests > 0)
    }

    /// Whether some success tells its caller.
    pub fn tells_who_succeeds(&self) -> bool {
        self.tells
    }

    /// The share of all requests that some callers sent.
    pub fn share(&self, callers: impl Iterator<Item = CallerId>) -> f64 {
        let records = callers.filter_map(|caller| self.records.get(&caller));
        let sent = records.map(|record| record.accepted.requests + record.refused.requests);
        sent.sum::<u64>() as f64 / (self.requests as f64).max(1.0)
    }
}

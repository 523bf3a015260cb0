//! A change that breaks something: which, when, and how it comes to an end.

mod company;
mod ending;
mod related;
mod when;

pub use when::moment;

use super::{
    super::{
        model::{Cause, Millis, Resource, Rule, Tool},
        rules::reach,
    },
    calls::Call,
    draft::{By, Deed, Draft},
};

/// A change that may break something.
#[derive(Clone)]
pub struct Change {
    pub resource: Resource,
    pub deed: Deed,
    pub call: Option<Call>,
    /// Who does such things.
    pub tools: &'static [Tool],
    /// What else is done in the same run, and how much earlier or later.
    pub beside: Vec<(Millis, Resource, Deed)>,
    /// Rules of this account alone by which it breaks something.
    pub rules: Vec<Rule>,
    /// Whether it can be undone.
    pub lasting: bool,
}

/// Who writes whole settings.
pub const WHOLE: &[Tool] = &[
    Tool::Terraform,
    Tool::CloudFormation,
    Tool::Cdk,
    Tool::Pulumi,
    Tool::Console,
    Tool::Script,
];
/// Who writes one member.
pub const BY_HAND: &[Tool] = &[Tool::Cli, Tool::Script];
/// Who deploys code.
pub const DEPLOYERS: &[Tool] = &[Tool::Pipeline, Tool::Script, Tool::Cli];

impl Change {
    pub fn new(resource: Resource, deed: Deed) -> Self {
        let tools = match deed {
            Deed::Only(..) => BY_HAND,
            _ => WHOLE,
        };
        Self {
            resource,
            deed,
            call: None,
            tools,
            beside: Vec::new(),
            rules: Vec::new(),
            lasting: false,
        }
    }

    pub fn by(mut self, tools: &'static [Tool]) -> Self {
        self.tools = tools;
        self
    }

    pub fn call(mut self, call: Call) -> Self {
        self.call = Some(call);
        self
    }

    pub fn beside(mut self, after: Millis, resource: Resource, deed: Deed) -> Self {
        self.beside.push((after, resource, deed));
        self
    }

    pub fn lasting(mut self) -> Self {
        self.lasting = true;
        self
    }

    pub fn ruled(mut self, rules: Vec<Rule>) -> Self {
        self.rules = rules;
        self
    }
}

/// A change that was made, and when it breaks requests.
pub struct Made {
    pub change: Change,
    /// Its place among the edits.
    pub edit: usize,
    pub by: By,
    pub name: &'static str,
    pub family: &'static str,
    /// Requests that it would break from then on.
    pub affected: Vec<Millis>,
}

/// Candidates that are tried before an account is given up.
const TRIES: usize = 14;

/// Makes one of some changes that breaks something worth telling; `None` if none of them does.
pub fn tell(
    draft: &mut Draft,
    name: &'static str,
    family: &'static str,
    mut changes: Vec<Change>,
) -> Option<()> {
    draft.chance.shuffle(&mut changes);
    for change in changes.into_iter().take(TRIES) {
        let times = when::affected(draft, &change);
        if let Some((at, affected)) = when::moment(draft, &times) {
            make(draft, name, family, change, at, affected);
            return Some(());
        }
    }
    None
}

fn make(
    draft: &mut Draft,
    name: &'static str,
    family: &'static str,
    change: Change,
    at: Millis,
    affected: Vec<Millis>,
) {
    draft.world.rules.extend(change.rules.iter().cloned());
    let by = draft.by(at, change.tools);
    let deed = company::widened(draft, &change);
    let edit = draft.edit(by, change.resource, deed);
    draft.edits[edit].call = change.call;
    for (after, resource, deed) in &change.beside {
        draft.innocent(by.later(*after), *resource, deed.clone());
    }
    for client in reach::clients(&draft.world.estate, change.resource) {
        let pool = draft.world.estate.clients[client].pool;
        draft.busy.insert(pool);
    }
    let noticed = affected
        .get(ending::NOTICED)
        .copied()
        .unwrap_or(Millis::MAX);
    let spared = draft.spared.entry(change.resource).or_insert(noticed);
    *spared = noticed.max(*spared);
    related::introduce(draft, &change, by);
    let made = Made {
        change,
        edit,
        by,
        name,
        family,
        affected,
    };
    let mut causes = ending::end(draft, &made);
    causes.extend(company::add(draft, &made));
    let causes: Vec<Cause> = causes.into_iter().map(Cause::Write).collect();
    draft.tell(name, family, causes, true);
}

//! Investigations to print: at 14:05:04 a deploy dropped `client_credentials` from an app client.

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};

use crate::{
    attribute::{
        Alternative, AlternativeKind, Around, Crossing, Evidence, EvidenceKind, Finding,
        Investigation, Suspect, SuspectLine, Verdict,
        breakdown::{Attribute, AttributeKind, Breakdown, Share},
        finding,
        recurrence::Recurrence,
    },
    cognito::{
        history::{ConfigChange, DiffLine, Gap, Standing},
        setting::{Known, Resource, Setting},
        undo::{Resets, Undo},
    },
    detect::{Activity, Affected, EndState, Incident, Kind, Severity, Stratum},
    frame::{CoverageRow, CoverageStatus, Health, Summary, Timeline},
    ids::{AccountId, AppClientId, EventId, Region, UserPoolId},
    record::Change,
    source::Rejected,
    window::Window,
};

/// A stranger's idea of a name.
pub const HOSTILE: &str = "\u{1b}[31m<script>|`x`[y](z)=HYPERLINK(\"\u{202e}\u{9b}2J\")\n# 日本";

pub fn time(clock: &str) -> DateTime<Utc> {
    format!("2026-03-02T{clock}Z").parse().unwrap()
}

/// The story with a verdict; every text that logs give is `name`, where one is given.
pub fn investigation(verdict: Verdict, name: Option<&str>) -> Investigation {
    Investigation {
        in_full: false,
        names: [].into(),
        zone: crate::attribute::utc,
        window: Window {
            start: time("00:00:00"),
            end: time("23:59:58"),
        },
        read: Window {
            start: time("00:00:00"),
            end: time("23:59:58"),
        },
        around: None,
        alone_of: None,
        summary: Summary {
            files: 12,
            bytes: 123_456,
            records: 51_234,
            requests: 40_123,
            changes: 17,
            duplicates: 12,
            rejected: vec![Rejected {
                path: name.unwrap_or("trail/cut.json.gz").to_owned(),
                offset: Some(4_096),
                count: 1,
                reason: "ends inside a record".to_owned(),
            }],
            ties: [("by request id", 188)].into(),
            ..Summary::default()
        },
        coverage: vec![CoverageRow {
            dark: false,
            cost: None,
            source: "trail",
            account: Some(AccountId::new(name.unwrap_or("111122223333"))),
            region: Some(Region::new("eu-west-1")),
            from: time("00:00:00"),
            to: time("23:59:58"),
            complete_until: time("23:44:58"),
            gaps: Vec::new(),
            status: CoverageStatus::Partial,
        }],
        findings: vec![explained(verdict, name)],
        blips: Vec::new(),
        changes: Vec::new(),
        gaps: Vec::new(),
    }
}

/// Twelve requests that failed within 40 s and healed.
pub fn blip(clock: &str, client: &str) -> Incident {
    let onset = time(clock);
    Incident {
        clients: vec![AppClientId::new(client)],
        onset,
        end: Some(onset + TimeDelta::seconds(40)),
        failed: 12,
        errors: [("invalid_grant".to_owned(), 12)].into(),
        severity: Severity::Blip,
        ..incident(None)
    }
}

/// The same day without an outage.
pub fn quiet() -> Investigation {
    Investigation {
        in_full: false,
        findings: Vec::new(),
        changes: vec![change(None)],
        ..investigation(Verdict::Change, None)
    }
}

/// Everything that can be said at once.
pub fn full() -> Investigation {
    let mut full = investigation(Verdict::Change, None);
    full.changes.push(change(None));
    full.gaps.push(Gap {
        resource: change(None).resource,
        after: Some(EventId::new("EXAMPLE-guilty")),
        before: time("15:00:00"),
        settings: vec![Setting("CallbackURLs".into())],
    });
    for row in &mut full.coverage {
        row.gaps.push(full.window);
    }
    full.around = Some(around("10:00:00"));
    full.blips.push(blip("10:02:11", "1portal0example"));
    full.names = [(AppClientId::new("4billing0example"), "billing".to_owned())].into();
    for outage in &mut full.findings {
        outage.breakdown = breakdown();
        outage.releases.push(change(None));
        outage.recurrence = Some(Recurrence {
            times: 3,
            first: time("02:05:04"),
            last: time("14:05:04"),
            setting: Setting("AllowedOAuthFlows".into()),
            lost: vec!["client_credentials".to_owned()],
        });
        outage.one_of.push(EventId::new("EXAMPLE-guilty"));
        outage.ended_by = Some(finding::EndedBy {
            event_id: EventId::new("EXAMPLE-cure"),
            event_time: time("15:20:17"),
        });
        let undos = outage
            .suspects
            .iter_mut()
            .filter_map(|suspect| suspect.undo.as_mut());
        undos.for_each(|undo| undo.resets = Some(resets()));
    }
    full
}

/// All requests asked for one redirect URI, from many addresses.
pub fn breakdown() -> Breakdown {
    let share = |value: &str, failed, note: Option<&str>| Share {
        value: value.to_owned(),
        failed,
        note: note.map(str::to_owned),
    };
    let attribute = |kind, distinct, unknown, values| Attribute {
        kind,
        distinct,
        unknown,
        values,
    };
    let uri = share(
        "https://new.example.com/cb",
        1_248,
        Some("not in CallbackURLs"),
    );
    Breakdown {
        failed: 1_248,
        attributes: vec![
            attribute(AttributeKind::RedirectUri, 1, 0, vec![uri]),
            attribute(
                AttributeKind::SourceIp,
                40,
                8,
                vec![share("192.0.2.7", 700, None), share("192.0.2.8", 2, None)],
            ),
        ],
    }
}

/// What was seen around a time at which one of twenty requests failed.
pub fn around(clock: &str) -> Around {
    Around {
        at: Some(time(clock)),
        activity: vec![Activity {
            health: Health {
                user_pool: Some(UserPoolId::new("eu-west-1_ShopEXAMPLE")),
                client: Some(AppClientId::new("1portal0example")),
                requests: 20,
                failed: 1,
                errors: [("invalid_grant".to_owned(), 1)].into(),
                authorize_errors: [].into(),
                timeline: Timeline {
                    start: time(clock),
                    bin: TimeDelta::hours(1),
                    failed: vec![1],
                    succeeded: vec![19],
                },
            },
            usual_requests: 4_000,
            usual_failed: 200,
        }],
        others: 2,
    }
}

fn resets() -> Resets {
    Resets {
        settings: vec![Setting("AccessTokenValidity".into())],
        command: Some("aws cognito-idp update-user-pool-client --region eu-west-1".to_owned()),
        document: None,
        assumed: vec![Setting("ClientName".into())],
    }
}

/// It had begun when the logs begin, and two changes, of which one alone did it.
pub fn begun_before_by_one_of_two() -> Investigation {
    let mut investigation = investigation(Verdict::Undetermined, None);
    for outage in &mut investigation.findings {
        outage.incident.begun_before = true;
        outage.incident.last_success = None;
        outage.reason = "All requests fail from the first one read. Two changes of one second \
                         altered what they need, and no request came between them."
            .to_owned();
        outage.suspects[1].change.standing = Standing::Effective;
        let ids = ["EXAMPLE-guilty", "EXAMPLE-decoy"];
        outage.one_of = ids.map(EventId::new).into();
    }
    investigation
}

/// A change of two people, which broke it only together.
pub fn together() -> Investigation {
    let mut investigation = investigation(Verdict::Change, None);
    for outage in &mut investigation.findings {
        let top = &mut outage.suspects[0];
        top.event_ids.push(EventId::new("EXAMPLE-second"));
        top.actors = vec![
            "arn:aws:sts::111122223333:assumed-role/Deploy/ci".to_owned(),
            "arn:aws:iam::111122223333:user/alice".to_owned(),
        ];
    }
    investigation
}

fn explained(verdict: Verdict, name: Option<&str>) -> Finding {
    let (guilty, other) = match verdict {
        Verdict::Change => (0.97, 0.02),
        Verdict::Undetermined => (0.55, 0.40),
        Verdict::NoChange => (0.01, 0.98),
    };
    Finding {
        number: 1,
        cut: false,
        incident: incident(name),
        verdict,
        reason: match verdict {
            Verdict::Change => "The settings after the change refuse the failing requests.",
            Verdict::NoChange => "Every setting the requests depend on stayed as it was.",
            Verdict::Undetermined => "The error code is missing: no application log was given.",
        }
        .to_owned(),
        provisional: false,
        probability_no_change: other,
        alternatives: vec![Alternative {
            kind: AlternativeKind::Application,
            probability: other,
        }],
        suspects: vec![suspect(guilty, name), innocent(1.0 - guilty - other)],
        ended_by: None,
        one_of: Vec::new(),
        breakdown: Breakdown::default(),
        releases: Vec::new(),
        recurrence: None,
    }
}

fn incident(name: Option<&str>) -> Incident {
    let grant = name.unwrap_or("client_credentials").to_owned();
    let error = name.unwrap_or("unauthorized_client").to_owned();
    Incident {
        id: "inc-3f9a1c2b77d0".to_owned(),
        account: Some(AccountId::new("111122223333")),
        region: Some(Region::new("eu-west-1")),
        user_pool: Some(UserPoolId::new(name.unwrap_or("eu-west-1_ShopEXAMPLE"))),
        clients: vec![AppClientId::new(name.unwrap_or("4billing0example"))],
        kind: Kind::Failures,
        stratum: Stratum::default(),
        onset: time("14:06:00"),
        onset_interval: (time("14:05:05"), time("14:06:00")),
        end: Some(time("15:20:16")),
        recovered: Some(time("15:20:33")),
        end_state: EndState::Recovered,
        failed: 1_248,
        total: 1_265,
        expected: None,
        users: None,
        errors: [(error, 1_248)].into(),
        grants: [(grant, 1_248)].into(),
        first_failed_event_id: Some(EventId::new("EXAMPLE-first")),
        last_success: Some(time("14:05:02")),
        normal_failure_rate: 0.0,
        score: 900.0,
        substitutive: true,
        successes_kept: Some(0.0),
        begun_before: false,
        severity: Severity::Page,
        affected: Affected {
            attempts: 310.0,
            callers: 9,
            known_callers: 9,
            set_apart: 3,
            ..Affected::default()
        },
        timeline: Timeline {
            start: time("13:40:00"),
            bin: TimeDelta::minutes(5),
            failed: (0..26)
                .map(|n| if (5..20).contains(&n) { n * 9 } else { 0 })
                .collect(),
            succeeded: vec![60; 26],
        },
        parts: Vec::new(),
    }
}

pub fn change(name: Option<&str>) -> ConfigChange {
    let said = |text: &str| name.unwrap_or(text).to_owned();
    ConfigChange {
        change: Change {
            time: time("14:05:04"),
            event_id: said("EXAMPLE-guilty"),
            name: said("UpdateUserPoolClient"),
            service: "cognito-idp.amazonaws.com".to_owned(),
            account: Some("111122223333".to_owned()),
            region: Some("eu-west-1".to_owned()),
            user_pool: Some("eu-west-1_ShopEXAMPLE".to_owned()),
            client: Some("4billing0example".to_owned()),
            actor: Some(said("arn:aws:sts::111122223333:assumed-role/Deploy/ci")),
            actor_chain: vec![said("arn:aws:iam::111122223333:role/Deploy")],
            tool: Some(said("terraform")),
            source_ip: Some(said("192.0.2.7")),
            request: None,
            response: None,
            error: None,
            error_message: None,
        },
        resource: Resource::Client(
            UserPoolId::new("eu-west-1_ShopEXAMPLE"),
            AppClientId::new(said("4billing0example")),
        ),
        standing: Standing::Effective,
        diff: diff(name),
    }
}

fn diff(name: Option<&str>) -> Vec<DiffLine> {
    let line = |setting: &str, before: Value, after: Value| DiffLine {
        setting: Setting(setting.to_owned().into()),
        before: Known::Observed(before),
        after: Known::Observed(after),
    };
    let flow = name.unwrap_or("client_credentials");
    let urls = |last: &str| -> Vec<String> {
        let common = (1..=40).map(|n| format!("https://{n}.shop.example.com/callback"));
        common.chain([last.to_owned()]).collect()
    };
    let renamed = name.unwrap_or("ClientName");
    vec![
        line("AllowedOAuthFlows", json!([flow]), json!(["code"])),
        line(
            "CallbackURLs",
            json!(urls("app://old")),
            json!(urls("app://new")),
        ),
        DiffLine {
            before: Known::Assumed(json!("billing")),
            ..line(renamed, json!(null), json!(name.unwrap_or("billing-v2")))
        },
    ]
}

fn suspect(probability: f64, name: Option<&str>) -> Suspect {
    let change = change(name);
    let lines = change.diff.iter().enumerate();
    let diff = lines.map(|(at, line)| SuspectLine {
        line: line.clone(),
        guilty: at == 0,
    });
    Suspect {
        probability,
        event_ids: vec![EventId::new(&change.change.event_id)],
        actors: Vec::new(),
        lag: TimeDelta::seconds(56),
        change_set: None,
        diff: diff.collect(),
        evidence: vec![
            evidence(EvidenceKind::Replay, 6.2, "All failed requests pass under the settings before it."),
            evidence(EvidenceKind::Time, 5.0, "The first request it breaks came 56 s after it."),
            evidence(EvidenceKind::Prior, 0.01, "This says nothing."),
        ],
        undo: Some(Undo {
            kind: "update_user_pool_client",
            command: Some(format!(
                "aws cognito-idp update-user-pool-client --cli-input-json '{}'",
                json!({"ClientName": name.unwrap_or("billing"), "AllowedOAuthFlows": ["client_credentials"]})
            )),
            document: None,
            steps: vec!["Compare first: `aws cognito-idp describe-user-pool-client --client-id 4billing0example`.".to_owned()],
            assumed: vec![Setting("ClientName".into())],
            resets: None,
        }),
        crossing: Crossing {
            during: 1_248,
            during_broken: 1_248,
            before_broken: 600,
            certain: true,
            ..Crossing::default()
        },
        change,
    }
}

fn innocent(probability: f64) -> Suspect {
    let mut change = change(None);
    change.change.event_id = "EXAMPLE-decoy".to_owned();
    change.change.time = time("14:06:03");
    change.change.actor = Some(
        "arn:aws:sts::111122223333:assumed-role/AWSReservedSSO_Platform_0123456789EXAMPLE/alice"
            .to_owned(),
    );
    change.standing = Standing::Failed("AccessDenied".to_owned());
    change.diff.clear();
    Suspect {
        probability,
        event_ids: vec![EventId::new("EXAMPLE-decoy")],
        actors: Vec::new(),
        lag: TimeDelta::seconds(-3),
        change_set: None,
        diff: Vec::new(),
        evidence: vec![evidence(
            EvidenceKind::Prior,
            -20.0,
            "It failed with AccessDenied.",
        )],
        undo: None,
        crossing: Default::default(),
        change,
    }
}

fn evidence(kind: EvidenceKind, weight: f64, text: &str) -> Evidence {
    Evidence {
        kind,
        weight,
        text: text.to_owned(),
    }
}

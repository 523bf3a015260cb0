//! Browsers, phones, machines and strangers: addresses and agents, from documentation ranges only.

use super::{
    super::{
        chance::Chance,
        model::{Caller, Nature},
    },
    founding::Founding,
    machines, words,
};

/// An address of the internet, of documentation ranges; version 6 with this probability.
pub fn public(sixth: f64, chance: &mut Chance) -> String {
    if chance.happens(sixth) {
        let part = |chance: &mut Chance| format!("{:x}", chance.whole(1, 0xffff));
        let parts: Vec<String> = (0..4).map(|_| part(chance)).collect();
        return format!(
            "2001:db8:{}:{}::{}:{}",
            parts[0], parts[1], parts[2], parts[3]
        );
    }
    let net = *chance.pick(&["192.0.2", "198.51.100", "203.0.113"]);
    format!("{net}.{}", chance.whole(1, 254))
}

pub fn private(chance: &mut Chance) -> String {
    let (a, b, c) = (
        chance.whole(0, 63),
        chance.whole(0, 255),
        chance.whole(4, 254),
    );
    match chance.weighted(&[0.7, 0.2, 0.1]) {
        0 => format!("10.{a}.{b}.{c}"),
        1 => format!("172.{}.{b}.{c}", 16 + a % 16),
        _ => format!("192.168.{b}.{c}"),
    }
}

/// The agent of a browser.
pub fn browser(chance: &mut Chance) -> String {
    let version = chance.whole(138, 149);
    let webkit = "AppleWebKit/537.36 (KHTML, like Gecko)";
    match chance.weighted(&[0.34, 0.12, 0.1, 0.09, 0.17, 0.13, 0.05]) {
        0 => format!(
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) {webkit} Chrome/{version}.0.0.0 Safari/537.36"
        ),
        1 => format!(
            "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) {webkit} Chrome/{version}.0.0.0 Safari/537.36"
        ),
        2 => format!(
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) {webkit} Chrome/{version}.0.0.0 Safari/537.36 Edg/{version}.0.0.0"
        ),
        3 => format!(
            "Mozilla/5.0 (X11; Linux x86_64; rv:{version}.0) Gecko/20100101 Firefox/{version}.0"
        ),
        4 => format!(
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_{0} like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.{0} Mobile/15E148 Safari/604.1",
            chance.whole(1, 7)
        ),
        5 => format!(
            "Mozilla/5.0 (Linux; Android 10; K) {webkit} Chrome/{version}.0.0.0 Mobile Safari/537.36"
        ),
        _ => format!(
            "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.{} Safari/605.1.15",
            chance.whole(0, 6)
        ),
    }
}

/// The agent of an application on a phone; one application mostly has two kinds.
fn phone(chance: &mut Chance) -> String {
    match chance.weighted(&[0.4, 0.35, 0.15, 0.1]) {
        0 => format!(
            "aws-sdk-kotlin/1.4.{0} ua/2.1 api/cognito-identity-provider#1.4.{0} os/android#{1} lang/kotlin#2.1.0",
            chance.whole(60, 119),
            chance.whole(12, 16)
        ),
        1 => format!(
            "aws-sdk-swift/1.5.{0} ua/2.1 api/cognito_identity_provider#1.5.{0} os/ios#18.{1} lang/swift#6.1",
            chance.whole(2, 40),
            chance.whole(0, 7)
        ),
        2 => format!(
            "amplify-flutter/2.6.{} Dart/3.8 (dart:io)",
            chance.whole(0, 5)
        ),
        _ => "okhttp/4.12.0".to_owned(),
    }
}

/// The agent of a backend that uses the SDK.
fn server(chance: &mut Chance) -> String {
    let patch = chance.whole(3, 60);
    match chance.weighted(&[0.35, 0.25, 0.25, 0.15]) {
        0 => format!(
            "aws-sdk-js/3.8{patch:02}.0 ua/2.1 os/linux#6.1.141 lang/js md/nodejs#22.16.0 api/cognito-identity-provider#3.8{patch:02}.0"
        ),
        1 => format!(
            "Boto3/1.40.{patch} md/Botocore#1.40.{patch} ua/2.1 os/linux#6.1.141 md/arch#aarch64 lang/python#3.13.5"
        ),
        2 => format!(
            "aws-sdk-java/2.32.{patch} md/io#sync md/http#Apache ua/2.1 os/Linux#6.1.141 lang/java#21.0.8"
        ),
        _ => format!(
            "aws-sdk-go-v2/1.36.{} ua/2.1 os/linux lang/go#1.24.5 api/cognitoidentityprovider#1.53.2",
            patch % 10
        ),
    }
}

/// The agent of an HTTP library.
pub fn library(chance: &mut Chance) -> &'static str {
    const LIBRARIES: [&str; 12] = [
        "python-requests/2.32.4",
        "axios/1.11.0",
        "Apache-HttpClient/5.5 (Java/21.0.8)",
        "Go-http-client/1.1",
        "Go-http-client/2.0",
        "okhttp/4.12.0",
        "node-fetch/1.0 (+https://github.com/bitinn/node-fetch)",
        "Java-http-client/21.0.8",
        "GuzzleHttp/7",
        "RestSharp/112.1.0.0",
        "Faraday v2.13.2",
        "curl/8.14.1",
    ];
    LIBRARIES[chance.whole(0, 11) as usize]
}

/// Strangers and the host of load tests, before everybody else.
pub fn nobodys(chance: &mut Chance) -> Vec<Caller> {
    let strange = [
        "python-requests/2.28.1",
        "curl/7.81.0",
        "Go-http-client/1.1",
        "Mozilla/5.0 (compatible; scan/1.4)",
    ];
    let mut callers: Vec<Caller> = (0..super::STRANGERS)
        .map(|_| Caller {
            address: public(0.1, chance),
            agent: (*chance.pick(&strange)).to_owned(),
            user: None,
        })
        .collect();
    callers.push(Caller {
        address: private(chance),
        agent: (*chance.pick(&[
            "k6/1.1.0 (https://k6.io/)",
            "Apache-HttpClient/4.5.14",
            "Artillery",
        ]))
        .to_owned(),
        user: None,
    });
    callers
}

/// Draws the callers of an app client: their places.
pub fn draw(f: &mut Founding<'_>, nature: Nature, per_day: f64, workload: usize) -> Vec<usize> {
    let first = f.estate.callers.len();
    let tasks = f.estate.workloads[workload].tasks.clone();
    let count = count(f, nature, per_day);
    let sixth = f.chance.real(0.2, 0.75);
    let own = match nature {
        Nature::Machine => library(f.chance).to_owned(),
        _ => server(f.chance),
    };
    for number in 0..count {
        let task = &tasks[number % tasks.len()];
        let caller = match nature {
            Nature::Machine | Nature::Admin => Caller {
                address: task.1.clone(),
                agent: own.clone(),
                user: (nature == Nature::Admin).then(|| f.chance.uuid()),
            },
            Nature::Mobile => Caller {
                address: public(sixth, f.chance),
                agent: phone(f.chance),
                user: Some(f.chance.uuid()),
            },
            Nature::Web | Nature::Spa => Caller {
                address: public(sixth, f.chance),
                agent: browser(f.chance),
                user: Some(f.chance.uuid()),
            },
        };
        f.estate.callers.push(caller);
    }
    (first..f.estate.callers.len()).collect()
}

/// How many people or tasks send so many requests a day.
fn count(f: &mut Founding<'_>, nature: Nature, per_day: f64) -> usize {
    if nature == Nature::Machine {
        let place = f.estate.clients.len();
        return machines::Habit::of(f.seed, place, per_day).tasks;
    }
    if f.chance.happens(0.08) {
        return f.chance.whole(1, 2) as usize;
    }
    let each = f.chance.by_magnitude(3.0, 40.0);
    (per_day / each).clamp(1.0, 4_000.0) as usize
}

/// The name of the log stream of a task, as its platform calls it.
pub fn task(platform: usize, service: &str, chance: &mut Chance) -> String {
    match platform {
        0 => format!("ecs/{service}/{}", words::hex(32, chance)),
        1 => format!(
            "{service}-{}-{}",
            words::lower(9, chance),
            words::lower(5, chance)
        ),
        2 => format!("i-0{}", words::hex(16, chance)),
        _ => format!("{service}/{}", chance.uuid()),
    }
}

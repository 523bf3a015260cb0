//! How a refusal is told: what Cognito writes of it is not documented, so each slice of requests
//! (one reason, one app client, one step) has a way of its own.

use std::borrow::Cow;

use super::super::{
    chance::luck,
    model::{Answer, Attempt, By, Outcome, Step, World},
};
use super::{
    choice::{label, number, of_luck},
    telling::is_of_firewall,
};

/// A way to tell a refusal.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Way {
    Plain,
    OtherCode,
    StatusAlone,
    BadRequest,
    FreeText,
    MessageOnly,
    DescriptionOnly,
    ExceptionName,
    NoErrorField,
}

impl Way {
    /// In words, for the truth.
    fn name(self) -> &'static str {
        match self {
            Self::Plain => "as documented",
            Self::OtherCode => "another code",
            Self::StatusAlone => "a status alone",
            Self::BadRequest => "a general code",
            Self::FreeText => "free text",
            Self::MessageOnly => "a message alone",
            Self::DescriptionOnly => "a description alone",
            Self::ExceptionName => "an exception's name",
            Self::NoErrorField => "no error field",
        }
    }
}

const WAYS: [(&str, Way); 8] = [
    ("answer.other_code", Way::OtherCode),
    ("answer.status_alone", Way::StatusAlone),
    ("answer.bad_request", Way::BadRequest),
    ("answer.free_text", Way::FreeText),
    ("answer.message_only", Way::MessageOnly),
    ("answer.description_only", Way::DescriptionOnly),
    ("answer.exception_name", Way::ExceptionName),
    ("answer.no_error_field", Way::NoErrorField),
];

/// What the trail tells of a refusal.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Refusal<'a> {
    pub code: Option<Cow<'a, str>>,
    pub message: Option<Cow<'a, str>>,
    /// A member of the answer's parameters: `error` or `error_description`.
    pub described: Option<(&'static str, Cow<'a, str>)>,
    pub status: u16,
}

/// What the application is told.
pub struct Seen<'a> {
    pub code: Option<Cow<'a, str>>,
    pub description: Option<Cow<'a, str>>,
    pub status: u16,
    /// Whether the body is a page of HTML: a firewall has no other.
    pub is_page: bool,
}

/// A slice of requests: refused for the same reason.
struct Slice([u64; 5]);

impl Slice {
    fn of(attempt: &Attempt, by: By) -> Self {
        let (kind, place) = match by {
            By::Rule(place) => (1, place as u64),
            By::Trouble(place) => (2, place as u64),
            By::Release(place) => (3, place as u64),
            By::Habit => (4, 0),
        };
        Self([
            label("answer"),
            kind,
            place,
            attempt.client as u64,
            attempt.step as u64,
        ])
    }

    /// From 0 until before 1, for a question.
    fn luck(&self, world: &World, question: u64) -> f64 {
        let [a, b, c, d, e] = self.0;
        luck(world.seed, &[a, b, c, d, e, question])
    }

    fn way(&self, world: &World) -> Way {
        let weights = WAYS.map(|(rate, _)| world.rates.of(rate));
        let mut left = self.luck(world, 1) * (1.0 + weights.iter().sum::<f64>());
        for ((_, way), weight) in WAYS.iter().zip(weights) {
            left -= weight;
            if left < 0.0 {
                return *way;
            }
        }
        Way::Plain
    }

    /// The way of a request of this slice: a firewall and a quota have but their own words.
    fn way_of(&self, world: &World, by: By, answer: &Answer) -> Way {
        match self.way(world) {
            Way::OtherCode | Way::FreeText | Way::BadRequest
                if answer.status == 429 || is_of_firewall(world, by) =>
            {
                Way::Plain
            }
            way => way,
        }
    }

    fn status(&self, world: &World, answer: &Answer) -> u16 {
        match answer.status {
            400 if self.luck(world, 2) < world.rates.of("answer.as_401") => 401,
            known if known >= 400 => known,
            _ => 400,
        }
    }
}

/// In what words a request that failed is told; `None` if it went well.
pub fn told_as(world: &World, attempt: &Attempt) -> Option<&'static str> {
    match &attempt.outcome {
        Outcome::Ok => None,
        Outcome::Unreached { .. } => Some("in an application's log alone"),
        Outcome::Refused { by, answer } => {
            Some(Slice::of(attempt, *by).way_of(world, *by, answer).name())
        }
    }
}

/// How a request to the domain that was refused stands in the trail.
pub fn of_endpoint<'a>(
    world: &World,
    attempt: &Attempt,
    by: By,
    answer: &'a Answer,
) -> Refusal<'a> {
    let slice = Slice::of(attempt, by);
    let status = slice.status(world, answer);
    let luck = slice.luck(world, 3);
    let code = || code_of(answer);
    let message = || answer.message.as_deref().map(Cow::Borrowed);
    let told = |code, message, described| Refusal {
        code,
        message,
        described,
        status,
    };
    match slice.way_of(world, by, answer) {
        Way::Plain => told(code(), message(), None),
        Way::OtherCode => told(Some(other(answer, luck).into()), None, None),
        Way::StatusAlone => {
            let phrase = (luck < 0.5).then(|| reason(status).into());
            told(Some(status.to_string().into()), phrase, None)
        }
        Way::BadRequest => {
            let general = *of_luck(general(status), luck);
            let known = if luck * 7.0 % 1.0 < 0.5 { code() } else { None };
            told(Some(general.into()), known, None)
        }
        Way::FreeText => told(
            None,
            Some(free_text(world, attempt.step, answer).into()),
            None,
        ),
        Way::MessageOnly => told(None, message().or_else(code), None),
        Way::DescriptionOnly => match code().filter(|_| luck < 0.5) {
            Some(code) => told(None, None, Some(("error", code))),
            None => {
                let text = message().unwrap_or_else(|| description(attempt.step, answer).into());
                told(None, None, Some(("error_description", text)))
            }
        },
        Way::ExceptionName => {
            let name = code().map(|code| exception(&code).into());
            told(name, message(), None)
        }
        Way::NoErrorField => told(None, None, None),
    }
}

/// How a call that was refused stands in the trail: always with an exception, but for some that
/// have a text alone.
pub fn of_call<'a>(world: &World, attempt: &Attempt, by: By, answer: &'a Answer) -> Refusal<'a> {
    let slice = Slice::of(attempt, by);
    let message = Some(message_of(attempt.step, answer));
    let code = code_of(answer);
    let (code, message) = match slice.way_of(world, by, answer) {
        Way::OtherCode if answer.status < 500 => {
            let other = *of_luck(&OTHER_EXCEPTIONS, slice.luck(world, 3));
            (
                Some(other.into()),
                Some("The request failed a precondition.".into()),
            )
        }
        Way::FreeText => (code, Some(free_text(world, attempt.step, answer).into())),
        Way::MessageOnly => (None, message),
        Way::StatusAlone => (Some(answer.status.max(400).to_string().into()), message),
        _ => (code, message),
    };
    Refusal {
        code,
        message,
        described: None,
        status: answer.status,
    }
}

/// What the application gets to know of it.
pub fn seen<'a>(world: &World, attempt: &Attempt, by: By, answer: &'a Answer) -> Seen<'a> {
    let slice = Slice::of(attempt, by);
    let code = || code_of(answer);
    let described = answer.message.as_deref().map(Cow::Borrowed);
    let is_endpoint = attempt.step.is_endpoint();
    let is_page = is_endpoint && is_of_firewall(world, by);
    let (code, description) = match slice.way_of(world, by, answer) {
        _ if !is_endpoint => (code(), Some(message_of(attempt.step, answer))),
        _ if is_page => (None, None),
        Way::OtherCode => (Some(other(answer, slice.luck(world, 3)).into()), None),
        Way::StatusAlone | Way::NoErrorField => (None, None),
        Way::FreeText => (None, Some(free_text(world, attempt.step, answer).into())),
        _ => (code(), described),
    };
    Seen {
        code,
        description,
        status: slice.status(world, answer),
        is_page,
    }
}

const CODES: [&str; 7] = [
    "invalid_request",
    "invalid_client",
    "invalid_grant",
    "unauthorized_client",
    "unsupported_grant_type",
    "invalid_scope",
    "access_denied",
];

/// Codes of a service that is ill.
const SERVER_CODES: [&str; 3] = ["server_error", "temporarily_unavailable", "InternalError"];

const OTHER_EXCEPTIONS: [&str; 4] = [
    "UnsupportedOperationException",
    "InvalidParameterException",
    "NotAuthorizedException",
    "ForbiddenException",
];

/// Another code than the one that is documented, of the same class.
fn other(answer: &Answer, luck: f64) -> &'static str {
    let codes: &[&'static str] = match answer.status {
        500.. => &SERVER_CODES,
        _ => &CODES,
    };
    let others = codes.iter().copied().filter(|known| *known != answer.code);
    of_luck::<&str>(&others.collect::<Vec<_>>(), luck)
}

fn general(status: u16) -> &'static [&'static str] {
    match status {
        500.. => &["InternalError", "ServerError", "ServiceFailure"],
        429 => &["TooManyRequests", "Throttled"],
        _ => &["BadRequest", "ClientError", "BadRequest"],
    }
}

/// The words that go with a status.
pub fn reason(status: u16) -> &'static str {
    match status {
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "Not Found",
        429 => "Too Many Requests",
        500 => "Internal Server Error",
        502 => "Bad Gateway",
        503 => "Service Unavailable",
        504 => "Gateway Timeout",
        _ => "Bad Request",
    }
}

/// `invalid_grant` as `InvalidGrantException`.
fn exception(code: &str) -> String {
    if code.ends_with("Exception") {
        return code.to_owned();
    }
    let words = code.split(['_', ' ']).map(|word| {
        let (first, rest) = word.split_at(word.chars().next().map_or(0, char::len_utf8));
        first.to_uppercase() + rest
    });
    words.collect::<String>() + "Exception"
}

/// The code, where there is one: a firewall has a page of its own, and a service that is ill does
/// not blame the caller.
pub fn code_of(answer: &Answer) -> Option<Cow<'_, str>> {
    match answer.code.as_str() {
        "" => None,
        code if answer.status >= 500 && CODES.contains(&code) => Some("server_error".into()),
        code => Some(code.into()),
    }
}

fn message_of(step: Step, answer: &Answer) -> Cow<'_, str> {
    match &answer.message {
        Some(message) => message.as_str().into(),
        None => description(step, answer).into(),
    }
}

/// In plain English.
fn description(step: Step, answer: &Answer) -> &'static str {
    FREE_TEXTS[0][subject(step, answer)]
}

/// A text in the language of this account, without any code.
fn free_text(world: &World, step: Step, answer: &Answer) -> &'static str {
    of_luck(&FREE_TEXTS, number(world, "answer language"))[subject(step, answer)]
}

/// What an answer to a step is about, as a place in each of [`FREE_TEXTS`].
fn subject(step: Step, answer: &Answer) -> usize {
    let code = answer.code.to_ascii_lowercase();
    let about = |words: &[&str]| words.iter().any(|word| code.contains(word));
    if answer.status >= 500 {
        5
    } else if about(&["invalid_client", "secret"]) {
        0
    } else if about(&["unsupported"]) {
        2
    } else if about(&["grant", "expired", "notauthorized"]) {
        spent(step)
    } else if about(&["unauthorized", "denied", "forbidden", "notallowed"]) {
        2
    } else if about(&["scope"]) {
        3
    } else if about(&["redirect", "uri"]) {
        4
    } else if about(&["server", "internal", "unavailable", "lambda", "timeout"]) {
        5
    } else {
        6
    }
}

/// What is not good any more in the request of a step.
fn spent(step: Step) -> usize {
    match step {
        Step::Code | Step::IdpResponse => 1,
        Step::Refresh | Step::ApiRefresh | Step::ApiRotate | Step::UserInfo => 7,
        Step::LoginPost | Step::Password | Step::Srp | Step::SrpReply | Step::AdminPassword => 8,
        Step::Authorize | Step::LoginPage | Step::Logout | Step::Machine => 2,
    }
}

const FREE_TEXTS: [[&str; 9]; 7] = [
    [
        "The client could not be authenticated",
        "The code is not valid any more",
        "This application may not do that",
        "A scope that was asked for is not available",
        "The return address is not known",
        "Something went wrong on our side",
        "The request could not be understood",
        "The session has ended, sign in again",
        "The credentials were not accepted",
    ],
    [
        "Anmeldung des Clients fehlgeschlagen",
        "Der Code ist nicht mehr gültig",
        "Diese Anwendung darf das nicht",
        "Ein angeforderter Bereich steht nicht zur Verfügung",
        "Die Rücksprungadresse ist nicht bekannt",
        "Interner Fehler",
        "Die Anfrage konnte nicht verarbeitet werden",
        "Die Sitzung ist nicht mehr gültig",
        "Die Anmeldedaten wurden nicht akzeptiert",
    ],
    [
        "Le client n'a pas pu être authentifié",
        "Le code n'est plus valide",
        "Cette application n'est pas autorisée",
        "Une portée demandée n'est pas disponible",
        "L'adresse de retour est inconnue",
        "Une erreur interne est survenue",
        "La requête n'a pas pu être traitée",
        "La session n'est plus valide",
        "Les identifiants n'ont pas été acceptés",
    ],
    [
        "No se pudo autenticar al cliente",
        "El código ya no es válido",
        "Esta aplicación no tiene permiso",
        "Un ámbito solicitado no está disponible",
        "La dirección de retorno no es conocida",
        "Se produjo un error interno",
        "No se pudo procesar la solicitud",
        "La sesión ya no es válida",
        "No se aceptaron las credenciales",
    ],
    [
        "Não foi possível autenticar o cliente",
        "O código deixou de ser válido",
        "Esta aplicação não tem permissão",
        "Um escopo pedido não está disponível",
        "O endereço de retorno não é conhecido",
        "Ocorreu um erro interno",
        "Não foi possível processar o pedido",
        "A sessão deixou de ser válida",
        "As credenciais não foram aceites",
    ],
    [
        "クライアントを認証できませんでした",
        "コードは無効になりました",
        "このアプリケーションには許可されていません",
        "要求されたスコープは利用できません",
        "戻り先のアドレスが登録されていません",
        "内部エラーが発生しました",
        "リクエストを処理できませんでした",
        "セッションは無効になりました",
        "認証情報を受け付けられませんでした",
    ],
    [
        "Nie można uwierzytelnić klienta",
        "Kod stracił ważność",
        "Ta aplikacja nie ma uprawnień",
        "Żądany zakres jest niedostępny",
        "Adres powrotny nie jest znany",
        "Wystąpił błąd wewnętrzny",
        "Nie można przetworzyć żądania",
        "Sesja straciła ważność",
        "Dane logowania nie zostały przyjęte",
    ],
];

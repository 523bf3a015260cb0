//! What decides an incident can be read from the frames, each figure by one short Polars expression.
//!
//! Small accounts of the kinds that engineers met: what they counted and compared is counted here, on
//! records as AWS writes them. A figure that takes more than ten lines means that a frame lacks a
//! column.

use polars::prelude::*;

mod account;
mod callers;
mod front;
mod logs;
mod machines;
mod pages;
mod releases;
mod requests;
mod service;
mod settings;
mod tokens;

use account::Tables;

/// The only number of a query of one row and column.
#[track_caller]
fn number(query: LazyFrame) -> i64 {
    let frame = query.collect().expect("an answer");
    assert_eq!(frame.shape(), (1, 1), "{frame}");
    let value = frame.columns()[0].get(0).expect("a value");
    value.extract::<i64>().expect("a number")
}

/// The rows of a query.
#[track_caller]
fn rows(query: LazyFrame) -> i64 {
    number(query.select([len()]))
}

/// The only time of a query of one row and column, as `10:00:05`.
#[track_caller]
fn clock(query: LazyFrame) -> String {
    let micros = number(query.select([all().as_expr().cast(DataType::Int64)]));
    let time = chrono::DateTime::from_timestamp_micros(micros).expect("a time");
    time.format("%H:%M:%S").to_string()
}

/// A time of the day of the accounts.
fn at(clock: &str) -> Expr {
    let time: chrono::DateTime<chrono::Utc> = account::time(clock);
    lit(time.timestamp_micros()).cast(DataType::Datetime(TimeUnit::Microseconds, None))
}

fn is(column: &str, text: &str) -> Expr {
    col(column).eq(lit(text.to_owned()))
}

fn between(column: &str, from: &str, to: &str) -> Expr {
    col(column).gt_eq(at(from)).and(col(column).lt(at(to)))
}

/// Whether a text holds another: the functions of strings are not built in.
fn holds(column: &str, part: &'static str) -> Expr {
    let holds = move |texts: Column| {
        let texts = texts.str()?.iter();
        let hits: BooleanChunked = texts
            .map(|text| text.map(|text| text.contains(part)))
            .collect();
        Ok(hits.into_column())
    };
    let kind = |_: &Schema, field: &Field| Ok(Field::new(field.name().clone(), DataType::Boolean));
    col(column).map(holds, kind)
}

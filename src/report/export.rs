//! Frames as files for other programs.

use polars::prelude::*;
use polars_io::parquet::write::{ParquetCompression, ParquetWriter};

use super::escape;
use crate::error::{DuringStage, Result};

/// A frame as Parquet; times are of UTC by their type.
///
/// # Errors
///
/// [`Error::Frame`](crate::Error::Frame) when Polars cannot.
pub fn parquet(query: LazyFrame) -> Result<Vec<u8>> {
    let mut frame = in_utc(query.collect().during("export a frame")?)?;
    let mut bytes = Vec::new();
    ParquetWriter::new(&mut bytes)
        .with_compression(ParquetCompression::Snappy)
        .finish(&mut frame)
        .during("write Parquet")?;
    Ok(bytes)
}

/// Gives time columns their zone: inside the program all times are of UTC.
fn in_utc(frame: DataFrame) -> Result<DataFrame> {
    let height = frame.height();
    let columns = frame.columns().iter().map(|column| match column.dtype() {
        DataType::Datetime(unit, None) => {
            column.cast(&DataType::Datetime(*unit, Some(TimeZone::UTC)))
        }
        _ => Ok(column.clone()),
    });
    let columns: PolarsResult<Vec<Column>> = columns.collect();
    let stage = "export a frame";
    DataFrame::new(height, columns.during(stage)?).during(stage)
}

/// A frame as CSV: times in ISO 8601 (UTC) to the microsecond, null as nothing, text that no spreadsheet takes for a
/// formula.
///
/// # Errors
///
/// [`Error::Frame`](crate::Error::Frame) when Polars cannot.
pub fn csv(query: LazyFrame) -> Result<Vec<u8>> {
    let stage = "export a frame";
    let frame = query.collect().during(stage)?;
    let mut columns = Vec::new();
    for column in frame.columns() {
        let texts = match column.dtype() {
            DataType::Datetime(..) => {
                let format = "%Y-%m-%dT%H:%M:%S%.6fZ";
                let times = column.datetime().during(stage)?;
                times.to_string(format).during(stage)?.into_column()
            }
            _ => column.cast(&DataType::String).during(stage)?,
        };
        columns.push(texts.str().during(stage)?.clone());
    }
    let mut writer = csv::Writer::from_writer(Vec::new());
    let names = frame.get_column_names();
    // Writing to memory cannot fail.
    let _ = writer.write_record(names.iter().map(|name| name.as_str()));
    for row in 0..frame.height() {
        let cells = columns.iter().map(|column| column.get(row));
        let _ = writer.write_record(cells.map(|cell| cell.map_or_else(String::new, escape::csv)));
    }
    Ok(writer.into_inner().unwrap_or_default())
}

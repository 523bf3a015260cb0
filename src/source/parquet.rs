//! Tables of Parquet as lines of JSON, a row each: what reads text then reads them, too.

use std::{
    io::{self, Cursor, Read},
    panic::{AssertUnwindSafe, catch_unwind},
};

use chrono::{DateTime, SecondsFormat};
use polars_arrow::{
    array::{
        Array, BinaryArray, BinaryViewArray, BooleanArray, FixedSizeListArray, ListArray, MapArray,
        PrimitiveArray, StructArray, Utf8Array, Utf8ViewArray,
    },
    datatypes::{ArrowDataType, Field, TimeUnit},
    types::NativeType,
};
use polars_buffer::Buffer;
use polars_parquet::read::{
    BasicDecompressor, FileMetadata, PageReader, RowGroupMetadata, column_iter_to_arrays,
    infer_schema, read_metadata,
};
use serde_json::{Map, Number, Value};

/// A group of rows is held unpacked; larger ones are nobody's who writes logs.
const LARGEST_GROUP: usize = 1 << 30;

/// The rows of a table as JSON, line after line.
pub struct Rows {
    file: Buffer<u8>,
    metadata: FileMetadata,
    fields: Vec<Field>,
    /// The next group of rows.
    group: usize,
    /// The columns of the group that is read, and how many rows it has.
    columns: Vec<(String, Vec<Box<dyn Array>>)>,
    rows: usize,
    row: usize,
    line: Vec<u8>,
    at: usize,
}

impl Rows {
    /// The rows of a table that is held whole.
    ///
    /// # Errors
    ///
    /// It is no sound Parquet.
    pub fn new(bytes: Vec<u8>) -> io::Result<Self> {
        let file = Buffer::from(bytes);
        let (metadata, fields) = guarded(|| {
            let metadata = read_metadata(&mut Cursor::new(&*file))?;
            let schema = infer_schema(&metadata)?;
            Ok((metadata, schema.iter_values().cloned().collect()))
        })?;
        Ok(Self {
            file,
            metadata,
            fields,
            group: 0,
            columns: Vec::new(),
            rows: 0,
            row: 0,
            line: Vec::new(),
            at: 0,
        })
    }

    /// Writes the next row; false behind the last.
    fn next(&mut self) -> io::Result<bool> {
        while self.row == self.rows {
            let Some(group) = self.metadata.row_groups.get(self.group) else {
                return Ok(false);
            };
            if group.total_byte_size() > LARGEST_GROUP {
                let why = "is Parquet with a group of rows of more than 1 GiB";
                return Err(io::Error::other(why));
            }
            let (file, fields) = (&self.file, &self.fields);
            self.columns = guarded(|| columns(file, group, fields))?;
            (self.rows, self.row) = (group.num_rows(), 0);
            self.group += 1;
        }
        let cells = self.columns.iter().filter_map(|(name, arrays)| {
            let value = cell(arrays, self.row);
            (!value.is_null()).then(|| (name.clone(), value))
        });
        let row = Value::Object(cells.collect());
        self.line.clear();
        serde_json::to_writer(&mut self.line, &row)?;
        self.line.push(b'\n');
        (self.row, self.at) = (self.row + 1, 0);
        Ok(true)
    }
}

impl Read for Rows {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.at == self.line.len() && !self.next()? {
            return Ok(0);
        }
        let read = self.line.get(self.at..).unwrap_or_default().read(buffer)?;
        self.at += read;
        Ok(read)
    }
}

/// The library falls over some tables that are none.
fn guarded<T>(read: impl FnOnce() -> Result<T, polars::error::PolarsError>) -> io::Result<T> {
    let unsound = |why: String| io::Error::other(format!("is no sound Parquet: {why}"));
    match catch_unwind(AssertUnwindSafe(read)) {
        Ok(result) => result.map_err(|error| unsound(error.to_string())),
        Err(_) => Err(unsound("it contradicts itself".to_owned())),
    }
}

/// A column of a row group: its name, and its arrays that follow one another.
type Column = (String, Vec<Box<dyn Array>>);

fn columns(
    file: &Buffer<u8>,
    group: &RowGroupMetadata,
    fields: &[Field],
) -> Result<Vec<Column>, polars::error::PolarsError> {
    let mut columns = Vec::new();
    for field in fields {
        let (mut parts, mut types) = (Vec::new(), Vec::new());
        for part in group
            .columns_under_root_iter(&field.name)
            .into_iter()
            .flatten()
        {
            let range = part.byte_range();
            let (start, end) = (range.start as usize, range.end as usize);
            let chunk = file.clone().sliced(start..end);
            let pages = PageReader::new(Cursor::new(chunk), part, Vec::new(), LARGEST_GROUP);
            parts.push(BasicDecompressor::new(pages, Vec::new()));
            types.push(&part.descriptor().descriptor.primitive_type);
        }
        let (arrays, _) = column_iter_to_arrays(parts, types, field.clone(), None)?;
        columns.push((field.name.to_string(), arrays));
    }
    Ok(columns)
}

/// The cell of a row, in arrays that follow one another.
fn cell(arrays: &[Box<dyn Array>], mut row: usize) -> Value {
    for array in arrays {
        match row.checked_sub(array.len()) {
            Some(behind) => row = behind,
            None => return json(array.as_ref(), row),
        }
    }
    Value::Null
}

/// A value as JSON; null where its type says nothing in a log.
fn json(array: &dyn Array, row: usize) -> Value {
    if row >= array.len() || array.is_null(row) {
        return Value::Null;
    }
    let any = array.as_any();
    if let Some(texts) = any.downcast_ref::<Utf8ViewArray>() {
        return texts.value(row).into();
    }
    if let Some(texts) = any.downcast_ref::<Utf8Array<i32>>() {
        return texts.value(row).into();
    }
    if let Some(texts) = any.downcast_ref::<Utf8Array<i64>>() {
        return texts.value(row).into();
    }
    let bytes = any
        .downcast_ref::<BinaryViewArray>()
        .map(|of| of.value(row));
    let bytes = bytes.or_else(|| Some(any.downcast_ref::<BinaryArray<i32>>()?.value(row)));
    let bytes = bytes.or_else(|| Some(any.downcast_ref::<BinaryArray<i64>>()?.value(row)));
    if let Some(bytes) = bytes {
        return String::from_utf8_lossy(bytes).into();
    }
    if let Some(flags) = any.downcast_ref::<BooleanArray>() {
        return flags.value(row).into();
    }
    if let Some(members) = any.downcast_ref::<StructArray>() {
        return members_of(members, row);
    }
    if let Some(list) = any.downcast_ref::<ListArray<i32>>() {
        return items(list.value(row).as_ref());
    }
    if let Some(list) = any.downcast_ref::<ListArray<i64>>() {
        return items(list.value(row).as_ref());
    }
    if let Some(list) = any.downcast_ref::<FixedSizeListArray>() {
        return items(list.value(row).as_ref());
    }
    if let Some(map) = any.downcast_ref::<MapArray>() {
        return entries(map.value(row).as_ref());
    }
    number(array, row)
}

fn items(list: &dyn Array) -> Value {
    (0..list.len()).map(|at| json(list, at)).collect()
}

fn members_of(members: &StructArray, row: usize) -> Value {
    let named = members.fields().iter().zip(members.values());
    let named = named.filter_map(|(field, values)| {
        let value = json(values.as_ref(), row);
        (!value.is_null()).then(|| (field.name.to_string(), value))
    });
    Value::Object(named.collect())
}

/// A map: its keys are texts.
fn entries(pairs: &dyn Array) -> Value {
    let pairs = pairs.as_any().downcast_ref::<StructArray>();
    let Some([keys, values]) = pairs.map(StructArray::values) else {
        return Value::Null;
    };
    let mut map = Map::new();
    for at in 0..keys.len() {
        if let Value::String(key) = json(keys.as_ref(), at) {
            map.insert(key, json(values.as_ref(), at));
        }
    }
    Value::Object(map)
}

/// A number, or a time, which is one to Parquet.
fn number(array: &dyn Array, row: usize) -> Value {
    fn of<T: NativeType>(array: &dyn Array, row: usize) -> Option<T> {
        let numbers = array.as_any().downcast_ref::<PrimitiveArray<T>>()?;
        Some(numbers.value(row))
    }
    if let ArrowDataType::Timestamp(unit, _) = array.dtype() {
        return of::<i64>(array, row).map_or(Value::Null, |time| moment(time, *unit));
    }
    let whole = of::<i64>(array, row)
        .or_else(|| of::<i32>(array, row).map(Into::into))
        .or_else(|| of::<i16>(array, row).map(Into::into))
        .or_else(|| of::<i8>(array, row).map(Into::into))
        .or_else(|| of::<u32>(array, row).map(Into::into))
        .or_else(|| of::<u16>(array, row).map(Into::into))
        .or_else(|| of::<u8>(array, row).map(Into::into));
    let whole = whole.map(Number::from);
    let whole = whole.or_else(|| of::<u64>(array, row).map(Number::from));
    let real = || {
        let real = of::<f64>(array, row).or_else(|| of::<f32>(array, row).map(Into::into));
        Number::from_f64(real?)
    };
    whole.or_else(real).map_or(Value::Null, Value::Number)
}

fn moment(time: i64, unit: TimeUnit) -> Value {
    let time = match unit {
        TimeUnit::Second => DateTime::from_timestamp(time, 0),
        TimeUnit::Millisecond => DateTime::from_timestamp_millis(time),
        TimeUnit::Microsecond => DateTime::from_timestamp_micros(time),
        TimeUnit::Nanosecond => Some(DateTime::from_timestamp_nanos(time)),
    };
    time.map_or(Value::Null, |time| {
        time.to_rfc3339_opts(SecondsFormat::AutoSi, true).into()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_parquet_is_told() {
        for bytes in [
            &b"PAR1"[..],
            b"PAR1 and nothing of it PAR1",
            b"PAR1\x15\x04\x15\x10\xff\xff\xff\x7fPAR1",
        ] {
            let error = Rows::new(bytes.to_vec()).err().expect("it is refused");
            assert!(error.to_string().contains("Parquet"), "{error}");
        }
    }
}

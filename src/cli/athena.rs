//! Athena as a source, as it was typed.

use clap::Args;
use trailblame::engine::athena::Table;

use super::Usage;

/// What to ask Athena.
#[derive(Debug, Args)]
#[command(next_help_heading = "Athena")]
pub struct AthenaArguments {
    /// Ask Athena's table of a trail; `trailblame queries table` prints how to make one.
    #[arg(long, value_name = "DATABASE.TABLE")]
    athena: Option<String>,
    /// Workgroup of the queries [default: primary].
    #[arg(long, value_name = "NAME", requires = "athena")]
    athena_workgroup: Option<String>,
    /// Where Athena writes its results, if the workgroup does not say.
    #[arg(long, value_name = "S3_URL", requires = "athena")]
    athena_output: Option<String>,
    /// Stop a query that scans more.
    #[arg(long, value_name = "SIZE", default_value = "50GB")]
    max_scan: String,
}

/// What the arguments mean.
#[derive(Clone, Debug)]
pub struct Asked {
    /// The table.
    pub table: Table,
    /// The workgroup.
    pub workgroup: Option<String>,
    /// Where results are written.
    pub output: Option<String>,
    /// The most bytes that a query may scan.
    pub max_scan: u64,
}

impl AthenaArguments {
    /// Checks what was typed; `None` when Athena is not asked.
    pub fn resolve(self) -> Result<Option<Asked>, Usage> {
        let max_scan = size(&self.max_scan).ok_or_else(|| Usage {
            message: format!("`--max-scan {}` is no size", self.max_scan),
            hint: Some("a size is a number and a unit: 500MB, 50GB, 1TB".to_owned()),
        })?;
        let Some(text) = self.athena else {
            return Ok(None);
        };
        let table = Table::new(&text).ok_or_else(|| Usage {
            message: format!("`--athena {text}` names no table"),
            hint: Some("write --athena DATABASE.TABLE, letters, digits and _ only".to_owned()),
        })?;
        Ok(Some(Asked {
            table,
            workgroup: self.athena_workgroup,
            output: self.athena_output,
            max_scan,
        }))
    }
}

/// Bytes; units are powers of 1000, as AWS bills them.
fn size(text: &str) -> Option<u64> {
    let digits = text
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(text.len());
    let (number, unit) = text.split_at(digits);
    let unit: u64 = match unit.to_ascii_uppercase().as_str() {
        "" | "B" => 1,
        "KB" => 1_000,
        "MB" => 1_000_000,
        "GB" => 1_000_000_000,
        "TB" => 1_000_000_000_000,
        _ => return None,
    };
    number.parse::<u64>().ok()?.checked_mul(unit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_as_people_type_them() {
        for (text, expected) in [
            ("50GB", Some(50_000_000_000)),
            ("1tb", Some(1_000_000_000_000)),
            ("123", Some(123)),
            ("GB", None),
            ("5 apples", None),
            ("99999999999TB", None),
        ] {
            assert_eq!(size(text), expected, "{text}");
        }
    }
}

//! CloudWatch Logs filter patterns over JSON: as much of them as the program asks for, read
//! strictly, so that a pattern AWS would refuse is refused here too.
//!
//! Source: <https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html>

use serde_json::Value;

/// The most characters that a pattern may have.
const LONGEST: usize = 1024;

/// Whether the pattern takes a message; an error if it is no pattern.
pub fn takes(pattern: &str, message: &Value) -> Result<bool, String> {
    if pattern.chars().count() > LONGEST {
        return Err(format!("longer than {LONGEST} characters"));
    }
    let inner = pattern
        .strip_prefix('{')
        .and_then(|rest| rest.strip_suffix('}'))
        .ok_or("not in braces")?;
    let mut reader = Reader {
        rest: inner.trim(),
        message,
    };
    let taken = reader.any()?;
    match reader.rest {
        "" => Ok(taken),
        rest => Err(format!("`{rest}` is left")),
    }
}

struct Reader<'a> {
    rest: &'a str,
    message: &'a Value,
}

impl<'a> Reader<'a> {
    fn eat(&mut self, token: &str) -> bool {
        match self.rest.strip_prefix(token) {
            Some(rest) => {
                self.rest = rest.trim_start();
                true
            }
            None => false,
        }
    }

    fn any(&mut self) -> Result<bool, String> {
        let mut taken = self.all()?;
        while self.eat("||") {
            taken |= self.all()?;
        }
        Ok(taken)
    }

    fn all(&mut self) -> Result<bool, String> {
        let mut taken = self.one()?;
        while self.eat("&&") {
            taken &= self.one()?;
        }
        Ok(taken)
    }

    fn one(&mut self) -> Result<bool, String> {
        if self.eat("(") {
            let taken = self.any()?;
            return match self.eat(")") {
                true => Ok(taken),
                false => Err(format!("no `)` at `{}`", self.rest)),
            };
        }
        let name = self.rest.strip_prefix("$.").ok_or("no selector")?;
        let end = name.find(' ').ok_or("no operator")?;
        let (name, rest) = name.split_at(end);
        self.rest = rest.trim_start();
        let value = self.message.get(name);
        if self.eat("NOT EXISTS") {
            return Ok(value.is_none());
        }
        if self.eat("IS FALSE") {
            return Ok(value == Some(&Value::Bool(false)));
        }
        let equal = self.eat("=");
        if !equal && !self.eat("!=") {
            return Err(format!("no operator at `{}`", self.rest));
        }
        let text = self.rest.strip_prefix('"').ok_or("no string")?;
        let end = text.find('"').ok_or("an open string")?;
        let (text, rest) = text.split_at(end);
        self.rest = rest[1..].trim_start();
        // A comparison with a member that is not there does not hold.
        Ok(value.is_some_and(|value| (value == text) == equal))
    }
}

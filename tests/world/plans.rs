//! Plans for the account, written by hand.

/// Every file below `plans/`.
pub fn files() -> impl Iterator<Item = (String, Vec<u8>)> {
    macro_rules! plan {
        ($name:literal) => {
            (
                concat!("plans/", $name),
                include_str!(concat!("../../sample-logs/plans/", $name)),
            )
        };
    }
    let files = [
        plan!("README.md"),
        plan!("billing.tfplan.json"),
        plan!("harmless.tfplan.json"),
        plan!("kiosk.changeset.json"),
        plan!("mobile.cli-input.json"),
        plan!("portal.tfplan.json"),
        plan!("webshop.template.json"),
    ];
    let owned = |(name, text): (&str, &str)| (name.to_owned(), text.as_bytes().to_vec());
    files.into_iter().map(owned)
}

//! Every output form. Knows nothing of how anything was computed.

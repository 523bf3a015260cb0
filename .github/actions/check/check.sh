#!/usr/bin/env bash
# Runs `trailblame check` in a pipeline: the answer goes to the log, the comment to the summary of the
# step, the verdict to its outputs. Ends as `trailblame check` does.
#
# PLAN and SOURCE are arguments, separated by spaces; the rest is named in action.yml.
set -uo pipefail

folder=${FOLDER:-trailblame-check}
program=${TRAILBLAME:-trailblame}

if ! command -v "$program" >/dev/null; then
  if [ -z "${VERSION:-}" ]; then
    echo "error: no trailblame is installed; name the release to run: with: version" >&2
    exit 1
  fi
  name=trailblame-$VERSION-$(uname -m)-unknown-linux-musl
  address=https://github.com/$REPOSITORY/releases/download/v$VERSION/$name.tar.gz
  tools=$(mktemp -d)
  curl --fail --silent --show-error --location "$address" | tar --extract --gzip --directory "$tools" || exit 1
  program=$tools/$name/trailblame
fi

flags=(--fail-on "${FAIL_ON:-breaks}" --write "$folder")
if [ "${FAIL_ON_INCOMPLETE:-false}" = true ]; then
  flags+=(--fail-on-incomplete)
fi
read -r -a plan <<<"$PLAN"
read -r -a source <<<"$SOURCE"

status=0
"$program" check "${plan[@]}" "${source[@]}" "${flags[@]}" || status=$?

if [ -f "$folder/check.json" ]; then
  verdict=$(sed -n 's/^  "verdict": "\(.*\)",$/\1/p' "$folder/check.json" | head -n 1)
  if [ -n "${GITHUB_OUTPUT:-}" ]; then
    printf 'verdict=%s\nfolder=%s\n' "$verdict" "$folder" >>"$GITHUB_OUTPUT"
  fi
  if [ -n "${GITHUB_STEP_SUMMARY:-}" ]; then
    cat "$folder/check.md" >>"$GITHUB_STEP_SUMMARY"
  fi
fi
exit "$status"

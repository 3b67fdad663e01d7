# Shared by the scripts beside it; not to be run by itself.

top=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1

say() { printf '%s\n' "$@" >&2; }

fail() {
  say "$@"
  exit 1
}

# Builds a project and stays silent unless something is wrong.
build() {
  local project=$1 configuration=$2
  say "Building $project ($configuration) ..."
  dotnet build "$top/$project" --configuration "$configuration" --verbosity quiet --nologo \
    -consoleLoggerParameters:ErrorsOnly >&2 || fail "The build failed; what is wrong stands above."
}

# Runs a verb of the program. The working folder stays the caller's, so that file names mean what they meant to them; the
# settings and the database are those of this checkout.
run_verb() {
  build MetaPrompt.Web Release
  ASPNETCORE_CONTENTROOT=$top exec dotnet "$top/MetaPrompt.Web/bin/Release/net10.0/MetaPrompt.Web.dll" "$@"
}

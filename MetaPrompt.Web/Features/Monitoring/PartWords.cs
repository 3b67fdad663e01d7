namespace MetaPrompt.Web.Features.Monitoring;

/// <summary>Why a part of the page cannot be read.</summary>
public static class PartWords
{
    /// <summary>The database does not answer.</summary>
    public const string Away = "The database does not answer.";

    /// <summary>Words for what PostgreSQL refused for a reason of this part alone; null where it is not that.</summary>
    public static string? Refusal(string? sqlState) => sqlState switch
    {
        "55000" => "pg_stat_statements does not count on this server. Add it to shared_preload_libraries in postgresql.conf (on Supabase: Database, Extensions), restart PostgreSQL, and run: create extension pg_stat_statements schema extensions.",
        "55P03" => "A table is being rebuilt just now, and its size waits for that.",
        "57014" => "It took too long, so it was given up. It is tried again in a minute.",
        "42883" or "42P01" or "42703" => "This database lacks a part of it: a migration is missing.",
        _ => null,
    };
}

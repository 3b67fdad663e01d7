using System.Data.Common;

namespace MetaPrompt.Web.Shared;

/// <summary>Which failures a page tells in its own words and goes on from.</summary>
public static class Failures
{
    /// <summary>The database is away, refused, or took too long. Anything else is a mistake of ours and goes to the error boundary.</summary>
    public static bool IsOfDatabase(Exception failure) => failure is DbException or TimeoutException;
}

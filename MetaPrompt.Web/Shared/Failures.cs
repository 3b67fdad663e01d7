using System.Data.Common;
using MetaPrompt.Data.Database;

namespace MetaPrompt.Web.Shared;

/// <summary>Which failures a page tells in its own words and goes on from.</summary>
public static class Failures
{
    /// <summary>The database is away, refused, or took too long. Anything else is a mistake of ours and goes to the error boundary.</summary>
    public static bool IsOfDatabase(Exception failure) => failure is DbException or TimeoutException;

    /// <summary>Why it failed, as the end of a sentence: "the database did not answer".</summary>
    public static string Why(Exception failure) => DatabaseTrouble.Of(failure) switch
    {
        TroubleKind.Full => "the disk of the database is full, and whoever runs this site has to make room",
        TroubleKind.TooLong => "the database took too long",
        TroubleKind.Busy => "the database has too much to do just now",
        TroubleKind.Away => "the database did not answer",
        _ => "the database did not take it",
    };

    /// <summary>The same as the beginning of one: "The database did not answer".</summary>
    public static string Reason(Exception failure)
    {
        var why = Why(failure);
        return char.ToUpperInvariant(why[0]) + why[1..];
    }

    /// <summary>The words, with <see cref="Why"/> in the place of <c>{why}</c>.</summary>
    public static string Say(string words, Exception failure) => words.Replace("{why}", Why(failure), StringComparison.Ordinal);
}

using System.Globalization;
using MetaPrompt.Data.Prompts;
using MetaPrompt.Data.Templates;
using Npgsql;

namespace MetaPrompt.Web.Features.Library;

/// <summary>Words for who sees a prompt, and for why it could not be published.</summary>
internal static class PublishWords
{
    /// <summary>The visibility as a name.</summary>
    public static string Name(PromptVisibility visibility) => visibility switch
    {
        PromptVisibility.Public => "Public",
        PromptVisibility.Unlisted => "Unlisted",
        _ => "Private",
    };

    /// <summary>What it means, in one sentence.</summary>
    public static string Meaning(PromptVisibility visibility) => visibility switch
    {
        PromptVisibility.Public => "In the gallery: anybody can find it, read it and make a copy of it. Your name stands beside it.",
        PromptVisibility.Unlisted => "Whoever has the link can read it. It is in no list and in no search.",
        _ => "Only you see it.",
    };

    /// <summary>What is said when it is done.</summary>
    public static string Done(PromptVisibility before, PromptVisibility now) => (before, now) switch
    {
        (PromptVisibility.Public, PromptVisibility.Public) or (PromptVisibility.Unlisted, PromptVisibility.Unlisted) => "Saved.",
        (_, PromptVisibility.Public) => "Published. Anybody can find it in the gallery now.",
        (PromptVisibility.Public, PromptVisibility.Unlisted) => "Unlisted: out of the gallery, its link still works and its likes are kept.",
        (_, PromptVisibility.Unlisted) => "Unlisted: whoever has the link can read it now.",
        _ => "Private again: only you see it now, its likes are kept.",
    };

    /// <summary>Why the database refused, and what to do; null where it is no refusal of these rules.</summary>
    public static string? Refused(PostgresException refusal, DateTime now) => refusal.SqlState switch
    {
        PublishRefusal.Hidden => "A moderator has hidden this prompt or this very text, so it cannot be published. It is safe in your library.",
        PublishRefusal.Copy => "Somebody else has published this very text. Make it your own first, or keep it private or unlisted.",
        PublishRefusal.TooMany => "That were many new publications in a short time: ten an hour and thirty a day are the most. " + Again(PublishRefusal.PossibleAt(refusal), now),
        PostgresErrorCodes.CheckViolation or PostgresErrorCodes.StringDataRightTruncation => "The category or the tags are too long. Shorten them.",
        "P0002" => "This prompt is gone: it was deleted in the meantime.",
        _ => null,
    };

    /// <summary>The same for one of many.</summary>
    public static string Refused(PublishOutcome outcome, DateTime now) => outcome.Refusal == PublishOutcome.Changed
        ? "Its text was changed, or it was deleted, since you looked. Look again first."
        : Refused(new PostgresException("", "ERROR", "ERROR", outcome.Refusal ?? "", hint: outcome.RefusalHint), now) ?? "It could not be published.";

    private static string Again(DateTime? at, DateTime now)
    {
        if (at is not { } time)
            return "Try again later.";
        var wait = time - now;
        var words = wait.TotalMinutes < 90 ? $"{Math.Max(1, (int)Math.Ceiling(wait.TotalMinutes))} minutes" : $"{(int)Math.Ceiling(wait.TotalHours)} hours";
        return string.Create(CultureInfo.InvariantCulture, $"The next one is possible in {words}, at {time:HH:mm} UTC.");
    }
}

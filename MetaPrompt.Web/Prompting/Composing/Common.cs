using System.Text.RegularExpressions;
using MetaPrompt.Web.Prompting.Reading;

namespace MetaPrompt.Web.Prompting.Composing;

/// <summary>Topics that several kinds share.</summary>
internal static partial class Common
{
    /// <summary>How long the result may be; labels that are an amount become "Keep the email to ...".</summary>
    public static Topic Length(string the, string ask, string assumed, IReadOnlyList<string> amounts, string why = "Without a length the same prompt answers with a line one day and a page the next.") => new()
    {
        Id = "length",
        Slot = Slots.Length,
        Ask = ask,
        Why = why,
        Options = [.. amounts.Select(amount => new Option(amount, Amount(the, amount)))],
        Assume = $"Assume {assumed}.",
        Own = reply => Amounts().IsMatch(reply.Text) && reply.IsPhrase ? Amount(the, reply.Inner) : reply.After($"Choose the length of {the} by this rule"),
        Open = $"Keep {the} to {assumed[(assumed.IndexOf(" of ", StringComparison.Ordinal) + 4)..]}.",
    };

    public static Topic Tone(GoalAnatomy goal, string ask, IReadOnlyList<Option> options, string assume) => new()
    {
        Id = "tone",
        Slot = Slots.Tone,
        Ask = ask,
        Why = "The tone decides word choice and sentence length, which no other instruction settles.",
        Options = options,
        Assume = assume,
        Own = reply => reply.IsManner
            ? $"Let {goal.The} sound {reply.Inner}: show it in word choice and sentence length, not in adjectives about it."
            : reply.IsOrder ? Prohibition.WithWayOut(reply.Sentence)
            : reply.After($"Strike this tone in {goal.The}"),
    };

    /// <summary>Constraints in a person's words: an order stays an order, a thing becomes one.</summary>
    public static string LeaveOut(Reply reply, string the) => reply.HasLines
        ? reply.After($"Leave these out of {the}, and fill the room with what matters more")
        : reply.IsOrder ? Prohibition.WithWayOut(reply.Sentence)
        : reply.IsPhrase ? $"Leave out {reply.Inner}; use the room for what the reader needs instead."
        : reply.After($"Hold to this limit in {the}");

    private static string Amount(string the, string amount) => $"Keep {the} to {English.Lower(amount)}{(Digits().IsMatch(amount) ? " words" : "")}.";

    [GeneratedRegex("^(?:(?:about|around|at most|under|up to|max(?:imum)?|no more than|less than|roughly|between|approximately|exactly|half|one|two|three|four|five|six|ten|a|an|the length|the same)\\b|~?\\d)", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Amounts();

    [GeneratedRegex("^\\D{0,10}\\d[\\d ,.-]*$")]
    private static partial Regex Digits();
}

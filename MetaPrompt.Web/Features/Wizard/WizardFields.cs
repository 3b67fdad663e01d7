using MetaPrompt.Web.Shared;

namespace MetaPrompt.Web.Features.Wizard;

/// <summary>
/// The names of the fields whose words the browser keeps by itself (<c>data-draft</c>), so that what was typed after the last
/// word from the server, or while there was no connection, comes back too.
/// </summary>
internal static class WizardFields
{
    public const string Goal = "goal";
    public const string Title = "title";
    public const string Template = "template";

    private const string OwnPrefix = "own:";
    private const string AssumptionPrefix = "assumption:";
    private const string PickPrefix = "pick:";
    private const string SkipPrefix = "skip:";

    public static string Own(string questionId) => OwnPrefix + questionId;

    public static string Assumption(string questionId) => AssumptionPrefix + questionId;

    /// <summary>A suggestion's name (<c>data-pick</c>): pressed just before the page was left, it is kept as words are.</summary>
    public static string Pick(string questionId) => PickPrefix + questionId;

    /// <summary>As <see cref="Pick"/>, of the button that skips.</summary>
    public static string Skip(string questionId) => SkipPrefix + questionId;

    /// <summary>Puts what the fields held into the state.</summary>
    public static void Apply(WizardState state, IEnumerable<KeyValuePair<string, string>> typed)
    {
        foreach (var (field, text) in typed)
        {
            if (field == Goal)
                state.Goal = text;
            else if (field == Title && state.Template is not null)
                state.Title = CleanText.Of(text);
            else if (field == Template && state.Template is not null)
                state.Edit(text);
            else if (field.StartsWith(OwnPrefix, StringComparison.Ordinal))
                Find(state, field[OwnPrefix.Length..])?.Write(text);
            else if (field.StartsWith(AssumptionPrefix, StringComparison.Ordinal) && Find(state, field[AssumptionPrefix.Length..]) is { Skipped: true } skipped)
                skipped.Assume(text);
            else if (field.StartsWith(PickPrefix, StringComparison.Ordinal))
                Press(Find(state, field[PickPrefix.Length..]), text);
            else if (field.StartsWith(SkipPrefix, StringComparison.Ordinal) && Find(state, field[SkipPrefix.Length..]) is { } asked && asked.Skipped != (text.Length > 0))
                asked.ToggleSkip();
        }
    }

    // Empty: it was taken back.
    private static void Press(AskedQuestion? asked, string suggestion)
    {
        var picked = asked is { Skipped: false } ? asked.Picked : null;
        if (suggestion.Length == 0 && picked is not null)
            asked!.Toggle(picked);
        else if (suggestion != (picked ?? "") && asked?.Question.Suggestions.Contains(suggestion) == true)
            asked.Toggle(suggestion);
    }

    private static AskedQuestion? Find(WizardState state, string questionId) =>
        state.Questions.FirstOrDefault(asked => asked.Question.Id == questionId);
}

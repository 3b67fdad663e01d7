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

    public static string Own(string questionId) => OwnPrefix + questionId;

    public static string Assumption(string questionId) => AssumptionPrefix + questionId;

    /// <summary>Puts what the fields held into the state.</summary>
    public static void Apply(WizardState state, IReadOnlyDictionary<string, string> typed)
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
        }
    }

    private static AskedQuestion? Find(WizardState state, string questionId) =>
        state.Questions.FirstOrDefault(asked => asked.Question.Id == questionId);
}

using MetaPrompt.Web.Prompting;

namespace MetaPrompt.Web.Features.Wizard;

/// <summary>The program's terms as people say them.</summary>
internal static class Words
{
    private static readonly string[] Numbers = ["No", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine"];

    public static string Kind(TaskKind kind) => kind switch
    {
        TaskKind.Write => "Write a text",
        TaskKind.Rewrite => "Rewrite a text",
        TaskKind.Summarise => "Summarise",
        TaskKind.Extract => "Extract data",
        TaskKind.Classify => "Classify",
        TaskKind.Answer => "Explain or teach",
        TaskKind.Translate => "Translate",
        TaskKind.Code => "Work on code",
        TaskKind.Analyse => "Analyse and judge",
        TaskKind.Plan => "Plan",
        TaskKind.Persona => "Play a part in a conversation",
        TaskKind.Image => "Describe an image",
        _ => kind.ToString(),
    };

    public static string Sharpen(int questions) => questions switch
    {
        1 => "One thing would sharpen this",
        _ when questions < Numbers.Length => $"{Numbers[questions]} things would sharpen this",
        _ => $"{questions} things would sharpen this",
    };
}

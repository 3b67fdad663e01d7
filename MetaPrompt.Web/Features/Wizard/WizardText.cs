using MetaPrompt.Web.Shared;

namespace MetaPrompt.Web.Features.Wizard;

/// <summary>The wizard's short names for <see cref="CleanText"/>.</summary>
internal static class WizardText
{
    public static string Clean(string? text) => CleanText.Of(text);

    public static string Cut(string text, int longest) => CleanText.Cut(text, longest);
}

using MetaPrompt.Web.Prompting;

namespace MetaPrompt.Web.Shared.Editing;

/// <summary>How much a finding matters, as people say it.</summary>
internal static class FindingWords
{
    public static string Level(FindingLevel level) => level switch
    {
        FindingLevel.Danger => "Careful:",
        FindingLevel.Warning => "Better:",
        _ => "Note:",
    };
}

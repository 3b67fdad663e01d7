using MetaPrompt.Data.Prompts;
using MetaPrompt.Web.Prompting;
using MetaPrompt.Web.Shared;

namespace MetaPrompt.Web.Features.Library;

/// <summary>How much a version changed, as a reader counts.</summary>
/// <param name="Words">Words added to and removed from the template; null where it is the same, or too long to be counted in a list.</param>
/// <param name="Variables">Whether a variable is another: not only written down in another way.</param>
public sealed record VersionCount((int Added, int Removed)? Words, bool Variables)
{
    /// <summary>Counts versions against the ones before them; by number.</summary>
    public static IReadOnlyDictionary<int, VersionCount> Of(IEnumerable<PromptVersionItem> items, IEnumerable<PromptVersionText> texts)
    {
        ArgumentNullException.ThrowIfNull(items);
        var known = texts.ToDictionary(text => text.Number);
        return items.Where(item => item.Previous is { } previous && known.ContainsKey(previous) && known.ContainsKey(item.Number))
            .ToDictionary(item => item.Number, item => Of(known[item.Previous!.Value], known[item.Number]));
    }

    private static VersionCount Of(PromptVersionText old, PromptVersionText current)
    {
        if (old.Template is null || current.Template is null)
            return new VersionCount(null, old.Variables != current.Variables);
        return new VersionCount(
            old.Template == current.Template ? null : TextDiff.Count(TextDiff.Of(old.Template, current.Template)),
            VersionTexts.Lines(old.Template, PromptVariables.FromJson(old.Variables)) != VersionTexts.Lines(current.Template, PromptVariables.FromJson(current.Variables)));
    }
}

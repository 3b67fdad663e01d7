using System.Globalization;
using MetaPrompt.Data.Collections;

namespace MetaPrompt.Web.Features.Collections;

/// <summary>The addresses of collections.</summary>
public static class CollectionUrl
{
    /// <summary>The list of one's own.</summary>
    public const string List = "/collections";

    /// <summary>The address of one, of a later page of it.</summary>
    public static string Page(Guid id, string? after = null) =>
        string.Create(CultureInfo.InvariantCulture, $"/collections/{id}") + (after is null ? null : "?after=" + Uri.EscapeDataString(after));

    /// <summary>Where a template is put into collections.</summary>
    public static string Add(Guid templateId) => string.Create(CultureInfo.InvariantCulture, $"/collections/add/{templateId}");

    /// <summary>The cursor after a template, for an address.</summary>
    public static string CursorText(CollectedTemplate template)
    {
        ArgumentNullException.ThrowIfNull(template);
        return string.Create(CultureInfo.InvariantCulture, $"{template.Position}~{template.TemplateId:N}");
    }

    /// <summary>As <see cref="CursorText"/> writes it; null for anything else.</summary>
    public static CollectionCursor? ParseCursor(string? text) =>
        text?.Split('~') is [var place, var id]
        && int.TryParse(place, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var position)
        && Guid.TryParseExact(id, "N", out var template)
            ? new CollectionCursor(position, template)
            : null;

    /// <summary>A name as people type one: one line without control characters, not longer than the column.</summary>
    public static string CleanName(string? typed)
    {
        var name = Shared.CleanText.Of(typed).ReplaceLineEndings(" ").Replace('\t', ' ').Trim();
        return name.Length <= 100 ? name : Shared.CleanText.Cut(name, 100);
    }

    /// <summary>Text of at most so many characters.</summary>
    public static string Clean(string? typed, int longest)
    {
        var text = Shared.CleanText.Of(typed).Trim();
        return text.Length <= longest ? text : Shared.CleanText.Cut(text, longest);
    }
}

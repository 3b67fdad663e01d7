using System.Globalization;
using MetaPrompt.Data.Moderation;
using MetaPrompt.Web.Shared;
using Microsoft.AspNetCore.Components;

namespace MetaPrompt.Web.Features.Moderation;

/// <summary>What waits for a decision, and what is hidden. For administrators; there is no such page for anybody else.</summary>
public sealed partial class ModerationPage(ModerationQueries moderation, NavigationManager navigation, TimeProvider time)
{
    private const int PageSize = 25;

    private IReadOnlyList<ModerationItem> _items = [];
    private long[] _lines = [];
    private DateTime _now;
    private int _waiting;
    private bool _may;
    private bool _more;
    private bool _problem;

    [CascadingParameter]
    private HttpContext HttpContext { get; set; } = default!;

    [SupplyParameterFromQuery(Name = "show")]
    private string? ShowText { get; set; }

    [SupplyParameterFromQuery(Name = "after")]
    private string? AfterText { get; set; }

    [SupplyParameterFromQuery(Name = "did")]
    private string? Did { get; set; }

    [SupplyParameterFromQuery(Name = "lines")]
    private string? LinesText { get; set; }

    [SupplyParameterFromQuery(Name = "problem")]
    private string? Problem { get; set; }

    private bool IsHidden => ShowText == "hidden";

    private string Show => IsHidden ? "hidden" : "open";

    private string? Said => (Problem, Did) switch
    {
        ("none", _) => "Select at least one template first.",
        ("reason", _) => "Write the reason: the author reads it.",
        ("long", _) => $"The reason is too long: {ModerationWords.MaxDetails} characters are the most.",
        (_, null) => null,
        (_, "undo") => _lines.Length > 0 ? "Undone: it is as it was." : "That could not be undone: somebody decided otherwise since.",
        (_, "hide" or "dismiss" or "restore") when _lines.Length > 0 => $"{ModerationWords.Did(Did)}: {Numbers.Of(_lines.Length, "template", "templates")}.",
        _ => "Nothing changed: somebody was quicker, or its author deleted it.",
    };

    /// <inheritdoc/>
    protected override async Task OnInitializedAsync()
    {
        var (caller, stop) = (HttpContext.User.Caller(), HttpContext.RequestAborted);
        _may = await moderation.MayAsync(caller, stop);
        if (!_may)
        {
            navigation.NotFound();
            return;
        }

        HttpContext.Response.Headers.CacheControl = "no-store";
        _now = time.GetUtcNow().UtcDateTime;
        _problem = Problem is not null;
        _lines = [.. (LinesText ?? "").Split('-').Take(100).Select(text => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var line) ? line : 0).Where(line => line > 0)];
        _waiting = await moderation.CountAsync(caller, stop);
        if (!IsHidden)
        {
            _items = await moderation.QueueAsync(caller, PageSize, stop);
            return;
        }

        var page = await moderation.HiddenAsync(caller, Cursor(AfterText), PageSize + 1, stop);
        (_items, _more) = ([.. page.Take(PageSize)], page.Count > PageSize);
    }

    private static string After(ModerationItem item) =>
        string.Create(CultureInfo.InvariantCulture, $"{item.HiddenAt!.Value.Ticks}-{item.TemplateId:N}");

    private static (DateTime HiddenAt, Guid TemplateId)? Cursor(string? text) =>
        text?.Split('-') is [var ticks, var id]
        && long.TryParse(ticks, NumberStyles.None, CultureInfo.InvariantCulture, out var time) && time <= DateTime.MaxValue.Ticks
        && Guid.TryParseExact(id, "N", out var template)
            ? (new DateTime(time, DateTimeKind.Utc), template)
            : null;
}

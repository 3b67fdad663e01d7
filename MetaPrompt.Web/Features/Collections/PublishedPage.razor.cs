using System.Globalization;
using MetaPrompt.Data.Templates;
using MetaPrompt.Web.Shared;
using Microsoft.AspNetCore.Components;

namespace MetaPrompt.Web.Features.Collections;

/// <summary>The signed-in person's published templates, with likes and uses over time; its whole state is its address.</summary>
public sealed partial class PublishedPage(StatisticsQueries statistics, TimeProvider time)
{
    private const int PageSize = 50;

    private static readonly (string Key, string Label)[] Ranges = [("7", "7 days"), ("30", "30 days"), ("90", "90 days"), ("all", "All")];

    private static readonly (PublishedSort Sort, string Key)[] Sorts =
        [(PublishedSort.Likes, "likes"), (PublishedSort.Uses, "uses"), (PublishedSort.Newest, "newest"), (PublishedSort.Title, "title")];

    private PublishedTotals _totals = new() { Templates = 0, Likes = 0, Uses = 0 };
    private IReadOnlyList<PublishedTemplate> _templates = [];
    private StatisticsSeries _series = new() { Buckets = [], Step = "day" };
    private PublishedTemplate? _one;
    private PublishedSort _sort;
    private TemplateCursor? _cursor;
    private string _range = "30";
    private bool _more;
    private Guid? _self;

    [CascadingParameter]
    private HttpContext HttpContext { get; set; } = default!;

    [SupplyParameterFromQuery]
    private string? Sort { get; set; }

    [SupplyParameterFromQuery]
    private string? After { get; set; }

    [SupplyParameterFromQuery]
    private string? Days { get; set; }

    [SupplyParameterFromQuery]
    private string? Template { get; set; }

    /// <inheritdoc />
    protected override async Task OnInitializedAsync()
    {
        var caller = HttpContext.User.Caller();
        var stop = HttpContext.RequestAborted;
        _self = caller.UserId;
        var totals = await statistics.TotalsAsync(caller, stop);
        if (totals.Templates == 0)
            return;

        _sort = Array.Find(Sorts, sort => sort.Key == Sort).Sort;
        _cursor = StatisticsQueries.ParseCursor(After, _sort);
        var templates = await statistics.PageAsync(caller, _sort, _cursor, PageSize + 1, stop);
        _more = templates.Count > PageSize;
        _templates = _more ? [.. templates.Take(PageSize)] : templates;

        _range = Array.Exists(Ranges, range => range.Key == Days) ? Days! : "30";
        if (Guid.TryParse(Template, out var chosen))
            _one = await statistics.FindAsync(caller, chosen, stop);

        var today = DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime);
        var from = _range == "all" ? (DateOnly?)null : today.AddDays(1 - int.Parse(_range, CultureInfo.InvariantCulture));
        var counts = await statistics.DailyAsync(caller, _one?.Id, from?.ToDateTime(default), stop);
        var first = DateOnly.FromDateTime(_one?.PublishedAt ?? totals.FirstPublishedAt ?? time.GetUtcNow().UtcDateTime);
        // A like is never older than its template, but a clock may have been set.
        if (counts.Count > 0 && DateOnly.FromDateTime(counts[0].Day) is var earliest && earliest < first)
            first = earliest;
        _series = StatisticsSeries.Of(counts, from ?? (first > today.AddDays(-6) ? today.AddDays(-6) : first), today);

        // Last: until then the page has nothing to show.
        _totals = totals;
    }

    private static string Address(string? range, Guid? template, PublishedSort sort, string? after) => BackUrl.With("/published", "/published",
        ("days", range == "30" ? null : range), ("template", template?.ToString()),
        ("sort", sort == PublishedSort.Likes ? null : Array.Find(Sorts, one => one.Sort == sort).Key), ("after", after));
}

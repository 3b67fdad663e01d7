using System.Globalization;
using MetaPrompt.Data;
using MetaPrompt.Data.Prompts;
using MetaPrompt.Web.Prompting.Exporting;
using MetaPrompt.Web.Prompting.Importing;
using MetaPrompt.Web.Shared;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;

namespace MetaPrompt.Web.Features.Library;

/// <summary>
/// Prompts for another tool: the format, what it cannot carry, and the download. Its address names the prompts
/// (<c>?ids=…,…</c>); without any it is all of them.
/// </summary>
public sealed partial class ExportPage(TransferQueries transfer, ILogger<ExportPage> log)
{
    private readonly LatestOnly _loads = new();
    private readonly LatestOnly _reports = new();
    private Caller _caller;
    private IReadOnlyList<Guid> _ids = [];
    private IReadOnlyList<PortablePrompt>? _prompts;
    private int _total;
    private PromptFormat _format = PromptFormat.Markdown;
    private ExportedPrompts? _report;
    private bool _failed;

    [CascadingParameter]
    private Task<AuthenticationState> Authentication { get; set; } = default!;

    [SupplyParameterFromQuery(Name = "ids")]
    private string? IdsText { get; set; }

    private string Heading => _prompts switch
    {
        [var one] => $"Export “{CleanText.Cut(one.Title, 80)}”",
        { Count: > 1 } many => string.Create(CultureInfo.InvariantCulture, $"Export {many.Count:N0} prompts"),
        _ => "Export prompts",
    };

    /// <inheritdoc/>
    public void Dispose()
    {
        _loads.Dispose();
        _reports.Dispose();
    }

    /// <inheritdoc/>
    protected override async Task OnInitializedAsync() => _caller = (await Authentication).User.Caller();

    /// <inheritdoc/>
    protected override Task OnParametersSetAsync()
    {
        _ids = ExportEndpoint.Ids(IdsText);
        // Once, when the page is interactive: reading and writing thousands of prompts is not done twice for one look.
        return RendererInfo.IsInteractive ? LoadAsync() : Task.CompletedTask;
    }

    private async Task LoadAsync()
    {
        var token = _loads.Next();
        (_failed, _report) = (false, null);
        try
        {
            var found = await transfer.ExportAsync(_caller, _ids, token);
            if (!_loads.IsLatest(token))
                return;
            _prompts = [.. found.Select(Imported.Portable)];
            _total = found.Count == 0 ? 0 : found[0].Total;
            await ReportAsync();
        }
        catch (OperationCanceledException) when (token.IsCancellationRequested)
        {
            // Another load is under way, or the page was left.
        }
        catch (Exception failure) when (Failures.IsOfDatabase(failure))
        {
            log.LogWarning(failure, "Prompts could not be read for an export");
            _failed = _loads.IsLatest(token);
        }
    }

    private Task ChooseAsync(PromptFormat format)
    {
        (_format, _report) = (format, null);
        return ReportAsync();
    }

    private async Task ReportAsync()
    {
        // Still being read: then the report comes with them, in the format that is chosen by then.
        if (_prompts is not { Count: > 0 } prompts)
            return;
        var token = _reports.Next();
        var format = _format;
        var report = await Task.Run(() => PromptExport.Write(prompts, format), CancellationToken.None);
        // The texts are not kept with the page: the download writes them again.
        if (_reports.IsLatest(token))
            _report = report with { Files = [.. report.Files.Select(file => file with { Text = "" })] };
    }
}

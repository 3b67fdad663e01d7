using System.Globalization;
using System.Text.Json;
using MetaPrompt.Data;
using MetaPrompt.Data.Tests;
using MetaPrompt.Web.Models;
using MetaPrompt.Web.Shared;
using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;

namespace MetaPrompt.Web.Features.Testing;

/// <summary>One cell, all of it; see the markup. Long answers are read when it opens: a grid carries only their beginning.</summary>
public sealed partial class CellDetail(TestTextQueries texts, NavigationManager navigation, IJSRuntime browser, ILogger<CellDetail> log)
{
    private const int MostOthers = 300;

    private readonly CancellationTokenSource _gone = new();
    private readonly Dictionary<Guid, string> _whole = [];
    private ElementReference _dialog;
    private IJSObjectReference? _module;
    private (CellView, CellView?)? _compared;
    private Difference? _difference;
    private JsonElement? _sent;
    private string? _read;
    private string? _address;
    private IReadOnlyList<string> _leftOut = [];
    private bool _unread;

    /// <summary>Whose it is.</summary>
    [Parameter, EditorRequired]
    public Caller Caller { get; set; }

    /// <summary>The run.</summary>
    [Parameter, EditorRequired]
    public GridModel Model { get; set; } = default!;

    /// <summary>What its columns are called.</summary>
    [Parameter, EditorRequired]
    public GridNames Names { get; set; } = default!;

    /// <summary>The cell.</summary>
    [Parameter, EditorRequired]
    public CellView Cell { get; set; } = default!;

    /// <summary>The one it is compared with.</summary>
    [Parameter]
    public CellView? With { get; set; }

    /// <summary>The models there are.</summary>
    [Parameter]
    public IReadOnlyList<ModelSettings> Models { get; set; } = [];

    /// <summary>Whether a test case can be made of it.</summary>
    [Parameter]
    public bool CanMakeCase { get; set; }

    /// <summary>Raised when it is to be closed.</summary>
    [Parameter]
    public EventCallback OnClose { get; set; }

    /// <summary>Raised when it is to be stopped.</summary>
    [Parameter]
    public EventCallback<int> OnStop { get; set; }

    /// <summary>Raised when it is to be run again.</summary>
    [Parameter]
    public EventCallback<int> OnRerun { get; set; }

    /// <summary>Raised when its values are to be filled in.</summary>
    [Parameter]
    public EventCallback<CellView> OnUse { get; set; }

    /// <summary>Raised when a test case is to be made of it.</summary>
    [Parameter]
    public EventCallback<CellView> OnMakeCase { get; set; }

    private string Text => TextOf(Cell);

    // Those of the same case first: that is what one compares.
    private IEnumerable<CellView> Others
    {
        get
        {
            var row = Cell.Position / Model.Columns.Count;
            return Model.Cells.Where(other => other != Cell && other.Position != Cell.Position)
                .OrderBy(other => other.Position / Model.Columns.Count == row ? 0 : 1).ThenBy(other => other.Position).Take(MostOthers);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _gone.CancelAsync();
        _gone.Dispose();
        if (_module is not null)
            await TryAsync(() => _module.DisposeAsync());
    }

    /// <inheritdoc/>
    protected override async Task OnParametersSetAsync()
    {
        if (_read != Cell.Sent)
        {
            (_read, _sent, _address) = (Cell.Sent, Read(Cell.Sent), null);
            if (_sent is { ValueKind: JsonValueKind.Object } sent && sent.TryGetProperty("url", out var url) && sent.TryGetProperty("body", out var body))
                (_sent, _address) = (body, url.GetString());
        }

        _leftOut = Cell.LeftOut ?? LeftOut();
        await ReadWholeAsync(Cell);
        if (With is not null)
            await ReadWholeAsync(With);
        await CompareAsync();
    }

    /// <inheritdoc/>
    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (!firstRender)
            return;
        await TryAsync(async () =>
        {
            _module = await browser.InvokeAsync<IJSObjectReference>("import", _gone.Token, "./Features/Testing/RunPanel.razor.js");
            await _module.InvokeVoidAsync("show", _gone.Token, _dialog);
        });
    }

    private static JsonElement? Read(string? json)
    {
        if (string.IsNullOrEmpty(json))
            return null;
        using var document = JsonDocument.Parse(json);
        return document.RootElement.Clone();
    }

    private string Name(CellView cell) => Model.Rows.Count == 1 ? Names.Column(cell) : $"{GridNames.Row(cell.CaseName, cell.Position / Model.Columns.Count)} · {Names.Column(cell)}";

    private string At(int position) => TestUrl.Of(Model.PromptId, Model.RunId, position);

    private string TextOf(CellView cell) => cell.ResultId is { } id && _whole.TryGetValue(id, out var whole) ? whole : cell.Answer;

    // The database does not keep the reasons: they follow from the model and what was asked for.
    private IReadOnlyList<string> LeftOut() =>
        Models.FirstOrDefault(model => model.Name == Cell.Model) is { } model && !Cell.IsUnfinished
            ? ModelCall.Prepare(model, "", Cell.Temperature, Model.Parameters).LeftOut
            : [];

    private void Compare(ChangeEventArgs args) => navigation.NavigateTo(
        TestUrl.Of(Model.PromptId, Model.RunId, Cell.Position, int.TryParse(args.Value as string, NumberStyles.None, CultureInfo.InvariantCulture, out var with) ? with : null), replace: true);

    private async Task ReadWholeAsync(CellView cell)
    {
        if (!cell.IsExcerpt || cell.ResultId is not { } id || _whole.ContainsKey(id) || !RendererInfo.IsInteractive)
            return;
        try
        {
            _whole[id] = await texts.AnswerAsync(Caller, id, _gone.Token) ?? cell.Answer;
            _unread = false;
        }
        catch (OperationCanceledException) when (_gone.IsCancellationRequested)
        {
            return;
        }
        catch (Exception failure) when (Failures.IsOfDatabase(failure))
        {
            log.LogWarning(failure, "An answer could not be read");
            _unread = true;
        }
    }

    private async Task CompareAsync()
    {
        if (With is null || Cell.IsUnfinished || With.IsUnfinished)
        {
            (_compared, _difference) = (null, null);
            return;
        }

        var pair = (Cell, With);
        if (_compared == pair)
            return;
        (_compared, _difference) = (pair, null);
        var (old, current) = (Text, TextOf(With));
        var difference = await Task.Run(() => Difference.Of(new ComparedText("Answer", old, current)));
        if (_compared == pair)
            _difference = difference;
    }

    private async Task TryAsync(Func<ValueTask> act)
    {
        try
        {
            await act();
        }
        catch (Exception gone) when (PageGone.Is(gone))
        {
            log.LogTrace("The page is gone");
        }
        catch (JSException broken)
        {
            log.LogWarning("A dialog does not open: {Reason}", broken.Message);
        }
    }
}

using MetaPrompt.Data;
using MetaPrompt.Data.Tests;
using MetaPrompt.Web.Prompting;
using MetaPrompt.Web.Prompting.Assertions;
using MetaPrompt.Web.Shared;
using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;
using MudBlazor;

namespace MetaPrompt.Web.Features.Testing.Cases;

/// <summary>
/// The test cases of a prompt and the checks for all of them: reads them, shows them, and keeps what is typed a moment later.
/// </summary>
/// <remarks>
/// To host it, on an interactive page with MudBlazor's providers:
/// <code>
/// &lt;CaseTable @ref="_cases" Caller="_caller" PromptId="Id" Variables="_variables" Models="judges" OnChanged="…" OnForAllChanged="…" /&gt;
/// </code>
/// <list type="bullet">
/// <item><see cref="Variables"/> is one list as long as the template is the same: another instance draws every row again.</item>
/// <item><see cref="OnChanged"/> comes once the cases were read and again a moment after each change.</item>
/// <item>Before a run, await <see cref="FlushAsync"/>: it keeps what was typed last and returns the cases as they are. Where
/// <see cref="IsSaved"/> is false then, the database has not got them all, and a run that names them would be refused.</item>
/// <item>"Use as case" on a form or a result calls <see cref="AddAsync"/> with its values.</item>
/// </list>
/// </remarks>
public sealed partial class CaseTable(TestCaseQueries cases, ISnackbar snackbar, IJSRuntime browser, TimeProvider time, ILogger<CaseTable> log) : IAsyncDisposable
{
    private const string File = "./Features/Testing/Cases/CaseTable.razor.js";
    private const int PageSize = 50;

    // Long enough not to write every word, short enough that nobody has closed the page.
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(600), Patience = TimeSpan.FromSeconds(5);

    private readonly CaseBook _book = new();
    private readonly HashSet<Guid> _open = [];
    private readonly SemaphoreSlim _writing = new(1);
    private readonly CancellationTokenSource _gone = new();
    private readonly LatestOnly _loads = new();
    private DotNetObjectReference<CaseTable>? _self;
    private IJSObjectReference? _module;
    private IJSObjectReference? _handle;
    private ITimer? _timer;
    private IReadOnlyList<Assertion> _forAll = [];
    private IReadOnlyList<Assertion> _keptForAll = [];
    private Guid _prompt;
    private string? _problem;
    private (Guid Case, int Column)? _focus;
    private int _shown = PageSize;
    private bool _loaded;
    private bool _importing;
    private bool _saved;
    private bool _unsaved;

    /// <summary>Whose prompt it is.</summary>
    [Parameter, EditorRequired]
    public Caller Caller { get; set; }

    /// <summary>The prompt; where it changes, its cases are read.</summary>
    [Parameter, EditorRequired]
    public Guid PromptId { get; set; }

    /// <summary>The template's variables: a column each.</summary>
    [Parameter, EditorRequired]
    public IReadOnlyList<PromptVariable> Variables { get; set; } = [];

    /// <summary>The models that can judge, the one that does where nobody chose first; then those whose key cannot be read.</summary>
    [Parameter]
    public IReadOnlyList<JudgeModel> Models { get; set; } = [];

    /// <summary>Raised with all cases when they were read, and a moment after each change.</summary>
    [Parameter]
    public EventCallback<IReadOnlyList<TestCase>> OnChanged { get; set; }

    /// <summary>Raised with the checks for all cases when they were read, and a moment after each change.</summary>
    [Parameter]
    public EventCallback<IReadOnlyList<Assertion>> OnForAllChanged { get; set; }

    /// <summary>The cases as they are on the page.</summary>
    public IReadOnlyList<TestCase> Cases => [.. _book.Rows.Select((row, place) => row.Row(place))];

    /// <summary>The checks for all cases as they are on the page.</summary>
    public IReadOnlyList<Assertion> ForAll => _forAll;

    /// <summary>Whether the database has all of it. Where it has not, even after <see cref="FlushAsync"/>, the page says why.</summary>
    public bool IsSaved => _loaded && !IsUnsaved;

    private bool IsUnsaved => _book.IsChanged || !ReferenceEquals(_forAll, _keptForAll);

    private string StateWords => !_loaded || _problem is not null ? "" : _unsaved ? "Saving…" : _saved ? "Saved" : "";

    /// <summary>Keeps what is not kept yet and returns the cases as they are; a failure is said on the page.</summary>
    public async Task<IReadOnlyList<TestCase>> FlushAsync()
    {
        await KeepAsync();
        return Cases;
    }

    /// <summary>Adds a case at the end, empty or with these values, and puts the cursor into it.</summary>
    public async Task AddAsync(IReadOnlyDictionary<string, string>? values = null, string name = "")
    {
        values ??= Variables.Where(variable => !string.IsNullOrEmpty(variable.Default)).ToDictionary(variable => variable.Name, variable => variable.Default!, StringComparer.Ordinal);
        var row = new CaseDraft { Id = Guid.NewGuid(), Name = CleanText.Cut(name, TestCaseQueries.LongestName), Values = values.Where(value => value.Value.Length > 0).ToDictionary(StringComparer.Ordinal) };
        if (_book.Insert(_book.Rows.Count, [row]) == 0)
        {
            snackbar.Add($"There are {TestCaseQueries.MostCases} cases, which is the most. Delete some first.", Severity.Normal);
            return;
        }

        _shown = Math.Max(_shown, _book.Rows.Count);
        _focus = (row.Id, Variables.Count > 0 ? 0 : -1);
        await TouchAsync();
    }

    /// <summary>Cells of a spreadsheet, pasted with the cursor in a field: called by the browser.</summary>
    [JSInvokable]
    public Task PasteAsync(string id, int column, string text)
    {
        if (!Guid.TryParse(id, out var row) || _book.PlaceOf(row) is not (>= 0 and var place))
            return Task.CompletedTask;
        var cells = text.Length > CaseSheet.MostCharacters ? [] : CaseSheet.Cells(text);
        if (cells.Count == 0)
            return Task.CompletedTask;
        if (cells.Count > 1 && CaseSheet.IsHeader(cells[0], Variables))
            return ImportAsync(CaseSheet.Read(text, Variables));

        column = Math.Clamp(column, -1, Variables.Count);
        var before = _book.Rows.ToArray();
        for (var at = 0; at < cells.Count; at++)
        {
            if (place + at == _book.Rows.Count && _book.Insert(place + at, [new CaseDraft { Id = Guid.NewGuid() }]) == 0)
                break;
            var draft = _book.Rows[place + at];
            for (var cell = 0; cell < cells[at].Count && column + cell < Variables.Count; cell++)
                draft = column + cell < 0 ? draft with { Name = CleanText.Cut(cells[at][cell].ReplaceLineEndings(" "), TestCaseQueries.LongestName) } : draft.With(Variables[column + cell].Name, cells[at][cell]);
            _book.Set(draft);
        }

        _shown = Math.Max(_shown, place + cells.Count);
        Offer($"Pasted into {Numbers.Of(Math.Min(cells.Count, _book.Rows.Count - place), "row", "rows")}.", before);
        return TouchAsync();
    }

    /// <summary>Says that what was pasted is too much for one message: called by the browser.</summary>
    [JSInvokable]
    public void TooLarge() => snackbar.Add("That is too much to paste at once. Save it as a CSV file and choose it under “Paste or import”.", Severity.Normal);

    /// <summary>Moves a row by keyboard: called by the browser.</summary>
    [JSInvokable]
    public Task MoveAsync(string id, int column, int by)
    {
        if (Guid.TryParse(id, out var row) && by is 1 or -1 && _book.Move(row, by))
        {
            _shown = Math.Max(_shown, _book.PlaceOf(row) + 1);
            _focus = (row, column);
            return TouchAsync();
        }

        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _loads.Dispose();
        await _gone.CancelAsync();
        if (_timer is not null)
            await _timer.DisposeAsync();
        // Whoever leaves a moment after typing has typed it all the same.
        if (_loaded && IsUnsaved)
            await KeepAsync();
        try
        {
            if (_handle is not null)
            {
                await _handle.InvokeVoidAsync("close");
                await _handle.DisposeAsync();
            }

            if (_module is not null)
                await _module.DisposeAsync();
        }
        catch (Exception gone) when (gone is JSDisconnectedException or OperationCanceledException)
        {
            // The browser is away, and with it what there was to end.
        }

        _self?.Dispose();
        _gone.Dispose();
    }

    /// <inheritdoc/>
    protected override async Task OnParametersSetAsync()
    {
        if (_prompt == PromptId || !RendererInfo.IsInteractive)
            return;
        // What was typed for the one before goes with it.
        if (_loaded && IsUnsaved)
            await KeepAsync();
        _prompt = PromptId;
        await LoadAsync();
    }

    /// <inheritdoc/>
    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (firstRender)
        {
            _self = DotNetObjectReference.Create(this);
            await TryAsync(async () =>
            {
                _module = await browser.InvokeAsync<IJSObjectReference>("import", _gone.Token, File);
                _handle = await _module.InvokeAsync<IJSObjectReference>("open", _gone.Token, _self);
            });
        }

        if (_focus is { } focus && _handle is not null)
        {
            _focus = null;
            await TryAsync(() => _handle.InvokeVoidAsync("focus", _gone.Token, focus.Case.ToString(), focus.Column).AsTask());
        }
    }

    // Typing: the row draws itself, and the table only where its words about saving change.
    private void Changed(CaseDraft row)
    {
        _book.Set(row);
        Unsaved();
    }

    private Task ForAllChanged(IReadOnlyList<Assertion> checks)
    {
        _forAll = checks;
        Unsaved();
        return Task.CompletedTask;
    }

    private void Toggle(Guid id)
    {
        if (!_open.Remove(id))
            _open.Add(id);
        StateHasChanged();
    }

    private void Duplicate(Guid id)
    {
        var place = _book.PlaceOf(id);
        if (place < 0)
            return;
        var copy = _book.Rows[place] with { Id = Guid.NewGuid() };
        if (copy.Name.Length > 0)
            copy = copy with { Name = CleanText.Cut($"{copy.Name} (copy)", TestCaseQueries.LongestName) };
        if (_book.Insert(place + 1, [copy]) == 0)
            return;
        _shown = Math.Max(_shown, place + 2);
        _focus = (copy.Id, -1);
        _ = TouchAsync();
    }

    private void Delete(Guid id)
    {
        var place = _book.PlaceOf(id);
        if (place < 0)
            return;
        var row = _book.Rows[place];
        var before = _book.Rows.ToArray();
        _book.Remove(id);
        _open.Remove(id);
        Offer(row.Name.Length > 0 ? $"Deleted “{CleanText.Cut(row.Name, 60)}”." : $"Deleted case {place + 1}.", before);
        if (_book.Rows.Count > 0)
            _focus = (_book.Rows[Math.Min(place, _book.Rows.Count - 1)].Id, -1);
        _ = TouchAsync();
    }

    private void Move(Guid id, int by) => _ = MoveAsync(id.ToString(), -1, by);

    private async Task ImportAsync(SheetReading read)
    {
        if (read.Cases.Count == 0)
        {
            snackbar.Add(read.Problem ?? "There are no rows in it.", Severity.Normal);
            return;
        }

        var before = _book.Rows.ToArray();
        var added = _book.Insert(_book.Rows.Count, read.Cases);
        _importing = false;
        _shown = Math.Max(_shown, Math.Min(_book.Rows.Count, before.Length + PageSize));
        Offer(added == read.Cases.Count ? $"Added {Numbers.Of(added, "case", "cases")}." : $"Added {added} of {Numbers.Of(read.Cases.Count, "case", "cases")}: {TestCaseQueries.MostCases} is the most.", before);
        if (added > 0)
            _focus = (_book.Rows[before.Length].Id, -1);
        await TouchAsync();
    }

    private void Offer(string words, CaseDraft[] before)
    {
        var after = _book.Rows.ToArray();
        snackbar.Add(words, Severity.Normal, options =>
        {
            options.Action = "Undo";
            options.VisibleStateDuration = 12_000;
            options.OnClick = _ => InvokeAsync(() =>
            {
                _book.Undo(before, after);
                return TouchAsync();
            });
        });
    }

    private Task TouchAsync()
    {
        Unsaved();
        StateHasChanged();
        return Task.CompletedTask;
    }

    private async Task TryAsync(Func<Task> call)
    {
        try
        {
            await call();
        }
        catch (Exception gone) when (gone is JSDisconnectedException or OperationCanceledException)
        {
            // The page is being left.
        }
        catch (JSException problem)
        {
            log.LogWarning(problem, "The browser could not help with the table of cases");
        }
    }
}

using MetaPrompt.Data;
using MetaPrompt.Data.Models;
using MetaPrompt.Data.Prompts;
using MetaPrompt.Data.Tests;
using MetaPrompt.Web.Features.Testing.Cases;
using MetaPrompt.Web.Models;
using MetaPrompt.Web.Prompting;
using MetaPrompt.Web.Prompting.Assertions;
using MetaPrompt.Web.Shared;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using MudBlazor;

namespace MetaPrompt.Web.Features.Testing;

/// <summary>
/// Fills a prompt in and runs it: one cell, or many side by side. Runs belong to the runner: the page only watches the one its
/// address names, so a reload, a lost connection, another tab or another device shows it again.
/// </summary>
public sealed partial class TestPage(
    PromptQueries prompts, PromptVersionQueries versions, TestCaseQueries caseQueries, EarlierOutputQueries earlierOutputs, ModelCatalog catalog, PromptRunner runner, Budget budget,
    NavigationManager navigation, TimeProvider time, ISnackbar snackbar, ILogger<TestPage> log)
{
    private readonly LatestOnly _loads = new();
    private readonly CancellationTokenSource _closed = new();
    private Caller _caller;
    private TestForm? _form;
    private KeptFields? _kept;
    private TestSetup _setup = TestSetup.Of(Guid.Empty);
    private List<TestedText> _texts = [];
    private IReadOnlyList<ModelSettings> _models = [];
    private IReadOnlyList<ModelSettings> _chosen = [];
    private IReadOnlyList<string> _unreadable = [];
    private IReadOnlyList<TestCase>? _cases;
    private IReadOnlyList<PlannedColumn> _columns = [];
    private IReadOnlyList<PlannedCase> _planned = [];
    private IReadOnlyDictionary<string, EarlierOutput>? _earlier;
    private IReadOnlyList<PromptVariable> _missing = [];
    private DryRunReport? _dry;
    private SpendMeterData? _meter;
    private IReadOnlyList<Assertion> _forAll = [];
    private IReadOnlyList<JudgeModel> _judges = [];
    private CaseTable? _table;
    private int _tables;
    private string? _failure;
    private bool _open = true;

    // Until the browser has told what it kept, nothing can be typed that this would write over.
    private bool _ready;

    /// <summary>The prompt's id, from the address.</summary>
    [Parameter]
    public Guid Id { get; set; }

    /// <summary>What is tested: survives from the first answer to the interactive page.</summary>
    [PersistentState]
    public Prompt? Prompt { get; set; }

    [CascadingParameter]
    private Task<AuthenticationState> Authentication { get; set; } = default!;

    // As texts: an address with a mistake in it shows the page without them, not a failure.
    [SupplyParameterFromQuery(Name = "run")]
    private string? RunText { get; set; }

    [SupplyParameterFromQuery(Name = "cell")]
    private string? CellText { get; set; }

    [SupplyParameterFromQuery(Name = "with")]
    private string? WithText { get; set; }

    private Guid? RunId => Guid.TryParse(RunText, out var run) ? run : null;

    private int? CellAt => Numbers.Whole(CellText);

    private int? WithAt => Numbers.Whole(WithText);

    private string KeptName => $"test:{_caller.UserId:N}:{Id:N}";

    private int CellCount => _columns.Count * _planned.Count;

    private IReadOnlyList<TestCase> ChosenCases => [.. (_cases ?? []).Where(one => !_setup.LeftOut.Contains(one.Id))];

    /// <inheritdoc/>
    public void Dispose()
    {
        catalog.Changed -= OnModelsChanged;
        _loads.Dispose();
        _closed.Cancel();
        _closed.Dispose();
    }

    /// <inheritdoc/>
    protected override async Task OnInitializedAsync()
    {
        _caller = (await Authentication).User.Caller();
        _models = catalog.All;
        if (RendererInfo.IsInteractive)
            catalog.Changed += OnModelsChanged;
    }

    /// <inheritdoc/>
    protected override async Task OnParametersSetAsync()
    {
        if (Prompt?.Id != Id)
        {
            (Prompt, _form, _shown, _dry, _ready, _cases, _earlier) = (null, null, null, null, false, null, null);
            await LoadAsync();
        }
        else if (_form is null)
        {
            Take(Prompt);
        }

        if (_form is not null)
            FindRun();
    }

    private async Task LoadAsync()
    {
        var token = _loads.Next();
        _failure = null;
        try
        {
            var prompt = await prompts.FindAsync(_caller, Id, token);
            if (!_loads.IsLatest(token))
                return;
            if (prompt is null or { DeletedAt: not null })
                navigation.NotFound();
            else
                Take(prompt);
        }
        catch (OperationCanceledException) when (token.IsCancellationRequested)
        {
            return;
        }
        catch (Exception failure) when (Failures.IsOfDatabase(failure))
        {
            log.LogWarning(failure, "A prompt could not be read");
            _failure = $"The prompt could not be read: {Failures.Why(failure)}. It is safe in it.";
        }
    }

    private void Take(Prompt prompt)
    {
        Prompt = prompt;
        _setup = TestSetup.Of(prompt.Id);
        _texts = [Now()];
        _form = new TestForm(_texts[0].Variables);
        // Whoever comes to a run comes for its answers.
        _open = RunId is null;
        Replan();
    }

    private TestedText Now() => TestedText.Of(new TextChoice(Id, null), Prompt!.Version, Prompt.Title, Prompt.Template, Prompt.Variables);

    private async Task OpenedAsync(KeptText? kept)
    {
        if (_form is null)
            return;
        var setup = TestSetup.FromJson(kept?.Note, Id);
        await ReadAsync("What belongs to this page could not all be read", async () =>
        {
            await ReadModelsAsync();
            await ReadCasesAsync();
            _earlier = (await earlierOutputs.OfPromptAsync(_caller, Id, _closed.Token)).ToDictionary(one => one.Model, StringComparer.OrdinalIgnoreCase);
            _meter = await budget.MeterAsync(_caller, _closed.Token);
            if (setup is not null)
                await UseTextsAsync(setup.Texts);
        });
        if (_closed.IsCancellationRequested)
            return;
        if (setup is not null)
            _setup = setup with { Texts = [.. _texts.Select(text => text.Choice)] };
        if (kept is not null)
        {
            _form.Restore(kept);
            if (kept.Fields.TryGetValue(ModelPicker.TemperatureField, out var typed) && Temperatures.Read(typed) is { Count: > 0 } temperatures)
                _setup = _setup with { Temperatures = temperatures };
            // Typed while there was no connection: newer than what the page noted.
            foreach (var field in ParameterText.Fields.Where(kept.Fields.ContainsKey))
                _setup = _setup with { Parameters = ParameterText.Set(_setup.Parameters, field, kept.Fields[field]) };
        }

        _ready = true;
        Replan();
    }

    // What is chosen and filled in, as cells; cheap enough for every key: nothing is filled in or counted here.
    private void Replan()
    {
        _chosen = _setup.ModelsOf(_models);
        JudgeModel[] judges = [.. _models.Select(model => new JudgeModel(model.Name)), .. _unreadable.Select(name => new JudgeModel(name, IsUnreadable: true))];
        if (!_judges.SequenceEqual(judges))
            _judges = judges;
        _columns = GridPlan.Columns(_texts, _chosen, _setup.Temperatures);
        _planned = _setup.UsesCases
            ? [.. ChosenCases.Select(one => new PlannedCase(one.Id, one.Name, TestForm.ReadValues(one.VariableValues), [.. _forAll, .. AssertionJson.Read(one.Assertions)]))]
            : [new PlannedCase(null, null, _form!.Values(), _forAll)];
        if (_missing.Count > 0)
            _missing = _setup.UsesCases ? [] : _form!.Missing();
    }

    private Task ChangedAsync()
    {
        _failure = null;
        Replan();
        return Task.CompletedTask;
    }

    // Chosen by the page, not typed: the browser has to be told to keep it.
    private async Task ChooseAsync(TestSetup setup)
    {
        _setup = setup;
        await ChangedAsync();
        StateHasChanged();
        await _kept!.NoteAsync(_setup.ToJson());
    }

    private Task LoadPresetAsync(Preset preset)
    {
        var parameters = RunParameters.FromJson(preset.Parameters);
        return ChooseAsync(_setup with { Parameters = parameters, Temperatures = preset.Temperatures.Length > 0 ? preset.Temperatures : _setup.Temperatures });
    }

    private Task AddTextAsync(TextChoice choice) => ReadAsync("The text could not be read", async () =>
    {
        await UseTextsAsync([.. _setup.Texts, choice]);
        await ChooseAsync(_setup with { Texts = [.. _texts.Select(text => text.Choice)] });
    });

    private Task RemoveTextAsync(TextChoice choice)
    {
        _texts = [.. _texts.Where(text => text.Choice != choice)];
        _form!.Use(TestedText.VariablesOf(_texts));
        return ChooseAsync(_setup with { Texts = [.. _texts.Select(text => text.Choice)] });
    }

    // Those that are gone are left out; the prompt as it is now takes their place where none is left.
    private async Task UseTextsAsync(IReadOnlyList<TextChoice> choices)
    {
        var texts = new List<TestedText>();
        foreach (var choice in choices)
        {
            var text = _texts.FirstOrDefault(known => known.Choice == choice) ?? await FindTextAsync(choice);
            if (text is not null && !texts.Exists(other => other.Choice.PromptId == text.Choice.PromptId && other.Version == text.Version))
                texts.Add(text);
        }

        _texts = texts.Count > 0 ? texts : [Now()];
        _form!.Use(TestedText.VariablesOf(_texts));
    }

    private async Task<TestedText?> FindTextAsync(TextChoice choice)
    {
        if (choice == new TextChoice(Id, null))
            return Now();
        if (choice.Version is { } number)
            return await versions.FindAsync(_caller, choice.PromptId, number, _closed.Token) is { } version ? TestedText.Of(choice, number, version.Title, version.Template, version.Variables) : null;
        return await prompts.FindAsync(_caller, choice.PromptId, _closed.Token) is { DeletedAt: null } prompt ? TestedText.Of(choice, prompt.Version, prompt.Title, prompt.Template, prompt.Variables) : null;
    }

    private async Task ReadCasesAsync()
    {
        _cases = await caseQueries.ListAsync(_caller, Id, _closed.Token);
        _forAll = AssertionJson.Read(await caseQueries.AssertionsAsync(_caller, Id, _closed.Token));
    }

    private void CasesChanged(IReadOnlyList<TestCase> cases)
    {
        _cases = cases;
        Replan();
    }

    private void ForAllChanged(IReadOnlyList<Assertion> assertions)
    {
        _forAll = assertions;
        Replan();
    }

    private Task UseExamplesAsync()
    {
        _form!.UseExamples();
        return ChooseAsync(_setup);
    }

    private Task ResetAsync()
    {
        _form!.Reset();
        _missing = [];
        return ChooseAsync(_setup);
    }

    private async Task UseAsync(CellView cell)
    {
        _form!.Take(cell.Values);
        var known = _models.Any(model => model.Name == cell.Model);
        (_missing, _open) = ([], true);
        await ChooseAsync(_setup with { UsesCases = false, Models = known ? [cell.Model] : _setup.Models, Temperatures = [cell.Temperature] });
        snackbar.Add(known ? "The values, the model and the temperature of that cell are filled in." : $"The values of that cell are filled in. {FailureWords.Missing(cell.Model, _unreadable, "")}".TrimEnd(), Severity.Normal);
        await _kept!.FocusAsync("#test-run", top: true);
    }

    private async Task ReadAsync(string problem, Func<Task> read)
    {
        try
        {
            await read();
        }
        catch (OperationCanceledException) when (_closed.IsCancellationRequested)
        {
            return;
        }
        catch (Exception failure) when (Failures.IsOfDatabase(failure))
        {
            log.LogWarning(failure, "The test page could not read something");
            _failure = problem + $": {Failures.Why(failure)}.";
        }
    }

    private void OnModelsChanged() => _ = InvokeAsync(() => ReadAsync("Your own models could not be read", async () =>
    {
        await ReadModelsAsync();
        if (_form is not null)
            Replan();
        StateHasChanged();
    }));

    // The second answer is of the same query as the first.
    private async Task ReadModelsAsync() =>
        (_models, _unreadable) = (await catalog.ForAsync(_caller, _closed.Token), await catalog.UnreadableAsync(_caller, _closed.Token));
}

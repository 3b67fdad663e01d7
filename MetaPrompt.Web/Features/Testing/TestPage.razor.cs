using MetaPrompt.Data;
using MetaPrompt.Data.Prompts;
using MetaPrompt.Data.Tests;
using MetaPrompt.Web.Models;
using MetaPrompt.Web.Prompting;
using MetaPrompt.Web.Shared;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using MudBlazor;

namespace MetaPrompt.Web.Features.Testing;

/// <summary>
/// Fills a prompt in and runs it. Runs belong to the runner: the page only watches the one its address names, so a reload,
/// a lost connection or another tab shows it again.
/// </summary>
public sealed partial class TestPage(
    PromptQueries prompts, ModelCatalog catalog, PromptRunner runner, NavigationManager navigation, ISnackbar snackbar, ILogger<TestPage> log)
{
    private readonly LatestOnly _loads = new();
    private readonly CancellationTokenSource _closed = new();
    private Caller _caller;
    private PromptTemplate? _template;
    private TestForm? _form;
    private KeptFields? _kept;
    private ResultList? _results;
    private LiveRun? _run;
    private DryRunReport? _dry;
    private IReadOnlyDictionary<string, string> _values = new Dictionary<string, string>();
    private IReadOnlyList<PromptVariable> _missing = [];
    private string _resolved = "";
    private string? _failure;
    private bool _gone;

    // Until the browser has told what it kept, nothing can be typed that this would write over.
    private bool _ready;

    // Made before the click, and made anew when the address names it: two clicks in a row ask for the same run, paid for once.
    private Guid _next = Guid.NewGuid();

    /// <summary>The prompt's id, from the address.</summary>
    [Parameter]
    public Guid Id { get; set; }

    /// <summary>What is tested: survives from the first answer to the interactive page.</summary>
    [PersistentState]
    public Prompt? Prompt { get; set; }

    [CascadingParameter]
    private Task<AuthenticationState> Authentication { get; set; } = default!;

    [SupplyParameterFromQuery(Name = "run")]
    private Guid? RunId { get; set; }

    private string KeptName => $"test:{_caller.UserId:N}:{Id:N}";

    private bool IsRunning => _run is { IsRunning: true };

    private ModelSettings? Model => _form is null || _form.Model == TestForm.DryRun ? null : catalog.Find(_form.Model);

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
        if (RendererInfo.IsInteractive)
            catalog.Changed += OnModelsChanged;
    }

    /// <inheritdoc/>
    protected override async Task OnParametersSetAsync()
    {
        if (Prompt?.Id != Id)
        {
            (Prompt, _form, _run, _dry, _ready) = (null, null, null, null, false);
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
            _failure = "The prompt could not be read: the database did not answer. It is safe in it.";
        }
    }

    private void Take(Prompt prompt)
    {
        Prompt = prompt;
        _template = PromptTemplate.Parse(prompt.Template);
        _form = new TestForm(PromptVariables.Reconcile(prompt.Template, PromptVariables.FromJson(prompt.Variables)));
        _form.Choose(catalog);
        Resolve();
    }

    private void Opened(KeptText? kept)
    {
        _ready = true;
        if (kept is null || _form is null)
            return;
        _form.Restore(kept);
        _form.Choose(catalog);
        Resolve();
    }

    private void Resolve()
    {
        _values = _form!.Values();
        _resolved = _template!.Resolve(_values);
        if (_missing.Count > 0)
            _missing = _form.Missing();
    }

    private Task ChangedAsync()
    {
        _failure = null;
        Resolve();
        return Task.CompletedTask;
    }

    private async Task UseExamplesAsync()
    {
        _form!.UseExamples();
        await FilledAsync();
    }

    private async Task ResetAsync()
    {
        _form!.Reset();
        _missing = [];
        await FilledAsync();
    }

    private async Task UseAsync(TestResult result)
    {
        _form!.Take(result);
        var known = catalog.Find(result.Model) is not null;
        _form.Choose(catalog);
        _missing = [];
        await FilledAsync();
        snackbar.Add(known ? "The values, the model and the temperature of that run are filled in." : $"The values of that run are filled in. {result.Model} is not there any more.", Severity.Normal);
        await _kept!.FocusAsync("#test-run", top: true);
    }

    // Filled in by the page, not by hand: the browser has to be told to keep it.
    private async Task FilledAsync()
    {
        await ChangedAsync();
        StateHasChanged();
        await _kept!.NoteAsync(null);
    }

    private void OnModelsChanged() => _ = InvokeAsync(() =>
    {
        _form?.Choose(catalog);
        StateHasChanged();
    });
}

using System.Data.Common;
using MetaPrompt.Data;
using MetaPrompt.Data.Prompts;
using MetaPrompt.Web.Models;
using MetaPrompt.Web.Prompting;
using MetaPrompt.Web.Shared;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.JSInterop;
using MudBlazor;

namespace MetaPrompt.Web.Features.Wizard;

/// <summary>
/// <c>/wizard</c>: from a goal to a saved prompt. Everything that is typed is kept in the browser as it changes; it leaves there
/// only when it has been saved; for a signed-in person in the database as well. Other parts of this class: drafts, models.
/// </summary>
public sealed partial class WizardPage(
    PromptQueries prompts, DraftQueries draftQueries, WizardModel wizardModel, ModelCatalog models, NavigationManager navigation, IJSRuntime browser, ISnackbar snackbar, ILogger<WizardPage> log)
    : IAsyncDisposable
{
    private const string AfterSignIn = "/wizard?save=1";

    private readonly CancellationTokenSource _gone = new();
    private readonly DraftStore _drafts = new(browser);
    private readonly List<WizardStep> _underway = [];
    private WizardState _state = new();
    private Caller _caller = Caller.Anonymous;
    private Guid? _owner;
    private bool _open;
    private bool _saving;
    private bool _saved;
    private Guid? _promptId;
    private string? _goalProblem;
    private string? _problem;
    private Failure? _failure;
    private string _said = "";
    private string? _focus;
    private WizardStep _address;

    [CascadingParameter]
    private Task<AuthenticationState> Authentication { get; set; } = default!;

    [SupplyParameterFromQuery(Name = "goal")]
    private string? GoalText { get; set; }

    [SupplyParameterFromQuery(Name = "step")]
    private string? StepText { get; set; }

    [SupplyParameterFromQuery(Name = "save")]
    private string? SaveText { get; set; }

    private string PageName => _state.Step switch
    {
        WizardStep.Questions => "Questions",
        WizardStep.Template => "Your template",
        _ => "Write a prompt",
    };

    private bool IsBackToSave => SaveText == "1" && _owner is not null;

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _gone.CancelAsync();
        await KeepLastAsync();
        await _drafts.DisposeAsync();
        _gone.Dispose();
    }

    /// <inheritdoc/>
    protected override async Task OnInitializedAsync()
    {
        var user = (await Authentication).User;
        (_caller, _owner) = (user.Caller(), user.UserId());
        if (string.IsNullOrWhiteSpace(GoalText))
            return;

        _state.Goal = GoalText.Trim();
        _goalProblem = _state.GoalProblem();
        if (_goalProblem is not null)
            return;

        _state.Step = WizardStep.Questions;
        if (wizardModel.ModelName is null)
            _state.AskByRules();
        else
            _asking = new Work(wizardModel.ModelName);
        Look();
    }

    /// <inheritdoc/>
    protected override void OnParametersSet()
    {
        // The browser's own Back and Forward go through the steps, too. What this page asked for itself is there already,
        // and may arrive when the person is further on.
        var wanted = StepOf(StepText);
        if (!_open || _saved || wanted == _address)
            return;

        _address = wanted;
        if (_underway.Remove(wanted) || wanted == _state.Step || !CanGo(wanted))
            return;

        Show(wanted);
    }

    /// <inheritdoc/>
    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        try
        {
            if (firstRender)
                await OpenAsync();
            if (_dirty && _open && !_saved && _state.IsWorthKeeping)
                await StoreAsync();

            if (_focus is { } place)
            {
                _focus = null;
                await _drafts.FocusAsync(place, toTop: place == "#step", _gone.Token);
            }
        }
        catch (Exception gone) when (PageGone.Is(gone))
        {
            // The tab was closed or lost its connection; what it held, its own script has kept.
            log.LogDebug("The wizard's page went away: {Reason}", gone.Message);
        }
    }

    private static WizardStep StepOf(string? text) => text switch
    {
        "questions" => WizardStep.Questions,
        "template" => WizardStep.Template,
        _ => WizardStep.Goal,
    };

    private static string AddressOf(WizardStep step) => step switch
    {
        WizardStep.Questions => "/wizard?step=questions",
        WizardStep.Template => "/wizard?step=template",
        _ => "/wizard",
    };

    private void Navigate(WizardStep step, bool replace = false)
    {
        if (step != (_underway is [.., var last] ? last : _address))
            _underway.Add(step);
        navigation.NavigateTo(AddressOf(step), replace: replace);
    }

    private bool CanGo(WizardStep step) => step switch
    {
        WizardStep.Questions => _state.IsAsked || _asking is not null,
        WizardStep.Template => _state.Template is not null || _writing is not null,
        _ => true,
    };

    private void Show(WizardStep step)
    {
        if (step < WizardStep.Template)
            _writing?.Abandon();
        if (step != WizardStep.Questions)
            LeaveQuestions();
        (_problem, _goalProblem, _failure, _startedOver) = (null, null, null, null);
        _state.Step = step;
        _said = $"Step {(int)step + 1} of 3";
        _focus = "#step";
        _dirty = true;
        Look();
    }

    // Who goes on has been asked enough; a late question would only wait for them here.
    private void LeaveQuestions()
    {
        _asking?.Abandon();
        _adapting?.Abandon();
        (_asking, _adapting, _adaptNote) = (null, null, null);
        if (HasQuestions)
            _state.EndAsking();
    }

    private async Task GoAsync(WizardStep step)
    {
        if (step == WizardStep.Questions && !_state.IsAsked)
        {
            await NextFromGoalAsync();
            return;
        }

        Show(step);
        Navigate(step);
    }

    private Task BackAsync() => GoAsync(_state.Step - 1);

    private Task NextAsync() => _state.Step == WizardStep.Goal ? NextFromGoalAsync() : NextFromQuestionsAsync();

    private async Task NextFromGoalAsync()
    {
        _goalProblem = _state.GoalProblem();
        if (_goalProblem is not null)
        {
            _focus = "#goal";
            return;
        }

        (_resumed, _other) = (false, null);
        Show(WizardStep.Questions);
        Navigate(WizardStep.Questions);
        if (!_state.IsAsked)
            await AskAsync();
    }

    private async Task NextFromQuestionsAsync()
    {
        var compose = _state.Template is null || (_state.IsStale && !_state.IsEdited);
        if (compose && wizardModel.ModelName is null)
            _state.Take(_state.Preview(), null);
        _resumed = false;
        Show(WizardStep.Template);
        Navigate(WizardStep.Template);
        if (compose && wizardModel.ModelName is not null)
            await WriteAsync();
    }

    private Task ChangedAsync()
    {
        (_dirty, _startedOver) = (true, null);
        if (_goalProblem is not null)
            _goalProblem = _state.GoalProblem();
        if (_problem is not null)
            _problem = _state.Problem();
        return Task.CompletedTask;
    }

    private Task KeepMineAsync()
    {
        _state.KeepMine();
        return ChangedAsync();
    }

    private Task UndoAsync()
    {
        _state.Undo();
        return ChangedAsync();
    }

    private Task ComposeAsync()
    {
        _failure = null;
        if (wizardModel.ModelName is not null)
            return WriteAsync();

        _state.Take(_state.Preview(), null);
        return ChangedAsync();
    }

    private async Task SaveAsync()
    {
        if (_saving || _saved)
            return;

        _failure = null;
        _problem = _state.Problem();
        if (_problem is not null)
            return;

        if (_owner is null)
        {
            await SignInAsync();
            return;
        }

        _saving = true;
        try
        {
            // Asked for is asked for: it is saved even if the tab closes at this moment.
            // Under an id that is the draft's: where the answer is lost, here or with the whole server, saving again finds it.
            _promptId ??= Guid.TryParseExact(_draft, "N", out var key) ? key : Guid.NewGuid();
            var id = await prompts.CreateAsync(_caller, _state.ToPrompt() with { Id = _promptId }, CancellationToken.None);
            _saved = true;
            await KeepDismissedAsync(id);
            await ForgetAsync(_draft);
            snackbar.Add("Prompt saved.", Severity.Normal);
            navigation.NavigateTo($"/prompts/{id}");
        }
        catch (Exception failure) when (failure is DbException or TimeoutException)
        {
            log.LogWarning(failure, "A prompt could not be saved");
            _failure = new Failure($"The prompt could not be saved: {Failures.Why(failure)}. Nothing is lost, everything is still here.", SaveAsync, "Retry");
        }
        finally
        {
            _saving = false;
        }
    }

    private async Task SignInAsync()
    {
        await StoreAsync();
        if (_kept)
            navigation.NavigateTo("/login?returnUrl=" + Uri.EscapeDataString(AfterSignIn), forceLoad: true);
        else
            _failure = new Failure("This browser keeps nothing for this site, so signing in would lose the prompt. Copy the template first, or allow the site to store data and press Save prompt again.");
    }

    /// <summary>What went wrong, in words, and a way on.</summary>
    private sealed record Failure(string Words, Func<Task>? Retry = null, string RetryText = "");
}

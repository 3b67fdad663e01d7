using MetaPrompt.Data;
using MetaPrompt.Data.Models;
using MetaPrompt.Web.Models;
using MetaPrompt.Web.Shared;
using Microsoft.AspNetCore.Components;

namespace MetaPrompt.Web.Features.Models;

/// <summary>Tests, renames and replaces one key, and chooses the models used with it.</summary>
public sealed partial class KeyCard(OwnKeys keys, KeyActions actions, ModelCatalog catalog, ILogger<KeyCard> log) : IDisposable
{
    private static readonly Form Rename = new("Name", "Rename", false, ModelSettings.MaxNameLength);
    private static readonly Form Replace = new("New key", "Replace key", true, 4000);
    private static readonly Form ByHand = new("What the provider calls the model", "Use it", false, 200);

    private readonly CancellationTokenSource _closed = new();
    private IReadOnlyList<ListedModel>? _listed;
    private Form? _form;
    private ElementReference _field;
    private ElementReference _card;
    private ElementReference _test;
    private string _typed = "";
    private string? _problem;
    private string? _failure;
    private bool _busy;
    private bool _choosing;
    private Focus _focus;
    private bool _tested;

    /// <summary>Whose key it is.</summary>
    [Parameter, EditorRequired]
    public Caller Caller { get; set; }

    /// <summary>The key.</summary>
    [Parameter, EditorRequired]
    public ProviderKey Key { get; set; } = default!;

    /// <summary>The models used with it.</summary>
    [Parameter, EditorRequired]
    public IReadOnlyList<KeyModel> Models { get; set; } = [];

    /// <summary>All names of the person's models: a new one must not be among them.</summary>
    [Parameter]
    public IReadOnlyList<string> Taken { get; set; } = [];

    /// <summary>Whether the person has a limit: then a model without a price cannot be used.</summary>
    [Parameter]
    public bool Limited { get; set; }

    /// <summary>The time, for "3 min ago".</summary>
    [Parameter, EditorRequired]
    public DateTimeOffset Now { get; set; }

    /// <summary>Whether it was just added: its models are asked for without another click.</summary>
    [Parameter]
    public bool TestAtOnce { get; set; }

    /// <summary>Raised after something was changed in the database.</summary>
    [Parameter]
    public EventCallback OnChanged { get; set; }

    /// <summary>Raised to remove the key.</summary>
    [Parameter]
    public EventCallback<ProviderKey> OnRemove { get; set; }

    /// <inheritdoc/>
    public void Dispose()
    {
        _closed.Cancel();
        _closed.Dispose();
    }

    /// <inheritdoc/>
    protected override async Task OnParametersSetAsync()
    {
        if (!TestAtOnce || _tested)
            return;
        (_tested, _focus) = (true, Focus.Card);
        await TestAsync();
    }

    /// <inheritdoc/>
    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        var focus = _focus;
        _focus = Focus.Stays;
        if (focus != Focus.Stays)
            await (focus == Focus.Field ? _field : focus == Focus.Card ? _card : _test).FocusAsync();
    }

    private string Id(string part) => $"key-{Key.Id:N}-{part}";

    private bool IsHidden(string name) => catalog.Find(name) is not null;

    private async Task TestAsync()
    {
        if (_busy)
            return;
        (_busy, _failure, _listed, _form) = (true, null, null, null);
        try
        {
            _listed = await keys.TestAsync(Caller, Key, _closed.Token);
            await OnChanged.InvokeAsync();
        }
        catch (OperationCanceledException) when (_closed.IsCancellationRequested)
        {
            return;
        }
        catch (Exception problem) when (problem is ModelFailure or EntryProblem)
        {
            _failure = problem.Message;
        }
        catch (Exception problem) when (Failures.IsOfDatabase(problem))
        {
            log.LogWarning(problem, "A key could not be read to be tested");
            _failure = $"The key could not be tested: {Failures.Why(problem)}. Try again in a moment.";
        }
        finally
        {
            _busy = false;
        }
    }

    private void ClosePicker() => (_listed, _focus) = (null, Focus.Test);

    private void Open(Form form)
    {
        (_form, _typed, _problem, _focus) = (form, form == Rename ? Key.Name : "", null, Focus.Field);
    }

    private void CloseForm()
    {
        if (_form is not null)
            _focus = Focus.Test;
        (_form, _typed, _problem) = (null, "", null);
    }

    private Task SubmitAsync()
    {
        var typed = _typed;
        return _form == Rename ? TryAsync(() => keys.RenameAsync(Caller, Key.Id, typed, _closed.Token))
            : _form == Replace ? TryAsync(() => keys.ReplaceAsync(Caller, Key.Id, typed, _closed.Token))
            : TryAsync(() => UseAsync(new ListedModel(typed.Trim())));
    }

    private async Task ToggleAsync(ListedModel listed)
    {
        if (Models.FirstOrDefault(model => model.Model == listed.Id) is { } used)
            await RemoveModelAsync(used);
        else
            await TryAsync(() => UseAsync(listed));
    }

    private Task UseAsync(ListedModel listed)
    {
        if (listed.Id.Length == 0)
            throw new EntryProblem("Model", "Enter the name that the provider calls the model by, gpt-4.1-mini for instance.");
        return keys.UseAsync(Caller, keys.Suggested(Key.Id, Key.Name, listed, Taken), _closed.Token);
    }

    private Task RemoveModelAsync(KeyModel model) => TryAsync(() => actions.StopUsingAsync(Caller, model));

    private async Task TryAsync(Func<Task> act)
    {
        if (_choosing)
            return;
        (_choosing, _problem, _failure) = (true, null, null);
        try
        {
            await act();
            CloseForm();
            await OnChanged.InvokeAsync();
        }
        catch (OperationCanceledException) when (_closed.IsCancellationRequested)
        {
            return;
        }
        catch (EntryProblem problem)
        {
            if (_form is null)
                _failure = problem.Message;
            else
                _problem = problem.Message;
        }
        catch (Exception problem) when (Failures.IsOfDatabase(problem))
        {
            log.LogWarning(problem, "A key or its models could not be changed");
            _failure = $"That could not be saved: {Failures.Why(problem)}. Try again in a moment.";
        }
        finally
        {
            _choosing = false;
        }
    }

    // What closes under a person's hands hands the focus on.
    private enum Focus
    {
        Stays,
        Field,
        Card,
        Test,
    }

    private sealed record Form(string Label, string Verb, bool Secret, int Longest);
}

using MetaPrompt.Data.Prompts;
using MetaPrompt.Web.Shared;
using MudBlazor;
using Npgsql;

namespace MetaPrompt.Web.Features.Library;

/// <summary>What is done to several prompts at once, and to labels.</summary>
public sealed partial class PromptsPage
{
    /// <summary>The most prompts that are exported at once: their ids are in an address.</summary>
    public const int MostExported = 200;

    private readonly PromptSelection _selection = new();
    private IReadOnlyDictionary<Guid, int> _shares = new Dictionary<Guid, int>();
    private string? _labelProblem;
    private bool _acting;

    private string? ExportUrl => _selection.Count <= MostExported ? LibraryUrl.Export(_selection.Ids) : null;

    private string? PublishUrl => _selection.Count <= PublishManyPage.Most ? LibraryUrl.PublishMany(_selection.Ids) : null;

    private Label[] LabelsOf(PromptListItem item) => item.Labels.Length == 0 ? [] : [.. Labels.Where(label => item.Labels.Contains(label.Id))];

    private void Pick(Guid id, bool range) => _selection.Pick(Loaded?.Items ?? [], id, range);

    private Task ClearAsync()
    {
        _selection.Clear();
        StateHasChanged();
        return Task.CompletedTask;
    }

    private async Task SelectAllAsync()
    {
        if (Loaded is not { } loaded)
            return;
        if (!loaded.More)
            _selection.Add(loaded.Items.Select(item => item.Id));
        else
            await TryAsync(async () => _selection.Add(await lists.IdsAsync(_caller, Filter, CancellationToken.None)));
        StateHasChanged();
    }

    private Task DeleteSelectedAsync() => ActAsync(async () => await TakeOutAsync(await batch.DeleteAsync(_caller, _selection.Ids)));

    private Task MakePrivateAsync() => ActAsync(async () =>
    {
        await batch.MakePrivateAsync(_caller, _selection.Ids);
        _selection.Clear();
        await ReloadAsync();
    });

    private async Task ActAsync(Func<Task> act)
    {
        if (_acting || _selection.Count == 0)
            return;
        _acting = true;
        await TryAsync(act);
        _acting = false;
    }

    private async Task TakeOutAsync(IReadOnlyCollection<Guid> gone)
    {
        if (Loaded is not { } before)
            return;
        var ids = gone.ToHashSet();
        var place = before.Items.TakeWhile(item => !ids.Contains(item.Id)).Count();
        _selection.Remove(ids);
        Loaded = before with { Items = [.. before.Items.Where(item => !ids.Contains(item.Id))], Total = before.Total is { } total ? Math.Max(0, total - ids.Count) : null };
        if (Loaded is { Items.Count: < PageSize, More: true })
            await ReloadAsync();
        else
            await ReadLabelsAsync();
        ShowRows(_from, 0);
        StateHasChanged();
        await FocusRowAsync(Math.Min(place, Math.Max(0, Loaded.Items.Count - 1)));
    }

    private async Task ReadSharesAsync()
    {
        _labelProblem = null;
        await TryAsync(async () => _shares = await labels.OfAsync(_caller, _selection.Ids, CancellationToken.None));
    }

    private Task LabelAsync(string name) => ChangeLabelsAsync(async () =>
    {
        var done = await labels.AddAsync(_caller, name, _selection.Ids, CancellationToken.None);
        if (done.Full > 0)
            _labelProblem = $"{Numbers.Of(done.Full, "prompt has", "prompts have")} {LabelQueries.MostOfPrompt} labels already, the most there can be. The others have it now.";
    });

    private Task UnlabelAsync(Guid id) => ChangeLabelsAsync(() => labels.RemoveAsync(_caller, id, _selection.Ids, CancellationToken.None));

    // What was chosen stays chosen, so that more can be done to it, also where a filter does not show it any more.
    private async Task ChangeLabelsAsync(Func<Task> change)
    {
        _labelProblem = null;
        try
        {
            await change();
            await ReloadAsync();
            _shares = await labels.OfAsync(_caller, _selection.Ids, CancellationToken.None);
        }
        catch (PostgresException refusal) when (LabelRefusal.Refused(refusal) is { } words)
        {
            _labelProblem = words;
        }
        catch (Exception failure) when (Failures.IsOfDatabase(failure))
        {
            log.LogWarning(failure, "Prompts could not be labelled");
            _labelProblem = $"The labels could not be changed: {Failures.Why(failure)}. Try again in a moment.";
        }
    }

    private async Task ReadLabelsAsync() => await TryAsync(async () => KnownLabels = await labels.ListAsync(_caller, CancellationToken.None));

    /// <summary>Null where it is renamed; else why not.</summary>
    private async Task<string?> RenameAsync(Label label, string name)
    {
        try
        {
            await labels.RenameAsync(_caller, label.Id, name, CancellationToken.None);
            await ReadLabelsAsync();
            StateHasChanged();
            return null;
        }
        catch (PostgresException refusal) when (LabelRefusal.Refused(refusal) is { } words)
        {
            return words;
        }
        catch (Exception failure) when (Failures.IsOfDatabase(failure))
        {
            log.LogWarning(failure, "A label could not be renamed");
            return $"It could not be renamed: {Failures.Why(failure)}. Try again in a moment.";
        }
    }

    private async Task MergeAsync((Label From, Label Into) pair)
    {
        if (!await ConfirmDialog.AskAsync(
            dialogs, $"Make “{pair.From.Name}” and “{pair.Into.Name}” one label?",
            $"All {Numbers.Of(pair.From.Prompts, "prompt", "prompts")} of “{pair.From.Name}” get the label “{pair.Into.Name}”. This cannot be undone.", "Make them one", "Keep both"))
        {
            return;
        }

        if (await TryAsync(() => labels.MergeAsync(_caller, pair.From.Id, pair.Into.Id, CancellationToken.None)))
            await LeaveLabelAsync(pair.From.Id);
    }

    private async Task DeleteLabelAsync(Label label)
    {
        IReadOnlyList<Guid> on = [];
        if (!await TryAsync(async () => on = await labels.DeleteAsync(_caller, label.Id, CancellationToken.None)))
            return;
        snackbar.Add($"Deleted the label “{label.Name}”. The prompts are still there.", Severity.Normal, options =>
        {
            options.Action = "Undo";
            options.VisibleStateDuration = 12_000;
            options.OnClick = async _ =>
            {
                await TryAsync(() => labels.RestoreAsync(_caller, label.Id, label.Name, on, CancellationToken.None));
                OnRestored();
            };
        });
        await LeaveLabelAsync(label.Id);
    }

    // A label that is gone is in no filter.
    private async Task LeaveLabelAsync(Guid gone)
    {
        await ReadLabelsAsync();
        if (Filter.Labels.Contains(gone))
            Go(Filter with { Labels = [.. Filter.Labels.Where(id => id != gone)] }, Sort);
        else
            await ReloadAsync();
    }
}

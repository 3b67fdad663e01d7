using MetaPrompt.Data;
using MetaPrompt.Data.Prompts;
using MetaPrompt.Data.Templates;
using MetaPrompt.Web.Prompting;
using MetaPrompt.Web.Shared;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Components.Routing;
using MudBlazor;

namespace MetaPrompt.Web.Features.Library;

/// <summary>A prompt of one's own: read it, edit it in place, put it into the gallery. This file loads and navigates; the other edits.</summary>
public sealed partial class PromptPage(
    PromptQueries prompts, PublishQueries publishing, GalleryCache categories, GalleryChanged gallery, PromptDeletion deletion,
    NavigationManager navigation, ISnackbar snackbar, IDialogService dialogs, TimeProvider time, ILogger<PromptPage> log)
{
    private readonly LatestOnly _loads = new();
    private Caller _caller;
    private KeptFields? _kept;
    private string? _failure;
    private bool _busy;

    /// <summary>The prompt's id, from the address.</summary>
    [Parameter]
    public Guid Id { get; set; }

    /// <summary>What is shown: survives from the first answer to the interactive page.</summary>
    [PersistentState]
    public LoadedPrompt? Loaded { get; set; }

    [CascadingParameter]
    private Task<AuthenticationState> Authentication { get; set; } = default!;

    private string KeptName => $"prompt:{_caller.UserId:N}:{Id:N}";

    /// <inheritdoc/>
    public void Dispose()
    {
        deletion.Restored -= OnRestored;
        _loads.Dispose();
    }

    /// <inheritdoc/>
    protected override async Task OnInitializedAsync()
    {
        deletion.Restored += OnRestored;
        _caller = (await Authentication).User.Caller();
    }

    /// <inheritdoc/>
    protected override async Task OnParametersSetAsync()
    {
        if (Loaded?.Prompt.Id == Id)
            return;
        Loaded = null;
        EndEditing();
        await LoadAsync();
    }

    private async Task LoadAsync()
    {
        var token = _loads.Next();
        _failure = null;
        try
        {
            var prompt = await prompts.FindAsync(_caller, Id, token);
            var answers = prompt is null ? [] : await prompts.AnswersAsync(_caller, Id, token);
            if (!_loads.IsLatest(token))
                return;
            if (prompt is null)
                navigation.NotFound();
            else
                Loaded = new LoadedPrompt(prompt, answers);
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

    private async Task DuplicateAsync()
    {
        await TryAsync("The prompt could not be duplicated: the database did not take it. Try again in a moment.", async () =>
        {
            var copy = await prompts.DuplicateAsync(_caller, Id, CancellationToken.None);
            snackbar.Add("This is the copy. The original is unchanged.", Severity.Normal);
            navigation.NavigateTo(LibraryUrl.Prompt(copy));
        });
    }

    private async Task DeleteAsync()
    {
        await TryAsync("The prompt could not be deleted: the database did not take it. Try again in a moment.", async () =>
        {
            await deletion.DeleteAsync(_caller, Id, Loaded!.Prompt.Title, Loaded.Prompt.IsPublic);
            navigation.NavigateTo(LibraryUrl.List());
        });
    }

    private async Task RestoreAsync()
    {
        await TryAsync("The prompt could not be brought back: the database did not take it. Try again in a moment.",
            () => deletion.RestoreAsync(_caller, Id, Loaded!.Prompt.IsPublic));
        await LoadAsync();
    }

    private async Task PublishAsync()
    {
        var prompt = Loaded!.Prompt;
        var parameters = new DialogParameters<PublishDialog>
        {
            { dialog => dialog.Terms, new PublishTerms(prompt.Category, prompt.Tags) },
            { dialog => dialog.Categories, await CategoriesAsync() },
            { dialog => dialog.Findings, PublishGuard.Find(prompt) },
            { dialog => dialog.Change, prompt.IsPublic },
        };
        var shown = await dialogs.ShowAsync<PublishDialog>(prompt.IsPublic ? "Category and tags" : "Publish to the gallery", parameters);
        if (await shown.Result is { Canceled: false, Data: PublishTerms terms })
            await PublishAsync(terms, prompt.IsPublic ? "Saved." : "Published. Anybody can find it in the gallery now.");
    }

    private Task PublishAsync(PublishTerms terms, string said) =>
        TryAsync("The prompt could not be published: the database did not take it. It is as it was; try again in a moment.", async () =>
        {
            var template = await publishing.PublishAsync(_caller, Id, terms.Category, [.. terms.Tags], CancellationToken.None);
            await gallery.TellAsync(CancellationToken.None);
            await LoadAsync();
            snackbar.Add(said, Severity.Normal, options =>
            {
                options.Action = "View";
                options.OnClick = _ =>
                {
                    navigation.NavigateTo(LibraryUrl.Template(template));
                    return Task.CompletedTask;
                };
            });
        });

    private Task UnpublishAsync() =>
        TryAsync("The prompt could not be taken out of the gallery: the database did not take it. Try again in a moment.", async () =>
        {
            var terms = new PublishTerms(Loaded!.Prompt.Category, Loaded.Prompt.Tags);
            await publishing.UnpublishAsync(_caller, Id, CancellationToken.None);
            await gallery.TellAsync(CancellationToken.None);
            await LoadAsync();
            snackbar.Add("Taken out of the gallery. Only you see it now; its likes are kept.", Severity.Normal, options =>
            {
                options.Action = "Undo";
                options.OnClick = _ => InvokeAsync(async () =>
                {
                    await PublishAsync(terms, "It is in the gallery again.");
                    StateHasChanged();
                });
            });
        });

    // Without the counts the dialog still has its suggestions.
    private async Task<IReadOnlyList<string>> CategoriesAsync()
    {
        try
        {
            return PublishTerms.Categories((await categories.CategoriesAsync(CancellationToken.None)).Take(100).Select(count => count.Category));
        }
        catch (Exception failure) when (Failures.IsOfDatabase(failure))
        {
            log.LogWarning(failure, "The categories could not be read");
            return PublishTerms.Categories([]);
        }
    }

    private async Task TryAsync(string words, Func<Task> act)
    {
        if (_busy)
            return;
        (_busy, _failure) = (true, null);
        try
        {
            await act();
        }
        catch (Exception failure) when (Failures.IsOfDatabase(failure))
        {
            log.LogWarning(failure, "A prompt could not be changed");
            _failure = words;
        }
        finally
        {
            _busy = false;
        }
    }

    private void OnRestored() => _ = InvokeAsync(async () =>
    {
        await LoadAsync();
        StateHasChanged();
    });
}

/// <summary>A prompt with the answers it came from.</summary>
/// <param name="Prompt">The prompt.</param>
/// <param name="Answers">In the order they were asked.</param>
public sealed record LoadedPrompt(Prompt Prompt, IReadOnlyList<PromptAnswer> Answers);

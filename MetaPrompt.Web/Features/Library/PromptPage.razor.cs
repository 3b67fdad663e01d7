using MetaPrompt.Data;
using MetaPrompt.Data.Prompts;
using MetaPrompt.Data.Templates;
using MetaPrompt.Web.Shared;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Components.Routing;
using MudBlazor;
using Npgsql;

namespace MetaPrompt.Web.Features.Library;

/// <summary>A prompt of one's own: read it, edit it in place. This file loads and navigates; the other edits.</summary>
public sealed partial class PromptPage(
    PromptQueries prompts, PublishQueries publications, PublishActions publishing, VersionActions versions, GalleryChanged gallery, PromptDeletion deletion,
    NavigationManager navigation, ISnackbar snackbar, IDialogService dialogs, TimeProvider time, ILogger<PromptPage> log)
{
    private readonly LatestOnly _loads = new();
    private Caller _caller;
    private (Guid Of, Guid Id) _copy;
    private KeptFields? _kept;
    private string? _failure;
    private bool _busy;
    private bool _sharing;

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
        publishing.Changed -= OnPublished;
        versions.Changed -= OnPublished;
        _loads.Dispose();
    }

    /// <inheritdoc/>
    protected override async Task OnInitializedAsync()
    {
        deletion.Restored += OnRestored;
        publishing.Changed += OnPublished;
        versions.Changed += OnPublished;
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
            var notice = prompt?.HiddenAt is null ? null : await publications.NoticeAsync(_caller, Id, token);
            if (!_loads.IsLatest(token))
                return;
            if (prompt is null)
                navigation.NotFound();
            else
                Loaded = new LoadedPrompt(prompt, answers, notice);
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

    private async Task DuplicateAsync()
    {
        await TryAsync("The prompt could not be duplicated: {why}. Try again in a moment.", async () =>
        {
            // Drawn before the first attempt: another one, after an answer that was lost, finds the copy that is there.
            if (_copy.Of != Id)
                _copy = (Id, Guid.NewGuid());
            var copy = await prompts.DuplicateAsync(_caller, Id, _copy.Id, CancellationToken.None);
            _copy = default;
            snackbar.Add("This is the copy. The original is unchanged.", Severity.Normal);
            navigation.NavigateTo(LibraryUrl.Prompt(copy));
        });
    }

    private async Task DeleteAsync()
    {
        await TryAsync("The prompt could not be deleted: {why}. Try again in a moment.", async () =>
        {
            await deletion.DeleteAsync(_caller, Id, Loaded!.Prompt.Title, Loaded.Prompt.IsPublic);
            navigation.NavigateTo(LibraryUrl.List());
        });
    }

    private async Task RestoreAsync()
    {
        await TryAsync("The prompt could not be brought back: {why}. Try again in a moment.",
            () => deletion.RestoreAsync(_caller, Id, Loaded!.Prompt.IsPublic));
        await LoadAsync();
    }

    private async Task ShareAsync()
    {
        _sharing = !_sharing;
        if (!_sharing)
            return;
        StateHasChanged();
        await _kept!.FocusAsync("#share");
    }

    private Task UnpublishAsync() =>
        TryAsync("The prompt could not be made private: {why}. Try again in a moment.",
            () => publishing.UnpublishAsync(_caller, Loaded!.Prompt));

    private Task AskAsync(string note) =>
        TryAsync("Your question did not arrive: {why}. Try again in a moment.", async () =>
        {
            await publications.RequestReviewAsync(_caller, Id, CleanText.Of(note), CancellationToken.None);
            await LoadAsync();
            snackbar.Add("Asked. A moderator will look again.", Severity.Normal);
        });

    private void OnPublished(Guid id)
    {
        if (id == Id)
            OnRestored();
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
        catch (PostgresException refusal) when (PublishWords.Refused(refusal, time.GetUtcNow().UtcDateTime) is { } why)
        {
            _failure = why;
        }
        catch (Exception failure) when (Failures.IsOfDatabase(failure))
        {
            log.LogWarning(failure, "A prompt could not be changed");
            _failure = Failures.Say(words, failure);
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
/// <param name="Notice">Why it is hidden; null where it is not.</param>
public sealed record LoadedPrompt(Prompt Prompt, IReadOnlyList<PromptAnswer> Answers, ModerationNotice? Notice);

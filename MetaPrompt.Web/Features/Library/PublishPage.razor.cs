using System.Security.Claims;
using MetaPrompt.Data;
using MetaPrompt.Data.Prompts;
using MetaPrompt.Data.Templates;
using MetaPrompt.Web.Prompting;
using MetaPrompt.Web.Shared;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using MudBlazor;
using Npgsql;

namespace MetaPrompt.Web.Features.Library;

/// <summary>
/// Who sees a prompt, and as what. What looks secret stops it until somebody confirmed that very text; nothing is remembered of
/// the confirmation, and the text that is published is the one that was looked at, because the database compares.
/// </summary>
public sealed partial class PublishPage(
    PromptQueries prompts, PublishQueries publishing, PublishActions actions, GalleryCache categories, NavigationManager navigation,
    ISnackbar snackbar, TimeProvider time, ILogger<PublishPage> log)
{
    private const int ShortGoal = 40;
    private const string ChangedMeanwhile = "The text was changed elsewhere since this page was opened. This is how it is now: look again, then publish.";

    private static readonly PromptVisibility[] Choices = [PromptVisibility.Public, PromptVisibility.Unlisted, PromptVisibility.Private];

    private readonly LatestOnly _loads = new();
    private Caller _caller;
    private string? _authorName;
    private string? _authorPicture;
    private Guid? _filled;
    private PromptVisibility _visibility = PromptVisibility.Public;
    private string? _category;
    private IReadOnlyList<string> _tags = [];
    private string? _note;
    private IReadOnlyList<Finding> _findings = [];
    private string? _text;
    private string? _confirmed;
    private TagsInput? _input;
    private string? _failure;
    private string? _problem;
    private Guid? _copyOf;
    private bool _busy;

    /// <summary>The prompt's id, from the address.</summary>
    [Parameter]
    public Guid Id { get; set; }

    /// <summary>What is shown: survives from the first answer to the interactive page.</summary>
    [PersistentState]
    public LoadedPublication? Loaded { get; set; }

    [CascadingParameter]
    private Task<AuthenticationState> Authentication { get; set; } = default!;

    private DateTime Now => time.GetUtcNow().UtcDateTime;

    private string? Category => string.IsNullOrWhiteSpace(_category) ? null : _category.Trim();

    private bool IsConfirmed => _confirmed == _text;

    private bool Stopped => _visibility switch
    {
        PromptVisibility.Private => Loaded!.Prompt.Visibility == PromptVisibility.Private,
        _ => _findings.Count > 0 && !IsConfirmed,
    };

    private string Verb => (Loaded!.Prompt.Visibility, _visibility) switch
    {
        (PromptVisibility.Private, PromptVisibility.Private) => "Stays private",
        (_, PromptVisibility.Private) => "Make private",
        (PromptVisibility.Public, PromptVisibility.Public) or (PromptVisibility.Unlisted, PromptVisibility.Unlisted) => "Save",
        (_, PromptVisibility.Unlisted) => "Make unlisted",
        _ => "Publish",
    };

    private IEnumerable<string> SuggestedCategories =>
        Loaded!.Suggested.Categories.Where(category => !string.Equals(category, Category, StringComparison.OrdinalIgnoreCase));

    private IEnumerable<string> SuggestedTags => _tags.Count >= PublishTerms.MaxTags ? [] : Loaded!.Suggested.Tags.Except(_tags);

    /// <inheritdoc/>
    public void Dispose() => _loads.Dispose();

    /// <inheritdoc/>
    protected override async Task OnInitializedAsync()
    {
        var user = (await Authentication).User;
        _caller = user.Caller();
        // Where there is no name the cookie has the address, which the gallery never shows.
        _authorName = user.Identity?.Name is { } name && name != user.FindFirstValue(ClaimTypes.Email) ? name : null;
        _authorPicture = user.FindFirstValue("picture");
    }

    /// <inheritdoc/>
    protected override async Task OnParametersSetAsync()
    {
        if (Loaded?.Prompt.Id != Id)
        {
            Loaded = null;
            await LoadAsync();
        }

        if (Loaded is { } loaded && _filled != Id)
            Fill(loaded);
    }

    private void Fill(LoadedPublication loaded)
    {
        _filled = Id;
        (_category, _tags) = (loaded.Prompt.Category, loaded.Prompt.Tags);
        _visibility = loaded.Prompt.Visibility == PromptVisibility.Private ? PromptVisibility.Public : loaded.Prompt.Visibility;
        Look(loaded.Prompt);
    }

    private void Look(Prompt prompt) => (_findings, _text) = (PublishGuard.Find(prompt), PublishGuard.TextOf(prompt));

    private void Confirm(ChangeEventArgs args) => _confirmed = args.Value is true ? _text : null;

    private async Task LoadAsync()
    {
        var token = _loads.Next();
        _failure = null;
        try
        {
            var prompt = await prompts.FindAsync(_caller, Id, token);
            if (prompt is null || prompt.DeletedAt is not null)
            {
                if (_loads.IsLatest(token))
                    navigation.NotFound();
                return;
            }

            var loaded = new LoadedPublication(
                prompt, await publishing.NearAsync(_caller, Id, token), await publishing.SuggestAsync(_caller, Id, token),
                PublishTerms.Categories((await categories.CategoriesAsync(token)).Take(100).Select(count => count.Category)),
                await publishing.NoticeAsync(_caller, Id, token));
            if (!_loads.IsLatest(token))
                return;
            Loaded = loaded;
            Look(prompt);
        }
        catch (OperationCanceledException) when (token.IsCancellationRequested)
        {
            return;
        }
        catch (Exception failure) when (Failures.IsOfDatabase(failure))
        {
            log.LogWarning(failure, "A prompt could not be read for publishing");
            _failure = $"The prompt could not be read: {Failures.Why(failure)}. It is safe in it.";
        }
    }

    private async Task SubmitAsync()
    {
        // A tag that is still being typed was meant.
        if (Loaded is null || Stopped || (_input is not null && !await _input.TakeTypedAsync()))
            return;
        await TryAsync("It could not be published: {why}. It is as it was; try again in a moment.", async () =>
        {
            var before = Loaded.Prompt;
            if (_visibility == PromptVisibility.Private)
                await actions.UnpublishAsync(_caller, before);
            else if (!await PublishAsync(before))
                return;
            await _kept!.ForgetAsync();
            navigation.NavigateTo(LibraryUrl.Prompt(Id));
        });
    }

    private async Task<bool> PublishAsync(Prompt before)
    {
        // Checked anew: what was found when the page was opened is old.
        var now = await prompts.FindAsync(_caller, Id, CancellationToken.None);
        if (now is not null && PublishGuard.TextOf(now) == _text && (PublishGuard.Find(now).Count == 0 || IsConfirmed)
            && await actions.PublishAsync(_caller, before, new Publication
            {
                PromptId = Id, Category = Category, Tags = _tags, Visibility = _visibility, Note = _note, BasedOn = now.UpdatedAt,
            }))
        {
            return true;
        }

        await LoadAsync();
        _problem = now is null ? "This prompt is gone: it was deleted in the meantime." : ChangedMeanwhile;
        return false;
    }

    private Task AskAsync(string note) => TryAsync("Your question did not arrive: {why}. Try again in a moment.", async () =>
    {
        await publishing.RequestReviewAsync(_caller, Id, CleanText.Of(note), CancellationToken.None);
        await LoadAsync();
        snackbar.Add("Asked. A moderator will look again.", Severity.Normal);
    });

    private async Task TryAsync(string words, Func<Task> act)
    {
        if (_busy)
            return;
        (_busy, _problem, _copyOf) = (true, null, null);
        try
        {
            await act();
        }
        catch (PostgresException refusal) when (PublishWords.Refused(refusal, Now) is { } why)
        {
            (_problem, _copyOf) = (why, PublishRefusal.CopyOf(refusal));
        }
        catch (Exception failure) when (Failures.IsOfDatabase(failure))
        {
            log.LogWarning(failure, "A prompt could not be published");
            _problem = Failures.Say(words, failure);
        }
        finally
        {
            _busy = false;
        }
    }
}

/// <summary>What the publish page knows of a prompt.</summary>
/// <param name="Prompt">As it is.</param>
/// <param name="Near">Templates that say nearly the same.</param>
/// <param name="Suggested">Where it may belong.</param>
/// <param name="Categories">All to choose from.</param>
/// <param name="Notice">Why it is hidden; null where it is not.</param>
public sealed record LoadedPublication(
    Prompt Prompt, IReadOnlyList<NearTemplate> Near, SuggestedTerms Suggested, IReadOnlyList<string> Categories, ModerationNotice? Notice);

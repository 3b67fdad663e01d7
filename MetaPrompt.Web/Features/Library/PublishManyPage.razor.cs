using MetaPrompt.Data;
using MetaPrompt.Data.Prompts;
using MetaPrompt.Data.Templates;
using MetaPrompt.Web.Shared;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using Npgsql;

namespace MetaPrompt.Web.Features.Library;

/// <summary>
/// Several prompts into the gallery at once: those that nothing speaks against, with one category. Every other one is named with
/// the reason and leads to its own page, where one looks and decides.
/// </summary>
public sealed partial class PublishManyPage(
    PromptBatchQueries batch, GalleryCache categories, GalleryChanged gallery, TimeProvider time, ILogger<PublishManyPage> log)
{
    /// <summary>The most prompts at once: that many a day may be published.</summary>
    public const int Most = 30;

    private readonly LatestOnly _loads = new();
    private readonly HashSet<Guid> _left = [];
    private Caller _caller;
    private IReadOnlyList<Guid> _ids = [];
    private List<PublishLook>? _looked;
    private IReadOnlyList<string> _categories = [];
    private string? _shown;
    private string? _category;
    private string? _failure;
    private string? _problem;
    private int _tooMany;
    private bool _busy;

    [CascadingParameter]
    private Task<AuthenticationState> Authentication { get; set; } = default!;

    [SupplyParameterFromQuery(Name = "ids")]
    private string? IdsText { get; set; }

    private List<PublishLook> Done => [.. (_looked ?? []).Where(one => one.TemplateId is not null)];

    private List<PublishLook> Ready => [.. (_looked ?? []).Where(one => one is { TemplateId: null, Reason: null, IsPublic: false })];

    private List<PublishLook> Stopped => [.. (_looked ?? []).Where(one => one is { TemplateId: null, Reason: not null })];

    private List<PublishLook> Already => [.. (_looked ?? []).Where(one => one is { TemplateId: null, Reason: null, IsPublic: true })];

    private List<PublishLook> Chosen => [.. Ready.Where(one => !_left.Contains(one.Prompt.Id))];

    private string Heading => _ids.Count == 0 ? "Publish several prompts" : $"Publish {Numbers.Of(_ids.Count, "prompt", "prompts")}";

    /// <inheritdoc/>
    public void Dispose() => _loads.Dispose();

    /// <inheritdoc/>
    protected override async Task OnInitializedAsync() => _caller = (await Authentication).User.Caller();

    /// <inheritdoc/>
    protected override async Task OnParametersSetAsync()
    {
        if (_shown == IdsText)
            return;
        _shown = IdsText;
        Guid[] ids = [.. (IdsText ?? "").Split(',').Select(word => Guid.TryParse(word, out var id) ? id : Guid.Empty).Where(id => id != Guid.Empty).Distinct()];
        (_ids, _tooMany) = ([.. ids.Take(Most)], Math.Max(0, ids.Length - Most));
        // Looking at thirty prompts is done once: when the page can go on with what it found.
        if (RendererInfo.IsInteractive)
            await LoadAsync();
    }

    private void Leave(PublishLook one, bool left) => _ = left ? _left.Add(one.Prompt.Id) : _left.Remove(one.Prompt.Id);

    private async Task LoadAsync()
    {
        var token = _loads.Next();
        (_failure, _looked) = (null, null);
        try
        {
            var prompts = await batch.FindAsync(_caller, _ids, token);
            var near = await batch.NearAsync(_caller, _ids, token);
            var known = PublishTerms.Categories((await categories.CategoriesAsync(token)).Take(100).Select(count => count.Category));
            if (_loads.IsLatest(token))
                (_looked, _categories) = ([.. prompts.Select(prompt => PublishLook.At(prompt, near[prompt.Id]))], known);
        }
        catch (OperationCanceledException) when (token.IsCancellationRequested)
        {
            return;
        }
        catch (Exception failure) when (Failures.IsOfDatabase(failure))
        {
            log.LogWarning(failure, "Prompts could not be read for publishing");
            _failure = $"The prompts could not be read: {Failures.Why(failure)}. They are safe in it.";
        }
    }

    private async Task PublishAsync()
    {
        if (_busy || Chosen is not { Count: > 0 } chosen)
            return;
        (_busy, _problem) = (true, null);
        try
        {
            // Asked for is asked for: it happens also where the page closes at this moment.
            var outcomes = await batch.PublishAsync(
                _caller, [.. chosen.Select(one => new SeenPrompt { Id = one.Prompt.Id, BasedOn = one.Prompt.UpdatedAt, IsPublic = true })], _category, CancellationToken.None);
            var now = time.GetUtcNow().UtcDateTime;
            var of = outcomes.ToDictionary(outcome => outcome.PromptId);
            _looked = [.. _looked!.Select(one => !of.TryGetValue(one.Prompt.Id, out var outcome) ? one
                : outcome.Refusal is null ? one with { TemplateId = outcome.TemplateId } : one with { Reason = PublishWords.Refused(outcome, now) })];
            await gallery.TellAsync(CancellationToken.None);
        }
        catch (PostgresException refusal) when (PublishWords.Refused(refusal, time.GetUtcNow().UtcDateTime) is { } words)
        {
            _problem = words;
        }
        catch (Exception failure) when (Failures.IsOfDatabase(failure))
        {
            log.LogWarning(failure, "Prompts could not be published");
            _problem = $"They could not be published: {Failures.Why(failure)}. All are as they were; try again in a moment.";
        }
        finally
        {
            _busy = false;
        }
    }
}

/// <summary>What a look at a prompt that is to be published found.</summary>
/// <param name="Prompt">The prompt.</param>
/// <param name="Reason">Why it is not published without a look of its owner's; null where nothing speaks against it.</param>
public sealed record PublishLook(Prompt Prompt, string? Reason)
{
    /// <summary>Its template, once it is published from here.</summary>
    public Guid? TemplateId { get; init; }

    /// <summary>Whether it was public before.</summary>
    public bool IsPublic => Prompt.Visibility == PromptVisibility.Public;

    /// <summary>Looks.</summary>
    public static PublishLook At(Prompt prompt, IEnumerable<NearPrompt> near)
    {
        ArgumentNullException.ThrowIfNull(prompt);
        if (prompt.HiddenAt is not null)
            return new PublishLook(prompt, "A moderator has hidden it.");
        if (prompt.Visibility == PromptVisibility.Public)
            return new PublishLook(prompt, null);
        if (PublishGuard.Find(prompt) is [var finding, ..])
            return new PublishLook(prompt, $"Others would read what may be secret or personal. {finding.Message}");
        var nearest = near.OrderByDescending(one => one.SameText && !one.IsOwn).FirstOrDefault();
        return new PublishLook(prompt, nearest switch
        {
            null => null,
            { SameText: true, IsOwn: false } => $"Somebody else has published this very text: “{CleanText.Cut(nearest.Title, 60)}”.",
            _ => $"The gallery has nearly this already: “{CleanText.Cut(nearest.Title, 60)}”{(nearest.IsOwn ? ", by you" : "")}.",
        });
    }
}

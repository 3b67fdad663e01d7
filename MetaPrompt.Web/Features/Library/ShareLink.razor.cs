using MetaPrompt.Data;
using MetaPrompt.Data.Prompts;
using MetaPrompt.Web.Prompting;
using MetaPrompt.Web.Shared;
using Microsoft.AspNetCore.Components;

namespace MetaPrompt.Web.Features.Library;

/// <summary>Says who can read a prompt by its secret link, before there is one and while there is.</summary>
public sealed partial class ShareLink(PromptLinkQueries links, LinkActions actions, TimeProvider time, ILogger<ShareLink> log)
{
    private readonly LatestOnly _loads = new();
    private Guid _id;
    private bool _read;
    private PromptLink? _link;
    private IReadOnlyList<Finding> _secrets = [];
    private bool _busy;
    private string? _failure;

    /// <summary>The person whose prompt it is.</summary>
    [Parameter, EditorRequired]
    public Caller Caller { get; set; }

    /// <summary>The prompt.</summary>
    [Parameter, EditorRequired]
    public Prompt Prompt { get; set; } = default!;

    [Inject]
    private NavigationManager Navigation { get; set; } = default!;

    /// <inheritdoc/>
    public void Dispose()
    {
        actions.Returned -= OnReturned;
        _loads.Dispose();
    }

    /// <inheritdoc/>
    protected override void OnInitialized() => actions.Returned += OnReturned;

    /// <inheritdoc/>
    protected override async Task OnParametersSetAsync()
    {
        if (_id == Prompt.Id)
            return;
        (_id, _read, _link) = (Prompt.Id, false, null);
        _secrets = PublishGuard.Find(Prompt);
        await LoadAsync();
    }

    private async Task LoadAsync()
    {
        var token = _loads.Next();
        try
        {
            var link = await links.FindAsync(Caller, Prompt.Id, token);
            if (_loads.IsLatest(token))
                (_link, _read, _failure) = (link, true, null);
        }
        catch (OperationCanceledException) when (token.IsCancellationRequested)
        {
            return;
        }
        catch (Exception failure) when (Failures.IsOfDatabase(failure))
        {
            log.LogWarning(failure, "The link of a prompt could not be read");
            _failure = $"Whether it has a link could not be read: {Failures.Why(failure)}. Close this and open it again in a moment.";
        }
    }

    private Task CreateAsync() => TryAsync("The link could not be made: {why}. Try again in a moment.",
        async () => _link = await links.CreateAsync(Caller, Prompt.Id, CancellationToken.None));

    private Task RevokeAsync() => TryAsync("The link could not be revoked: {why}, so it may still work. Try again in a moment.", async () =>
    {
        await actions.RevokeAsync(Caller, Prompt.Id, _link!.Token);
        _link = null;
    });

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
            log.LogWarning(failure, "The link of a prompt could not be changed");
            _failure = Failures.Say(words, failure);
        }
        finally
        {
            _busy = false;
        }
    }

    private void OnReturned(Guid id)
    {
        if (id != Prompt.Id)
            return;
        _ = InvokeAsync(async () =>
        {
            await LoadAsync();
            StateHasChanged();
        });
    }
}

using System.Collections.Concurrent;
using Microsoft.AspNetCore.Components.Server.Circuits;
using Microsoft.JSInterop;

namespace MetaPrompt.Web.Shell;

/// <summary>
/// The pages that are connected to this node, to be paused before it stops. A page that pauses takes its state with it,
/// encrypted by the key ring all nodes share; its script (<c>metaprompt.pause</c> in site.js) resumes it as soon as
/// <c>/health</c> says that somebody is there.
/// </summary>
public sealed class PausingPages
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(50);

    private readonly ConcurrentDictionary<string, IJSRuntime> _connected = new(StringComparer.Ordinal);
    private volatile bool _pausing;

    /// <summary>Whether this node is about to stop.</summary>
    public bool IsLeaving { get; internal set; }

    /// <summary>How many pages are connected.</summary>
    public int Count => _connected.Count;

    /// <summary>Asks every page to pause, also those that connect from now on. Returns how many are left when the time is over.</summary>
    public async Task<int> PauseAsync(TimeSpan limit, CancellationToken cancellationToken)
    {
        _pausing = true;
        await Task.WhenAll(_connected.Values.Select(page => AskAsync(page, cancellationToken))).ConfigureAwait(false);
        using var late = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        late.CancelAfter(limit);
        while (!_connected.IsEmpty && !late.IsCancellationRequested)
            await Task.Delay(Look, late.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return _connected.Count;
    }

    internal Task ConnectedAsync(string circuit, IJSRuntime page)
    {
        _connected[circuit] = page;
        return _pausing ? AskAsync(page, CancellationToken.None) : Task.CompletedTask;
    }

    internal void Disconnected(string circuit) => _connected.TryRemove(circuit, out _);

    private static async Task AskAsync(IJSRuntime page, CancellationToken cancellationToken)
    {
        try
        {
            await page.InvokeVoidAsync("metaprompt.pause", cancellationToken).ConfigureAwait(false);
        }
        catch (Exception gone) when (gone is JSException or JSDisconnectedException or OperationCanceledException or ObjectDisposedException)
        {
            // It went by itself, or is an older page without the function: it loads anew.
        }
    }
}

/// <summary>Tells <see cref="PausingPages"/> when its page comes and goes.</summary>
internal sealed class PausingPage(PausingPages pages, IJSRuntime browser) : CircuitHandler
{
    public override Task OnConnectionUpAsync(Circuit circuit, CancellationToken cancellationToken) => pages.ConnectedAsync(circuit.Id, browser);

    public override Task OnConnectionDownAsync(Circuit circuit, CancellationToken cancellationToken)
    {
        pages.Disconnected(circuit.Id);
        return Task.CompletedTask;
    }
}

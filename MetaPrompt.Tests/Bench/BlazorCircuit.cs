using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using MessagePack;

namespace MetaPrompt.Tests.Bench;

/// <summary>A circuit did not do what a person would wait for.</summary>
internal sealed class BlazorCircuitException(string message) : Exception(message);

/// <summary>
/// An open page of a Blazor program, as blazor.web.js of .NET 10 opens it, without a browser: it draws the render batches into a
/// <see cref="BlazorPage"/>, answers the calls of scripts, and sends the events of whoever clicks and types.
/// </summary>
internal sealed partial class BlazorCircuit : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    private readonly BlazorVisitor _visitor;
    private readonly CancellationTokenSource _closing = new();
    private readonly Lock _drawing = new();
    private readonly List<Waiter> _waiters = [];
    private readonly TaskCompletionSource<long> _attached = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<string?> _started = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ConcurrentQueue<string> _scripts = new();
    private BlazorCircuitWire? _wire;
    private Task _reading = Task.CompletedTask;
    private BlazorCircuitException? _broken;
    private long _interop;
    private long _calls;
    private bool _asksBeforeLeaving;
    private string? _secret;

    private BlazorCircuit(BlazorVisitor visitor, Uri location)
    {
        _visitor = visitor;
        Location = location;
    }

    /// <summary>The address that the browser's bar would show.</summary>
    public Uri Location { get; private set; }

    /// <summary>Where the program sent the browser out of the circuit; null where it did not.</summary>
    public Uri? LeftFor { get; private set; }

    /// <summary>When the circuit last asked the browser to show another address, as a <see cref="Stopwatch"/> counts.</summary>
    public long Navigated { get; private set; }

    /// <summary>Bytes of render batches and calls received so far, before compression.</summary>
    public long Received => _wire?.Received ?? 0;

    /// <summary>Opens a page and waits until it answers.</summary>
    /// <param name="visitor">Who, with their cookies.</param>
    /// <param name="path">Which; must be an interactive page.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="BlazorCircuitException">It did not open.</exception>
    /// <exception cref="HttpRequestException">The page was not there.</exception>
    public static async Task<BlazorCircuit> OpenAsync(BlazorVisitor visitor, string path, CancellationToken cancellationToken)
    {
        var (at, html) = await visitor.GetAsync(path, cancellationToken);
        var circuit = new BlazorCircuit(visitor, at);
        try
        {
            await circuit.StartAsync(html, cancellationToken);
            return circuit;
        }
        catch
        {
            await circuit.DisposeAsync();
            throw;
        }
    }

    /// <summary>Looks at the page as it is at this moment.</summary>
    public T Look<T>(Func<BlazorPage, T> look)
    {
        lock (_drawing)
            return look(Page);
    }

    /// <summary>Waits until the page is as described. Returns when it was drawn so, as a <see cref="Stopwatch"/> counts.</summary>
    /// <exception cref="BlazorCircuitException">It does not become so, or the circuit broke.</exception>
    public Task<long> UntilAsync(string what, Func<BlazorPage, bool> until, CancellationToken cancellationToken) =>
        WaitAsync(new Waiter(what, null, until), cancellationToken);

    /// <summary>Clicks; see <see cref="SendAsync"/>.</summary>
    public Task<TimeSpan> ClickAsync(string what, Func<BlazorPage, BlazorNode?> find, Func<BlazorPage, bool>? until, CancellationToken cancellationToken) =>
        SendAsync(what, find, "click", """{"detail":1,"button":0,"type":"click"}""", null, until, cancellationToken);

    /// <summary>Leaves a field with this text in it, as the page's own scripts also do in a pause of typing; see <see cref="SendAsync"/>.</summary>
    public Task<TimeSpan> TypeAsync(
        string what, Func<BlazorPage, BlazorNode?> find, string text, Func<BlazorPage, bool>? until, CancellationToken cancellationToken, string @event = "change") =>
        SendAsync(what, find, @event, $$"""{"value":{{JsonSerializer.Serialize(text)}}}""", text, until, cancellationToken);

    /// <summary>Sends a form; see <see cref="SendAsync"/>.</summary>
    public Task<TimeSpan> SubmitAsync(string what, Func<BlazorPage, BlazorNode?> find, Func<BlazorPage, bool>? until, CancellationToken cancellationToken) =>
        SendAsync(what, find, "submit", """{"type":"submit"}""", null, until, cancellationToken);

    /// <summary>
    /// Sends an event to its handler. Ends when the handler has ended and the page is as described: the time from sending the
    /// event to drawing the batch that made it so.
    /// </summary>
    /// <exception cref="BlazorCircuitException">There is no such element or handler, the page does not become so, or the circuit broke.</exception>
    public async Task<TimeSpan> SendAsync(
        string what, Func<BlazorPage, BlazorNode?> find, string @event, string arguments, string? field, Func<BlazorPage, bool>? until, CancellationToken cancellationToken)
    {
        Task<long> done;
        long began;
        lock (_drawing)
        {
            var sent = new Event(what, find, @event, arguments, field);
            var waiter = new Waiter(what, NextCall(), until) { Sent = sent };
            var handler = sent.Handler(Page, Location);
            began = Stopwatch.GetTimestamp();
            done = WaitAsync(waiter, cancellationToken);
            Send(waiter, handler);
        }

        return Stopwatch.GetElapsedTime(began, await done);
    }

    /// <summary>Calls what is not there, as a script may that has no page at all; nobody answers.</summary>
    public void CallNothing() => _wire!.Send(null, "BeginInvokeDotNetFromJS", null, "Nobody", "Nothing", 0L, "[]");

    /// <summary>Follows a link within the page; see <see cref="SendAsync"/>.</summary>
    public async Task<TimeSpan> GoAsync(string what, string path, Func<BlazorPage, bool> until, CancellationToken cancellationToken)
    {
        var began = Stopwatch.GetTimestamp();
        var done = WaitAsync(new Waiter(what, null, until, Page.Batches + 1), cancellationToken);
        Navigate(new Uri(_visitor.Address, path), intercepted: true);
        return Stopwatch.GetElapsedTime(began, await done);
    }

    /// <summary>Says that this end is still there; a browser does so every fifteen seconds.</summary>
    public void Ping() => _wire?.Ping();

    /// <summary>Throws where the circuit broke.</summary>
    public void ThrowIfBroken()
    {
        lock (_drawing)
        {
            if (_broken is not null)
                throw _broken;
        }
    }

    /// <summary>Closes the page as a browser does: it says so to the program, which lets the circuit go at once, and hangs up.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_secret is not null)
            await _visitor.TellClosedAsync(_secret);
        await _closing.CancelAsync();
        if (_wire is not null)
            await _wire.DisposeAsync();
        await _reading.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _closing.Dispose();
    }

    private BlazorPage Page { get; } = new();

    private async Task<long> WaitAsync(Waiter waiter, CancellationToken cancellationToken)
    {
        lock (_drawing)
        {
            if (_broken is not null)
                throw _broken;
            _waiters.Add(waiter);
            Check();
        }

        try
        {
            return await waiter.Done.Task.WaitAsync(Patience, cancellationToken);
        }
        catch (TimeoutException)
        {
            var alerts = Look(page => string.Join(' ', page.Elements.Where(one => one["role"] == "alert").Select(one => one.Words)));
            throw new BlazorCircuitException(
                $"{waiter.What}: nothing to see of it after {Patience.TotalSeconds} s on {Location.PathAndQuery}; {(waiter.Call is null ? "its handler has ended" : "its handler has not ended")}. {alerts} {string.Join(", ", _scripts)}".TrimEnd());
        }
        finally
        {
            lock (_drawing)
                _waiters.Remove(waiter);
        }
    }

    // Under the lock: who waited for what has just come goes on.
    private void Check()
    {
        foreach (var waiter in _waiters)
        {
            if (waiter.Call is null && Page.Batches >= waiter.Batches && waiter.Until?.Invoke(Page) != false)
                waiter.Done.TrySetResult(Stopwatch.GetTimestamp());
        }
    }

    private void Break(string why)
    {
        lock (_drawing)
        {
            _broken ??= new BlazorCircuitException($"The circuit at {Location.PathAndQuery} broke: {why}");
            _attached.TrySetException(_broken);
            _started.TrySetException(_broken);
            foreach (var waiter in _waiters)
                waiter.Done.TrySetException(_broken);
        }
    }

    private string NextCall() => Interlocked.Increment(ref _calls).ToString(CultureInfo.InvariantCulture);

    private void Send(Waiter waiter, (ulong Id, int Component) handler)
    {
        waiter.Handler = handler.Id;
        _wire!.Send(null, "BeginInvokeDotNetFromJS", waiter.Call, null, "DispatchEventAsync", _interop, waiter.Sent!.Descriptor(handler));
    }

    // Under the lock. The program forgets an element's former handler as soon as this end has drawn the next, even where an
    // event for the former is still waiting there behind the drawing. Whoever clicked in a browser would click again.
    private bool SendAgain(string call)
    {
        if (_waiters.Find(waiter => waiter.Call == call) is not { Sent: { } sent } waiter || sent.Find(Page)?.Handler(sent.Name) is not { } handler || handler.Handler == waiter.Handler)
            return false;

        waiter.Call = NextCall();
        Send(waiter, handler);
        return true;
    }

    private sealed record Event(string What, Func<BlazorPage, BlazorNode?> Find, string Name, string Arguments, string? Field)
    {
        /// <exception cref="BlazorCircuitException">There is no such element or handler.</exception>
        public (ulong Id, int Component) Handler(BlazorPage page, Uri location) =>
            (Find(page) ?? throw new BlazorCircuitException($"{What}: there is nothing to send “{Name}” to on {location.PathAndQuery}.")).Handler(Name)
                ?? throw new BlazorCircuitException($"{What}: nobody handles “{Name}” there.");

        public string Descriptor((ulong Id, int Component) handler)
        {
            var info = Field is null ? "null" : $$"""{"componentId":{{handler.Component}},"fieldValue":{{JsonSerializer.Serialize(Field)}}}""";
            return string.Create(CultureInfo.InvariantCulture, $$"""[{"eventHandlerId":{{handler.Id}},"eventName":"{{Name}}","eventFieldInfo":{{info}}},{{Arguments}}]""");
        }
    }

    private sealed class Waiter(string what, string? call, Func<BlazorPage, bool>? until, int batches = 0)
    {
        public string What => what;

        // The event it waits for the end of, and the handler it was sent to.
        public Event? Sent { get; init; }

        public ulong Handler { get; set; }

        // The event's call that has not been answered yet.
        public string? Call { get; set; } = call;

        public Func<BlazorPage, bool>? Until => until;

        public int Batches => batches;

        public TaskCompletionSource<long> Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}

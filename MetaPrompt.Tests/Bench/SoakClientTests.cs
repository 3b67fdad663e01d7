using System.Net.WebSockets;
using MetaPrompt.Tests.Infrastructure;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Server.Circuits;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace MetaPrompt.Tests.Bench;

/// <summary>
/// The client that <c>script/bench soak</c> is made of, against the program of today: it opens circuits, goes through the wizard
/// and the runner, and what it closes is gone from the server.
/// </summary>
public sealed class SoakClientTests(SoakClientTests.CountedSite site) : IClassFixture<SoakClientTests.CountedSite>
{
    private readonly SoakTimes _times = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_circuit_without_a_browser_goes_from_a_goal_to_an_answer()
    {
        await using var person = await ArriveAsync(1);

        var prompt = await person.WriteAsync(Stop);
        Assert.Equal(1, await site.Database.OwnerScalarAsync<long>("select count(*) from public.prompts where id = @id and title = 'Prompt 1 of story 0'", ("id", Guid.Parse(prompt[9..]))));

        await person.FindAsync(Stop);
        await person.RunAsync(Stop);
        Assert.Equal(1, await site.Database.OwnerScalarAsync<long>("select count(*) from public.test_results where prompt_id = @id", ("id", Guid.Parse(prompt[9..]))));

        await person.CopyAsync(Stop);
        Assert.Empty(site.TakeErrors());
        Assert.True(BlazorScripts.Unknown.IsEmpty, "Nobody has looked at what a browser answers to: " + string.Join("; ", BlazorScripts.Unknown.Keys));
        Assert.True(_times.Count > 15, $"Only {_times.Count} steps were timed.");
    }

    [Fact]
    public async Task A_pages_messages_are_compressed_each_by_itself()
    {
        using var socket = new ClientWebSocket();
        socket.Options.DangerousDeflateOptions = new WebSocketDeflateOptions();
        socket.Options.CollectHttpResponseDetails = true;
        await socket.ConnectAsync(new UriBuilder(site.Address) { Scheme = "ws", Path = "/_blazor" }.Uri, Stop);

        var agreed = string.Join("; ", socket.HttpResponseHeaders!["Sec-WebSocket-Extensions"]);

        Assert.Contains("permessage-deflate", agreed, StringComparison.Ordinal);
        Assert.Contains("server_no_context_takeover", agreed, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Circuits_that_are_closed_leave_nothing_behind()
    {
        await using (var person = await ArriveAsync(2))
        {
            await person.OpenAsync("wizard", Stop);
            Assert.Equal(1, site.Circuits.Open);
        }

        await site.Circuits.UntilNoneAsync(Stop);
        using var visitor = new BlazorVisitor(site.Address, 3);
        await visitor.SignUpAsync("Ben Soak", $"{Guid.NewGuid():N}@example.test", "a long enough passphrase 7", Stop);
        for (var time = 0; time < 5; time++)
        {
            await OpenAndCloseAsync(visitor, 10);
            await site.Circuits.UntilNoneAsync(Stop);
        }

        // A connection's own objects are used again for the next one, and some hold their circuit until then. Whoever keeps a
        // page, keeps all of its kind: half of them.
        await site.Circuits.UntilCollectedAsync(20, Stop);
    }

    [Fact]
    public async Task What_stands_around_every_page_is_in_no_circuit()
    {
        await using var person = await ArriveAsync(4);
        await person.OpenAsync("wizard", Stop);

        Assert.Equal(["main"], person.Page!.Look(page => page.Elements.Select(one => one.Name).Where(name => name is "header" or "footer" or "main" or "title" or "meta").ToArray()));
    }

    private async Task OpenAndCloseAsync(BlazorVisitor visitor, int count)
    {
        var pages = await Task.WhenAll(Enumerable.Range(0, count).Select(number => BlazorCircuit.OpenAsync(visitor, number % 2 == 0 ? "wizard" : "prompts", Stop)));
        Assert.Equal(count, site.Circuits.Open);
        await Task.WhenAll(pages.Select(page => page.DisposeAsync().AsTask()));
    }

    private async Task<SoakPerson> ArriveAsync(int number)
    {
        var visitor = new BlazorVisitor(site.Address, number);
        await visitor.SignUpAsync("Ann Soak", $"{Guid.NewGuid():N}@example.test", "a long enough passphrase 7", Stop);
        return new SoakPerson(visitor, _times, _ => Task.CompletedTask, number);
    }

    /// <summary>A program with a scripted model that counts its circuits.</summary>
    public sealed class CountedSite : BrowserSite
    {
        private ScriptedOpenAi? _model;

        public CircuitCount Circuits { get; } = new();

        protected override IEnumerable<(string Name, string Value)> Settings => _model!.Configuration().Select(setting => (setting.Key, setting.Value!));

        public override async ValueTask InitializeAsync()
        {
            _model = await ScriptedOpenAi.StartAsync();
            await base.InitializeAsync();
        }

        protected override void Configure(IServiceCollection services) =>
            services.AddScoped<CircuitHandler>(scope => new CountedCircuit(Circuits, scope.GetRequiredService<NavigationManager>()));

        public override async ValueTask DisposeAsync()
        {
            await base.DisposeAsync();
            await _model!.DisposeAsync();
        }
    }

    /// <summary>The circuits there are, and what each was made of, as long as anything still holds it.</summary>
    public sealed class CircuitCount
    {
        private readonly List<WeakReference> _parts = [];
        private int _open;

        public int Open => Volatile.Read(ref _open);

        public void Opened(object part)
        {
            Interlocked.Increment(ref _open);
            lock (_parts)
                _parts.Add(new WeakReference(part));
        }

        public void Closed() => Interlocked.Decrement(ref _open);

        public Task UntilNoneAsync(CancellationToken cancellationToken) => UntilAsync(() => Open, 0, "open circuits", cancellationToken);

        public Task UntilCollectedAsync(int but, CancellationToken cancellationToken) => UntilAsync(Held, but, "circuits that are closed and still held", cancellationToken);

        private int Held()
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            GC.Collect();
            lock (_parts)
                return _parts.Count(part => part.IsAlive);
        }

        private static async Task UntilAsync(Func<int> count, int but, string what, CancellationToken cancellationToken)
        {
            for (var wait = 0; count() is var left && left > but; wait++)
            {
                Assert.True(wait < 100, $"{left} {what}");
                await Task.Delay(50, cancellationToken);
            }
        }
    }

    // The navigation belongs to the circuit's scope: every page holds it, and whoever holds a page holds this.
    private sealed class CountedCircuit(CircuitCount count, NavigationManager navigation) : CircuitHandler
    {
        public override Task OnCircuitOpenedAsync(Circuit circuit, CancellationToken cancellationToken)
        {
            count.Opened(navigation);
            return Task.CompletedTask;
        }

        public override Task OnCircuitClosedAsync(Circuit circuit, CancellationToken cancellationToken)
        {
            count.Closed();
            return Task.CompletedTask;
        }
    }
}

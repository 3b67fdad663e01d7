using System.Collections;
using System.Reflection;
using System.Text.Json;
using MetaPrompt.Tests.Bench;
using MetaPrompt.Tests.Infrastructure;
using MetaPrompt.Web.Shell;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Server.Circuits;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.JSInterop;
using Microsoft.JSInterop.Infrastructure;
using Xunit;

namespace MetaPrompt.Tests.Shell;

/// <summary>Scripts are given what they always were, and a circuit's serializer makes tables for little more than that.</summary>
public sealed class ScriptArgumentsTests(ScriptArgumentsTests.WatchedSite site) : IClassFixture<ScriptArgumentsTests.WatchedSite>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private enum Level
    {
        Low,
        High,
    }

    public static TheoryData<string, object?[]> Arguments => new()
    {
        { "nothing", [] },
        { "nulls", [null, "a", null] },
        { "texts", ["", "naïve <b>\"quoted\"</b> ' & \u2028 𝒳", 'x', Guid.Parse("0193a1b2-0000-7000-8000-000000000001")] },
        { "numbers", [0, -1, int.MaxValue, long.MaxValue, 1.5, 0.1f, 2.50m, (byte)7] },
        { "truths and kinds", [true, false, Level.High, DateTime.UnixEpoch, TimeSpan.FromSeconds(90)] },
        { "an element", [new ElementReference("e1")] },
        { "lists", [new[] { "a", "b" }, new List<int> { 1, 2 }, new object?[] { 1, "a", null, new object[] { true } }, Enumerable.Range(0, 3), Array.Empty<string>()] },
        { "dictionaries", [new Dictionary<string, int> { ["A"] = 1 }, new Dictionary<string, string[]>(), new Hashtable(), new Dictionary<string, object?> { ["x"] = new { Y = 1 } }] },
        { "records", [new { FirstName = "Ada", Born = 1815, Tags = new[] { "x" }, None = (string?)null, Inner = (object)new { Deep = true } }] },
        { "bytes", [new byte[] { 1, 2, 3 }, "after"] },
        { "json", [JsonDocument.Parse("""{"a":[1,null]}""").RootElement] },
    };

    [Theory]
    [MemberData(nameof(Arguments))]
    public async Task Arguments_are_written_as_Blazor_writes_them(string _, object?[] arguments)
    {
        var (theirs, ours) = (new Written(), new Written());
        ours.Json.Converters.Add(ScriptArguments.Shared);

        await theirs.InvokeVoidAsync("f", arguments);
        await ours.InvokeVoidAsync("f", arguments);

        Assert.Equal(theirs.Arguments, ours.Arguments);
        Assert.Equal(theirs.Bytes, ours.Bytes);
    }

    [Fact]
    public async Task References_to_objects_and_streams_are_written_as_Blazor_writes_them()
    {
        var (theirs, ours) = (new Written(), new Written());
        ours.Json.Converters.Add(ScriptArguments.Shared);

        foreach (var runtime in new[] { theirs, ours })
        {
            using var self = DotNetObjectReference.Create(this);
            using var stream = new DotNetStreamReference(new MemoryStream([1, 2]));
            runtime.Answer = """{"__jsObjectId":7}""";
            var script = await runtime.InvokeAsync<IJSObjectReference>("import", "x.js");
            runtime.Answer = "null";
            await runtime.InvokeVoidAsync("f", self, stream, script, "after");
        }

        Assert.Equal(theirs.Arguments, ours.Arguments);
        Assert.Contains("__dotNetObject", ours.Arguments, StringComparison.Ordinal);
        Assert.Contains("\"__jsObjectId\":7", ours.Arguments, StringComparison.Ordinal);
    }

    [Fact]
    public void A_list_that_a_script_answers_is_read_as_Blazor_reads_it()
    {
        var (theirs, ours) = (new Written(), new Written());
        ours.Json.Converters.Add(ScriptArguments.Shared);
        const string Answer = """[1,"a",null,{"b":[true]}]""";

        Assert.Equal(
            JsonSerializer.Deserialize<object?[]>(Answer, theirs.Json)!.Select(one => one?.ToString()),
            JsonSerializer.Deserialize<object?[]>(Answer, ours.Json)!.Select(one => one?.ToString()));
        Assert.Null(JsonSerializer.Deserialize<object?[]>("null", ours.Json));
    }

    [Fact]
    public void A_Blazor_that_is_made_in_another_way_stops_the_start_with_words()
    {
        var services = new ServiceCollection();
        services.AddScoped<IJSRuntime>(_ => new Written());

        Assert.Contains("another way", Assert.Throws<InvalidOperationException>(() => ScriptArguments.AddTo(services)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_circuits_serializer_has_tables_for_what_it_wrote_and_for_no_interface_of_it()
    {
        using var visitor = new BlazorVisitor(site.Address, 1);
        await visitor.SignUpAsync("Ann Small", $"{Guid.NewGuid():N}@example.test", "a long enough passphrase 7", Stop);
        await using var person = new SoakPerson(visitor, new SoakTimes(), _ => Task.CompletedTask, 1);

        await person.ReachTemplateAsync(Stop);

        // 73 at the wizard's first step, were they made as Blazor makes them; 8 are there. What comes with events and the editor
        // comes a few at a time.
        var types = Tables(site.Last!);
        Assert.Contains(typeof(object[]), types);
        Assert.Equal(["IJSObjectReference", "IJSVoidResult"], types.Where(type => type.IsInterface).Select(type => type.Name).Order());
        Assert.True(types.Count <= 20, string.Join("\n", types));
        Assert.Empty(site.TakeErrors());
    }

    // No door leads there; the serializer's own tests look in the same way.
    private static List<Type> Tables(IJSRuntime runtime)
    {
        const BindingFlags Hidden = BindingFlags.NonPublic | BindingFlags.Instance;
        var options = (JsonSerializerOptions)typeof(JSRuntime).GetProperty("JsonSerializerOptions", Hidden)!.GetValue(runtime)!;
        var context = typeof(JsonSerializerOptions).GetField("_cachingContext", Hidden)!.GetValue(options)!;
        return [.. ((IDictionary)context.GetType().GetField("_cache", Hidden)!.GetValue(context)!).Keys.Cast<Type>()];
    }

    /// <summary>A program that shows the way to the scripts of the page opened last.</summary>
    public sealed class WatchedSite : BrowserSite
    {
        public IJSRuntime? Last { get; private set; }

        protected override void Configure(IServiceCollection services) =>
            services.AddScoped<CircuitHandler>(scope => new Watch(this, scope.GetRequiredService<IJSRuntime>()));

        private sealed class Watch(WatchedSite site, IJSRuntime runtime) : CircuitHandler
        {
            public override Task OnCircuitOpenedAsync(Circuit circuit, CancellationToken cancellationToken)
            {
                site.Last = runtime;
                return Task.CompletedTask;
            }
        }
    }

    // Answers each call at once, and keeps what was to be sent last.
    private sealed class Written : JSRuntime
    {
        public string Arguments { get; private set; } = "";

        public string Answer { get; set; } = "null";

        public List<byte[]> Bytes { get; } = [];

        public JsonSerializerOptions Json => JsonSerializerOptions;

        protected override void BeginInvokeJS(long taskId, string identifier, string? argsJson, JSCallResultType resultType, long targetInstanceId) =>
            Keep(taskId, argsJson);

        protected override void BeginInvokeJS(in JSInvocationInfo invocationInfo) => Keep(invocationInfo.AsyncHandle, invocationInfo.ArgsJson);

        protected override void EndInvokeDotNet(DotNetInvocationInfo invocationInfo, in DotNetInvocationResult invocationResult) => throw new NotSupportedException();

        protected override void SendByteArray(int id, byte[] data) => Bytes.Add(data);

        protected override Task TransmitStreamAsync(long streamId, DotNetStreamReference dotNetStreamReference) => Task.CompletedTask;

        private void Keep(long taskId, string? json)
        {
            Arguments = json!;
            DotNetDispatcher.EndInvokeJS(this, $"[{taskId},true,{Answer}]");
        }
    }
}

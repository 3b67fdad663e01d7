using MetaPrompt.Web.Features.Wizard;
using Microsoft.JSInterop;
using Xunit;

namespace MetaPrompt.Tests.Shared;

/// <summary>A page that closes while the server talks to it ends quietly: a failure in disposing would end the circuit loudly.</summary>
public sealed class PageGoneTests
{
    public static TheoryData<Exception> Ends { get; } =
        [new JSDisconnectedException("gone"), new TaskCanceledException(), new OperationCanceledException(), new ObjectDisposedException("circuit")];

    [Theory, MemberData(nameof(Ends))]
    public async Task The_wizards_memory_closes_quietly_when_its_page_is_gone(Exception end)
    {
        var store = new DraftStore(new Browser(end));
        await store.LoadAsync(null, TestContext.Current.CancellationToken);

        await store.DisposeAsync();
    }

    [Fact]
    public async Task What_is_broken_is_still_heard_of()
    {
        var store = new DraftStore(new Browser(new JSException("no such function")));
        await store.LoadAsync(null, TestContext.Current.CancellationToken);

        await Assert.ThrowsAsync<JSException>(async () => await store.DisposeAsync());
    }

    // Loads, and fails whatever comes later.
    private sealed class Browser(Exception end) : IJSRuntime, IJSObjectReference
    {
        public ValueTask<T> InvokeAsync<T>(string identifier, object?[]? args) => InvokeAsync<T>(identifier, CancellationToken.None, args);

        public ValueTask<T> InvokeAsync<T>(string identifier, CancellationToken cancellationToken, object?[]? args) => identifier switch
        {
            "import" => ValueTask.FromResult((T)(object)this),
            "load" => ValueTask.FromResult(default(T)!),
            _ => ValueTask.FromException<T>(end),
        };

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
